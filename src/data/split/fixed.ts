/** Rows in which a column says what they are for. The shares of the setup are not used. */
import { DataFormatError } from '../../shared/errors'
import { targetsOf, type Setup } from '../../shared/setup'
import { asCategories, codesOf } from '../cells'
import { listNames, type Column, type Table } from '../table'
import { partsAtRandom } from './drawn'
import { columnOf, invalid, tooFewRows, type Split, type SplitRequest, type SplitWay } from './split'

/**
 * Rows whose cell is among the values for validation, or for the test, are for that; all others, those without a value
 * included, are trained on. Folds are drawn as by `auto` from all rows that are not for the test.
 */
export const fixedWay: SplitWay = {
  by: 'fixed',
  split: fixedParts,
  fold(request, folds) {
    const { rows: all, classes, seed } = request
    const { testRows } = fixedParts(request)
    const aside = new Set(testRows)
    const rows = all.filter((row) => !aside.has(row)).sort()
    const blocks = partsAtRandom(all, classes, seed).deal(rows, folds)
    return { testRows, rows, blocks, expanding: false }
  }
}

/**
 * The column that says the part is none that is to be predicted.
 * @throws ConfigError `invalid-split`
 */
export function requireFixedColumn(setup: Setup): void {
  const { by, column } = setup.split
  if (by === 'fixed' && column !== null && targetsOf(setup).includes(column))
    throw invalid(`"${column}" is to be predicted, so it cannot say which rows are kept back; choose another column`)
}

/** @throws ConfigError `invalid-split`, `unknown-column`; DataFormatError `unknown-value`, `too-few-rows` */
function fixedParts({ table, setting, rows }: SplitRequest): Split {
  if (setting.column === null) throw invalid('fixed parts need the column that says which rows are for which part')
  const column = columnOf(table, setting.column)
  const { validation = [], test = [] } = setting
  const both = validation.find((value) => test.includes(value))
  if (both !== undefined)
    throw invalid(`"${both}" of "${column.name}" is said to be for validation and for the test; choose one`)
  const values = [...validation, ...test]
  const codeOf = codesOf(column, values)
  requireValues(table, column, values, codeOf)
  const isFor = (from: number, to: number) => (row: number) => {
    const code = codeOf(row) ?? -1
    return code >= from && code < to
  }
  const kept = { validation: isFor(0, validation.length), test: isFor(validation.length, values.length) }
  const validationRows = rows.filter(kept.validation).sort()
  const testRows = rows.filter(kept.test).sort()
  const trainRows = rows.filter((row) => !kept.validation(row) && !kept.test(row)).sort()
  const empty = (what: string, named: readonly string[]) =>
    tooFewRows(
      table,
      `no usable row is left for ${what}: "${column.name}" is ${listNames(named)} only where the target, or a value that is needed, is missing. Choose other values, or leave them out.`
    )
  if (validation.length > 0 && validationRows.length === 0) throw empty('validation', validation)
  if (test.length > 0 && testRows.length === 0) throw empty('the test', test)
  if (trainRows.length === 0) {
    throw tooFewRows(
      table,
      `no usable row is left to train on: "${column.name}" is ${listNames(values)} in every one. Name fewer values for validation and test.`
    )
  }
  return { trainRows, validationRows, testRows }
}

function requireValues(
  { fileName, rows }: Table,
  column: Column,
  values: readonly string[],
  codeOf: (row: number) => number | null
): void {
  const seen = new Set<number | null>()
  for (let row = 0; row < rows; row++) seen.add(codeOf(row))
  const unknown = values.find((_value, code) => !seen.has(code))
  if (unknown === undefined) return
  throw new DataFormatError(
    'unknown-value',
    `${fileName}: no row has "${unknown}" in "${column.name}", by which the rows are parted. Its values are ${listNames(asCategories(column).categories)}.`,
    { file: fileName, column: column.name }
  )
}
