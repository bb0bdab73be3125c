/** Operands of a chain that are repeated: block `at` … `at + size` of the repeated tensor, written out. */
import { copyNumbers, fillNumbers } from './copy'

export function loadPeriodic(y: usize, a: usize, at: i32, size: i32, period: i32): void {
  let j = at % period
  for (let i = 0; i < size;) {
    const run = min(period - j, size - i)
    copyNumbers(y + 4 * i, a + 4 * j, run)
    i += run
    j = 0
  }
}

export function loadRepeated(y: usize, a: usize, at: i32, size: i32, times: i32): void {
  loadCycled(y, a, at, size, times, i32.MAX_VALUE)
}

/** a[⌊i / times⌋ mod period] */
export function loadCycled(y: usize, a: usize, at: i32, size: i32, times: i32, period: i32): void {
  let j = (at / times) % period
  let left = times - (at % times)
  for (let i = 0; i < size;) {
    const run = min(left, size - i)
    fillNumbers(y + 4 * i, load<f32>(a + 4 * j), run)
    i += run
    left = times
    j++
    if (j == period) j = 0
  }
}

/** @param axes [rank, then size and stride of each axis, outermost first] */
export function loadIndexed(y: usize, a: usize, at: i32, size: i32, axes: usize): void {
  const rank = load<i32>(axes)
  const last = axes + 4 + 8 * (rank - 1)
  const inner = load<i32>(last)
  const moves = load<i32>(last, 4) != 0
  let j = at % inner
  let outer = at / inner
  for (let i = 0; i < size; outer++) {
    let rest = outer
    let index = 0
    for (let axis = rank - 2; axis >= 0; axis--) {
      const entry = axes + 4 + 8 * axis
      const length = load<i32>(entry)
      index += (rest % length) * load<i32>(entry, 4)
      rest /= length
    }
    const run = min(inner - j, size - i)
    // Along the last axis numbers follow each other, or one is repeated.
    if (moves) copyNumbers(y + 4 * i, a + 4 * (index + j), run)
    else fillNumbers(y + 4 * i, load<f32>(a + 4 * index), run)
    i += run
    j = 0
  }
}
