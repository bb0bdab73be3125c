import type { MetricSpec } from './metric'

/**
 * Area under the ROC curve of two classes: the share of pairs (a row of the second class, a row of the first) in which
 * the former has the higher probability; equal probabilities count half. Exact, by ranks (Mann and Whitney 1947), and
 * whatever the threshold. NaN while one of the classes has no row.
 */
export const rocAuc: MetricSpec<'roc-auc'> = {
  name: 'roc-auc',
  label: 'ROC AUC',
  chartLabel: 'ROC AUC',
  formula: 'P(p of a row of the second class > p of a row of the first)',
  tasks: ['binary', 'multi-label'],
  duringTraining: false,
  higherIsBetter: true,
  unit: 'none',
  sentence(value, about) {
    const { outputs = 1 } = about
    if (Number.isNaN(value)) {
      return `not known: these rows are all of one class${outputs === 1 ? '' : `, for each of ${outputs} labels`}`
    }
    const pairs = `of 100 pairs of rows, one of each class, ${Math.round(value * 100)} are ranked right; 50 would be chance`
    return outputs === 1 ? pairs : `${pairs}; mean over those of ${outputs} labels that have rows of both classes`
  },
  worked([right = 0, ofSecond = 0, ofFirst = 0], [, second = 'the second class']) {
    return [
      {
        words: `pairs in which the row of ${second} gets the higher probability of being it, equal ones half, of all pairs of a row of it and one that is not`,
        law: null,
        symbol: '\\text{AUC}',
        formula: '\\frac{@right}{@second \\cdot @first}',
        terms: [
          { name: 'right', symbol: '\\text{pairs right}', value: right },
          { name: 'second', symbol: 'n_1', value: ofSecond },
          { name: 'first', symbol: 'n_0', value: ofFirst }
        ],
        value: right / (ofSecond * ofFirst)
      }
    ]
  },
  create() {
    // By class: the probability of the second one.
    const scores: [number[], number[]] = [[], []]
    return {
      add(outputs, targets) {
        const [rows = 0, width = 1] = outputs.shape
        for (let row = 0; row < rows; row++) {
          scores[targets.data[row] === 1 ? 1 : 0].push(outputs.data[row * width + width - 1] ?? NaN)
        }
      },
      value: () => pairsRight(scores) / (scores[1].length * scores[0].length),
      get parts() {
        return [pairsRight(scores), scores[1].length, scores[0].length]
      },
      get state() {
        return [scores[0].length, ...scores[0], ...scores[1]]
      },
      restore([ofFirst = 0, ...both]) {
        scores[0] = both.slice(0, ofFirst)
        scores[1] = both.slice(ofFirst)
      }
    }
  }
}

/** Pairs with the score of the second class above that of the first, equal ones half. */
function pairsRight([first, second]: readonly [readonly number[], readonly number[]]): number {
  const lower = Float64Array.from(first).sort()
  let below = 0
  let notAbove = 0
  let halves = 0
  for (const score of Float64Array.from(second).sort()) {
    while (below < lower.length && (lower[below] ?? NaN) < score) below++
    while (notAbove < lower.length && (lower[notAbove] ?? NaN) <= score) notAbove++
    halves += below + notAbove
  }
  return halves / 2
}
