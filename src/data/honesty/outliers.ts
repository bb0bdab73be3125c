import type { Notice } from '../../shared/views'
import { numberText } from '../numbers'
import { sortNumbers } from '../sort'
import type { NumberColumn } from '../table'
import { columnByColumn, columnChange, counted, percent, present, shown, thinned, type Check } from './check'

const FEWEST_ROWS = 30
/** Further from the median than so many interquartile ranges. */
const FAR = 10
/** More than this part of the rows are no outliers but a long tail. */
const MOST = 0.01

/** Single numbers far outside the rest: a slip of the pen, or what matters most; they squeeze all others together. */
export const outliers: Check = {
  code: 'outliers',
  *run({ features, trainRows, table, setup }) {
    return yield* columnByColumn(features, (column): Notice[] => {
      if (column.type !== 'number' || column.time !== undefined) return []
      const sorted = sortNumbers(present(column, thinned(trainRows)))
      if (sorted.length < FEWEST_ROWS) return []
      const [low, median, high] = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)] ?? NaN)
      if (low === undefined || median === undefined || high === undefined || high === low) return []
      const reach = FAR * (high - low)
      const far: number[] = []
      for (let row = 0; row < table.rows && far.length <= MOST * table.rows; row++) {
        if (distance(column, row, median) > reach) far.push(row)
      }
      if (far.length === 0 || far.length > MOST * table.rows) return []
      const farthest = far.reduce((best, row) =>
        distance(column, row, median) > distance(column, best, median) ? row : best
      )
      return [
        {
          code: 'outliers',
          severity: 'info',
          message: `${counted(far.length, 'value')} of "${column.name}" (${percent(far.length / table.rows)}) ${far.length === 1 ? 'lies' : 'lie'} far outside the others. Scaled by mean and deviation, the others are squeezed together.`,
          columns: [column.name],
          evidence: `Half of the values lie from ${shown(low)} to ${shown(high)}; row ${farthest + 1} has ${numberText(column.values[farthest] ?? NaN)}.`,
          remedy: {
            label: `Scale ${column.name} robustly`,
            change: columnChange(setup, column.name, { scaling: 'robust' })
          }
        }
      ]
    })
  }
}

function distance(column: NumberColumn, row: number, median: number): number {
  return Math.abs((column.values[row] ?? NaN) - median)
}
