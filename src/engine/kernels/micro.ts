/**
 * The innermost part of the matrix product: a 4 × 8 tile of C in registers, C[i, j] = Σ A[i, k] · B[k, j], k ascending.
 *
 * Eight sums are as many as two multiply-adds a cycle of four cycles' latency keep busy. A 6 × 8 tile would read less,
 * but V8 up to 12 schedules all loads of a step before its arithmetic: with twelve sums that is more than sixteen
 * registers hold, and the sums that it then keeps in memory halve the speed.
 *
 * `b`: eight columns, step k at b + k · bStep. `first`: begin with the bias (0: none), else with what C holds.
 * Then max(·, floor), NaN kept, and 0 where the mask (0: none; laid out as C) is not above 0. Only `valid` rows
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

/** A stands by rows: step k of row i at a + i · aStep + 4 · k; rows past `valid` repeat the last one. */
export function tileByRows(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  c: usize,
  cStep: usize,
  valid: i32,
  columns: i32,
  bias: usize,
  first: bool,
  floor: f32,
  mask: usize
): void {
  let a1 = valid > 1 ? a + aStep : a
  let a2 = valid > 2 ? a1 + aStep : a1
  let a3 = valid > 3 ? a2 + aStep : a2
  let l0 = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  let h0 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  let l1 = l0
  let h1 = h0
  let l2 = l0
  let h2 = h0
  let l3 = l0
  let h3 = h0
  if (!first) {
    l0 = v128.load(c)
    h0 = v128.load(c, 16)
    if (valid > 1) {
      l1 = v128.load(c + 1 * cStep)
      h1 = v128.load(c + 1 * cStep, 16)
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
  for (let k = 0; k < inner; k++) {
    const low = v128.load(b)
    const high = v128.load(b, 16)
    b += bStep
    const x0 = v128.load32_splat(a)
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
    a += 4
    a1 += 4
    a2 += 4
    a3 += 4
  }
  const least = f32x4.splat(floor)
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
    c += cStep
    v128.store(c, l1)
    v128.store(c, h1, 16)
    c += cStep
    v128.store(c, l2)
    v128.store(c, h2, 16)
    c += cStep
    v128.store(c, l3)
    v128.store(c, h3, 16)
    return
  }
  finish(c, l0, h0, columns, mask)
  if (valid <= 1) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l1, h1, columns, mask)
  if (valid <= 2) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l2, h2, columns, mask)
  if (valid <= 3) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l3, h3, columns, mask)
}

/** A stands by columns: row i of step k at a + k · aStep + 4 · i. */
export function tileByColumns(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  inner: i32,
  c: usize,
  cStep: usize,
  valid: i32,
  columns: i32,
  bias: usize,
  first: bool,
  floor: f32,
  mask: usize
): void {
  let l0 = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  let h0 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  let l1 = l0
  let h1 = h0
  let l2 = l0
  let h2 = h0
  let l3 = l0
  let h3 = h0
  if (!first) {
    l0 = v128.load(c)
    h0 = v128.load(c, 16)
    if (valid > 1) {
      l1 = v128.load(c + 1 * cStep)
      h1 = v128.load(c + 1 * cStep, 16)
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
  for (let k = 0; k < inner; k++) {
    const low = v128.load(b)
    const high = v128.load(b, 16)
    b += bStep
    const x0 = v128.load32_splat(a)
    l0 = madd(x0, low, l0)
    h0 = madd(x0, high, h0)
    const x1 = v128.load32_splat(a, 4)
    l1 = madd(x1, low, l1)
    h1 = madd(x1, high, h1)
    const x2 = v128.load32_splat(a, 8)
    l2 = madd(x2, low, l2)
    h2 = madd(x2, high, h2)
    const x3 = v128.load32_splat(a, 12)
    l3 = madd(x3, low, l3)
    h3 = madd(x3, high, h3)
    a += aStep
  }
  const least = f32x4.splat(floor)
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
    c += cStep
    v128.store(c, l1)
    v128.store(c, h1, 16)
    c += cStep
    v128.store(c, l2)
    v128.store(c, h2, 16)
    c += cStep
    v128.store(c, l3)
    v128.store(c, h3, 16)
    return
  }
  finish(c, l0, h0, columns, mask)
  if (valid <= 1) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l1, h1, columns, mask)
  if (valid <= 2) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l2, h2, columns, mask)
  if (valid <= 3) return
  c += cStep
  if (mask != 0) mask += cStep
  finish(c, l3, h3, columns, mask)
}
