/** Sums over axes, of numbers or of products. */
import { addNumbers, addProducts } from './copy'
import { all, madd, sum4 } from './math'
import { shareStart } from './share'
import { storeSome } from './store'

/** Σ of `size` neighbours, or of their products: four times four sums side by side, then those. @param factor 0: none */
function sumRun(x: usize, factor: usize, size: i32): f32 {
  let s0 = all(0)
  let s1 = all(0)
  let s2 = all(0)
  let s3 = all(0)
  let i = 0
  if (factor == 0) {
    for (; i + 16 <= size; i += 16) {
      s0 = f32x4.add(s0, v128.load(x))
      s1 = f32x4.add(s1, v128.load(x, 16))
      s2 = f32x4.add(s2, v128.load(x, 32))
      s3 = f32x4.add(s3, v128.load(x, 48))
      x += 64
    }
  } else {
    for (; i + 16 <= size; i += 16) {
      s0 = madd(v128.load(x), v128.load(factor), s0)
      s1 = madd(v128.load(x, 16), v128.load(factor, 16), s1)
      s2 = madd(v128.load(x, 32), v128.load(factor, 32), s2)
      s3 = madd(v128.load(x, 48), v128.load(factor, 48), s3)
      x += 64
      factor += 64
    }
  }
  let sum = sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)))
  for (; i < size; i++) {
    if (factor == 0) sum += load<f32>(x)
    else {
      sum += load<f32>(x) * load<f32>(factor)
      factor += 4
    }
    x += 4
  }
  return sum
}

/** y[j] = scale · Σ x[i, j] over the rows i, eight columns at a time, from column `from` to `until`. */
function sumRows(y: usize, x: usize, factor: usize, rows: i32, columns: i32, scale: f32, from: i32, until: i32): void {
  const step: usize = columns * 4
  const scales = f32x4.splat(scale)
  for (let j = from; j < until; j += 8) {
    let low = all(0)
    let high = all(0)
    let at = x + 4 * j
    if (factor == 0) {
      for (let i = 0; i < rows; i++) {
        low = f32x4.add(low, v128.load(at))
        high = f32x4.add(high, v128.load(at, 16))
        at += step
      }
    } else {
      let other = factor + 4 * j
      for (let i = 0; i < rows; i++) {
        low = madd(v128.load(at), v128.load(other), low)
        high = madd(v128.load(at, 16), v128.load(other, 16), high)
        at += step
        other += step
      }
    }
    const left = until - j
    storeSome(y + 4 * j, f32x4.mul(low, scales), left)
    if (left > 4) storeSome(y + 4 * j + 16, f32x4.mul(high, scales), left - 4)
  }
}

/**
 * y = scale · Σ x over some axes, or scale · Σ x · factor where that is not 0. Words from `axes`: rank, then for each
 * axis, outermost first, its size and the stride of the result along it: 0 where it is summed over. Neighbouring axes of
 * one kind are one axis. Threads share the results.
 */
export function sum(
  y: usize,
  x: usize,
  factor: usize,
  results: i32,
  scale: f32,
  axes: usize,
  part: i32,
  parts: i32
): void {
  const rank = load<i32>(axes)
  const last = axes + 4 + 8 * (rank - 1)
  const inner = load<i32>(last)
  const keepsLast = load<i32>(last, 4) != 0
  // Where the last axis is kept and others are too, whole rows of it stay together.
  const unit = rank > 2 && keepsLast ? max(1, inner) : 16
  const from = shareStart(results, unit, part, parts)
  const until = shareStart(results, unit, part + 1, parts)
  if (rank == 1 && keepsLast) {
    for (let j: usize = from; j < <usize>until; j++) {
      const by: f32 = factor == 0 ? scale : scale * load<f32>(factor + 4 * j)
      store<f32>(y + 4 * j, by * load<f32>(x + 4 * j))
    }
  } else if (rank == 2 && keepsLast) {
    sumRows(y, x, factor, load<i32>(axes, 4), inner, scale, from, until)
  } else if (rank <= 2) {
    for (let j = from; j < until; j++) {
      const at = 4 * <usize>j * inner
      store<f32>(y + 4 * j, scale * sumRun(x + at, factor == 0 ? 0 : factor + at, inner))
    }
  } else {
    sumMany(y, x, factor, scale, axes, rank, from, until)
  }
}

/** Results from `from` to `until`: runs along the last axis are added one after the other. */
function sumMany(y: usize, x: usize, factor: usize, scale: f32, axes: usize, rank: i32, from: i32, until: i32): void {
  for (let j = from; j < until; j++) store<f32>(y + 4 * j, 0)
  const last = axes + 4 + 8 * (rank - 1)
  const inner = load<i32>(last)
  const kept = load<i32>(last, 4) != 0
  let runs = 1
  for (let axis = 0; axis < rank - 1; axis++) runs *= load<i32>(axes + 4 + 8 * axis)
  for (let run: usize = 0; run < <usize>runs; run++) {
    let rest = <i32>run
    let index = 0
    for (let axis = rank - 2; axis >= 0; axis--) {
      const entry = axes + 4 + 8 * axis
      const length = load<i32>(entry)
      index += (rest % length) * load<i32>(entry, 4)
      rest /= length
    }
    if (index < from || index >= until) continue
    const to = y + 4 * index
    const at = 4 * run * inner
    const other = factor == 0 ? 0 : factor + at
    if (!kept) store<f32>(to, load<f32>(to) + sumRun(x + at, other, inner))
    else if (factor == 0) addNumbers(to, x + at, inner)
    else addProducts(to, x + at, other, inner)
  }
  if (scale != 1) for (let j = from; j < until; j++) store<f32>(y + 4 * j, load<f32>(y + 4 * j) * scale)
}
