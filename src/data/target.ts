/** The columns to predict: which rows have a value, which classes there are, and whether they suit the task. */
import type { Task } from '../engine/catalog'
import { ConfigError, DataFormatError } from '../shared/errors'
import { targetsOf, type Setup } from '../shared/setup'
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

/** One column to predict; a label is a binary one. */
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

/** All columns to predict, over the same rows. */
export interface Targets {
  readonly task: Task
  /** In the order of the setup; one alone for binary and multi-class, two labels at least for multi-label. */
  readonly all: readonly [Target, ...Target[]]
  /** Rows that have an answer in every one of them, ascending. */
  readonly rows: Int32Array
  /** Rows that have an answer in some of them, and not in all. */
  readonly partly: number
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
 * The targets of a setup as they are used for its task, over the rows that have an answer in every one of them.
 * @throws ConfigError `duplicate-target`, `ignored-target`, `several-targets`, `single-label`
 * @throws DataFormatError `unknown-target`, `ambiguous-target`, `image-column`, `target-missing`, `too-few-rows`, `task-mismatch`,
 *   `constant-target`, `one-class`, `too-many-classes`; each names its column
 */
export function readTargets(table: Table, setup: TargetSetup, options: TargetOptions): Targets {
  requireTargets(setup)
  const { task } = setup
  const { byText, validated, usable = () => true } = options
  const columns = targetsOf(setup).map((name) => {
    const column = requireCells(targetColumn(table, name))
    if (task === 'regression' && column.type === 'category') throw textTarget(table, column, usable)
    return column
  })
  const answers = columns.map((column) => answersIn(column, task))
  const allRows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(usable)
  columns.forEach((column, i) => requireRows(table, column, task, allRows.filter(answers[i] ?? (() => false))))
  const rows = allRows.filter((row) => answers.every((has) => has(row)))
  if (rows.length < 2) {
    throw new DataFormatError(
      'too-few-rows',
      `${rows.length === 0 ? 'No row has' : 'Only one row has'} a value in all of ${listNames(columns.map(({ name }) => name))}; training needs at least two. Predict fewer columns, or fill in values.`,
      { file: table.fileName, rows: rows.length }
    )
  }
  const [first, ...others] = columns.map((column) => judged(table, column, task, rows, { byText, validated }))
  if (first === undefined) throw new Error('a setup has a target')
  const some = columns.length === 1 ? rows : allRows.filter((row) => answers.some((has) => has(row)))
  return { task, all: [first, ...others], rows, partly: some.length - rows.length }
}

type TargetSetup = Pick<Setup, 'target' | 'moreTargets' | 'task' | 'ignored'>

/** Whether the columns to predict go together, as far as that is told without the table. */
function requireTargets({ target, moreTargets, task, ignored }: TargetSetup): void {
  const names = [target, ...moreTargets]
  const shown = (name: string) => `"${name.slice(0, 60)}"`
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) {
    const message = `${shown(twice)} is to be predicted twice. Name each target once.`
    throw new ConfigError('duplicate-target', message, { column: twice })
  }
  const left = moreTargets.find((name) => ignored.includes(name))
  if (left !== undefined) {
    const message = `${shown(left)} is to be predicted and to be left out. Choose one of the two.`
    throw new ConfigError('ignored-target', message, { column: left })
  }
  if (moreTargets.length > 0 && (task === 'binary' || task === 'multi-class')) {
    throw new ConfigError(
      'several-targets',
      `The task ${task} predicts one column, got ${names.length}: ${listNames(names, 6)}. Choose multi-label for columns of two classes each, regression for numbers, or a single target.`,
      { task }
    )
  }
  if (moreTargets.length === 0 && task === 'multi-label') {
    const message = `Multi-label classification predicts two columns or more, got only ${shown(target)}. Choose binary, or more targets.`
    throw new ConfigError('single-label', message, { column: target })
  }
}

/** Whether a row has an answer that can be learned: a value of regression must be a float32, as those of exported files are. */
export function answersIn(column: CellColumn, task: Task): (row: number) => boolean {
  if (task === 'regression' && column.type === 'number') {
    return (row) => !Number.isNaN(featureNumber(column.values[row] ?? NaN))
  }
  return (row) => !isMissing(column, row)
}

/** @param rows that have an answer in every target */
function judged(
  table: Table,
  column: CellColumn,
  task: Task,
  rows: Int32Array,
  { byText, validated }: Pick<TargetOptions, 'byText' | 'validated'>
): Target {
  const details = { file: table.fileName, column: column.name }
  if (task === 'regression') {
    if (column.type === 'category') throw new Error('text was refused before')
    requireVariety(column, rows, details)
    return { task, column, rows }
  }
  const { classes, codes } = column.type === 'number' ? numberClasses(column, rows, byText) : textClasses(column, rows)
  const problem = classProblem(column.name, task, classes, rows.length, validated)
  if (problem !== null) {
    // What was read as missing may be the class that the message misses.
    const words = classes.length < 2 || problem.code === 'task-mismatch' ? missingWordsAdvice(column) : ''
    throw new DataFormatError(problem.code, problem.message + words, { ...details, classes: classes.length })
  }
  return { task: task === 'multi-label' ? 'binary' : task, column, rows, codes, classes }
}

/** ` 31 cells "None" count as missing. …`, or nothing when no word of the column does. */
export function missingWordsAdvice(column: Column): string {
  const words = missingWordsText(column)
  return words === null ? '' : ` ${words}; if that is an answer, write another word for it in the file.`
}

function requireRows(table: Table, column: CellColumn, task: Task, rows: Int32Array): void {
  const { name } = column
  const why = `${task === 'regression' && column.type === 'number' ? beyondFloat32(column) : ''}${missingWordsAdvice(column)}`
  const details = { file: table.fileName, column: name }
  if (rows.length === 0) {
    throw new DataFormatError(
      'target-missing',
      `The target "${name}" has no value in any row. Choose another column.${why}`,
      details
    )
  }
  if (rows.length === 1) {
    throw new DataFormatError(
      'too-few-rows',
      `Only one row has a value for "${name}"; training needs at least two, one of them for validation. Add rows.${why}`,
      details
    )
  }
}

/** The error for a target of text where numbers are predicted; that there are no rows comes first. */
function textTarget(table: Table, column: CategoryColumn, usable: (row: number) => boolean): DataFormatError {
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(usable)
  requireRows(
    table,
    column,
    'regression',
    rows.filter((row) => !isMissing(column, row))
  )
  return new DataFormatError(
    'task-mismatch',
    `Regression predicts numbers, but "${column.name}" holds text such as ${listNames(column.categories, 3)}. Choose a classification task or another target.`,
    { file: table.fileName, column: column.name }
  )
}

/** @throws DataFormatError `constant-target` */
function requireVariety(column: NumberColumn, rows: Int32Array, details: Record<string, string>): void {
  const { name, values } = column
  const refuse = (problem: string): DataFormatError =>
    new DataFormatError('constant-target', `The target "${name}" ${problem}${missingWordsAdvice(column)}`, details)
  const first = values[rows[0] ?? 0]
  if (rows.every((row) => values[row] === first)) {
    const beyond = beyondFloat32(column)
    const where = beyond === '' ? 'every row' : 'every row that can be used'
    throw refuse(
      `is ${numberText(first ?? NaN)} in ${where}: there is nothing to learn.${beyond} Choose another column.`
    )
  }
  // All answers of an exported file would be 0.
  if (rows.every((row) => Math.fround(values[row] ?? NaN) === 0)) {
    throw refuse(
      'has no value that float32 can tell from 0 (all are nearer to it than 1e-45): there is nothing to learn. Write it in smaller units, or choose another column.'
    )
  }
}

/** ` 3 values are beyond what float32 holds …`, or nothing where none is. */
function beyondFloat32({ values }: NumberColumn): string {
  const beyond = values.filter((value) => !Number.isNaN(value) && Number.isNaN(featureNumber(value))).length
  if (beyond === 0) return ''
  const what = beyond === 1 ? '1 value is' : `${beyond} values are`
  return ` ${what} beyond what float32 holds (±3.4e38) and cannot be predicted: write the column in larger units.`
}

function classProblem(
  name: string,
  task: Exclude<Task, 'regression'>,
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
  if (task === 'multi-label' && count !== 2) {
    return {
      code: 'task-mismatch',
      message: `Multi-label classification answers every label with one of two classes, but "${name}" has ${count}: ${listNames(classes, 6)}. Leave it out of the targets, or predict it alone.`
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
