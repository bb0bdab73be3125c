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
  packFourRows(to, 32, from, step, inner, min(valid, 4))
  if (valid > 4) packFourRows(to + 16, 32, from + 4 * step, step, inner, valid - 4)
}

/**
 * Four rows side by side, step k of them at to + k · toStep; past `valid` the last one repeats.
 */
function packFourRows(to: usize, toStep: usize, r0: usize, step: usize, inner: i32, valid: i32): void {
  let r1 = valid > 1 ? r0 + step : r0
  let r2 = valid > 2 ? r1 + step : r1
  let r3 = valid > 3 ? r2 + step : r2
  let k = 0
  for (; k + 4 <= inner; k += 4) {
    const a = v128.load(r0)
    const b = v128.load(r1)
    const c = v128.load(r2)
    const d = v128.load(r3)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2))
    v128.store(to + toStep, v128.shuffle<f64>(ab, cd, 1, 3))
    v128.store(to + 2 * toStep, v128.shuffle<f64>(ab2, cd2, 0, 2))
    v128.store(to + 3 * toStep, v128.shuffle<f64>(ab2, cd2, 1, 3))
    to += 4 * toStep
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
  }
  for (; k < inner; k++) {
    store<f32>(to, load<f32>(r0))
    store<f32>(to, load<f32>(r1), 4)
    store<f32>(to, load<f32>(r2), 8)
    store<f32>(to, load<f32>(r3), 12)
    to += toStep
    r0 += 4
    r1 += 4
    r2 += 4
    r3 += 4
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
