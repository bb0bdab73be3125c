import { describe, expect, it } from 'vitest'
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
  rowsPerSecond: null
})
const epochPoint = (epoch: number): EpochPoint => ({
  epoch,
  trainLoss: 1 / epoch,
  validationLoss: 1,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: epoch === 1
})

function runOf(epochs: number): RunView {
  return runWith({
    progress: progressAt(epochs * 4),
    epochs: Array.from({ length: epochs }, (_, index) => epochPoint(index + 1)),
    steps: { epoch: [epochs], loss: [1] }
  })
}

describe('LiveRun', () => {
  it('appends every epoch once, whether told in the whole state, a frame or both', () => {
    const live = new LiveRun(runOf(2))
    live.add({
      progress: progressAt(12),
      epochs: [epochPoint(2), epochPoint(3)],
      steps: { epoch: [2.5, 3], loss: [1, 1] }
    })
    live.add({
      progress: progressAt(16),
      epochs: [epochPoint(3), epochPoint(4)],
      steps: { epoch: [3, 4], loss: [1, 1] }
    })
    expect(live.view.epochs.map((point) => point.epoch)).toEqual([1, 2, 3, 4])
    expect(live.view.steps.epoch).toEqual([2, 2.5, 3, 4])
  })

  it('makes a new view with each frame without copying the history', () => {
    const live = new LiveRun(runOf(3))
    const before = live.view
    const after = live.add({ progress: progressAt(16), epochs: [epochPoint(4)], steps: { epoch: [], loss: [] } })
    expect(after).not.toBe(before)
    expect(after.epochs).toBe(before.epochs)
    expect(after.steps).toBe(before.steps)
  })

  it('does not change the view it was made from', () => {
    const told = runOf(1)
    new LiveRun(told).add({ progress: progressAt(8), epochs: [epochPoint(2)], steps: { epoch: [2], loss: [1] } })
    expect(told.epochs).toHaveLength(1)
  })

  it('keeps the newest progress when an answer comes late, and takes over a new status at the same step', () => {
    const live = new LiveRun(runOf(5))
    expect(live.advance(progressAt(4, 'paused')).progress.step).toBe(20)
    expect(live.advance(progressAt(20, 'paused')).progress.status).toBe('paused')
    expect(live.advance(progressAt(21, 'failed')).progress.status).toBe('failed')
    expect(live.advance(progressAt(21, 'running')).progress.status).toBe('failed')
  })

  it('bounds the step losses and keeps a spike', () => {
    const live = new LiveRun(runOf(0))
    for (let step = 1; step <= 5 * MOST_STEPS; step += 1) {
      const loss = step === 777 ? 99 : 1
      live.add({ progress: progressAt(step), epochs: [], steps: { epoch: [step / 4], loss: [loss] } })
    }
    const { epoch, loss } = live.view.steps
    expect(loss.length).toBeLessThanOrEqual(MOST_STEPS)
    expect(epoch[loss.indexOf(99)]).toBe(777 / 4)
    expect(epoch).toEqual([...epoch].sort((a, b) => a - b))
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
