/** What a split is, and what a way of splitting is given and gives. */
import type { SplitSetting } from '../../shared/column-setting'
import { ConfigError, DataFormatError } from '../../shared/errors'
import { findColumn, listNames, type Column, type Table } from '../table'

export interface Split {
  /** Row numbers of the table, ascending. */
  readonly trainRows: Int32Array
  readonly validationRows: Int32Array
  readonly testRows: Int32Array
}

/** Shares of the rows that are not trained on: both at least 0, together below 1. */
export interface Shares {
  readonly validation: number
  readonly test: number
}

export interface SplitRequest {
  readonly table: Table
  readonly setting: SplitSetting
  /** Row numbers of the table that may be used, ascending. */
  readonly rows: Int32Array
  /** Class of each of `rows`, from 0, or null for regression. */
  readonly classes: Int32Array | null
  readonly shares: Shares
  readonly seed: number
}

/** The rows of a cross-validation: some aside for the test, all others in blocks. */
export interface Folding {
  readonly testRows: Int32Array
  /** All others, ascending. */
  readonly rows: Int32Array
  /** Block of each of `rows`, from 0. */
  readonly blocks: Int32Array
  /**
   * False: fold i is validated on block i and trained on all others. True: it is validated on block i + 1 and trained on
   * the blocks before that.
   */
  readonly expanding: boolean
}

/** One way of parting rows; `index.ts` lists all. */
export interface SplitWay {
  readonly by: SplitSetting['by']
  split(request: SplitRequest): Split
  fold(request: SplitRequest, folds: number): Folding
}

/** Rows taken out of others; both ascending. */
export interface Parted {
  readonly taken: Int32Array
  readonly left: Int32Array
}

/** @throws ConfigError `unknown-column` */
export function columnOf(table: Table, name: string): Column {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw new ConfigError(
    'unknown-column',
    `The split: ${table.fileName} has no column "${name}". Its columns are ${listNames(table.columns.map((each) => each.name))}.`,
    { column: name }
  )
}

export function invalid(problem: string): ConfigError {
  return new ConfigError('invalid-split', `The split: ${problem}.`, { setting: 'split' })
}

export function tooFewRows({ fileName }: Table, problem: string): DataFormatError {
  return new DataFormatError('too-few-rows', `${fileName}: ${problem}`, { file: fileName })
}
