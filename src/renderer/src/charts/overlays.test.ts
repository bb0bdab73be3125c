import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '../../../shared/ipc/contract'
import type { RunCurvesView, StepSeries } from '../../../shared/run-views'
import type { EpochPoint, RunView } from '../../../shared/views'
import { runWith, setupWith } from '../state/testing'
import { emptySteps } from './thinning'

/** What the trainer answers with, through the bridge of the preload script. */
const bridge = {
  runCurves: vi.fn<(name: string) => Promise<Reply<RunCurvesView>>>(),
  runSteps: vi.fn<(runId: string, from: number, to: number, points: number) => Promise<Reply<StepSeries | null>>>()
}

/** The modules take the bridge from the window as they are loaded. */
async function loaded() {
  vi.stubGlobal('window', { studio: bridge })
  return { ...(await import('./overlays.svelte')), ...(await import('./stepDetail.svelte')) }
}
type Loaded = Awaited<ReturnType<typeof loaded>>
let overlays: Loaded['overlays']
let withSameLayers: Loaded['withSameLayers']
let stepDetail: Loaded['stepDetail']

beforeAll(async () => {
  ;({ overlays, withSameLayers, stepDetail } = await loaded())
})

function epochOf(layers: readonly string[]): EpochPoint {
  return {
    ...{ epoch: 1, trainLoss: 1, validationLoss: null, trainMetrics: {}, metrics: {}, learningRate: 0.1 },
    ...{ best: false, step: 4, elapsedMs: 10 },
    layers: layers.map((layer) => ({
      layer,
      weights: null,
      delta: null,
      activations: { histogram: { min: 0, max: 1, counts: [1] }, dead: null, saturated: null }
    }))
  }
}

function curvesOf(name: string, layers: readonly string[] = []): RunCurvesView {
  return {
    ...{ name, runId: `id of ${name}`, title: `title of ${name}`, setup: setupWith() },
    ...{ epochs: [epochOf(layers)], steps: emptySteps(), changes: [] }
  }
}

function forkOf(name: string, runId: string, layers: readonly string[] = []): RunView {
  const base = runWith({ runId, epochs: [epochOf(layers)] })
  return {
    ...base,
    facts: { ...base.facts, parent: { runId: `id of ${name}`, name, title: name, epoch: 1, settings: [] } }
  }
}

const missing = { code: 'not-found', message: 'It is gone.', details: {} }

describe('overlays', () => {
  beforeEach(() => {
    for (const name of overlays.names) overlays.remove(name)
    bridge.runCurves.mockReset().mockImplementation((name) => Promise.resolve({ ok: true, value: curvesOf(name) }))
  })

  it('are in view at once, their curves when they have come, each in a colour of its own', async () => {
    const added = overlays.add('a')
    expect(overlays.all).toMatchObject([{ name: 'a', curves: null }])
    expect(await added).toBeNull()
    await overlays.add('b')
    expect(overlays.all.map(({ curves }) => curves?.title)).toEqual(['title of a', 'title of b'])
    expect(new Set(overlays.all.map(({ colour }) => colour)).size).toBe(2)
    const [, second] = overlays.all
    overlays.remove('a')
    await overlays.add('c')
    expect(overlays.all[0]).toBe(second)
    expect(overlays.all[1]?.colour).not.toBe(second?.colour)
  })

  it('are added once, and leave when their curves cannot be had', async () => {
    await Promise.all([overlays.add('a'), overlays.add('a')])
    expect(bridge.runCurves).toHaveBeenCalledTimes(1)
    bridge.runCurves.mockResolvedValue({ ok: false, error: missing })
    expect(await overlays.add('b')).toEqual(missing)
    expect(overlays.names).toEqual(['a'])
  })

  it('do not come back when they were taken away while their curves were under way', async () => {
    const added = overlays.add('a')
    overlays.remove('a')
    await added
    expect(overlays.names).toEqual([])
  })

  it('are the parent of a fork, once: it stays away when it was taken away', async () => {
    const fork = forkOf('parent', 'fork 1')
    await overlays.follow(fork)
    expect(overlays.names).toEqual(['parent'])
    overlays.remove('parent')
    await overlays.follow(fork)
    expect(overlays.names).toEqual([])
    await overlays.follow(forkOf('parent', 'fork 2'))
    expect(overlays.names).toEqual(['parent'])
    await overlays.follow(runWith({ runId: 'no fork' }))
    expect(overlays.names).toEqual(['parent'])
  })
})

describe('withSameLayers', () => {
  const look = (name: string, layers: readonly string[]) => ({
    colour: '--class-2' as const,
    curves: curvesOf(name, layers)
  })

  it('is one run with the layers of the run in view, a parent before others', () => {
    const run = forkOf('parent', 'fork', ['dense1', 'output'])
    const [other, parent, foreign] = [
      look('other', ['dense1', 'output']),
      look('parent', ['dense1', 'output']),
      look('foreign', ['dense1', 'dense2', 'output'])
    ]
    expect(withSameLayers(run, [foreign, other, parent])).toEqual([parent])
    expect(withSameLayers(run, [foreign, other])).toEqual([other])
    expect(withSameLayers(run, [foreign])).toEqual([])
    expect(withSameLayers(null, [parent])).toEqual([])
  })
})

describe('stepDetail', () => {
  /** Every hundredth of 100,000 steps is held. */
  const held = seriesOf(Array.from({ length: 1000 }, (_, index) => 100 * (index + 1)))
  const run = runWith({ runId: 'long', steps: held })

  function seriesOf(step: number[]): StepSeries {
    return { ...emptySteps(), step, position: step, loss: step }
  }

  beforeEach(() => {
    vi.useFakeTimers()
    stepDetail.look(null, null)
    bridge.runSteps
      .mockReset()
      .mockImplementation((_run, from, to) => Promise.resolve({ ok: true, value: seriesOf([from, to]) }))
    return () => vi.useRealTimers()
  })

  it('asks once for what a person has zoomed into, with room on either side', async () => {
    stepDetail.look(run, { from: 50_000, to: 51_000 })
    stepDetail.look(run, { from: 50_010, to: 50_990 })
    expect(bridge.runSteps).not.toHaveBeenCalled()
    await vi.runAllTimersAsync()
    expect(bridge.runSteps.mock.calls).toEqual([['long', 48_999, 52_001, 12_000]])
    expect(stepDetail.series?.step).toEqual([48_999, 52_001])
    stepDetail.look(run, { from: 50_200, to: 50_400 })
    await vi.runAllTimersAsync()
    expect(bridge.runSteps).toHaveBeenCalledTimes(1)
  })

  it('forgets it with the whole run in sight, and with another run', async () => {
    stepDetail.look(run, { from: 50_000, to: 51_000 })
    await vi.runAllTimersAsync()
    stepDetail.look(run, null)
    expect(stepDetail.series).toBeNull()
    stepDetail.look(run, { from: 50_000, to: 51_000 })
    const other = runWith({ runId: 'other', steps: held })
    stepDetail.look(other, { from: 10, to: 500 })
    await vi.runAllTimersAsync()
    expect(bridge.runSteps.mock.calls.map(([runId]) => runId)).toEqual(['long', 'other'])
    expect(stepDetail.series?.step).toEqual([1, 991])
  })

  it('keeps the coarser look where there is no finer one', async () => {
    bridge.runSteps.mockResolvedValue({ ok: false, error: missing })
    stepDetail.look(run, { from: 50_000, to: 51_000 })
    await vi.runAllTimersAsync()
    expect(stepDetail.series).toBeNull()
    // What is held is fine enough for all of it.
    stepDetail.look(runWith({ runId: 'short', steps: seriesOf([1, 2, 3]) }), { from: 1, to: 3 })
    await vi.runAllTimersAsync()
    expect(bridge.runSteps).toHaveBeenCalledTimes(1)
  })
})
