/** Which rows are trained on, which are kept for validation, and which are kept aside for the test. */
import { RandomStream } from '../engine/random/stream'
import type { SplitSetting } from '../shared/column-setting'
import { ConfigError, DataFormatError } from '../shared/errors'
import { asCategories, requireCells } from './cells'
import { compareCodePoints } from './numbers'
import { findColumn, listNames, type Column, type Table } from './table'

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

/** Rows taken out of others; both ascending. */
interface Parted {
  readonly taken: Int32Array
  readonly left: Int32Array
}

/** Takes about `wanted` of the rows: at least one, never all. `purpose` names the stream of random numbers. */
type Part = (rows: Int32Array, wanted: number, purpose: string) => Parted

/**
 * Parts the rows: round(test · N) for the test first, then round(validation · N) for validation, each at least one unless
 * its share is 0; the rest is trained on.
 *
 * - `random` and `stratified`: see `splitRows`; stratified by the classes of the target.
 * - `grouped`: all rows with the same value of the column are in one part (those without a value are one group). Groups are
 *   taken in random order, each as long as it brings the part nearer to its size.
 * - `ordered`: rows sorted by the column's value (rows without one first), or as they stand in the file; the last ones are
 *   for the test, those before them for validation.
 *
 * @param rows row numbers of the table that may be used, ascending; at least two
 * @param classes class of each of `rows`, from 0, or null for regression
 * @throws ConfigError `invalid-config` where the shares leave nothing, `invalid-split` for a way that does not go with the
 *   target or names no column, `unknown-column`; DataFormatError `constant-group`, `too-few-groups`, `too-few-rows`
 */
export function splitTable(
  table: Table,
  { by, column: name }: SplitSetting,
  rows: Int32Array,
  classes: Int32Array | null,
  shares: Shares,
  seed: number
): Split {
  const parts = [shares.test, shares.validation].filter((share) => share > 0).length
  if (shares.test + shares.validation >= 1) {
    throw new ConfigError(
      'invalid-config',
      `The shares for validation (${shares.validation}) and test (${shares.test}) leave no rows to train on; together they must stay below 1.`,
      { setting: 'test' }
    )
  }
  const part = partBy(table, by, name, rows, classes, { parts, seed })
  const none: Parted = { taken: new Int32Array(0), left: rows.slice().sort() }
  // Counts are of all rows, so that the validation part is as large with a test part as without.
  const count = (share: number) => Math.round(share * rows.length)
  const test = shares.test === 0 ? none : part(rows, count(shares.test), 'test')
  const { left } = test
  const validation = shares.validation === 0 ? { ...none, left } : part(left, count(shares.validation), 'split')
  const empty = (share: number, { taken }: Parted) => share > 0 && taken.length === 0
  if (validation.left.length === 0 || empty(shares.test, test) || empty(shares.validation, validation)) {
    throw new DataFormatError(
      'too-few-rows',
      `${table.fileName}: ${rows.length} usable rows are too few for training, validation (${shares.validation}) and test (${shares.test}): a part would be empty. Add rows, or choose other shares.`,
      { file: table.fileName }
    )
  }
  return { trainRows: validation.left, validationRows: validation.taken, testRows: test.taken }
}

function partBy(
  table: Table,
  by: SplitSetting['by'],
  name: string | null,
  rows: Int32Array,
  classes: Int32Array | null,
  { parts, seed }: { parts: number; seed: number }
): Part {
  if (by === 'ordered') {
    const column = name === null ? null : columnOf(table, name)
    return (some, wanted) => lastRows(column, some, wanted)
  }
  if (by === 'grouped') {
    if (name === null) throw invalid('a split by groups needs the column that says which rows belong together')
    const column = columnOf(table, name)
    requireGroups(table, column, rows, parts + 1)
    return (some, wanted, purpose) => wholeGroups(column, some, wanted, new RandomStream(seed, purpose))
  }
  if (name !== null) throw invalid(`a ${by === 'auto' ? 'random' : by} split is by no column; leave it out`)
  if (by === 'stratified' && classes === null)
    throw invalid('a stratified split needs classes, and the target is a value; choose random')
  const codes = by === 'random' ? null : classes
  const classOf = codes === null ? null : new Map(Array.from(rows, (row, index) => [row, codes[index] ?? 0]))
  return (some, wanted, purpose) => {
    const ofSome = classOf === null ? null : Int32Array.from(some, (row) => classOf.get(row) ?? 0)
    return drawRows(some, ofSome, wanted, seed, purpose)
  }
}

/** Classes with a single row: it is trained on, and no validation row can tell how well that went. */
export function rareClasses(classes: Int32Array): number[] {
  const sizes = sizesOf(classes)
  return [...sizes.keys()].filter((code) => sizes[code] === 1)
}

/**
 * With `classes` stratified: each class gives floor(share of it) rows, and those that come closest to one more give it
 * until the number is reached (largest remainder; the earlier class in a tie). Every class keeps at least one row, and so
 * do the rows when there are no classes. Rows are drawn by the random stream of that purpose.
 *
 * @param rows row numbers of the table, ascending; at least two
 * @param classes class of each of `rows`, from 0, or null
 */
function drawRows(rows: Int32Array, classes: Int32Array | null, wanted: number, seed: number, purpose: string): Parted {
  const groups = groupRows(rows, classes)
  const sizes = groups.map((group) => group.length)
  const quotas = largestRemainder(sizes, Math.max(1, wanted))
  const kept = quotas.reduce((sum, quota) => sum + quota, 0)

  const taken = new Int32Array(kept)
  const left = new Int32Array(rows.length - kept)
  let takenSoFar = 0
  let leftSoFar = 0
  for (const [index, group] of groups.entries()) {
    const quota = quotas[index] ?? 0
    // A stream for each class: more rows of one class do not change which rows another gives.
    const random = new RandomStream(seed, purpose, index)
    shuffleFirst(group, quota, random)
    taken.set(group.subarray(0, quota), takenSoFar)
    left.set(group.subarray(quota), leftSoFar)
    takenSoFar += quota
    leftSoFar += group.length - quota
  }
  return { taken: taken.sort(), left: left.sort() }
}

/** The first `count` places of a Fisher–Yates shuffle: a uniform choice without the rest of the shuffle. */
function shuffleFirst(items: Int32Array, count: number, random: RandomStream): void {
  for (let place = 0; place < count; place++) {
    const drawn = place + random.below(items.length - place)
    const item = items[drawn] ?? 0
    items[drawn] = items[place] ?? 0
    items[place] = item
  }
}

/** The last rows by the column's value, or of the file; equal ones as they stand in the file. */
function lastRows(column: Column | null, rows: Int32Array, wanted: number): Parted {
  const sorted = column === null ? rows.slice() : Int32Array.from([...rows].sort(orderOf(column)))
  const from = sorted.length - Math.min(sorted.length - 1, Math.max(1, wanted))
  return { taken: sorted.slice(from).sort(), left: sorted.slice(0, from).sort() }
}

function orderOf(of: Column): (a: number, b: number) => number {
  const column = requireCells(of)
  if (column.type === 'number') {
    const at = (row: number) => column.values[row] ?? NaN
    // A missing one is before all numbers: what is not known to be late is trained on.
    return (a, b) => {
      const [left, right] = [at(a), at(b)]
      if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left))
      return left - right
    }
  }
  const ranks = new Int32Array(column.categories.length)
  const sorted = [...column.categories.keys()].sort((a, b) =>
    compareCodePoints(column.categories[a] ?? '', column.categories[b] ?? '')
  )
  for (const [rank, code] of sorted.entries()) ranks[code] = rank
  const at = (row: number) => ranks[column.codes[row] ?? -1] ?? -1
  return (a, b) => at(a) - at(b)
}

/** Whole groups of rows, about as many rows as wanted: at least one group, and never all. */
function wholeGroups(column: Column, rows: Int32Array, wanted: number, random: RandomStream): Parted {
  const { codes } = asCategories(column)
  const sizes = new Map<number, number>()
  for (const row of rows) sizes.set(codes[row] ?? -1, (sizes.get(codes[row] ?? -1) ?? 0) + 1)
  const order = Int32Array.from(sizes.keys()).sort()
  shuffleFirst(order, order.length, random)
  const chosen = new Set<number>()
  let total = 0
  for (const group of order) {
    if (chosen.size === order.length - 1) break
    const size = sizes.get(group) ?? 0
    if (Math.abs(total + size - wanted) >= Math.abs(total - wanted)) continue
    chosen.add(group)
    total += size
  }
  if (chosen.size === 0) {
    const sizeOf = (group: number) => sizes.get(group) ?? 0
    chosen.add(order.reduce((least, group) => (sizeOf(group) < sizeOf(least) ? group : least)))
  }
  const isChosen = (row: number) => chosen.has(codes[row] ?? -1)
  return { taken: rows.filter(isChosen).sort(), left: rows.filter((row) => !isChosen(row)).sort() }
}

function requireGroups(table: Table, column: Column, rows: Int32Array, needed: number): void {
  const { codes } = asCategories(column)
  const groups = new Set(rows.map((row) => codes[row] ?? -1)).size
  if (groups >= needed) return
  const details = { file: table.fileName, column: column.name }
  if (groups === 1) {
    throw new DataFormatError(
      'constant-group',
      `${table.fileName}: "${column.name}" is the same in every usable row, so the rows cannot be parted by it. Choose another column for the groups, or a random split.`,
      details
    )
  }
  throw new DataFormatError(
    'too-few-groups',
    `${table.fileName}: "${column.name}" parts the usable rows into ${groups} groups; training, validation and test need ${needed}, one each. Choose another column, or keep fewer rows aside.`,
    details
  )
}

/** The rows of each class, ascending; all rows when there are no classes. */
function groupRows(rows: Int32Array, classes: Int32Array | null): Int32Array[] {
  if (classes === null) return [rows.slice()]
  const sizes = sizesOf(classes)
  const groups = sizes.map((size) => new Int32Array(size))
  const filled = sizes.map(() => 0)
  for (const [index, code] of classes.entries()) {
    const at = filled[code] ?? 0
    filled[code] = at + 1
    const group = groups[code]
    if (group !== undefined) group[at] = rows[index] ?? 0
  }
  return groups
}

/** How many rows each class has, from class 0. */
function sizesOf(classes: Int32Array): number[] {
  const sizes: number[] = []
  for (const code of classes) {
    while (sizes.length <= code) sizes.push(0)
    sizes[code] = (sizes[code] ?? 0) + 1
  }
  return sizes
}

/** How many of each size to take so that the sum is `wanted`, in proportion, and at most size − 1 of each. */
function largestRemainder(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const exact = sizes.map((size) => (wanted * size) / total)
  const quotas = sizes.map((size, index) => Math.min(Math.max(0, size - 1), Math.floor(exact[index] ?? 0)))
  const missing = (index: number): number => (exact[index] ?? 0) - (quotas[index] ?? 0)
  let left = wanted - quotas.reduce((sum, quota) => sum + quota, 0)
  while (left > 0) {
    const open = [...sizes.keys()].filter((index) => (quotas[index] ?? 0) < (sizes[index] ?? 0) - 1)
    if (open.length === 0) break
    // Array.sort keeps the order of ties: the earlier class first.
    for (const index of open.sort((a, b) => missing(b) - missing(a)).slice(0, left)) {
      quotas[index] = (quotas[index] ?? 0) + 1
      left--
    }
  }
  return quotas
}

function columnOf(table: Table, name: string): Column {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw new ConfigError(
    'unknown-column',
    `The split: ${table.fileName} has no column "${name}". Its columns are ${listNames(table.columns.map((each) => each.name))}.`,
    { column: name }
  )
}

function invalid(problem: string): ConfigError {
  return new ConfigError('invalid-split', `The split: ${problem}.`, { setting: 'split' })
}
