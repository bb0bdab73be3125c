/** Copies of operands in the order in which the micro-kernels read them. */

/** Panel of eight columns of B [inner, …] by rows: step k at to + 32 · k. Reads up to 28 bytes past a row. */
export function packColumns(to: usize, from: usize, step: usize, inner: i32): void {
  for (let k = 0; k < inner; k++) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    to += 32
    from += step
  }
}

/** The same of a transposed B: its columns are rows from `from`, `step` apart; past `valid` the last one repeats. */
export function packTransposed(to: usize, from: usize, step: usize, inner: i32, valid: i32): void {
  if (valid < 8) {
    packFourRows(to, 32, from, step, inner, min(valid, 4))
    if (valid > 4) packFourRows(to + 16, 32, from + 4 * step, step, inner, valid - 4)
    return
  }
  // All eight at once: the rows of small matrices are short.
  let at = from
  let k = 0
  for (; k + 4 <= inner; k += 4, at += 16, to += 128) {
    const other = at + 4 * step
    turn(to, to + 32, to + 64, to + 96, at, at + step, at + 2 * step, at + 3 * step)
    turn(to + 16, to + 48, to + 80, to + 112, other, other + step, other + 2 * step, other + 3 * step)
  }
  if (k < inner) {
    packFourRows(to, 32, at, step, inner - k, 4)
    packFourRows(to + 16, 32, at + 4 * step, step, inner - k, 4)
  }
}

/** Four vectors from r0 … r3, number k of all of them to the address c0 … c3; c0 is written last. */
function turn(c0: usize, c1: usize, c2: usize, c3: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const a = v128.load(r0)
  const b = v128.load(r1)
  const c = v128.load(r2)
  const d = v128.load(r3)
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(c3, v128.shuffle<f64>(ab2, cd2, 1, 3))
  v128.store(c2, v128.shuffle<f64>(ab2, cd2, 0, 2))
  v128.store(c1, v128.shuffle<f64>(ab, cd, 1, 3))
  v128.store(c0, v128.shuffle<f64>(ab, cd, 0, 2))
}

/**
 * Four rows side by side, step k of them at to + k · toStep; past `valid` the last one repeats.
 */
export function packFourRows(to: usize, toStep: usize, r0: usize, step: usize, inner: i32, valid: i32): void {
  let r1 = valid > 1 ? r0 + step : r0
  let r2 = valid > 2 ? r1 + step : r1
  let r3 = valid > 3 ? r2 + step : r2
  let k = 0
  for (; k + 4 <= inner; k += 4) {
    turn(to, to + toStep, to + 2 * toStep, to + 3 * toStep, r0, r1, r2, r3)
    to += 4 * toStep
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
  }
  if (k + 2 <= inner) {
    const ab = v128.shuffle<f32>(v128.load64_zero(r0), v128.load64_zero(r1), 0, 4, 1, 5)
    const cd = v128.shuffle<f32>(v128.load64_zero(r2), v128.load64_zero(r3), 0, 4, 1, 5)
    v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2))
    v128.store(to + toStep, v128.shuffle<f64>(ab, cd, 1, 3))
    to += 2 * toStep
    r0 += 8
    r1 += 8
    r2 += 8
    r3 += 8
    k += 2
  }
  if (k < inner) {
    const ab = v128.load32_lane(r1, v128.load32_zero(r0), 1)
    v128.store(to, v128.load32_lane(r3, v128.load32_lane(r2, ab, 2), 3))
  }
}

/** The way back: `size` vectors from `from` on to the four rows; those past `valid` are left out. */
export function unpackFourRows(r0: usize, step: usize, from: usize, size: i32, valid: i32): void {
  // What stands for a row past the last is written before it, in its place.
  let r1 = valid > 1 ? r0 + step : r0
  let r2 = valid > 2 ? r1 + step : r1
  let r3 = valid > 3 ? r2 + step : r2
  let k = 0
  for (; k + 4 <= size; k += 4) {
    turn(r0, r1, r2, r3, from, from + 16, from + 32, from + 48)
    from += 64
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
  }
  if (k + 2 <= size) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
    const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    v128.store64_lane(r3, high, 1)
    v128.store64_lane(r2, high, 0)
    v128.store64_lane(r1, low, 1)
    v128.store64_lane(r0, low, 0)
    from += 32
    r0 += 8
    r1 += 8
    r2 += 8
    r3 += 8
    k += 2
  }
  if (k < size) {
    const a = v128.load(from)
    v128.store32_lane(r3, a, 3)
    v128.store32_lane(r2, a, 2)
    v128.store32_lane(r1, a, 1)
    v128.store32_lane(r0, a, 0)
  }
}

/** Tiles of four rows of A one after the other, their values at each step close together: step k at 16 · k of the tile. */
export function packRows(to: usize, from: usize, step: usize, inner: i32, rows: i32): void {
  for (; rows > 0; rows -= 4, to += 16 * <usize>inner, from += 4 * step) {
    packFourRows(to, 16, from, step, inner, min(4, rows))
  }
}

/** The same of a transposed A, where four rows are neighbours at each step. */
export function packNeighbours(to: usize, from: usize, step: usize, inner: i32, rows: i32): void {
  for (; rows > 0; rows -= 4, from += 16) {
    let at = from
    for (let k = 0; k < inner; k++) {
      v128.store(to, v128.load(at))
      to += 16
      at += step
    }
  }
}
