import type { Notice } from '../../shared/views'
import { counted, percent, type Check, type Look } from './check'
import { describingColumns } from '../repeats'
import { equalRows } from '../equal-rows'

/** Fewer columns than this repeat by nature: two measurements to one decimal are often the same. */
const FEWEST_COLUMNS = 3
/** A share of rows that repeat from which it is worth a word even on one side of the split. */
const WORTH_SAYING = 0.02
/** A share of validation rows with a twin from which the figures cannot be trusted. */
const SPOILED = 0.05
/** Numbers count as nearly the same within this part of their column's deviation. */
const CLOSE = 0.01

/** Rows that stand in the file more than once; worst where one is trained on and another one judges. */
export const duplicateRows: Check = {
  code: 'duplicate-rows',
  *run(look) {
    const { target } = look
    const columns = describingColumns(look.table, look.setup)
    // An image alone is many numbers.
    if (columns.length < FEWEST_COLUMNS && !columns.some(({ type }) => type === 'image')) return []
    const groups = yield* equalRows(columns, target.rows)
    if (groups.length === 0) return []
    const repeated = groups.reduce((sum, group) => sum + group.length - 1, 0)
    const across = acrossSplit(look, groups)
    if (across === 0 && repeated < WORTH_SAYING * target.rows.length) return []
    const remedy = { label: 'Keep each row once', change: { repeats: 'once' as const } }
    return [{ ...finding('duplicate-rows', 'exactly', repeated, across, groups, look), remedy }]
  }
}

/** Rows of the validation part that are next to the same as one that was trained on. */
export const nearDuplicates: Check = {
  code: 'near-duplicates',
  *run(look) {
    const { targets, target, features, views, table } = look
    if (features.length < FEWEST_COLUMNS || !features.some(({ type }) => type === 'number')) return []
    const steps: number[] = []
    for (const column of features) {
      yield
      const view = views[table.columns.indexOf(column)]
      const isNumber = column.type === 'number' && view !== undefined
      steps.push(isNumber ? CLOSE * deviationOf(column.values, view.mean ?? 0) : 0)
    }
    const round = (value: number, index: number): number => {
      const step = steps[index] ?? 0
      return step > 0 ? Math.round(value / step) : value
    }
    const columns = [...new Set([...features, ...targets.map(({ column }) => column)])]
    const groups = yield* equalRows(columns, target.rows, round)
    const least = Math.max(2, WORTH_SAYING * look.validationRows.length)
    const close = acrossSplit(look, groups)
    if (close < least) return []
    const across = close - acrossSplit(look, yield* equalRows(columns, target.rows))
    if (across < least) return []
    const repeated = groups.reduce((sum, group) => sum + group.length - 1, 0)
    return [finding('near-duplicates', 'nearly', repeated, across, groups, look)]
  }
}

/** Validation rows with a twin among the training rows. */
function acrossSplit({ validationRows }: Look, groups: readonly Int32Array[]): number {
  const judged = new Set(validationRows)
  let count = 0
  for (const group of groups) {
    const inside = group.filter((row) => judged.has(row)).length
    if (inside < group.length) count += inside
  }
  return count
}

function finding(
  code: string,
  how: string,
  repeated: number,
  across: number,
  groups: readonly Int32Array[],
  { validationRows, table }: Look
): Notice {
  const [first] = groups
  const example =
    first === undefined
      ? ''
      : ` Rows ${(first[0] ?? 0) + 1} and ${(first[1] ?? 0) + 1} of ${table.fileName} are such a pair.`
  const judged =
    across === 0
      ? 'None of them parts the training rows from the validation rows.'
      : `${across} of ${validationRows.length} validation rows (${percent(across / validationRows.length)}) ${across === 1 ? 'has' : 'have'} a twin among the training rows: the network may know the answer by heart, which flatters its figures.`
  return {
    code,
    severity: across > SPOILED * validationRows.length ? 'warning' : 'info',
    message: `${counted(repeated, 'row')} ${repeated === 1 ? 'repeats' : 'repeat'} another one ${how}. ${judged}`,
    columns: [],
    evidence: `${counted(groups.length, 'group')} of rows that are ${how} the same.${example}`
  }
}

function deviationOf(values: Float64Array, mean: number): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += (value - mean) ** 2
    count++
  }
  return count === 0 ? 0 : Math.sqrt(sum / count)
}
