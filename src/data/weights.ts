/** The column that says how much each row counts in the loss. */
import { ConfigError, DataFormatError } from '../shared/errors'
import { targetsOf, type Setup } from '../shared/setup'
import { requireCells } from './cells'
import { valuesAt } from './features/statistics'
import { parseNumber } from './numbers'
import type { Split } from './split'
import { findColumn, listNames, type CategoryColumn, type NumberColumn, type Table } from './table'

/** Weights as they are trained with: those of the file times one factor, which makes their mean over the training rows 1. */
export interface RowWeights {
  readonly column: string
  readonly factor: number
  /** Of training rows, in the file. */
  readonly least: number
  readonly most: number
  /** Of each of the given rows. */
  of(rows: Int32Array): Float64Array
}

/**
 * The weights of a setup; null where all rows count alike.
 * @param rows whose weights count, whichever part they are in
 * @throws ConfigError `unknown-column`, `weight-is-target`
 * @throws DataFormatError `not-a-number`, `missing-weight`, `negative-weight`, with the first such row; `zero-weights`
 */
export function readWeights(
  table: Table,
  setup: Pick<Setup, 'weight' | 'target' | 'moreTargets'>,
  rows: Int32Array,
  { trainRows, validationRows }: Pick<Split, 'trainRows' | 'validationRows'>
): RowWeights | null {
  const { weight } = setup
  if (weight === null) return null
  const column = weightColumn(table, weight, targetsOf(setup))
  const at = (row: number): number => column.values[row] ?? NaN
  const refuse = (code: string, is: (value: number) => boolean, what: string, advice: string): void => {
    const refused = rows.filter((row) => is(at(row)))
    const [row] = refused
    if (row === undefined) return
    throw new DataFormatError(
      code,
      `${table.fileName}: ${refused.length} of ${rows.length} rows have ${what} in "${weight}", which says how much each row counts; row ${row + 1} is the first. ${advice}`,
      { file: table.fileName, row: row + 1, column: weight }
    )
  }
  const advice = 'Write a number from 0 up in each (0: the row does not count), or choose no weights.'
  refuse('missing-weight', Number.isNaN, 'no number', advice)
  refuse('negative-weight', (value) => value < 0, 'a number below 0', advice)

  let [sum, least, most] = [0, Infinity, 0]
  for (const row of trainRows) {
    sum += at(row)
    least = Math.min(least, at(row))
    most = Math.max(most, at(row))
  }
  const factor = trainRows.length / sum
  const useless = (which: string, rows: number, what: string): DataFormatError =>
    new DataFormatError(
      'zero-weights',
      `${table.fileName}: the weights "${weight}" of the ${rows} ${which} rows are ${what}. Choose another column, another split, or no weights.`,
      { file: table.fileName, column: weight }
    )
  if (sum === 0) throw useless('training', trainRows.length, 'all 0: no row counts')
  if (!Number.isFinite(factor) || factor === 0 || !Number.isFinite(factor * most))
    throw useless('training', trainRows.length, 'too far from 1 to be scaled')
  // What is trained with is float32.
  const scaled = (row: number): number => Math.fround(factor * at(row))
  if (validationRows.length > 0 && validationRows.every((row) => scaled(row) === 0)) {
    const isNone = validationRows.every((row) => at(row) === 0)
    throw useless(
      'validation',
      validationRows.length,
      isNone ? 'all 0: no row counts' : 'nothing beside those of training'
    )
  }
  if (!rows.every((row) => Number.isFinite(scaled(row))))
    throw useless('usable', rows.length, 'too far from those of training to be scaled with them')
  return { column: weight, factor, least, most, of: (some) => valuesAt(some, (row) => factor * at(row)) }
}

function weightColumn(table: Table, name: string, targets: readonly string[]): NumberColumn {
  const found = findColumn(table, name)
  if (found === undefined) {
    const names = table.columns.map((each) => each.name)
    throw new ConfigError(
      'unknown-column',
      `The weights: ${table.fileName} has no column "${name}". Its columns are ${listNames(names)}.`,
      { column: name }
    )
  }
  if (targets.includes(name)) {
    throw new ConfigError(
      'weight-is-target',
      `"${name}" is to be predicted and cannot say how much each row counts too. Choose another column for one of the two.`,
      { column: name }
    )
  }
  const column = requireCells(found)
  if (column.type === 'number' && column.time === undefined) return column
  const holds = column.type === 'number' ? 'dates' : `text such as ${listNames(textsIn(column), 3)}`
  throw new DataFormatError(
    'not-a-number',
    `${table.fileName}: the weights "${name}" must be numbers from 0 up, got ${holds}. Choose another column, or no weights.`,
    { file: table.fileName, column: name }
  )
}

/** The different cells that are no numbers, in the order of the rows; of text in which all are numbers, all. */
function textsIn({ codes, categories }: CategoryColumn): readonly string[] {
  const texts = categories.map((text) => parseNumber(text) === null)
  const found = [...new Set(codes)].filter((code) => texts[code] === true)
  return found.length === 0 ? categories : found.map((code) => categories[code] ?? '')
}
