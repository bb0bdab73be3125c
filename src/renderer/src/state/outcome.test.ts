import { describe, expect, it } from 'vitest'
import type { EpochPoint, RunView } from '../../../shared/views'
import { earlyStopText, executorText, keptEpoch, keptText, resultOf, slownessOf } from './outcome'
import { runWith, setupWith } from './testing'

const points = [0.9, 0.5, 0.7, 0.6].map((loss, index): EpochPoint => ({
  epoch: index + 1,
  trainLoss: loss,
  validationLoss: loss,
  trainMetrics: { mae: 10 * loss },
  metrics: { mae: loss },
  learningRate: 0.1,
  best: index < 2,
  step: 4 * (index + 1),
  elapsedMs: null,
  layers: null
}))
const patient = setupWith({ earlyStopping: { patience: 2, restoreBest: true } })
const run = (change: Partial<RunView> = {}): RunView => runWith({ epochs: points, ...change }, 'completed')

describe('the epoch whose weights a run has', () => {
  it('is the last one, unless the best was taken back', () => {
    expect(keptEpoch(run())?.epoch).toBe(4)
    expect(keptEpoch(run({ setup: patient }))?.epoch).toBe(2)
    const stopped = { epoch: 4, bestEpoch: 2, restored: true }
    expect(keptEpoch(run({ setup: patient, earlyStop: stopped }))?.epoch).toBe(2)
    expect(keptEpoch(run({ setup: patient, earlyStop: { ...stopped, restored: false } }))?.epoch).toBe(4)
  })

  it('is the last one of a run that was stopped by hand', () => {
    expect(keptEpoch(runWith({ epochs: points, setup: patient }, 'stopped'))?.epoch).toBe(4)
    expect(keptEpoch(runWith({}, 'completed'))).toBeUndefined()
  })

  it('is told where the sentence about early stopping does not', () => {
    expect(keptText(run())).toBeNull()
    expect(keptText(run({ setup: patient }))).toBe('The weights are those of epoch 2, the best.')
    expect(keptText(run({ setup: patient, earlyStop: { epoch: 4, bestEpoch: 2, restored: true } }))).toBeNull()
  })
})

describe('the result of a run', () => {
  it('is that of the weights it has, on the validation rows', () => {
    expect(resultOf(run())).toEqual({ value: 'MAE 0.6000', on: '1 validation row' })
    expect(resultOf(run({ setup: patient }))?.value).toBe('MAE 0.5000')
  })

  it('is of the training rows where no others are kept', () => {
    const prepared = { ...run().prepared, validationRows: 0 }
    const alone = points.map((point) => ({ ...point, validationLoss: null, metrics: {} }))
    expect(resultOf(run({ prepared, epochs: alone }))).toEqual({ value: 'MAE 6.000', on: 'the training rows' })
    expect(resultOf(run({ epochs: alone }))).toBeNull()
  })
})

describe('words about a run', () => {
  it('say in one sentence that it stopped early', () => {
    expect(earlyStopText({ epoch: 23, bestEpoch: 13, restored: true })).toBe(
      'Stopped early at epoch 23: no better since epoch 13, whose weights were taken back.'
    )
    expect(earlyStopText({ epoch: 23, bestEpoch: 13, restored: false })).toMatch(/epoch 13\.$/)
  })

  it('say why it is slower than it could be, where it is', () => {
    expect(slownessOf({ name: 'wasm', reason: null, threads: 2 })).toBeNull()
    const lost = slownessOf({ name: 'wasm', reason: 'A thread was lost.', threads: 1 })
    expect(lost).toEqual({ title: 'Trained with fewer threads.', reason: 'A thread was lost.' })
    expect(slownessOf({ name: 'reference', reason: 'No kernel.', threads: 1 })?.title).toContain('reference executor')
  })

  it('name what computes it', () => {
    expect(executorText({ name: 'wasm', reason: null, threads: 2 })).toBe('float32 · 2 threads')
    expect(executorText({ name: 'reference', reason: null, threads: 1 })).toBe('reference, float64 · 1 thread')
  })
})
