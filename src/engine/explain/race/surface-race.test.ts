/** Who ends where, and that changes on the way are what they say. */
import { describe, expect, it } from 'vitest'
import { optimizerSpecs } from '../../optimizers'
import { laneChoices, laneOn, memoryField, type LaneSettings } from './lanes'
import { minimumAt } from './minimum'
import { SurfaceLane } from './surface-lane'
import { SurfaceRace } from './surface-race'
import { surfaceNamed, surfaceSpecs, type SurfaceSpec } from './surfaces'

const usual = laneChoices.filter(({ isUsual }) => isUsual)

function raced(surface: SurfaceSpec, lanes: readonly LaneSettings[], steps: number): SurfaceRace {
  const race = new SurfaceRace(surface, surface.start, lanes)
  for (let step = 0; step < steps; step++) race.step()
  return race
}

const plain = (learningRate: number): LaneSettings => ({ type: 'sgd', config: { learningRate, momentum: 0 } })

describe('lanes', () => {
  it('are the five of the story first, then whatever else the registry has', () => {
    expect(usual.map(({ label }) => label)).toEqual(['SGD', 'Momentum', 'Nesterov', 'RMSprop', 'Adam'])
    expect(laneChoices.slice(0, 5)).toEqual(usual)
    expect(new Set(laneChoices.map(({ type }) => type))).toEqual(new Set(optimizerSpecs.map(({ type }) => type)))
  })

  it('name the setting that remembers', () => {
    expect(optimizerSpecs.map((spec) => [spec.type, memoryField(spec)?.key ?? null])).toEqual(
      expect.arrayContaining([
        ['sgd', 'momentum'],
        ['rmsprop', 'momentum'],
        ['adam', 'beta1'],
        ['adagrad', null]
      ])
    )
  })
})

describe('a local minimum', () => {
  const surface = surfaceNamed('two-valleys')
  const [deep, shallow] = [0, 1]
  const ends = raced(
    surface,
    usual.map((lane) => laneOn(surface, lane)),
    400
  ).lanes.map(({ at }, i) => [usual[i]?.label, minimumAt(surface, at)])

  it('is not left by plain descent, and is left with momentum at the same rate', () => {
    expect(ends).toContainEqual(['SGD', shallow])
    expect(ends).toContainEqual(['Momentum', deep])
    expect(ends).toContainEqual(['Nesterov', deep])
    expect(surface.minima.map(({ isGlobal }) => isGlobal)).toEqual([true, false])
  })

  it('is not left by steps of adapted size either, which remember too little', () => {
    expect(ends).toContainEqual(['RMSprop', shallow])
    expect(ends).toContainEqual(['Adam', shallow])
  })

  it('keeps plain descent for as long as one likes, and lets momentum that comes later not out either', () => {
    const lane = new SurfaceLane(surface, surface.start, plain(surface.rates.descent))
    for (let step = 0; step < 3000; step++) lane.step()
    expect([lane.state, minimumAt(surface, lane.at)]).toEqual(['resting', shallow])
    // No slope is left there that momentum could gather.
    lane.change({ ...lane.config, momentum: 0.9 })
    for (let step = 0; step < 500; step++) lane.step()
    expect([lane.state, minimumAt(surface, lane.at)]).toEqual(['resting', shallow])
  })
})

describe.each(surfaceSpecs)('on $name', (surface) => {
  it('all lanes begin at one place, go down at the rates it gives, and none diverges', () => {
    const lanes = laneChoices.map((lane) => laneOn(surface, lane))
    const race = new SurfaceRace(surface, surface.start, lanes)
    const heights = race.lanes.map(({ height }) => height)
    expect(new Set(heights).size).toBe(1)
    expect(race.lanes.map(({ at }) => at)).toEqual(lanes.map(() => surface.start))
    for (let step = 0; step < 1500; step++) race.step()
    race.lanes.forEach(({ state, height }, i) => {
      expect(state, laneChoices[i]?.label).not.toBe('diverged')
      expect(height, laneChoices[i]?.label).toBeLessThan((heights[i] ?? NaN) - 0.1)
    })
    expect(minimumAt(surface, race.lanes[1]?.at ?? [NaN, NaN])).not.toBeNull()
  })
})

describe('SurfaceRace', () => {
  const bowl = surfaceNamed('bowl')

  it('takes the steps of the formula', () => {
    // ∇f = (x, y): each step keeps 1 − η of both.
    const [lane] = raced(bowl, [plain(0.25)], 3).lanes
    expect(lane?.at[0]).toBeCloseTo(-1.6 * 0.75 ** 3, 15)
    expect(lane?.at[1]).toBeCloseTo(1.2 * 0.75 ** 3, 15)
    expect(lane?.height).toBeCloseTo((0.75 ** 6 * (1.6 ** 2 + 1.2 ** 2)) / 2, 15)
    expect(lane?.steps).toBe(3)
  })

  it('says which lane has diverged and stops it, while the others go on', () => {
    const race = raced(bowl, [plain(2.5), plain(0.1)], 60)
    const [gone, other] = race.lanes
    expect(gone?.state).toBe('diverged')
    expect(gone?.steps).toBeLessThan(60)
    expect(other).toMatchObject({ state: 'moving', steps: 60 })
    expect(race.isUnderWay).toBe(true)
    const { steps } = gone ?? { steps: NaN }
    race.change(0, { learningRate: 0.1, momentum: 0 })
    race.step()
    expect(gone).toMatchObject({ state: 'diverged', steps })
  })

  it('is over when nothing moves any more', () => {
    const race = raced(bowl, [plain(0.5), plain(0.4)], 200)
    expect(race.lanes.map(({ state }) => state)).toEqual(['resting', 'resting'])
    expect(race.isUnderWay).toBe(false)
    race.change(0, { learningRate: 0.1, momentum: 0 })
    expect(race.isUnderWay).toBe(true)
  })

  it('changes a rate from the next step on, and nothing before', () => {
    const changed = raced(bowl, [plain(0.1)], 5)
    const same = raced(bowl, [plain(0.1)], 5)
    const [x] = changed.lanes[0]?.at ?? [NaN]
    changed.change(0, { learningRate: 0.5, momentum: 0 })
    expect(changed.lanes[0]?.at).toEqual(same.lanes[0]?.at)
    changed.step()
    expect(changed.lanes[0]?.at[0]).toBeCloseTo(0.5 * x, 15)
  })

  it.each(optimizerSpecs.map(({ type }) => type))('keeps what %s remembers when a setting changes', (type) => {
    const ravine = surfaceNamed('ravine')
    const config = { learningRate: 0.02 }
    // Long enough that the gradient has changed its sign, which is all that some look at.
    const raceOf = () => raced(ravine, [{ type, config }], 53)
    const [going, kept] = [raceOf(), raceOf()]
    // A lane that begins there remembers nothing.
    const begun = new SurfaceLane(ravine, going.lanes[0]?.at ?? [NaN, NaN], { type, config })
    kept.change(0, config)
    for (let step = 0; step < 4; step++) {
      for (const race of [going, kept]) race.step()
      begun.step()
    }
    // To the same settings is no change at all.
    expect(kept.lanes[0]?.at).toEqual(going.lanes[0]?.at)
    expect(begun.at).not.toEqual(going.lanes[0]?.at)
  })

  it('takes up momentum on the way', () => {
    // v is new at the change: the first step after it is plain, the second is not.
    const race = raced(bowl, [plain(0.1), plain(0.1)], 5)
    race.change(0, { learningRate: 0.1, momentum: 0.9 })
    race.step()
    expect(race.lanes[0]?.at).toEqual(race.lanes[1]?.at)
    race.step()
    expect(Math.abs(race.lanes[0]?.at[0] ?? NaN)).toBeLessThan(Math.abs(race.lanes[1]?.at[0] ?? NaN))
  })

  it('refuses settings that there are not, and goes on as before', () => {
    expect(() => new SurfaceRace(bowl, bowl.start, [{ type: 'magic', config: {} }])).toThrow('There is no optimizer')
    const race = raced(bowl, [plain(0.1)], 1)
    expect(() => race.change(0, { learningRate: -1 })).toThrow('learning rate must be a number above 0')
    race.step()
    expect(race.lanes[0]?.at[0]).toBeCloseTo(-1.6 * 0.81, 15)
  })
})
