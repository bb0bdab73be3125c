/** What is computed row by row: softmax and its kin, over the last axis. Threads share the rows. */
import { all, exp4, log4, max4, sum4 } from './math'
import { shareStart } from './share'
import { storeSome } from './store'

/** Ranges of rows begin at multiples of it. */
const ROWS_TOGETHER: i32 = 4

/** max of a row; a NaN in it gives NaN. */
export function maxOfRow(x: usize, size: i32): f32 {
  let largest: f32 = -Infinity
  let i = 0
  if (size >= 4) {
    let m = v128.load(x)
    for (i = 4; i + 4 <= size; i += 4) m = f32x4.max(m, v128.load(x + 4 * i))
    largest = max4(m)
  }
  for (; i < size; i++) largest = max<f32>(largest, load<f32>(x + 4 * i))
  return largest
}

/** The first `count` of four numbers, 0 for the others. */
function firstOf(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)))
}

/** Σ e^(x − shift); the terms are kept in y unless it is 0. */
export function sumOfExp(y: usize, x: usize, size: i32, shift: f32): f32 {
  const by = f32x4.splat(shift)
  let sum = all(0)
  for (let i = 0; i < size; i += 4) {
    const e = exp4(f32x4.sub(v128.load(x + 4 * i), by))
    if (y != 0) storeSome(y + 4 * i, e, size - i)
    sum = f32x4.add(sum, firstOf(e, size - i))
  }
  return sum4(sum)
}

export function logOf(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0)
}

/** y = e^x / Σ e^x */
export function softmax(y: usize, x: usize, rows: i32, size: i32, part: i32, parts: i32): void {
  const first = shareStart(rows, ROWS_TOGETHER, part, parts)
  const until = shareStart(rows, ROWS_TOGETHER, part + 1, parts)
  y += 4 * <usize>first * size
  x += 4 * <usize>first * size
  for (let row = first; row < until; row++) {
    const share = f32x4.splat(1 / sumOfExp(y, x, size, maxOfRow(x, size)))
    for (let i = 0; i < size; i += 4) storeSome(y + 4 * i, f32x4.mul(v128.load(y + 4 * i), share), size - i)
    x += 4 * size
    y += 4 * size
  }
}

/** y = x − log Σ e^x */
export function logSoftmax(y: usize, x: usize, rows: i32, size: i32, part: i32, parts: i32): void {
  const first = shareStart(rows, ROWS_TOGETHER, part, parts)
  const until = shareStart(rows, ROWS_TOGETHER, part + 1, parts)
  y += 4 * <usize>first * size
  x += 4 * <usize>first * size
  for (let row = first; row < until; row++) {
    const largest = maxOfRow(x, size)
    const logSum = f32x4.splat(logOf(sumOfExp(0, x, size, largest)))
    const shift = f32x4.splat(largest)
    // Max first: x − (max + log Σ) would round log Σ away beside a large max.
    for (let i = 0; i < size; i += 4)
      storeSome(y + 4 * i, f32x4.sub(f32x4.sub(v128.load(x + 4 * i), shift), logSum), size - i)
    x += 4 * size
    y += 4 * size
  }
}

/** y[n, k] = 1 where x[n] = k, else 0; a row of NaN where x[n] is no class. */
export function oneHot(y: usize, x: usize, rows: i32, classes: i32, part: i32, parts: i32): void {
  const first = shareStart(rows, ROWS_TOGETHER, part, parts)
  const until = shareStart(rows, ROWS_TOGETHER, part + 1, parts)
  y += 4 * <usize>first * classes
  for (let row = first; row < until; row++) {
    const value = load<f32>(x + 4 * row)
    const index = <i32>value
    const known = <f32>index == value && index >= 0 && index < classes
    for (let k = 0; k < classes; k++) store<f32>(y + 4 * k, known ? <f32>(k == index) : NaN)
    y += 4 * classes
  }
}
