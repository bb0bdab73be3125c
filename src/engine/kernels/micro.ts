/**
 * The innermost part of the matrix product: eight columns of C, four rows at a time in registers,
 * C[i, j] = Σ A[i, k] · B[k, j], k ascending.
 *
 * Eight sums are as many as two multiply-adds a cycle of four cycles' latency keep busy. A 6 × 8 tile would read less,
 * but V8 up to 12 schedules all loads of a step before its arithmetic: with twelve sums that is more than sixteen
 * registers hold, and the sums that it then keeps in memory halve the speed.
 *
 * `b`: eight columns, step k at b + k · bStep. `first`: begin with the bias (0: none), else with what C holds.
 * Then max(·, floor), NaN kept, and 0 where the mask (0: none; laid out as C) is not above 0. Only `rows` rows
 * and `columns` columns are written; reads may go up to 32 bytes past an operand.
 */
import { madd } from './math'
import { storeRow } from './store'

function finish(c: usize, low: v128, high: v128, columns: i32, mask: usize): void {
  if (mask != 0) {
    const zero = f32x4.splat(0)
    low = v128.and(low, f32x4.gt(v128.load(mask), zero))
    high = v128.and(high, f32x4.gt(v128.load(mask, 16), zero))
  }
  storeRow(c, low, high, columns)
}

/** A stands by rows: step k of row i at a + i · aStep + 4 · k. */
export function tilesByRows(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  c: usize,
  cStep: usize,
  rows: i32,
  columns: i32,
  bias: usize,
  first: bool,
  floor: f32,
  mask: usize
): void {
  const low0 = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  const high0 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  const least = f32x4.splat(floor)
  for (; rows > 0; rows -= 4, c += 4 * cStep) {
    const valid = min(4, rows)
    // Rows past the last repeat it.
    let a0 = a
    let a1 = valid > 1 ? a0 + aStep : a0
    let a2 = valid > 2 ? a1 + aStep : a1
    let a3 = valid > 3 ? a2 + aStep : a2
    a += 4 * aStep
    let l0 = low0
    let h0 = high0
    let l1 = low0
    let h1 = high0
    let l2 = low0
    let h2 = high0
    let l3 = low0
    let h3 = high0
    if (!first) {
      l0 = v128.load(c)
      h0 = v128.load(c, 16)
      if (valid > 1) {
        l1 = v128.load(c + cStep)
        h1 = v128.load(c + cStep, 16)
      }
      if (valid > 2) {
        l2 = v128.load(c + 2 * cStep)
        h2 = v128.load(c + 2 * cStep, 16)
      }
      if (valid > 3) {
        l3 = v128.load(c + 3 * cStep)
        h3 = v128.load(c + 3 * cStep, 16)
      }
    }
    let step = b
    for (let k = 0; k < inner; k++) {
      const low = v128.load(step)
      const high = v128.load(step, 16)
      step += bStep
      const x0 = v128.load32_splat(a0)
      l0 = madd(x0, low, l0)
      h0 = madd(x0, high, h0)
      const x1 = v128.load32_splat(a1)
      l1 = madd(x1, low, l1)
      h1 = madd(x1, high, h1)
      const x2 = v128.load32_splat(a2)
      l2 = madd(x2, low, l2)
      h2 = madd(x2, high, h2)
      const x3 = v128.load32_splat(a3)
      l3 = madd(x3, low, l3)
      h3 = madd(x3, high, h3)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
    }
    l0 = f32x4.pmax(l0, least)
    h0 = f32x4.pmax(h0, least)
    l1 = f32x4.pmax(l1, least)
    h1 = f32x4.pmax(h1, least)
    l2 = f32x4.pmax(l2, least)
    h2 = f32x4.pmax(h2, least)
    l3 = f32x4.pmax(l3, least)
    h3 = f32x4.pmax(h3, least)
    if (valid == 4 && columns == 8 && mask == 0) {
      v128.store(c, l0)
      v128.store(c, h0, 16)
      v128.store(c + cStep, l1)
      v128.store(c + cStep, h1, 16)
      v128.store(c + 2 * cStep, l2)
      v128.store(c + 2 * cStep, h2, 16)
      v128.store(c + 3 * cStep, l3)
      v128.store(c + 3 * cStep, h3, 16)
      continue
    }
    const maskStep: usize = mask != 0 ? cStep : 0
    finish(c, l0, h0, columns, mask)
    if (valid > 1) finish(c + cStep, l1, h1, columns, mask + maskStep)
    if (valid > 2) finish(c + 2 * cStep, l2, h2, columns, mask + 2 * maskStep)
    if (valid > 3) finish(c + 3 * cStep, l3, h3, columns, mask + 3 * maskStep)
    mask += 4 * maskStep
  }
}

/** A stands by columns: row i of step k at a + k · aStep + 4 · i within a tile; the next tile is `aNext` bytes further. */
export function tilesByColumns(
  a: usize,
  aStep: usize,
  aNext: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  c: usize,
  cStep: usize,
  rows: i32,
  columns: i32,
  bias: usize,
  first: bool,
  floor: f32,
  mask: usize
): void {
  const low0 = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  const high0 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  const least = f32x4.splat(floor)
  for (; rows > 0; rows -= 4, c += 4 * cStep) {
    const valid = min(4, rows)
    let at = a
    a += aNext
    let l0 = low0
    let h0 = high0
    let l1 = low0
    let h1 = high0
    let l2 = low0
    let h2 = high0
    let l3 = low0
    let h3 = high0
    if (!first) {
      l0 = v128.load(c)
      h0 = v128.load(c, 16)
      if (valid > 1) {
        l1 = v128.load(c + cStep)
        h1 = v128.load(c + cStep, 16)
      }
      if (valid > 2) {
        l2 = v128.load(c + 2 * cStep)
        h2 = v128.load(c + 2 * cStep, 16)
      }
      if (valid > 3) {
        l3 = v128.load(c + 3 * cStep)
        h3 = v128.load(c + 3 * cStep, 16)
      }
    }
    let step = b
    for (let k = 0; k < inner; k++) {
      const low = v128.load(step)
      const high = v128.load(step, 16)
      step += bStep
      const x0 = v128.load32_splat(at)
      l0 = madd(x0, low, l0)
      h0 = madd(x0, high, h0)
      const x1 = v128.load32_splat(at, 4)
      l1 = madd(x1, low, l1)
      h1 = madd(x1, high, h1)
      const x2 = v128.load32_splat(at, 8)
      l2 = madd(x2, low, l2)
      h2 = madd(x2, high, h2)
      const x3 = v128.load32_splat(at, 12)
      l3 = madd(x3, low, l3)
      h3 = madd(x3, high, h3)
      at += aStep
    }
    l0 = f32x4.pmax(l0, least)
    h0 = f32x4.pmax(h0, least)
    l1 = f32x4.pmax(l1, least)
    h1 = f32x4.pmax(h1, least)
    l2 = f32x4.pmax(l2, least)
    h2 = f32x4.pmax(h2, least)
    l3 = f32x4.pmax(l3, least)
    h3 = f32x4.pmax(h3, least)
    if (valid == 4 && columns == 8 && mask == 0) {
      v128.store(c, l0)
      v128.store(c, h0, 16)
      v128.store(c + cStep, l1)
      v128.store(c + cStep, h1, 16)
      v128.store(c + 2 * cStep, l2)
      v128.store(c + 2 * cStep, h2, 16)
      v128.store(c + 3 * cStep, l3)
      v128.store(c + 3 * cStep, h3, 16)
      continue
    }
    const maskStep: usize = mask != 0 ? cStep : 0
    finish(c, l0, h0, columns, mask)
    if (valid > 1) finish(c + cStep, l1, h1, columns, mask + maskStep)
    if (valid > 2) finish(c + 2 * cStep, l2, h2, columns, mask + 2 * maskStep)
    if (valid > 3) finish(c + 3 * cStep, l3, h3, columns, mask + 3 * maskStep)
    mask += 4 * maskStep
  }
}
