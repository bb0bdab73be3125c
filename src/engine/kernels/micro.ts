/**
 * The innermost part of the matrix product: eight columns of C, or at most four, four rows at a time in registers,
 * C[i, j] = Σ A[i, k] · B[k, j], k ascending.
 *
 * Eight sums are as many as two multiply-adds a cycle of four cycles' latency keep busy. A 6 × 8 tile would read less,
 * but V8 up to 12 schedules all loads of a step before its arithmetic: with twelve sums that is more than sixteen
 * registers hold, and the sums that it then keeps in memory halve the speed.
 *
 * `b`: the columns, step k at b + k · bStep. `first`: begin with the bias (0: none), else with what C holds.
 * Then max(·, floor), NaN kept, and 0 where the mask (0: none; laid out as C) is not above 0. Only `rows` rows
 * and `columns` columns are written; reads may go up to 32 bytes past an operand.
 */
import { madd } from './math'
import { storeRow, storeSome } from './store'

/**
 * Step k of row i of A at a + i · rowStep + k · aStep; the next tile is `aNext` bytes further.
 */
export function tiles(
  a: usize,
  rowStep: usize,
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
  if (columns > 4) wide(a, rowStep, aStep, aNext, b, bStep, inner, c, cStep, rows, columns, bias, first, floor, mask)
  else narrow(a, rowStep, aStep, aNext, b, bStep, inner, c, cStep, rows, columns, bias, first, floor, mask)
}

/** Five to eight columns. */
function wide(
  a: usize,
  rowStep: usize,
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
  const low = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  const high = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  const zero = f32x4.splat(0)
  const end = b + bStep * inner
  let to1 = cStep
  let to2 = 2 * cStep
  let to3 = 3 * cStep
  for (; rows > 0; rows -= 4) {
    let a0 = a
    let a1 = a + rowStep
    let a2 = a1 + rowStep
    let a3 = a2 + rowStep
    // Rows past the last repeat it.
    if (rows < 4) {
      if (rows == 1) {
        to1 = 0
        a1 = a0
      }
      if (rows < 3) {
        to2 = to1
        a2 = a1
      }
      to3 = to2
      a3 = a2
    }
    a += aNext
    let l0 = low
    let h0 = high
    let l1 = low
    let h1 = high
    let l2 = low
    let h2 = high
    let l3 = low
    let h3 = high
    if (!first) {
      l0 = v128.load(c)
      h0 = v128.load(c, 16)
      l1 = v128.load(c + to1)
      h1 = v128.load(c + to1, 16)
      l2 = v128.load(c + to2)
      h2 = v128.load(c + to2, 16)
      l3 = v128.load(c + to3)
      h3 = v128.load(c + to3, 16)
    }
    for (let step = b; step != end; step += bStep) {
      const bLow = v128.load(step)
      const bHigh = v128.load(step, 16)
      const x0 = v128.load32_splat(a0)
      l0 = madd(x0, bLow, l0)
      h0 = madd(x0, bHigh, h0)
      const x1 = v128.load32_splat(a1)
      l1 = madd(x1, bLow, l1)
      h1 = madd(x1, bHigh, h1)
      const x2 = v128.load32_splat(a2)
      l2 = madd(x2, bLow, l2)
      h2 = madd(x2, bHigh, h2)
      const x3 = v128.load32_splat(a3)
      l3 = madd(x3, bLow, l3)
      h3 = madd(x3, bHigh, h3)
      a0 += aStep
      a1 += aStep
      a2 += aStep
      a3 += aStep
    }
    if (floor == 0) {
      l0 = f32x4.pmax(l0, zero)
      h0 = f32x4.pmax(h0, zero)
      l1 = f32x4.pmax(l1, zero)
      h1 = f32x4.pmax(h1, zero)
      l2 = f32x4.pmax(l2, zero)
      h2 = f32x4.pmax(h2, zero)
      l3 = f32x4.pmax(l3, zero)
      h3 = f32x4.pmax(h3, zero)
    }
    if (mask != 0) {
      l0 = v128.and(l0, f32x4.gt(v128.load(mask), zero))
      h0 = v128.and(h0, f32x4.gt(v128.load(mask, 16), zero))
      l1 = v128.and(l1, f32x4.gt(v128.load(mask + to1), zero))
      h1 = v128.and(h1, f32x4.gt(v128.load(mask + to1, 16), zero))
      l2 = v128.and(l2, f32x4.gt(v128.load(mask + to2), zero))
      h2 = v128.and(h2, f32x4.gt(v128.load(mask + to2, 16), zero))
      l3 = v128.and(l3, f32x4.gt(v128.load(mask + to3), zero))
      h3 = v128.and(h3, f32x4.gt(v128.load(mask + to3, 16), zero))
      mask += 4 * cStep
    }
    if (columns == 8) {
      v128.store(c + to3, l3)
      v128.store(c + to3, h3, 16)
      v128.store(c + to2, l2)
      v128.store(c + to2, h2, 16)
      v128.store(c + to1, l1)
      v128.store(c + to1, h1, 16)
      v128.store(c, l0)
      v128.store(c, h0, 16)
    } else {
      storeRow(c + to3, l3, h3, columns)
      storeRow(c + to2, l2, h2, columns)
      storeRow(c + to1, l1, h1, columns)
      storeRow(c, l0, h0, columns)
    }
    c += 4 * cStep
  }
}

/** One to four columns. */
function narrow(
  a: usize,
  rowStep: usize,
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
  const begin = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  const zero = f32x4.splat(0)
  const end = b + bStep * inner
  let to1 = cStep
  let to2 = 2 * cStep
  let to3 = 3 * cStep
  for (; rows > 0; rows -= 4) {
    let a0 = a
    let a1 = a + rowStep
    let a2 = a1 + rowStep
    let a3 = a2 + rowStep
    // Rows past the last repeat it.
    if (rows < 4) {
      if (rows == 1) {
        to1 = 0
        a1 = a0
      }
      if (rows < 3) {
        to2 = to1
        a2 = a1
      }
      to3 = to2
      a3 = a2
    }
    a += aNext
    let s0 = first ? begin : v128.load(c)
    let s1 = first ? begin : v128.load(c + to1)
    let s2 = first ? begin : v128.load(c + to2)
    let s3 = first ? begin : v128.load(c + to3)
    for (let step = b; step != end; step += bStep) {
      const y = v128.load(step)
      s0 = madd(v128.load32_splat(a0), y, s0)
      s1 = madd(v128.load32_splat(a1), y, s1)
      s2 = madd(v128.load32_splat(a2), y, s2)
      s3 = madd(v128.load32_splat(a3), y, s3)
      a0 += aStep
      a1 += aStep
      a2 += aStep
      a3 += aStep
    }
    if (floor == 0) {
      s0 = f32x4.pmax(s0, zero)
      s1 = f32x4.pmax(s1, zero)
      s2 = f32x4.pmax(s2, zero)
      s3 = f32x4.pmax(s3, zero)
    }
    if (mask != 0) {
      s0 = v128.and(s0, f32x4.gt(v128.load(mask), zero))
      s1 = v128.and(s1, f32x4.gt(v128.load(mask + to1), zero))
      s2 = v128.and(s2, f32x4.gt(v128.load(mask + to2), zero))
      s3 = v128.and(s3, f32x4.gt(v128.load(mask + to3), zero))
      mask += 4 * cStep
    }
    if (columns == 2) {
      v128.store64_lane(c + to3, s3, 0)
      v128.store64_lane(c + to2, s2, 0)
      v128.store64_lane(c + to1, s1, 0)
      v128.store64_lane(c, s0, 0)
    } else {
      storeSome(c + to3, s3, columns)
      storeSome(c + to2, s2, columns)
      storeSome(c + to1, s1, columns)
      storeSome(c, s0, columns)
    }
    c += 4 * cStep
  }
}

/**
 * One to four columns where B stands by columns: step k of column j at b + j · bStep + 4 · k. Two columns at a time, their
 * sums over every fourth k side by side.
 */
export function dotsByRows(
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
  const zero = f32x4.splat(0)
  const single = columns == 1
  const bEnd: usize = b + 4 * (inner & ~3)
  const rest = inner & 3
  // The second column of one alone is the first again.
  const b1Step: usize = single ? 0 : bStep
  const begin = bias != 0 ? v128.load64_splat(bias) : zero
  for (let row = 0; row < rows; row += 4) {
    const valid = rows - row
    const to = c + cStep * row
    const to1: usize = valid > 1 ? cStep : 0
    const to2: usize = valid > 2 ? 2 * cStep : to1
    const to3: usize = valid > 3 ? 3 * cStep : to2
    let a0 = a + aStep * row
    let a1 = valid > 1 ? a0 + aStep : a0
    let a2 = valid > 2 ? a1 + aStep : a1
    let a3 = valid > 3 ? a2 + aStep : a2
    let s00 = zero
    let s01 = zero
    let s10 = zero
    let s11 = zero
    let s20 = zero
    let s21 = zero
    let s30 = zero
    let s31 = zero
    let b0 = b
    for (; b0 != bEnd; b0 += 16) {
      const y0 = v128.load(b0)
      const y1 = v128.load(b0 + b1Step)
      const x0 = v128.load(a0)
      s00 = madd(x0, y0, s00)
      s01 = madd(x0, y1, s01)
      const x1 = v128.load(a1)
      s10 = madd(x1, y0, s10)
      s11 = madd(x1, y1, s11)
      const x2 = v128.load(a2)
      s20 = madd(x2, y0, s20)
      s21 = madd(x2, y1, s21)
      const x3 = v128.load(a3)
      s30 = madd(x3, y0, s30)
      s31 = madd(x3, y1, s31)
      a0 += 16
      a1 += 16
      a2 += 16
      a3 += 16
    }
    if (rest > 0) {
      const y0 = loadSome(b0, rest)
      const y1 = loadSome(b0 + b1Step, rest)
      const x0 = loadSome(a0, rest)
      s00 = madd(x0, y0, s00)
      s01 = madd(x0, y1, s01)
      const x1 = loadSome(a1, rest)
      s10 = madd(x1, y0, s10)
      s11 = madd(x1, y1, s11)
      const x2 = loadSome(a2, rest)
      s20 = madd(x2, y0, s20)
      s21 = madd(x2, y1, s21)
      const x3 = loadSome(a3, rest)
      s30 = madd(x3, y0, s30)
      s31 = madd(x3, y1, s31)
    }
    // Rows 0 and 1 side by side, and rows 2 and 3.
    let low = f32x4.add(first ? begin : loadPair(to, to1), sums(s00, s01, s10, s11))
    let high = f32x4.add(first ? begin : loadPair(to + to2, to3 - to2), sums(s20, s21, s30, s31))
    if (floor == 0) {
      low = f32x4.pmax(low, zero)
      high = f32x4.pmax(high, zero)
    }
    if (mask != 0) {
      const at = mask + cStep * row
      low = v128.and(low, f32x4.gt(loadPair(at, to1), zero))
      high = v128.and(high, f32x4.gt(loadPair(at + to2, to3 - to2), zero))
    }
    if (single) {
      v128.store32_lane(to + to3, high, 2)
      v128.store32_lane(to + to2, high, 0)
      v128.store32_lane(to + to1, low, 2)
      v128.store32_lane(to, low, 0)
    } else {
      v128.store64_lane(to + to3, high, 1)
      v128.store64_lane(to + to2, high, 0)
      v128.store64_lane(to + to1, low, 1)
      v128.store64_lane(to, low, 0)
    }
  }
  if (columns <= 2) return
  const next: usize = bias != 0 ? bias + 8 : 0
  const nextMask: usize = mask != 0 ? mask + 8 : 0
  dotsByRows(a, aStep, b + 2 * bStep, bStep, inner, c + 8, cStep, rows, columns - 2, next, first, floor, nextMask)
}

/** The sums of four vectors. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f64>(ab, cd, 0, 2), v128.shuffle<f64>(ab, cd, 1, 3))
}

/** Two neighbours at an address and two `step` bytes further. */
function loadPair(at: usize, step: usize): v128 {
  return v128.load64_lane(at + step, v128.load64_zero(at), 1)
}

/** One to three numbers, and 0 for the others. */
function loadSome(at: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(at)
  const pair = v128.load64_zero(at)
  return count == 2 ? pair : v128.load32_lane(at + 8, pair, 2)
}
