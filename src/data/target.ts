/** The target column: which rows have a value, which classes there are, and whether it suits the task. */
import type { Task } from '../engine/catalog'
import { DataFormatError } from '../shared/errors'
import { requireCells } from './cells'
import { compareCodePoints, featureNumber, numberText } from './numbers'
import {
  findColumn,
  isMissing,
  listNames,
  missingWordsText,
  type CategoryColumn,
  type CellColumn,
  type Column,
  type NumberColumn,
  type Table
} from './table'

/** More classes than this are refused: the output layer needs one unit for each. */
export const maxClasses = 1000
/** Up to this many classes nobody mistakes them for names of rows. */
const fewClasses = 20

export type Target =
  | {
      readonly task: 'regression'
      readonly column: NumberColumn
      /** Rows with a value that float32 can express, as the answers of exported files are; ascending. */
      readonly rows: Int32Array
    }
  | {
      readonly task: 'binary' | 'multi-class'
      readonly column: CellColumn
      readonly rows: Int32Array
      /** Class of each of `rows`. */
      readonly codes: Int32Array
      readonly classes: readonly string[]
    }

/**
 * The column of that name.
 * @throws DataFormatError `unknown-target`, `ambiguous-target`
 */
export function targetColumn(table: Table, name: string): Column {
  const column = findColumn(table, name)
  if (column === undefined) {
    const names = table.columns.map((each) => each.name)
    throw new DataFormatError(
      'unknown-target',
      `"${table.fileName}" has no column "${name}". Choose the target among ${listNames(names)}.`,
      { file: table.fileName, column: name }
    )
  }
  if (table.duplicateNames.includes(name)) {
    throw new DataFormatError(
      'ambiguous-target',
      `"${table.fileName}" has several columns called "${name}". Give each its own name in the file.`,
      { file: table.fileName, column: name }
    )
  }
  return column
}

export interface TargetOptions {
  /** Classes in the order of their texts, numbers included (`10` before `2`); else numbers in the order of their values. */
  readonly byText: boolean
  /** Whether some rows are kept for validation. */
  readonly validated: boolean
  /** Rows that may be used; all when left out. */
  readonly usable?: (row: number) => boolean
}

/**
 * The target as it is used for a task.
 * @throws DataFormatError `unknown-target`, `ambiguous-target`, `image-column`, `target-missing`, `too-few-rows`, `task-mismatch`,
 *   `constant-target`, `one-class`, `too-many-classes`
 */
export function readTarget(table: Table, name: string, task: Task, options: TargetOptions): Target {
  const { byText, validated, usable = () => true } = options
  const column = requireCells(targetColumn(table, name))
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => !isMissing(column, row) && usable(row)
  )
  const details = { file: table.fileName, column: name }
  requireRows(column, rows, details)
  if (task === 'regression') return regressionTarget(column, rows, details)

  const { classes, codes } = column.type === 'number' ? numberClasses(column, rows, byText) : textClasses(column, rows)
  const problem = classProblem(name, task, classes, rows.length, validated)
  if (problem !== null) {
    // What was read as missing may be the class that the message misses.
    const words = classes.length < 2 || problem.code === 'task-mismatch' ? missingWordsAdvice(column) : ''
    throw new DataFormatError(problem.code, problem.message + words, { ...details, classes: classes.length })
  }
  return { task, column, rows, codes, classes }
}

/** ` 31 cells "None" count as missing. …`, or nothing when no word of the column does. */
export function missingWordsAdvice(column: Column): string {
  const words = missingWordsText(column)
  return words === null ? '' : ` ${words}; if that is an answer, write another word for it in the file.`
}

function requireRows(column: Column, rows: Int32Array, details: Record<string, string>): void {
  const { name } = column
  if (rows.length === 0) {
    throw new DataFormatError(
      'target-missing',
      `The target "${name}" has no value in any row. Choose another column.${missingWordsAdvice(column)}`,
      details
    )
  }
  if (rows.length === 1) {
    throw new DataFormatError(
      'too-few-rows',
      `Only one row has a value for "${name}"; training needs at least two, one of them for validation. Add rows.${missingWordsAdvice(column)}`,
      details
    )
  }
}

function regressionTarget(column: CellColumn, present: Int32Array, details: Record<string, string>): Target {
  if (column.type === 'category') {
    throw new DataFormatError(
      'task-mismatch',
      `Regression predicts numbers, but "${column.name}" holds text such as ${listNames(column.categories, 3)}. Choose a classification task or another target.`,
      details
    )
  }
  const rows = present.filter((row) => !Number.isNaN(featureNumber(column.values[row] ?? NaN)))
  requireRows(column, rows, details)
  const first = column.values[rows[0] ?? 0]
  if (rows.every((row) => column.values[row] === first)) {
    throw new DataFormatError(
      'constant-target',
      `The target "${column.name}" is ${numberText(first ?? NaN)} in every row: there is nothing to learn. Choose another column.${missingWordsAdvice(column)}`,
      details
    )
  }
  return { task: 'regression', column, rows }
}

function classProblem(
  name: string,
  task: 'binary' | 'multi-class',
  classes: readonly string[],
  rows: number,
  validated: boolean
): { code: string; message: string } | null {
  const count = classes.length
  if (count === 1) {
    return {
      code: 'one-class',
      message: `The target "${name}" is ${listNames(classes)} in every row: a network needs at least two classes to tell apart. Choose another column.`
    }
  }
  if (count > maxClasses || (count > fewClasses && count * 2 > rows)) {
    return {
      code: 'too-many-classes',
      message: `The target "${name}" has ${count} different values in ${rows} rows, too many to be classes (at most ${maxClasses}, and two rows each on average). Choose regression or another column.`
    }
  }
  if (validated && count === rows) {
    return {
      code: 'too-few-rows',
      message: `Each of the ${count} classes of "${name}" has a single row; training and validation need two rows of at least one class. Add rows.`
    }
  }
  if (task === 'binary' && count !== 2) {
    return {
      code: 'task-mismatch',
      message: `Binary classification tells two classes apart, but "${name}" has ${count}: ${listNames(classes, 6)}. Choose multi-class.`
    }
  }
  return null
}

/** Numbers as classes, named as `numberText` writes them: in the order of their values or of those texts. */
function numberClasses(
  column: NumberColumn,
  rows: Int32Array,
  byText: boolean
): { classes: string[]; codes: Int32Array } {
  const values = [...new Set(Float64Array.from(rows, (row) => column.values[row] ?? NaN))].sort((a, b) =>
    byText ? compareCodePoints(numberText(a), numberText(b)) : a - b
  )
  const index = new Map(values.map((value, code) => [value, code]))
  return {
    classes: values.map(numberText),
    codes: rows.map((row) => index.get(column.values[row] ?? NaN) ?? -1)
  }
}

/** Texts as classes, sorted by code point; categories that no row has are left out. */
function textClasses(column: CategoryColumn, rows: Int32Array): { classes: string[]; codes: Int32Array } {
  const used = new Set(rows.map((row) => column.codes[row] ?? -1))
  const classes = [...used].map((code) => column.categories[code] ?? '').sort(compareCodePoints)
  const index = new Map(classes.map((name, code) => [name, code]))
  const newCodes = column.categories.map((category) => index.get(category) ?? -1)
  return { classes, codes: rows.map((row) => newCodes[column.codes[row] ?? -1] ?? -1) }
}
