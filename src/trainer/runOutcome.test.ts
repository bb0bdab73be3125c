import { describe, expect, it } from 'vitest'
import type { EpochPoint } from '../shared/views'
import { outcomeSentence } from './runOutcome'

const epoch = (number: number, validationLoss: number | null): EpochPoint => ({
  ...{ epoch: number, trainLoss: 0.5, validationLoss, trainMetrics: {}, metrics: {}, learningRate: 0.1 },
  ...{ best: true, step: number, elapsedMs: number, layers: null }
})

describe('outcomeSentence', () => {
  const epochs = [epoch(1, 0.4), epoch(2, 0.123456), epoch(3, 0.2)]
  const run = (earlyStop: { epoch: number; bestEpoch: number; restored: boolean } | null) => ({
    epochs,
    training: { earlyStop }
  })

  it.each([
    ['completed', null, '"iris" is trained: 3 epochs, validation loss 0.2.'],
    [
      'completed',
      { epoch: 3, bestEpoch: 2, restored: true },
      '"iris" is trained: it stopped getting better after epoch 2 of 3 epochs, validation loss 0.1235.'
    ],
    ['stopped', null, '"iris" was stopped after 3 epochs, validation loss 0.2.'],
    ['failed', null, '"iris" failed: The loss is no number.']
  ] as const)('%s', (status, earlyStop, sentence) => {
    const error = { code: 'diverged', message: 'The loss is no number.', details: {} }
    expect(outcomeSentence('iris', run(earlyStop), { status, error })).toBe(sentence)
  })

  it('speaks of the training rows where no others judge, and of nothing before the first epoch', () => {
    const stopped = { status: 'stopped', error: null } as const
    const training = { earlyStop: null }
    expect(outcomeSentence('a', { epochs: [epoch(1, null)], training }, stopped)).toBe(
      '"a" was stopped after 1 epoch, training loss 0.5.'
    )
    expect(outcomeSentence('a', { epochs: [], training }, stopped)).toBe('"a" was stopped after 0 epochs.')
  })
})
