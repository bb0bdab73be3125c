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
      'Better than logistic regression by 50 %: loss 0.2 against 0.4, accuracy 90 % against 85 %.'
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

  it.each([
    // Losses, metrics of the network and of the linear model, and what is said of them.
    [0.5, 0.4, 'accuracy', 1, 1, 'loss 0.5 against 0.4, accuracy 100 % for both.'],
    [0.5, 0.4, 'accuracy', 0.9667, 0.9667, 'loss 0.5 against 0.4, accuracy 96.7 % for both.'],
    [0.5, 0.4, 'accuracy', 0.99998, 1, 'loss 0.5 against 0.4, accuracy nearly 100 % against 100 %.'],
    [0.5, 0.4, 'accuracy', 0.9, 0.85, 'loss 0.5 against 0.4, though accuracy 90 % against 85 %.'],
    [0.2, 0.4, 'accuracy', 0.8, 0.85, 'by 50 %: loss 0.2 against 0.4, though accuracy 80 % against 85 %.'],
    [0.2, 0.4, 'mae', 2.5, 2.391, 'by 50 %: loss 0.2 against 0.4, though MAE 2.5 against 2.39.'],
    [0.2, 0.4, 'mae', 2.2, 2.391, 'by 50 %: loss 0.2 against 0.4, MAE 2.2 against 2.39.'],
    [0.0001, 0.4, 'accuracy', 1, 0.85, 'by more than 99 %: loss 0.0001 against 0.4, accuracy 100 % against 85 %.'],
    [0, 0.4, 'accuracy', 1, 0.85, 'by 100 %: loss 0 against 0.4, accuracy 100 % against 85 %.']
  ])('lays loss %d and %d and the %s beside each other: %d, %d', (loss, other, name, own, measured, words) => {
    const label = name === 'mae' ? 'MAE' : 'Accuracy'
    const linear: BaselineView = {
      kind: 'linear',
      label: 'Linear model',
      loss: other,
      metrics: [{ name, label, value: measured }]
    }
    const both = models.filter(({ kind }) => kind === 'constant').concat(linear)
    const last = { epoch: 1, trainLoss: 9, validationLoss: loss, trainMetrics: {}, metrics: { [name]: own } }
    expect(verdictOf(both, [last], true)).toContain(words)
  })

  it.each([
    [0.2, 'loss 0.2 against 0.4, accuracy 90 % against 85 % when trained to the end.'],
    [0.6, 'loss 0.6 against 0.4, accuracy 70 % against 85 % when trained to the end.']
  ])('calls no network better or worse than what it is: loss %d', (loss, words) => {
    const sentence = `This network is logistic regression itself, taken at its best epoch: ${words}`
    expect(verdictOf(models, epochs(loss), true, true)).toBe(sentence)
    expect(verdictOf(models, epochs(1.2), true, true)).toMatch(/^Worse than always guessing/)
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
    expect(verdictOf(models, [trained])).toMatch(/by 75 %: loss 0.1 against 0.4, accuracy 97 % against 85 %/)
  })
})
