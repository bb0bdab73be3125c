import { describe, expect, it } from 'vitest'
import { laneChoices, surfaceNamed, surfaceSpecs } from '../../../../engine/catalog'
import type { LaneProgress, RaceProgress } from '../../../../shared/race-views'
import { BANDS, levelOf, mapPixels } from './contour'
import { joined, thinned, type LaneCurve } from './curves'
import { mapFrame, placeAt } from './drawMap'
import { choiceLike, configFor, namedApart, usualLanes, whereabouts, withLane, type DraftLane } from './lanes'

const lane = (from: number, losses: readonly number[], places: LaneProgress['places'] = []): LaneProgress => ({
  ...{ from, losses, places, steps: losses.map((_, i) => from + i), times: losses.map(() => 0) },
  ...{ state: 'moving', step: from + losses.length, validationLoss: null, note: null }
})
const news = (...lanes: LaneProgress[]): RaceProgress => ({ id: 1, state: 'running', error: null, lanes })
const curve = (progress: LaneProgress): LaneCurve => {
  const { from: _, ...rest } = progress
  return rest
}

describe('curves', () => {
  it('grow by what is told, take nothing twice, and know when points are missing', () => {
    const begun = [curve(lane(0, [5, 4]))]
    expect(joined(begun, news(lane(2, [3])))?.[0]).toMatchObject({ losses: [5, 4, 3], steps: [0, 1, 2] })
    expect(joined(begun, news(lane(1, [4, 3])))?.[0]?.losses).toEqual([5, 4, 3])
    expect(joined(begun, news(lane(3, [2])))).toBeNull()
    expect(joined([], news(lane(0, [5])))?.[0]?.losses).toEqual([5])
    // A message without news changes no list, so nothing that reads one is drawn anew.
    expect(joined(begun, news(lane(2, [])))?.[0]?.losses).toBe(begun[0]?.losses)
  })

  it('are drawn by few points, the last one among them', () => {
    expect(thinned(3)).toEqual([0, 1, 2])
    expect(thinned(0)).toEqual([])
    const places = thinned(2999)
    expect(places.length).toBeLessThan(330)
    expect([places[0], places.at(-1)]).toEqual([0, 2998])
  })
})

describe('the map', () => {
  it('puts the median height in the middle, and keeps the order', () => {
    for (const heights of [
      [0, 1, 2, 3, 4],
      [0, 0.1, 0.5, 20, 3000],
      [-3, -2.9, -2.5, 0, 50]
    ]) {
      const level = levelOf(heights)
      expect(level(heights[0] ?? NaN)).toBe(0)
      expect(level(heights.at(-1) ?? NaN)).toBeCloseTo(1, 12)
      expect(level(heights[2] ?? NaN)).toBeCloseTo(0.5, 9)
      const levels = heights.map(level)
      expect(levels).toEqual(levels.toSorted((a, b) => a - b))
    }
  })

  it('is darkest where it is lowest, with the lowest y at the bottom', () => {
    // Rises with y alone.
    const grid = Float64Array.from({ length: 9 }, (_, place) => Math.floor(place / 3))
    const pixels = mapPixels({
      ...{ grid, width: 40, height: 40, ratio: 1 },
      ...{ low: [0, 0, 0], high: [200, 200, 200], line: [255, 0, 0] }
    })
    const green = (row: number) => pixels[4 * (row * 40 + 20) + 1] ?? NaN
    expect(green(39)).toBeLessThan(12)
    expect(Math.max(...Array.from({ length: 6 }, (_, row) => green(row)))).toBeGreaterThan(170)
    const lines = Array.from({ length: 40 }, (_, row) => (pixels[4 * (row * 40 + 20)] ?? 0) - green(row) > 30)
    expect(lines.filter(Boolean).length).toBeGreaterThan(BANDS / 2)
  })

  it('tells the place under the pointer, inside the map, in round digits', () => {
    const surface = surfaceNamed('bowl')
    const frame = mapFrame(448, 430)
    expect(placeAt(surface, frame, { x: frame.left + frame.width / 4, y: frame.top })).toEqual([-1, 2])
    expect(placeAt(surface, frame, { x: -50, y: 9999 })).toEqual([-2, -2])
    const [x] = placeAt(surface, frame, { x: frame.left + frame.width / 3, y: 0 })
    expect(String(x).length).toBeLessThan(6)
  })
})

describe('lanes', () => {
  it('have names and colours of their own, a second one of a kind too', () => {
    let lanes: readonly DraftLane[] = []
    for (const choice of [...laneChoices, ...usualLanes].slice(0, 10)) lanes = withLane(lanes, choice, choice.config)
    expect(new Set(lanes.map(({ label }) => label)).size).toBe(lanes.length)
    expect(new Set(lanes.map(({ colour }) => colour)).size).toBe(lanes.length)
    expect(lanes.map(({ label }) => label)).toContain('SGD 2')
  })

  it('begin on the network with the rate of the draft, where it has the same optimizer', () => {
    const adam = usualLanes.find(({ type }) => type === 'adam')
    if (adam === undefined) throw new Error('no Adam')
    expect(configFor(null, adam)['learningRate']).toBe(0.01)
  })

  it('are known again by their settings, changed ones too', () => {
    for (const choice of laneChoices) expect(choiceLike(choice)).toBe(choice)
    expect(choiceLike({ type: 'sgd', config: { learningRate: 3, momentum: 0.2, nesterov: true } })?.label).toBe(
      'Nesterov'
    )
    expect(choiceLike({ type: 'magic', config: {} })).toBeUndefined()
  })

  it('say where they have come to', () => {
    const valleys = surfaceNamed('two-valleys')
    const at = (surface: typeof valleys, place: readonly [number, number], state: LaneCurve['state'] = 'resting') =>
      whereabouts(surface, { ...curve(lane(0, [1], [place])), state })
    expect(at(valleys, valleys.minima[0]?.at ?? [0, 0])).toBe('rests in the deepest minimum')
    expect(at(valleys, valleys.minima[1]?.at ?? [0, 0], 'moving')).toBe('at a local minimum')
    expect(at(valleys, valleys.start, 'moving')).toBe('on its way')
    expect(at(surfaceNamed('himmelblau'), [3, 2])).toBe('rests in the minimum at (3, 2)')
    for (const surface of surfaceSpecs) expect(at(surface, surface.minima[0]?.at ?? [0, 0])).toMatch(/^rests in the /)
  })
})

describe('lanes of one kind', () => {
  const lanesOf = (...configs: { momentum: number; learningRate: number }[]) =>
    configs.reduce<readonly DraftLane[]>((lanes, config) => {
      const choice = choiceLike({ type: 'sgd', config })
      return choice === undefined ? lanes : withLane(lanes, choice, { ...choice.config, ...config })
    }, [])
  const labels = (...configs: { momentum: number; learningRate: number }[]) =>
    namedApart(lanesOf(...configs)).map(({ label }) => label)

  it('are called by what tells them apart', () => {
    const plain = { momentum: 0, learningRate: 0.02 }
    const [half, more] = [
      { ...plain, momentum: 0.5 },
      { ...plain, momentum: 0.9 }
    ] as const
    expect(labels(plain, half, more)).toEqual(['SGD', 'Momentum 0.5', 'Momentum 0.9'])
    expect(labels(plain, { ...plain, learningRate: 0.1 })).toEqual(['SGD, rate 0.02', 'SGD, rate 0.1'])
    expect(labels(half, half)).toEqual(['Momentum', 'Momentum 2'])
  })
})
