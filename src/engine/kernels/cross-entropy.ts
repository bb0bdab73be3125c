/**
 * Everything that cross-entropy needs of a row in one pass: p = softmax(x), log p[t] and scale · (1[k = t] − p). Each is left
 * out where its address is 0, but for p. Threads share the rows.
 */
import { all, expOfNegative4, logOfNormal4 } from './math'
import { packFourRows, unpackFourRows } from './pack'
import { logOf, maxOfRow, sumOfExp } from './rows'
import { shareStart } from './share'
import { storeSome } from './store'

/** Ranges of rows begin at multiples of it. */
const ROWS_TOGETHER: i32 = 4
/** Up to as many classes four rows are computed side by side. */
const NARROW: i32 = 16

/** @param scratch 16 · NARROW bytes */
export function crossEntropy(
  p: usize,
  chosen: usize,
  gradient: usize,
  x: usize,
  targets: usize,
  rows: i32,
  size: i32,
  scale: f32,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const first = shareStart(rows, ROWS_TOGETHER, part, parts)
  const until = shareStart(rows, ROWS_TOGETHER, part + 1, parts)
  if (size == 2) pairs(p, chosen, gradient, x, targets, first, until, scale)
  else if (size <= NARROW) narrow(p, chosen, gradient, x, targets, first, until, size, scale, scratch)
  else wide(p, chosen, gradient, x, targets, first, until, size, scale)
}

function wide(
  p: usize,
  chosen: usize,
  gradient: usize,
  x: usize,
  targets: usize,
  first: i32,
  until: i32,
  size: i32,
  scale: f32
): void {
  const factor = f32x4.splat(-scale)
  const step: usize = 4 * size
  for (let row: usize = first; row < <usize>until; row++) {
    const xRow = x + step * row
    const pRow = p + step * row
    const gradientRow: usize = gradient != 0 ? gradient + step * row : 0
    const largest = maxOfRow(xRow, size)
    const sum = sumOfExp(pRow, xRow, size, largest)
    const share = f32x4.splat(1 / sum)
    for (let i = 0; i < size; i += 4) {
      const y = f32x4.mul(v128.load(pRow + 4 * i), share)
      storeSome(pRow + 4 * i, y, size - i)
      if (gradient != 0) storeSome(gradientRow + 4 * i, f32x4.mul(y, factor), size - i)
    }
    const to: usize = chosen != 0 ? chosen + 4 * row : 0
    choose(to, gradientRow, xRow, load<f32>(targets + 4 * row), size, scale, largest, logOf(sum))
  }
}

/** Two classes: one exponential for each row, all in registers. */
function pairs(
  p: usize,
  chosen: usize,
  gradient: usize,
  x: usize,
  targets: usize,
  first: i32,
  until: i32,
  scale: f32
): void {
  const scales = all(scale)
  const factor = f32x4.neg(scales)
  const zero = all(0)
  const one = all(1)
  const missing = all(NaN)
  for (let row = first; row < until; row += 4) {
    const count = until - row
    const at: usize = 8 * row
    const low = v128.load(x + at)
    const high = v128.load(x + at, 16)
    const x0 = v128.shuffle<f32>(low, high, 0, 2, 4, 6)
    const x1 = v128.shuffle<f32>(low, high, 1, 3, 5, 7)
    const largest = f32x4.max(x0, x1)
    const e = expOfNegative4(f32x4.sub(f32x4.min(x0, x1), largest))
    const sum = f32x4.add(one, e)
    const share = f32x4.div(one, sum)
    const rest = f32x4.mul(e, share)
    const isLess = f32x4.lt(x0, x1)
    const p0 = v128.bitselect(rest, share, isLess)
    const p1 = v128.bitselect(share, rest, isLess)
    storePairs(p + at, p0, p1, count)
    const target = v128.load(targets + 4 * row)
    const is0 = f32x4.eq(target, zero)
    const is1 = f32x4.eq(target, one)
    const known = v128.or(is0, is1)
    if (chosen != 0) {
      const right = v128.bitselect(v128.bitselect(x1, x0, is1), missing, known)
      storeSome(chosen + 4 * row, f32x4.sub(f32x4.sub(right, largest), logOfNormal4(sum, zero)), count)
    }
    if (gradient != 0) {
      const factors = v128.bitselect(factor, missing, known)
      const g0 = f32x4.add(f32x4.mul(p0, factors), v128.and(is0, scales))
      const g1 = f32x4.add(f32x4.mul(p1, factors), v128.and(is1, scales))
      storePairs(gradient + at, g0, g1, count)
    }
  }
}

function storePairs(to: usize, x0: v128, x1: v128, count: i32): void {
  storeSome(to, v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), 2 * count)
  if (count > 2) storeSome(to + 16, v128.shuffle<f32>(x0, x1, 2, 6, 3, 7), 2 * count - 4)
}

/** Lane i of every vector belongs to row i of four: no sum goes across lanes, and one logarithm serves four rows. */
function narrow(
  p: usize,
  chosen: usize,
  gradient: usize,
  x: usize,
  targets: usize,
  first: i32,
  until: i32,
  size: i32,
  scale: f32,
  scratch: usize
): void {
  const scales = all(scale)
  const factor = f32x4.neg(scales)
  const one = all(1)
  const missing = all(NaN)
  const step: usize = 4 * size
  const end = scratch + 16 * size
  for (let row = first; row < until; row += 4) {
    const count = min(4, until - row)
    const skipped = step * row
    const target = v128.load(targets + 4 * row)
    packFourRows(scratch, 16, x + skipped, step, size, count)
    let largest = all(-Infinity)
    // x[t], and where there is such a class.
    let right = missing
    let known = all(0)
    let index = all(0)
    for (let at = scratch; at < end; at += 16) {
      const y = v128.load(at)
      const is = f32x4.eq(target, index)
      largest = f32x4.max(largest, y)
      right = v128.bitselect(y, right, is)
      known = v128.or(known, is)
      index = f32x4.add(index, one)
    }
    let sum = all(0)
    for (let at = scratch; at < end; at += 16) {
      const e = expOfNegative4(f32x4.sub(v128.load(at), largest))
      v128.store(at, e)
      sum = f32x4.add(sum, e)
    }
    if (chosen != 0) storeSome(chosen + 4 * row, f32x4.sub(f32x4.sub(right, largest), logOfNormal4(sum, all(0))), count)
    const share = f32x4.div(one, sum)
    for (let at = scratch; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), share))
    unpackFourRows(p + skipped, step, scratch, size, count)
    if (gradient == 0) continue
    const factors = v128.bitselect(factor, missing, known)
    index = all(0)
    for (let at = scratch; at < end; at += 16) {
      const is = v128.and(f32x4.eq(target, index), scales)
      v128.store(at, f32x4.add(f32x4.mul(v128.load(at), factors), is))
      index = f32x4.add(index, one)
    }
    unpackFourRows(gradient + skipped, step, scratch, size, count)
  }
}

/** What depends on the target alone: log p[t] = x[t] − shift − logSum, and the 1 in the gradient; NaN for no class. */
function choose(
  chosen: usize,
  gradient: usize,
  x: usize,
  target: f32,
  size: i32,
  scale: f32,
  shift: f32,
  logSum: f32
): void {
  const index = <i32>target
  const known = <f32>index == target && index >= 0 && index < size
  if (chosen != 0) store<f32>(chosen, known ? load<f32>(x + 4 * index) - shift - logSum : NaN)
  if (gradient == 0) return
  const at = gradient + 4 * index
  if (known) store<f32>(at, load<f32>(at) + scale)
  else store<f32>(gradient, NaN)
}
