/**
 * The product of the gradient by filters: sixteen times C[i, j] += Σ A[i, t] · B[j, t] over the places t of tiles. Four sums go side by
 * side, one for every fourth place, and become one number when all tiles are in.
 */
import { madd } from './math'

/**
 * @param c sums [16, rows, columns, 4] @param a [16, rows, places], aStep bytes from one of the sixteen to the next
 * @param b [16, columns, places], likewise
 * @param rows an even number @param columns a multiple of 4, as are the places
 */
export function addProducts(
  c: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  rows: i32,
  columns: i32,
  places: i32
): void {
  const line: usize = 4 * places
  const next: usize = 16 * columns
  for (let k = 0; k < 16; k++) {
    for (let i = 0; i < rows; i += 2) {
      for (let j = 0; j < columns; j += 4) {
        addTile(c, next, a + line * i, b + line * j, line, places)
        c += 64
      }
      c += next
    }
    a += aStep
    b += bStep
  }
}

/** Two rows, `next` bytes apart in C, and four columns. */
function addTile(c: usize, next: usize, a: usize, b: usize, step: usize, places: i32): void {
  const a1 = a + step
  const b1 = b + step
  const b2 = b1 + step
  const b3 = b2 + step
  const below = c + next
  let p0 = v128.load(c)
  let p1 = v128.load(c, 16)
  let p2 = v128.load(c, 32)
  let p3 = v128.load(c, 48)
  let q0 = v128.load(below)
  let q1 = v128.load(below, 16)
  let q2 = v128.load(below, 32)
  let q3 = v128.load(below, 48)
  const until: usize = 4 * places
  for (let k: usize = 0; k < until; k += 16) {
    const p = v128.load(a + k)
    const q = v128.load(a1 + k)
    const x0 = v128.load(b + k)
    p0 = madd(p, x0, p0)
    q0 = madd(q, x0, q0)
    const x1 = v128.load(b1 + k)
    p1 = madd(p, x1, p1)
    q1 = madd(q, x1, q1)
    const x2 = v128.load(b2 + k)
    p2 = madd(p, x2, p2)
    q2 = madd(q, x2, q2)
    const x3 = v128.load(b3 + k)
    p3 = madd(p, x3, p3)
    q3 = madd(q, x3, q3)
  }
  v128.store(c, p0)
  v128.store(c, p1, 16)
  v128.store(c, p2, 32)
  v128.store(c, p3, 48)
  v128.store(below, q0)
  v128.store(below, q1, 16)
  v128.store(below, q2, 32)
  v128.store(below, q3, 48)
}

/** w [results, channels, 3, 3] = Gᵀ P G. @param sums P [16, rows, columns, 4], four parts of each number */
export function reduceFilters(w: usize, sums: usize, results: i32, rows: i32, channels: i32, columns: i32): void {
  const step: usize = 16 * <usize>rows * columns
  for (let i = 0; i < results; i++) {
    for (let j = 0; j < channels; j++) {
      const at = sums + 16 * <usize>(i * columns + j)
      // Still four parts of each number, until the end.
      const r0 = at
      const r1 = r0 + 4 * step
      const r2 = r1 + 4 * step
      const r3 = r2 + 4 * step
      const half = f32x4.splat(0.5)
      for (let row = 0; row < 3; row++) {
        const c0 = column(r0, r1, r2, r3, row)
        const c1 = column(r0 + step, r1 + step, r2 + step, r3 + step, row)
        const c2 = column(r0 + 2 * step, r1 + 2 * step, r2 + 2 * step, r3 + 2 * step, row)
        const c3 = column(r0 + 3 * step, r1 + 3 * step, r2 + 3 * step, r3 + 3 * step, row)
        const even = f32x4.mul(half, f32x4.add(c1, c2))
        store<f32>(w, total(f32x4.add(c0, even)))
        store<f32>(w, total(f32x4.mul(half, f32x4.sub(c1, c2))), 4)
        store<f32>(w, total(f32x4.add(even, c3)), 8)
        w += 12
      }
    }
  }
}

/** A column of P, times row `row` of Gᵀ. */
function column(r0: usize, r1: usize, r2: usize, r3: usize, row: i32): v128 {
  const half = f32x4.splat(0.5)
  const p = v128.load(r1)
  const q = v128.load(r2)
  if (row == 1) return f32x4.mul(half, f32x4.sub(p, q))
  const even = f32x4.mul(half, f32x4.add(p, q))
  return f32x4.add(even, v128.load(row == 0 ? r0 : r3))
}

function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}
