/** Lines that several metrics are worked out by. */
import type { ExplainedLine } from '../explain/explained-line'

/** part / whole; both are counts. @param part what it counts, and how many */
export function workedShare(
  symbol: string,
  words: string,
  part: readonly [name: string, count: number],
  whole: readonly [name: string, count: number]
): ExplainedLine {
  return {
    words,
    law: null,
    symbol,
    formula: '\\frac{@part}{@whole}',
    terms: [
      { name: 'part', symbol: `\\text{${part[0]}}`, value: part[1] },
      { name: 'whole', symbol: `\\text{${whole[0]}}`, value: whole[1] }
    ],
    value: part[1] / whole[1]
  }
}

/** sum / rows. */
export function workedMean(of: {
  readonly symbol: string
  readonly words: string
  /** TeX of the sum, and what it comes to. */
  readonly sum: readonly [symbol: string, value: number]
  readonly rows: number
}): ExplainedLine {
  const { symbol, words, sum, rows } = of
  return {
    words,
    law: null,
    symbol,
    formula: '\\frac{@sum}{@rows}',
    terms: [
      { name: 'sum', symbol: sum[0], value: sum[1] },
      { name: 'rows', symbol: 'n', value: rows }
    ],
    value: sum[1] / rows
  }
}

/** The plain mean of values, the first ones written out and the sum of the others as one term; of none it is NaN. */
export function workedMeanOf(
  line: Pick<ExplainedLine, 'words' | 'law' | 'symbol'>,
  values: readonly { readonly symbol: string; readonly value: number }[]
): ExplainedLine {
  const written = values.length <= WRITTEN_OUT + 1 ? values : values.slice(0, WRITTEN_OUT)
  const others = values.slice(written.length)
  const terms = written.map((value, at) => ({ name: `v${at + 1}`, ...value }))
  if (others.length > 0) {
    const rest = others.reduce((sum, { value }) => sum + value, 0)
    terms.push({ name: 'rest', symbol: `\\Sigma_{${others.length}\\text{ more}}`, value: rest })
  }
  const above = terms.length === 0 ? '0' : terms.map(({ name }) => `@${name}`).join(' + ')
  return {
    ...line,
    formula: `\\frac{${above}}{@count}`,
    terms: [...terms, { name: 'count', symbol: 'K', value: values.length }],
    value: values.reduce((sum, { value }) => sum + value, 0) / values.length
  }
}

const WRITTEN_OUT = 6
