/** Whole groups of rows: all rows with the same value of a column are in one part; those without a value are one group. */
import { RandomStream } from '../../engine/random/stream'
import { DataFormatError } from '../../shared/errors'
import { asCategories } from '../cells'
import type { Column, Table } from '../table'
import { shuffleFirst } from './drawn'
import { wayByShares } from './shares'
import { columnOf, invalid, type Parted } from './split'

/** Groups are taken in random order, each as long as it brings the part nearer to its size. */
export const groupedWay = wayByShares('grouped', ({ table, setting: { column: name }, rows, seed }, parts) => {
  if (name === null) throw invalid('a split by groups needs the column that says which rows belong together')
  const column = columnOf(table, name)
  requireGroups(table, column, rows, parts)
  return {
    take: (some, wanted, purpose) => wholeGroups(column, some, wanted, new RandomStream(seed, purpose)),
    deal: (some, folds) => {
      requireGroups(table, column, some, folds)
      return dealGroups(column, some, folds, new RandomStream(seed, 'folds'))
    }
  }
})

/** Whole groups of rows, about as many rows as wanted: at least one group, and never all. */
function wholeGroups(column: Column, rows: Int32Array, wanted: number, random: RandomStream): Parted {
  const { codes } = asCategories(column)
  const { sizes, order } = shuffledGroups(codes, rows, random)
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

/** The largest groups first, each into the block that has the fewest rows so far; groups of one size in random order. */
function dealGroups(column: Column, rows: Int32Array, folds: number, random: RandomStream): Int32Array {
  const { codes } = asCategories(column)
  const { sizes, order } = shuffledGroups(codes, rows, random)
  const filled = Array.from({ length: folds }, () => 0)
  const blockOf = new Map<number, number>()
  for (const group of [...order].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))) {
    const block = filled.indexOf(Math.min(...filled))
    filled[block] = (filled[block] ?? 0) + (sizes.get(group) ?? 0)
    blockOf.set(group, block)
  }
  return rows.map((row) => blockOf.get(codes[row] ?? -1) ?? 0)
}

/** How many rows each group has, and the groups in random order. */
function shuffledGroups(codes: Int32Array, rows: Int32Array, random: RandomStream) {
  const sizes = new Map<number, number>()
  for (const row of rows) sizes.set(codes[row] ?? -1, (sizes.get(codes[row] ?? -1) ?? 0) + 1)
  const order = Int32Array.from(sizes.keys()).sort()
  shuffleFirst(order, order.length, random)
  return { sizes, order }
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
    `${table.fileName}: "${column.name}" parts the usable rows into ${groups} groups; ${needed} are needed, one for each part. Choose another column, or fewer parts.`,
    details
  )
}
