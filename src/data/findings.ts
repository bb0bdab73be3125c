/** What is worth saying about the columns of a table before anybody trains on them. */
import type { ColumnView, Notice } from '../shared/views'
import { featureNumber } from './numbers'
import { profileTable } from './profile'
import { lengthOf, listNames, namesImageFiles, type Column, type NumberColumn, type Table } from './table'

/** Text with fewer different values than this is never taken for names of rows, unless all values differ. */
const fewCategories = 20
/** Columns shorter than this are too short to tell a counter or a name from a value. */
const fewRows = 10

/** Names under which tables keep the number of the row. */
const counterName = /^(|unnamed: ?\d+|column1|id|index|idx|row|rowid|row[_ ](id|number|names?)|no|nr|#)$/i

/** Names that end as those of keys do: `customer_id`, `orderId`. */
const keyName = /(^|[_ .-])([iI][dD]|uuid|UUID|guid|GUID)$|[a-z](Id|ID)$/
/** A key has so many different values among those that are there; some rows may stand twice. */
const keyDistinct = 0.8

/** Roles of columns that are of no use as features. */
export const uselessRoles = ['all-missing', 'constant', 'comma-numbers', 'id-like', 'image-file'] as const
export type Role = (typeof uselessRoles)[number] | 'ordinary'

/**
 * What a column is good for as a feature: nothing when it has no value, one value, or (nearly) a value of its
 * own for every row: numbers with a comma that are read as text (`comma-numbers`); other text in which more than half of the values are different (and more than 20), or all of
 * them; or a counter, a number that grows by one from row to row and is called so (`id`, `index`, …), or whole numbers that are
 * (nearly) all different and called a key (`customer_id`); or when it names the files of the images (`image-file`).
 */
export function columnRole(column: Column, view: ColumnView): Role {
  if (namesImageFiles(column)) return 'image-file'
  if (view.distinct === 0) return 'all-missing'
  const present = lengthOf(column) - view.missing
  if (view.distinct === 1 && present > 1) return 'constant'
  if (column.type === 'image') return 'ordinary'
  if (column.type === 'number') {
    const isKey = keyName.test(column.name) && view.integers && view.distinct >= keyDistinct * present
    return (isKey && present >= fewRows) || isCounter(column.values, column.name) ? 'id-like' : 'ordinary'
  }
  const namesRows =
    (view.distinct > fewCategories && view.distinct * 2 > present) || (view.distinct === present && present >= fewRows)
  if (!namesRows) return 'ordinary'
  return isCommaNumbers(column) ? 'comma-numbers' : 'id-like'
}

/** Notices about missing values and about columns that are of no use as features. */
export function findings(table: Table): Notice[] {
  const views = profileTable(table)
  const byRole = (role: Role): string[] =>
    table.columns.flatMap((column, index) => {
      const view = views[index]
      return view !== undefined && columnRole(column, view) === role ? [column.name] : []
    })
  const notices: Notice[] = numberNotices(table.columns, 'in features, ')
  const gaps = views.filter((view) => view.missing > 0 && view.distinct > 0)
  if (gaps.length > 0) {
    const counts = gaps.slice(0, 12).map((view) => `"${view.name}" (${view.missing})`)
    const more = gaps.length > counts.length ? ` and ${gaps.length - counts.length} more columns` : ''
    notices.push({
      code: 'missing-values',
      severity: 'info',
      message: `Missing values: ${counts.join(', ')}${more}. In features, numbers are filled with the median and categories with the most frequent one of the training rows.`,
      columns: gaps.map((view) => view.name)
    })
  }
  const commas = table.columns.filter(isCommaNumbers).map((column) => column.name)
  const left = byRole('comma-numbers')
  const leftOut = left.length > 0 ? ` ${listNames(left)}: left out.` : ''
  if (commas.length > 0) {
    notices.push({
      code: 'decimal-comma',
      severity: 'warning',
      message: `Numbers with a comma in ${listNames(commas)} are read as text, since the comma may part thousands or fields.${leftOut} Save the file with decimal points and without thousands separators to use them as numbers.`,
      columns: commas
    })
  }
  const unused: readonly [Role, string, (names: string) => string][] = [
    ['all-missing', 'all-missing-column', (names) => `No value at all in ${names}: left out.`],
    [
      'constant',
      'constant-column',
      (names) => `The same value in every row of ${names}: left out, nothing can be learned from it.`
    ],
    [
      'id-like',
      'id-column',
      (names) => `Nearly every row has its own value in ${names}: left out, it names rows rather than describing them.`
    ]
  ]
  for (const [role, code, message] of unused) {
    const names = byRole(role)
    if (names.length === 0) continue
    const found = views.filter(({ name }) => names.includes(name)).slice(0, 6)
    const counts = found.map(({ name, distinct, missing }) => {
      return `"${name}": ${distinct} different in ${table.rows - missing} values`
    })
    const evidence = `${counts.join('; ')}.`
    notices.push({ code, severity: 'warning', message: message(listNames(names)), columns: names, evidence })
  }
  return notices
}

/**
 * How the numbers of these columns are not what the file says: read with a decimal comma, infinite, or rounded.
 * @param use stands before what is true of features alone: `in features, ` where a column may be a target
 */
export function numberNotices(columns: readonly Column[], use: string): Notice[] {
  const numbers = columns.filter((column) => column.type === 'number')
  const notices: Notice[] = []
  const add = (code: string, severity: Notice['severity'], names: readonly string[], message: string): void => {
    if (names.length > 0) notices.push({ code, severity, message, columns: [...new Set(names)] })
  }

  const commas = numbers.filter(({ facts }) => facts?.decimalComma === true).map(({ name }) => name)
  add('decimal-comma', 'info', commas, `Numbers in ${listNames(commas)} are read with a decimal comma.`)

  const infinite = countCells(numbers, ({ facts }) => facts?.infinite ?? 0)
  const beyond = countCells(numbers, ({ values }) => count(values, isBeyondFloat32))
  const parts = [
    infinite.cells > 0 ? `${infinite.text('infinite')}: treated as missing.` : '',
    beyond.cells > 0 ? `${beyond.text('too large')} for float32 (±3.4e38): ${use}treated as missing.` : ''
  ]
  add('non-finite-values', 'warning', [...infinite.names, ...beyond.names], parts.filter(Boolean).join(' '))

  const inexact = countCells(numbers, ({ facts }) => facts?.inexact ?? 0)
  add(
    'too-many-digits',
    'warning',
    inexact.names,
    `${inexact.text('whole')} with more digits than a float64 holds (about 16): rounded, so different ones may become the same. Codes are better written as text.`
  )
  // Nobody looks at the digits of a time.
  const rounded = countCells(numbers, ({ values, time }) => (time === undefined ? count(values, isRoundedWhole) : 0))
  add(
    'rounded-values',
    'info',
    rounded.names,
    `${rounded.text('whole')} with more digits than a float32 holds (about 7): ${use}rounded${use === '' ? '' : ' (a target is not)'}.`
  )
  return notices
}

function countCells(columns: readonly NumberColumn[], cellsOf: (column: NumberColumn) => number) {
  const hit = columns.map((column) => ({ name: column.name, cells: cellsOf(column) })).filter(({ cells }) => cells > 0)
  const names = hit.map(({ name }) => name)
  const cells = hit.reduce((sum, each) => sum + each.cells, 0)
  const text = (kind: string): string => `${cells} ${kind} ${cells === 1 ? 'number' : 'numbers'} in ${listNames(names)}`
  return { names, cells, text }
}

function count(values: Float64Array, is: (value: number) => boolean): number {
  let cells = 0
  for (const value of values) if (is(value)) cells++
  return cells
}

function isBeyondFloat32(value: number): boolean {
  return !Number.isNaN(value) && Number.isNaN(featureNumber(value))
}

/** Up to 2²⁴ every whole number is a float32. */
function isRoundedWhole(value: number): boolean {
  return Math.abs(value) > 2 ** 24 && Number.isInteger(value) && !isBeyondFloat32(value) && Math.fround(value) !== value
}

function isCommaNumbers(column: Column): boolean {
  if (column.type !== 'category' || !column.categories.some((category) => category.includes(','))) return false
  return column.categories.every((category) => /^\s*[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?\s*$/.test(category))
}

function isCounter(values: Float64Array, name: string): boolean {
  if (values.length < fewRows || !counterName.test(name)) return false
  const first = values[0] ?? NaN
  return values.every((value, row) => value === first + row)
}
