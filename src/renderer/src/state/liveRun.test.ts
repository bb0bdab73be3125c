import { describe, expect, it } from 'vitest'
import type { StepSeries } from '../../../shared/run-views'
import type { EpochPoint, RunProgress, RunView } from '../../../shared/views'
import { followsOn, LiveRun, MOST_STEPS } from './liveRun'
import { runWith } from './testing'

const progressAt = (step: number, status: RunProgress['status'] = 'running'): RunProgress => ({
  status,
  epoch: Math.ceil(step / 4),
  epochs: 1000,
  step,
  stepsPerEpoch: 4,
  elapsedMs: step,
  remainingMs: null,
  remainingRangeMs: null,
  rowsPerSecond: null
})
const epochPoint = (epoch: number): EpochPoint => ({
  epoch,
  trainLoss: 1 / epoch,
  validationLoss: 1,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: epoch === 1,
  step: epoch * 4,
  elapsedMs: epoch,
  layers: null
})
const stepsOf = (steps: readonly number[], loss = steps.map(() => 1)): StepSeries => ({
  step: steps,
  position: steps.map((step) => step / 4),
  elapsedMs: steps,
  loss,
  learningRate: steps.map(() => 0.1)
})

function runOf(epochs: number): RunView {
  return runWith({
    progress: progressAt(epochs * 4),
    epochs: Array.from({ length: epochs }, (_, index) => epochPoint(index + 1)),
    steps: stepsOf([epochs * 4])
  })
}

describe('LiveRun', () => {
  it('appends every epoch once, whether told in the whole state, a frame or both', () => {
    const live = new LiveRun(runOf(2))
    live.add({
      progress: progressAt(12),
      epochs: [epochPoint(2), epochPoint(3)],
      steps: stepsOf([10, 12])
    })
    live.add({
      progress: progressAt(16),
      epochs: [epochPoint(3), epochPoint(4)],
      steps: stepsOf([12, 16])
    })
    expect(live.view.epochs.map((point) => point.epoch)).toEqual([1, 2, 3, 4])
    expect(live.view.steps.step).toEqual([8, 10, 12, 16])
    expect(live.view.steps.position).toEqual([2, 2.5, 3, 4])
  })

  it('makes a new view with each frame without copying the history', () => {
    const live = new LiveRun(runOf(3))
    const before = live.view
    const after = live.add({ progress: progressAt(16), epochs: [epochPoint(4)], steps: stepsOf([]) })
    expect(after).not.toBe(before)
    expect(after.epochs).toBe(before.epochs)
    expect(after.steps).toBe(before.steps)
  })

  it('does not change the view it was made from', () => {
    const told = runOf(1)
    new LiveRun(told).add({ progress: progressAt(8), epochs: [epochPoint(2)], steps: stepsOf([8]) })
    expect(told.epochs).toHaveLength(1)
  })

  it('keeps the newest progress when an answer comes late, and takes over a new status at the same step', () => {
    const live = new LiveRun(runOf(5))
    expect(live.advance(progressAt(4, 'paused')).progress.step).toBe(20)
    expect(live.advance(progressAt(20, 'paused')).progress.status).toBe('paused')
    expect(live.advance(progressAt(21, 'failed')).progress.status).toBe('failed')
    expect(live.advance(progressAt(21, 'running')).progress.status).toBe('failed')
  })

  it('takes over facts without losing what has come in', () => {
    const live = new LiveRun(runOf(2))
    const facts = { ...live.view.facts, title: 'Other' }
    expect(live.tell(facts)).toMatchObject({ facts: { title: 'Other' }, progress: { step: 8 } })
    expect(live.add({ progress: progressAt(12), epochs: [], steps: stepsOf([]) }).facts).toBe(facts)
  })

  it('bounds the step losses and keeps a spike', () => {
    const live = new LiveRun(runOf(0))
    for (let step = 1; step <= 5 * MOST_STEPS; step += 1) {
      const loss = step === 777 ? 99 : 1
      live.add({ progress: progressAt(step), epochs: [], steps: stepsOf([step], [loss]) })
    }
    const { step: kept, loss } = live.view.steps
    expect(loss.length).toBeLessThanOrEqual(MOST_STEPS)
    expect(kept[loss.indexOf(99)]).toBe(777)
    expect(kept).toEqual([...kept].sort((a, b) => a - b))
  })
})

describe('followsOn', () => {
  it('tells the next message from a repeated one and from a gap', () => {
    expect([followsOn(3, 4), followsOn(3, 3), followsOn(3, 1), followsOn(3, 5)]).toEqual([
      'next',
      'repeated',
      'repeated',
      'gap'
    ])
  })
})
