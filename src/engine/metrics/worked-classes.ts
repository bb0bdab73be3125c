import type { ExplainedLine } from '../explain/explained-line'
import { ClassCounts, type ClassCount } from './class-counts'
import { workedMeanOf } from './worked'

/** A score of each class, of which the metric is the mean. */
export interface ClassScore {
  readonly symbol: string
  /** TeX, of any class k; null where the formula says it. */
  readonly law: string | null
  /** TeX of `@right`, `@taken` and `@actual`. */
  readonly formula: string
  readonly score: (count: ClassCount) => number
  /** The formula has nothing to divide by: the score is 0 then. */
  readonly isEmpty: (count: ClassCount) => boolean
  readonly words: (name: string, count: ClassCount) => string
}

/** A line for each class that is met, and their plain mean. @param parts state of `ClassCounts` */
export function workedByClass(
  parts: readonly number[],
  classes: readonly string[],
  { symbol, law, formula, score, isEmpty, words }: ClassScore
): readonly ExplainedLine[] {
  const counts = new ClassCounts()
  counts.restore(parts)
  const met = Array.from({ length: parts.length / 3 }, (_, k) => ({ k, count: counts.of(k) })).filter(
    ({ count }) => count.predicted + count.actual > 0
  )
  const lines = met.map(({ k, count }, place): ExplainedLine => {
    const terms = [
      { name: 'right', symbol: `\\text{right}_{${k + 1}}`, value: count.right },
      { name: 'taken', symbol: `\\text{taken}_{${k + 1}}`, value: count.predicted },
      { name: 'actual', symbol: `\\text{of it}_{${k + 1}}`, value: count.actual }
    ]
    const written = isEmpty(count) ? '0' : formula
    return {
      words: words(classes[k] ?? `class ${k + 1}`, count),
      law: place === 0 ? law : null,
      symbol: `${symbol}_{${k + 1}}`,
      formula: written,
      terms: terms.filter(({ name }) => written.includes(`@${name}`)),
      value: score(count)
    }
  })
  const mean = workedMeanOf(
    {
      words: 'the mean over the classes: each counts alike, however many rows it has',
      law: `${symbol} = \\frac{1}{K} \\sum_k ${symbol}_k`,
      symbol
    },
    lines.map((line) => ({ symbol: line.symbol, value: line.value }))
  )
  return [...lines, mean]
}
