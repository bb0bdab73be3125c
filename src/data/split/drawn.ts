/** Rows drawn at random, with or without regard to their classes. */
import { RandomStream } from '../../engine/random/stream'
import type { SplitSetting } from '../../shared/column-setting'
import { groupRows, largestRemainder } from './classes'
import { wayByShares, type Parts } from './shares'
import { invalid, type Parted, type SplitRequest, type SplitWay } from './split'

/** `random`, `stratified`, and `auto`: stratified where there are classes. */
export const randomWay = wayDrawn('random')
export const stratifiedWay = wayDrawn('stratified')
export const autoWay = wayDrawn('auto')

function wayDrawn(by: SplitSetting['by']): SplitWay {
  return wayByShares(by, (request) => drawnParts(by, request))
}

/** @throws ConfigError `invalid-split` */
function drawnParts(by: SplitSetting['by'], { setting, rows, classes, seed }: SplitRequest): Parts {
  if (setting.column !== null) throw invalid(`a ${by === 'auto' ? 'random' : by} split is by no column; leave it out`)
  if (by === 'stratified' && classes === null)
    throw invalid('a stratified split needs classes, and the target is a value; choose random')
  return partsAtRandom(rows, by === 'random' ? null : classes, seed)
}

/** @param classes class of each of `rows`, or null where they are drawn whatever they hold */
export function partsAtRandom(rows: Int32Array, classes: Int32Array | null, seed: number): Parts {
  const classOf = classes === null ? null : new Map(Array.from(rows, (row, index) => [row, classes[index] ?? 0]))
  const classesOf = (some: Int32Array) =>
    classOf === null ? null : Int32Array.from(some, (row) => classOf.get(row) ?? 0)
  return {
    take: (some, wanted, purpose) => drawRows(some, classesOf(some), wanted, seed, purpose),
    deal: (some, folds) => dealRows(some, classesOf(some), folds, seed)
  }
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

/**
 * Shuffled, class after class, and dealt like cards: blocks differ by one row at most, and so do the rows of one class in
 * them.
 */
function dealRows(rows: Int32Array, classes: Int32Array | null, folds: number, seed: number): Int32Array {
  const blockOf = new Map<number, number>()
  let dealt = 0
  for (const [index, group] of groupRows(rows, classes).entries()) {
    shuffleFirst(group, group.length, new RandomStream(seed, 'folds', index))
    for (const row of group) blockOf.set(row, dealt++ % folds)
  }
  return rows.map((row) => blockOf.get(row) ?? 0)
}

/** The first `count` places of a Fisher–Yates shuffle: a uniform choice without the rest of the shuffle. */
export function shuffleFirst(items: Int32Array, count: number, random: RandomStream): void {
  for (let place = 0; place < count; place++) {
    const drawn = place + random.below(items.length - place)
    const item = items[drawn] ?? 0
    items[drawn] = items[place] ?? 0
    items[place] = item
  }
}
