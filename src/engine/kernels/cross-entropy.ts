/**
 * Everything that cross-entropy needs of a row in one pass: p = softmax(x), log p[t] and scale · (1[k = t] − p). Each is left
 * out where its address is 0, but for p. Threads share the rows.
 */
import { all, exp4, log4 } from './math'
import { logOf, maxOfRow, sumOfExp } from './rows'
import { shareStart } from './share'
import { storeSome } from './store'

/** Ranges of rows begin at multiples of it. */
const ROWS_TOGETHER: i32 = 4
/** Up to as many classes four rows are computed side by side. */
const NARROW: i32 = 16

/** @param scratch 16 · NARROW + 32 bytes */
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
  if (size <= NARROW) narrow(p, chosen, gradient, x, targets, first, until, size, scale, scratch)
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
  const factor = f32x4.splat(-scale)
  const step: usize = 4 * size
  const ends = scratch + 16 * size
  for (let row = first; row < until; row += 4) {
    const count = min(4, until - row)
    const skipped = step * row
    // Lanes past the last row repeat it.
    const x0 = x + skipped
    const x1 = count > 1 ? x0 + step : x0
    const x2 = count > 2 ? x1 + step : x1
    const x3 = count > 3 ? x2 + step : x2
    let largest = all(-Infinity)
    for (let k: usize = 0; k < step; k += 4) largest = f32x4.max(largest, gatherLanes(x0 + k, x1 + k, x2 + k, x3 + k))
    let sum = all(0)
    for (let k: usize = 0; k < step; k += 4) {
      const e = exp4(f32x4.sub(gatherLanes(x0 + k, x1 + k, x2 + k, x3 + k), largest))
      v128.store(scratch + 4 * k, e)
      sum = f32x4.add(sum, e)
    }
    v128.store(ends, largest)
    v128.store(ends, log4(sum), 16)
    const share = f32x4.div(all(1), sum)
    for (let k: usize = 0; k < step; k += 4) {
      const y = f32x4.mul(v128.load(scratch + 4 * k), share)
      scatterLanes(p + skipped + k, step, y, count)
      if (gradient != 0) scatterLanes(gradient + skipped + k, step, f32x4.mul(y, factor), count)
    }
    for (let i = 0; i < count; i++) {
      const at: usize = 4 * (row + i)
      const to: usize = chosen != 0 ? chosen + at : 0
      const from: usize = gradient != 0 ? gradient + at * size : 0
      const shift = load<f32>(ends + 4 * i)
      choose(to, from, x + at * size, load<f32>(targets + at), size, scale, shift, load<f32>(ends + 4 * i, 16))
    }
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

function gatherLanes(a: usize, b: usize, c: usize, d: usize): v128 {
  return v128.load32_lane(d, v128.load32_lane(c, v128.load32_lane(b, v128.load32_zero(a), 1), 2), 3)
}

/** The first `count` lanes, `step` bytes apart. */
function scatterLanes(to: usize, step: usize, y: v128, count: i32): void {
  v128.store32_lane(to, y, 0)
  if (count > 1) v128.store32_lane(to + step, y, 1)
  if (count > 2) v128.store32_lane(to + 2 * step, y, 2)
  if (count > 3) v128.store32_lane(to + 3 * step, y, 3)
}
