/** Sums over axes. */
import { all, sum4 } from './math'
import { storeSome } from './store'

/** Σ of `size` neighbours: four times four sums side by side, then those. */
function sumRun(x: usize, size: i32): f32 {
  let s0 = all(0)
  let s1 = all(0)
  let s2 = all(0)
  let s3 = all(0)
  let i = 0
  for (; i + 16 <= size; i += 16) {
    s0 = f32x4.add(s0, v128.load(x))
    s1 = f32x4.add(s1, v128.load(x, 16))
    s2 = f32x4.add(s2, v128.load(x, 32))
    s3 = f32x4.add(s3, v128.load(x, 48))
    x += 64
  }
  let sum = sum4(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)))
  for (; i < size; i++) {
    sum += load<f32>(x)
    x += 4
  }
  return sum
}

/** y[j] = scale · Σ x[i, j] over the rows i, eight columns at a time. */
function sumRows(y: usize, x: usize, rows: i32, columns: i32, scale: f32): void {
  const step: usize = columns * 4
  const factor = f32x4.splat(scale)
  for (let j = 0; j < columns; j += 8) {
    let low = all(0)
    let high = all(0)
    let at = x + 4 * j
    for (let i = 0; i < rows; i++) {
      low = f32x4.add(low, v128.load(at))
      high = f32x4.add(high, v128.load(at, 16))
      at += step
    }
    const left = columns - j
    storeSome(y + 4 * j, f32x4.mul(low, factor), left)
    if (left > 4) storeSome(y + 4 * j + 16, f32x4.mul(high, factor), left - 4)
  }
}

/**
 * y = scale · Σ x over some axes. Words from `axes`: rank, then for each axis, outermost first, its size and the stride
 * of the result along it: 0 where it is summed over. Neighbouring axes of one kind are one axis.
 */
export function sum(y: usize, x: usize, results: i32, scale: f32, axes: usize): void {
  const rank = load<i32>(axes)
  if (rank == 1) {
    if (load<i32>(axes, 8) == 0) store<f32>(y, scale * sumRun(x, load<i32>(axes, 4)))
    else for (let j = 0; j < results; j++) store<f32>(y + 4 * j, scale * load<f32>(x + 4 * j))
    return
  }
  if (rank == 2) {
    const outer = load<i32>(axes, 4)
    const inner = load<i32>(axes, 12)
    if (load<i32>(axes, 8) == 0) sumRows(y, x, outer, inner, scale)
    else for (let i = 0; i < outer; i++) store<f32>(y + 4 * i, scale * sumRun(x + 4 * <usize>i * inner, inner))
    return
  }
  sumMany(y, x, results, scale, axes, rank)
}

function sumMany(y: usize, x: usize, results: i32, scale: f32, axes: usize, rank: i32): void {
  for (let j = 0; j < results; j++) store<f32>(y + 4 * j, 0)
  const last = axes + 4 + 8 * (rank - 1)
  const inner = load<i32>(last)
  const kept = load<i32>(last, 4) != 0
  let runs = 1
  for (let axis = 0; axis < rank - 1; axis++) runs *= load<i32>(axes + 4 + 8 * axis)
  for (let run = 0; run < runs; run++) {
    let rest = run
    let index = 0
    for (let axis = rank - 2; axis >= 0; axis--) {
      const entry = axes + 4 + 8 * axis
      const length = load<i32>(entry)
      index += (rest % length) * load<i32>(entry, 4)
      rest /= length
    }
    const to = y + 4 * index
    if (kept) {
      for (let i = 0; i < inner; i++) store<f32>(to + 4 * i, load<f32>(to + 4 * i) + load<f32>(x + 4 * i))
    } else {
      store<f32>(to, load<f32>(to) + sumRun(x, inner))
    }
    x += 4 * inner
  }
  if (scale != 1) for (let j = 0; j < results; j++) store<f32>(y + 4 * j, load<f32>(y + 4 * j) * scale)
}
