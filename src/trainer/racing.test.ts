/** The race, over the real session: a surface, the network of iris, and what is changed on the way. */
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { laneChoices, laneOn, minimumAt, surfaceNamed } from '../engine/catalog'
import type { LaneProgress, RaceChoice, RaceLane, RaceProgress, RaceView } from '../shared/race-views'
import { ENDLESS, iris, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const studio = studioOfEachTest()
const { ask } = studio

const surface = surfaceNamed('two-valleys')
const usual = laneChoices.filter(({ isUsual }) => isUsual)
const onSurface: RaceChoice = {
  course: { kind: 'surface', surface: surface.name, start: surface.start },
  lanes: usual.map((lane) => laneOn(surface, lane))
}
const onNetwork: RaceChoice = {
  course: { kind: 'network' },
  lanes: usual.map(({ type, config }) => ({ type, config }))
}
const sgd = (learningRate: number, momentum = 0): RaceLane => ({ type: 'sgd', config: { learningRate, momentum } })

async function raceWhen(wanted: (race: RaceView) => boolean): Promise<RaceView> {
  for (;;) {
    const race = await ask('race.view')
    if (race !== null && wanted(race)) return race
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function told(): RaceProgress[] {
  return studio
    .asked()
    .messages.flatMap((message) => (message.type === 'race' && message.race !== null ? [message.race] : []))
}

/** A lane's points of all messages put together; each point must have been told once, in order. */
function joined(id: number, lane: number): Pick<LaneProgress, 'steps' | 'losses'> {
  const steps: number[] = []
  const losses: number[] = []
  for (const race of told().filter((each) => each.id === id)) {
    const news = race.lanes[lane]
    expect(news?.from).toBe(steps.length)
    steps.push(...(news?.steps ?? []))
    losses.push(...(news?.losses ?? []))
  }
  return { steps, losses }
}

describe('on a surface', () => {
  it('stands at the start until it is played, without any data, and tells every point once', async () => {
    const begun = await ask('race.start', onSurface)
    expect(begun).toMatchObject({ state: 'paused', choice: onSurface, pace: null, length: null })
    expect(begun.grid).toHaveLength(129 * 129)
    expect(begun.lanes.map(({ steps, places }) => [steps, places])).toEqual(usual.map(() => [[0], [surface.start]]))
    await ask('race.play', begun.id, null)
    const ended = await raceWhen(({ state }) => state === 'ended')
    const ends = ended.lanes.map(({ places }) => minimumAt(surface, places.at(-1) ?? [NaN, NaN]))
    // SGD stays in the shallow valley, momentum leaves it.
    expect(ends.slice(0, 3)).toEqual([1, 0, 0])
    ended.lanes.forEach(({ steps, losses, step }, lane) => {
      expect(joined(begun.id, lane)).toEqual({ steps, losses })
      expect(steps).toEqual(Array.from({ length: step + 1 }, (_, i) => i))
    })
  })

  it('is over after as many steps as were asked for', async () => {
    const course = { kind: 'surface', surface: surface.name, start: surface.start, steps: 7 } as const
    const { id } = await ask('race.start', { ...onSurface, course })
    await ask('race.play', id, null)
    const ended = await raceWhen(({ state }) => state === 'ended')
    expect(ended.lanes.map(({ step }) => step)).toEqual(usual.map(() => 7))
  })

  it('goes at the pace that was asked for, step by step, and rests when it is paused', async () => {
    const { id } = await ask('race.start', onSurface)
    const stepOf = async () => (await ask('race.view'))?.lanes[0]?.step ?? NaN
    await ask('race.step', id)
    await raceWhen(({ lanes }) => lanes.every(({ step }) => step === 1))
    await ask('race.play', id, 100)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await ask('race.pause', id)
    const { lanes } = await raceWhen(({ state }) => state === 'paused')
    const reached = lanes[0]?.step ?? NaN
    expect(reached).toBeGreaterThan(5)
    expect(reached).toBeLessThan(150)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await stepOf()).toBe(reached)
    expect(new Set(lanes.map(({ step }) => step)).size).toBe(1)
  })

  it('changes a lane while it goes, from its next step on; one that diverges stops alone', async () => {
    const bowl = surfaceNamed('bowl')
    const { id } = await ask('race.start', {
      course: { kind: 'surface', surface: 'bowl', start: bowl.start },
      lanes: [sgd(0.1), sgd(0.1)]
    })
    await ask('race.step', id)
    await raceWhen(({ lanes }) => lanes[1]?.step === 1)
    await ask('race.change', id, 0, { learningRate: 0.5, momentum: 0 })
    await ask('race.step', id)
    const { lanes } = await raceWhen((race) => race.lanes[1]?.step === 2)
    const wanted = [-1.6, -1.6 * 0.9, -1.6 * 0.9 * 0.5]
    expect(lanes[0]?.places).toHaveLength(3)
    wanted.forEach((x, i) => expect(lanes[0]?.places[i]?.[0]).toBeCloseTo(x, 12))
    await expect(ask('race.change', id, 0, { learningRate: -1 })).rejects.toMatchObject({ code: 'invalid-config' })
    await ask('race.change', id, 0, { learningRate: 5, momentum: 0 })
    await ask('race.play', id, null)
    const ended = await raceWhen(({ state }) => state === 'ended')
    expect(ended.lanes.map(({ state }) => state)).toEqual(['diverged', 'resting'])
    expect(ended.lanes[0]?.note).toMatch(/^Diverged at step \d+/)
    expect(ended.lanes[0]?.places.flat().every(Number.isFinite)).toBe(true)
  })

  it('refuses what there is not, and a race that is over', async () => {
    const { id } = await ask('race.start', onSurface)
    const wrong = { ...onSurface, course: { kind: 'surface', surface: 'moon', start: [0, 0] } } as const
    await expect(ask('race.start', wrong)).rejects.toMatchObject({ code: 'unknown-surface' })
    await expect(ask('race.start', { ...onSurface, lanes: [{ type: 'magic', config: {} }] })).rejects.toMatchObject({
      code: 'unknown-optimizer'
    })
    await expect(ask('race.start', onNetwork)).rejects.toMatchObject({ code: 'no-dataset' })
    // Nothing of that has touched the one that there is.
    expect(await ask('race.view')).toMatchObject({ id })
    await ask('race.cancel')
    expect(await ask('race.view')).toBeNull()
    await expect(ask('race.play', id, null)).rejects.toMatchObject({ code: 'race-over' })
    expect(studio.asked().messages.at(-1)).toMatchObject({ type: 'race', race: null })
  })
})

describe('on the network', () => {
  it('begins all lanes with the same weights and batches, and the lane of the draft is its own training', async () => {
    await studio.openIris({ epochs: 12, optimizer: { type: 'sgd', config: { learningRate: 0.05, momentum: 0 } } })
    const { id, state } = await ask('race.start', { ...onNetwork, lanes: [sgd(0.05), ...onNetwork.lanes] })
    expect(state).toBe('preparing')
    await ask('race.play', id, null)
    const ended = await raceWhen((race) => race.state === 'ended')
    expect(ended.lanes.map((lane) => lane.state)).toEqual(ended.lanes.map(() => 'finished'))
    expect(new Set(ended.lanes.map(({ losses }) => losses[0])).size).toBe(1)
    expect(new Set(ended.lanes.map(({ losses }) => losses.at(-1))).size).toBeGreaterThan(4)
    expect(ended.length?.steps).toBe(ended.lanes[0]?.step)
    for (const { times } of ended.lanes) expect(times).toEqual(times.toSorted((a, b) => a - b))
    await ask('train.start')
    const run = await studio.runWhen(({ progress }) => progress.status === 'completed')
    expect(ended.lanes[0]?.losses).toEqual(run.steps.loss)
    expect(ended.lanes[0]?.validationLoss).toBe(run.epochs.at(-1)?.validationLoss)
  })

  it('waits while the run in view trains, and goes on after', async () => {
    await studio.openIris({ epochs: ENDLESS })
    await ask('train.start')
    const { id } = await ask('race.start', onNetwork)
    await ask('race.play', id, null)
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(await ask('race.view')).toMatchObject({ state: 'preparing' })
    await ask('train.pause')
    await raceWhen(({ state, lanes }) => state === 'running' && (lanes[0]?.step ?? 0) > 3)
    await ask('train.resume')
    const { lanes } = await raceWhen(({ state }) => state === 'waiting')
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect((await ask('race.view'))?.lanes[0]?.step).toBe(lanes[0]?.step)
    await ask('train.stop')
    await raceWhen((race) => (race.lanes[0]?.step ?? 0) > (lanes[0]?.step ?? 0))
  })

  it('changes rate and momentum while it goes; a lane that diverges stops alone', async () => {
    await studio.openIris({ epochs: 500 })
    const { id } = await ask('race.start', { ...onNetwork, lanes: [sgd(0.05), sgd(0.05), sgd(0.05)] })
    await raceWhen(({ state }) => state === 'paused')
    const stepsPerPoint = (await ask('race.view'))?.length?.stepsPerPoint ?? NaN
    await ask('race.step', id)
    await raceWhen(({ lanes }) => lanes[2]?.step === stepsPerPoint)
    await ask('race.change', id, 1, { learningRate: 0.05, momentum: 0.9 })
    await ask('race.change', id, 2, { learningRate: 1e30, momentum: 0 })
    await ask('race.play', id, null)
    const { lanes } = await raceWhen((race) => (race.lanes[0]?.step ?? 0) > 200)
    expect(lanes[2]).toMatchObject({ state: 'diverged', note: expect.stringContaining('Diverged at step') as string })
    const [plain, heavy] = [lanes[0]?.losses ?? [], lanes[1]?.losses ?? []]
    // The same until then; after it, momentum is ahead.
    expect(heavy[0]).toBe(plain[0])
    expect(heavy[15]).toBeLessThan(plain[15] ?? NaN)
  })

  it('is gone with its data, and says so; what cannot be trained fails and says why', async () => {
    await studio.openIris({ epochs: ENDLESS })
    const { id } = await ask('race.start', onNetwork)
    await ask('race.play', id, null)
    await raceWhen(({ lanes }) => (lanes[0]?.step ?? 0) > 3)
    await ask('dataset.open', [iris], null, {})
    expect(await ask('race.view')).toBeNull()
    await studio.draft({ target: 'nothing' })
    await ask('race.start', onNetwork)
    const { error } = await raceWhen(({ state }) => state === 'failed')
    expect(error?.code).toBe('unknown-target')
  })
})
