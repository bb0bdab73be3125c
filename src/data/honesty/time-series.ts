import { windowChange } from '../../shared/window-change'
import { orderRows, regularityOf } from '../windows'
import type { NumberColumn } from '../table'
import { counted, percent, type Check } from './check'

/** Rows that the next value is suggested to follow from. */
const STEPS = 24
/** Fewer rows give too few windows to learn from. */
const FEWEST_ROWS = 5 * STEPS
/** Steps in time that are alike, from which a table is one series kept in order. */
const LEAST_REGULAR = 0.9

/** One row for each hour, day or month, in order: what comes next may follow from what was before. */
export const timeSeries: Check = {
  code: 'time-series',
  run({ table, setup, target }) {
    if (setup.window !== null || setup.model !== null || target.task !== 'regression') return []
    if (target.rows.length < FEWEST_ROWS) return []
    const column = table.columns.find(
      (each): each is NumberColumn =>
        each.type === 'number' && each.time !== undefined && each !== target.column && isRising(each)
    )
    if (column === undefined) return []
    const regularity = regularityOf(orderRows(table, { time: column.name, series: null }), true)
    if (regularity === null) return []
    const alike = regularity.steps - regularity.longer - regularity.shorter
    if (alike < LEAST_REGULAR * regularity.steps) return []
    const window = { steps: STEPS, horizon: 1, time: column.name, series: null }
    return [
      {
        code: 'time-series',
        severity: 'info',
        message: `Rows follow one another in time ("${column.name}"): the next value of "${target.column.name}" can be predicted from the last ${STEPS} rows, its own past among them. As it stands, each row is predicted from itself alone.`,
        columns: [column.name, target.column.name],
        evidence: `${percent(alike / regularity.steps)} of ${counted(regularity.steps, 'step')} are ${regularity.usual}.`,
        remedy: { label: `Predict from the last ${STEPS} rows`, change: windowChange(setup, window) }
      }
    ]
  }
}

/** Every row later than the one before it. */
function isRising({ values }: NumberColumn): boolean {
  for (let row = 1; row < values.length; row++) if (!((values[row] ?? NaN) > (values[row - 1] ?? NaN))) return false
  return true
}
