import { describe, expect, it } from 'vitest'
import type { BaselineView } from '../shared/run-views'
import { verdictOf } from './baseline-verdict'

const accuracy = (value: number) => [{ name: 'accuracy', label: 'Accuracy', value }]
const models: BaselineView[] = [
  { kind: 'constant', label: 'Most frequent class', loss: 1.1, metrics: accuracy(0.33) },
  { kind: 'linear', label: 'Logistic regression', loss: 0.4, metrics: accuracy(0.85) }
]
const epochs = (...losses: readonly number[]) =>
  losses.map((validationLoss, i) => ({
    epoch: i + 1,
    trainLoss: 9,
    validationLoss,
    trainMetrics: { accuracy: 0 },
    metrics: { accuracy: 1 - validationLoss / 2 }
  }))
const tenOf = (loss: number) => epochs(...Array.from({ length: 10 }, () => loss))

describe('verdictOf', () => {
  it('says by how much the best epoch is better', () => {
    expect(verdictOf(models, epochs(0.8, 0.2, 0.9))).toBe(
      'Better than logistic regression by 50 %: loss 0.2 against 0.4, Accuracy 0.9 against 0.85.'
    )
  })

  it.each([
    [0.391, /^Better than logistic regression by 2 %/],
    [0.393, /^Not better than logistic regression: loss 0.393 against 0.4/],
    [0.407, /^Not better than logistic regression/],
    [0.41, /^Worse than logistic regression/],
    [1.09, /^Not better than always guessing the most frequent class: loss 1.09 against 1.1/],
    [1.2, /^Worse than always guessing the most frequent class/]
  ])('calls what is within 2 %% a draw: %d', (loss, sentence) => {
    expect(verdictOf(models, tenOf(loss), true)).toMatch(sentence)
  })

  it('says nothing too early', () => {
    expect(verdictOf([], tenOf(0.1))).toBeNull()
    expect(verdictOf(models.slice(0, 1), tenOf(0.1))).toBeNull()
    expect(verdictOf(models, [])).toBeNull()
    expect(verdictOf(models, tenOf(0.5).slice(1))).toBeNull()
    expect(verdictOf(models, tenOf(0.5))).toMatch(/^So far worse than logistic regression/)
    expect(verdictOf(models, tenOf(0.5).slice(1), true)).toMatch(/^Worse/)
  })

  it('goes by the training rows where there are no others, and by finite losses alone', () => {
    const [epoch] = epochs(NaN)
    if (epoch === undefined) throw new Error('there is an epoch')
    expect(verdictOf(models, [epoch], true)).toBeNull()
    const trained = { ...epoch, validationLoss: null, trainLoss: 0.1, trainMetrics: { accuracy: 0.97 } }
    expect(verdictOf(models, [trained])).toMatch(/by 75 %: loss 0.1 against 0.4, Accuracy 0.97 against 0.85/)
  })
})
