import { cellText } from '../profile'
import type { CellColumn, Column, NumberColumn } from '../table'
import { percent, type Check } from './check'

const FEWEST_ROWS = 20
/** A column of times in which fewer values differ says when a batch was made, not when a row was. */
const LEAST_DISTINCT = 0.2
/** The target of rows that follow each other is this much alike, from which the order matters. */
const LEAST_LIKENESS = 0.2

/** A file in which so many rows come after the one before was kept as a record. */
const LEAST_IN_ORDER = 0.9

/** Rows that follow each other in time, split at random: the network is asked about yesterday knowing tomorrow. */
export const timeOrder: Check = {
  code: 'time-order',
  run({ table, views, setup, target, trainRows, validationRows }) {
    if (
      setup.split.by === 'ordered' ||
      setup.split.by === 'fixed' ||
      validationRows.length === 0 ||
      target.rows.length < FEWEST_ROWS
    )
      return []
    const column = table.columns.find((each, index): each is NumberColumn => {
      const distinct = views[index]?.distinct ?? 0
      return isTime(each) && each !== target.column && distinct >= LEAST_DISTINCT * table.rows
    })
    if (column === undefined) return []
    const likeness = neighbourLikeness(column, target)
    const isAlike = Math.abs(likeness) >= LEAST_LIKENESS
    if (!isAlike && inOrder(column) < LEAST_IN_ORDER) return []
    const last = latest(column, trainRows)
    const before = validationRows.filter((row) => (column.values[row] ?? NaN) < (column.values[last] ?? NaN)).length
    if (before === 0) return []
    return [
      {
        code: 'time-order',
        severity: isAlike ? 'warning' : 'info',
        message: `Rows follow each other in time ("${column.name}")${isAlike ? ' and neighbours have similar answers' : ''}, but the split is at random: the network is judged on moments between those it was trained on, which may be easier than the future.`,
        columns: [column.name],
        evidence: `${percent(before / validationRows.length)} of the validation rows are older than the newest training row (${cellText(column, last) ?? ''}). Answers of neighbours in time correlate by ${likeness.toFixed(2)}.`,
        remedy: {
          label: `Split by ${column.name}`,
          change: { split: { by: 'ordered', column: column.name } }
        }
      }
    ]
  }
}

/** Share of rows that are later than the row before them. */
function inOrder({ values }: NumberColumn): number {
  let later = 0
  for (let row = 1; row < values.length; row++) if ((values[row] ?? NaN) > (values[row - 1] ?? NaN)) later++
  return later / (values.length - 1)
}

function isTime(column: Column): column is NumberColumn {
  return column.type === 'number' && column.time !== undefined
}

/** Correlation of the target of each row, in the order of time, with that of the next one; classes by their codes. */
function neighbourLikeness(
  column: NumberColumn,
  target: { readonly rows: Int32Array; readonly column: CellColumn; readonly codes?: Int32Array }
): number {
  const { rows, codes } = target
  const answer = (i: number): number => {
    if (codes !== undefined) return codes[i] ?? 0
    return target.column.type === 'number' ? (target.column.values[rows[i] ?? 0] ?? 0) : 0
  }
  const time = (i: number): number => column.values[rows[i] ?? 0] ?? NaN
  const order = Array.from(rows, (_, i) => i)
    .filter((i) => !Number.isNaN(time(i)))
    .sort((a, b) => time(a) - time(b) || a - b)
  const values = order.map(answer)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let together = 0
  let spread = 0
  values.forEach((value, i) => {
    spread += (value - mean) ** 2
    if (i > 0) together += (value - mean) * ((values[i - 1] ?? 0) - mean)
  })
  return spread === 0 ? 0 : together / spread
}

function latest(column: NumberColumn, rows: Int32Array): number {
  return rows.reduce(
    (best, row) => ((column.values[row] ?? NaN) > (column.values[best] ?? NaN) ? row : best),
    rows[0] ?? 0
  )
}
