/** What is computed row by row: softmax and its kin, over the last axis. */
import { all, exp4, log4, max4, sum4 } from './math'
import { storeSome } from './store'

/** max of a row; a NaN in it gives NaN. */
function maxOfRow(x: usize, size: i32): f32 {
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
function sumOfExp(y: usize, x: usize, size: i32, shift: f32): f32 {
  const by = f32x4.splat(shift)
  let sum = all(0)
  for (let i = 0; i < size; i += 4) {
    const e = exp4(f32x4.sub(v128.load(x + 4 * i), by))
    if (y != 0) storeSome(y + 4 * i, e, size - i)
    sum = f32x4.add(sum, firstOf(e, size - i))
  }
  return sum4(sum)
}

function logOf(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0)
}

/** y = e^x / Σ e^x */
export function softmax(y: usize, x: usize, rows: i32, size: i32): void {
  for (let row = 0; row < rows; row++) {
    const share = f32x4.splat(1 / sumOfExp(y, x, size, maxOfRow(x, size)))
    for (let i = 0; i < size; i += 4) storeSome(y + 4 * i, f32x4.mul(v128.load(y + 4 * i), share), size - i)
    x += 4 * size
    y += 4 * size
  }
}

/** y = x − log Σ e^x */
export function logSoftmax(y: usize, x: usize, rows: i32, size: i32): void {
  for (let row = 0; row < rows; row++) {
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
export function oneHot(y: usize, x: usize, rows: i32, classes: i32): void {
  for (let row = 0; row < rows; row++) {
    const value = load<f32>(x + 4 * row)
    const index = <i32>value
    const known = <f32>index == value && index >= 0 && index < classes
    for (let k = 0; k < classes; k++) store<f32>(y + 4 * k, known ? <f32>(k == index) : NaN)
    y += 4 * classes
  }
}

/**
 * Everything that cross-entropy needs of a row in one pass: p = softmax(x), log p[t] and scale · (1[k = t] − p).
 * Each result is left out where its address is 0, but for p.
 */
export function crossEntropy(
  p: usize,
  chosen: usize,
  gradient: usize,
  x: usize,
  targets: usize,
  rows: i32,
  size: i32,
  scale: f32
): void {
  const factor = f32x4.splat(-scale)
  for (let row = 0; row < rows; row++) {
    const value = load<f32>(targets + 4 * row)
    const index = <i32>value
    const known = <f32>index == value && index >= 0 && index < size
    const largest = maxOfRow(x, size)
    const sum = sumOfExp(p, x, size, largest)
    const share = f32x4.splat(1 / sum)
    for (let i = 0; i < size; i += 4) {
      const y = f32x4.mul(v128.load(p + 4 * i), share)
      storeSome(p + 4 * i, y, size - i)
      if (gradient != 0) storeSome(gradient + 4 * i, f32x4.mul(y, factor), size - i)
    }
    if (chosen != 0) {
      store<f32>(chosen, known ? load<f32>(x + 4 * index) - largest - logOf(sum) : NaN)
      chosen += 4
    }
    if (gradient != 0) {
      const at = gradient + 4 * index
      if (known) store<f32>(at, load<f32>(at) + scale)
      else store<f32>(gradient, NaN)
      gradient += 4 * size
    }
    x += 4 * size
    p += 4 * size
  }
}
