import { targetsOf } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { sortNumbers } from '../sort'
import type { CategoryColumn, NumberColumn } from '../table'
import { columnByColumn, leaveOut, percent, present, shown, thinned, type Check } from './check'

const FEWEST_ROWS = 30
/** √(−½ ln(α / 2)) for α = 1e-5: a random split reaches it once in a hundred thousand columns. */
const CRITICAL = Math.sqrt(-0.5 * Math.log(0.5e-5))
/** Differences of distributions below this are real in large tables, and of no matter. */
const LEAST = 0.1

/**
 * Columns whose training and validation rows differ: the figures then say how the network does elsewhere. The largest
 * difference of the two distribution functions (Kolmogorov and Smirnov), or of the shares of a category.
 */
export const drift: Check = {
  code: 'drift',
  *run({ features, trainRows, validationRows, setup }) {
    if (trainRows.length < FEWEST_ROWS || validationRows.length < FEWEST_ROWS) return []
    const [train, validation] = [thinned(trainRows), thinned(validationRows)]
    const least = Math.max(LEAST, CRITICAL * Math.sqrt(1 / train.length + 1 / validation.length))
    return yield* columnByColumn(features, (column): Notice[] => {
      // A column that the split was made by, or a clock, differs by intent.
      if (column.type === 'number' && column.time !== undefined) return []
      const { difference, evidence } =
        column.type === 'number' ? numbersApart(column, train, validation) : textsApart(column, train, validation)
      if (difference < least) return []
      return [
        {
          code: 'drift',
          severity: 'warning',
          message: `"${column.name}" is different in the validation rows than in the training rows: the figures say how the network does on other data than it learned from.`,
          columns: [column.name],
          evidence,
          // What windows predict is a feature too, and stays.
          ...(targetsOf(setup).includes(column.name) ? {} : { remedy: leaveOut(setup, column.name) })
        }
      ]
    })
  }
}

interface Apart {
  readonly difference: number
  readonly evidence: string
}

function numbersApart(column: NumberColumn, train: Int32Array, validation: Int32Array): Apart {
  const [a, b] = [train, validation].map((rows) => sortNumbers(present(column, rows)))
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return { difference: 0, evidence: '' }
  let [i, j, difference] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    difference = Math.max(difference, Math.abs(i / a.length - j / b.length))
  }
  const [first, second] = [a, b].map((sorted) => shown(sorted[sorted.length >> 1] ?? NaN))
  return { difference, evidence: `Medians: ${first ?? ''} in training, ${second ?? ''} in validation rows.` }
}

function textsApart(column: CategoryColumn, train: Int32Array, validation: Int32Array): Apart {
  const shares = [train, validation].map((rows) => {
    const counts = new Float64Array(column.categories.length)
    for (const row of rows) {
      const code = column.codes[row] ?? -1
      if (code >= 0) counts[code] = (counts[code] ?? 0) + 1 / rows.length
    }
    return counts
  })
  const [a, b] = shares
  if (a === undefined || b === undefined) return { difference: 0, evidence: '' }
  let at = 0
  for (let code = 1; code < a.length; code++) {
    if (Math.abs((a[code] ?? 0) - (b[code] ?? 0)) > Math.abs((a[at] ?? 0) - (b[at] ?? 0))) at = code
  }
  return {
    difference: Math.abs((a[at] ?? 0) - (b[at] ?? 0)),
    evidence: `"${column.categories[at] ?? ''}": ${percent(a[at] ?? 0)} of the training rows, ${percent(b[at] ?? 0)} of the validation rows.`
  }
}
