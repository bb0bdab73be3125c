import { describe, expect, it } from 'vitest'
import type { BaselineView } from '../shared/run-views'
import { UNFINISHED, verdictOf, type VerdictOptions } from './baseline-verdict'

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
/** Differences are known exactly. */
const sure: VerdictOptions = {
  errors: new Map([
    ['constant', 0],
    ['linear', 0]
  ])
}
const atEnd: VerdictOptions = { ...sure, ended: true }
const tenOf = (loss: number) => epochs(...Array.from({ length: 10 }, () => loss))

describe('verdictOf', () => {
  it('says by how much the network is better as it stands', () => {
    expect(verdictOf(models, epochs(0.8, 0.2), sure)).toBe(
      'Better than logistic regression by 50 %: loss 0.2 against 0.4, accuracy 90 % against 85 %.'
    )
  })

  it('takes no credit for an epoch that is gone, but names it; one that was taken back counts', () => {
    const losses = epochs(0.8, 0.2, 0.9)
    expect(verdictOf(models, losses, atEnd)).toMatch(
      /^Worse than logistic regression: loss 0.9 .* After epoch 2 its loss was 0.2\.$/
    )
    expect(verdictOf(models, losses, { ...atEnd, restoredEpoch: 2 })).toMatch(
      /^Better than logistic regression by 50 %/
    )
  })

  it.each([
    [0.391, /^Better than logistic regression by 2 %/],
    [0.393, /^About as good as logistic regression: loss 0.393 against 0.4/],
    [0.407, /^About as good as logistic regression/],
    [0.41, /^Worse than logistic regression/],
    [1.09, /^About as good as always guessing the most frequent class: loss 1.09 against 1.1/],
    [1.2, /^Worse than always guessing the most frequent class/]
  ])('calls what is within 2 %% about as good: %d', (loss, sentence) => {
    expect(verdictOf(models, tenOf(loss), atEnd)).toMatch(sentence)
  })

  it.each([0.31, 0.49])('calls what the rows cannot tell from chance about as good: %d', (loss) => {
    const errors: VerdictOptions['errors'] = new Map([
      ['constant', 0.1],
      ['linear', 0.1]
    ])
    expect(verdictOf(models, tenOf(loss), { errors, ended: true })).toMatch(
      /^About as good as .*cannot tell from chance\.$/
    )
    expect(verdictOf(models, tenOf(0.2), { errors, ended: true })).toMatch(/^Better/)
  })

  it('says of a linear model that was stopped that it was', () => {
    const stopped = models.map((each) =>
      each.kind === 'linear' ? { ...each, label: `${each.label} (${UNFINISHED})` } : each
    )
    expect(verdictOf(stopped, tenOf(0.2), atEnd)).toMatch(
      /^Better than logistic regression, which was not trained to its end, by 50 %/
    )
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
    expect(verdictOf(both, [last], atEnd)).toContain(words)
  })

  it.each([
    [0.2, 'loss 0.2 against 0.4, accuracy 90 % against 85 % when trained by full batches.'],
    [0.6, 'loss 0.6 against 0.4, accuracy 70 % against 85 % when trained by full batches.']
  ])('calls no network better or worse than what it is: loss %d', (loss, words) => {
    const sentence = `This network is logistic regression itself: ${words}`
    const linear = { ...atEnd, isLinear: true }
    expect(verdictOf(models, epochs(loss), linear)).toBe(sentence)
    expect(verdictOf(models, epochs(1.2), linear)).toMatch(/^Worse than always guessing/)
  })

  it('says nothing too early', () => {
    expect(verdictOf([], tenOf(0.1), sure)).toBeNull()
    expect(verdictOf(models.slice(0, 1), tenOf(0.1), sure)).toBeNull()
    expect(verdictOf(models, [], sure)).toBeNull()
    expect(verdictOf(models, tenOf(0.1), { errors: null })).toBeNull()
    expect(verdictOf(models, tenOf(0.5).slice(1), sure)).toBeNull()
    expect(verdictOf(models, tenOf(0.5), sure)).toMatch(/^So far worse than logistic regression/)
    expect(verdictOf(models, tenOf(0.5).slice(1), atEnd)).toMatch(/^Worse/)
  })

  it('goes by the training rows where there are no others, and by finite losses alone', () => {
    const [epoch] = epochs(NaN)
    if (epoch === undefined) throw new Error('there is an epoch')
    expect(verdictOf(models, [epoch], atEnd)).toBeNull()
    const trained = { ...epoch, validationLoss: null, trainLoss: 0.1, trainMetrics: { accuracy: 0.97 } }
    expect(verdictOf(models, [trained], sure)).toMatch(/by 75 %: loss 0.1 against 0.4, accuracy 97 % against 85 %/)
  })
})
