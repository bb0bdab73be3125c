/** Operands of a chain that are repeated: block `at` … `at + size` of the repeated tensor, written out. */

export function loadPeriodic(y: usize, a: usize, at: i32, size: i32, period: i32): void {
  let j = at % period
  for (let i = 0; i < size; i++) {
    store<f32>(y + 4 * i, load<f32>(a + 4 * j))
    j++
    if (j == period) j = 0
  }
}

export function loadRepeated(y: usize, a: usize, at: i32, size: i32, times: i32): void {
  let j = at / times
  let left = times - (at % times)
  for (let i = 0; i < size;) {
    const run = min(left, size - i)
    const value = load<f32>(a + 4 * j)
    for (const end = i + run; i < end; i++) store<f32>(y + 4 * i, value)
    j++
    left = times
  }
}

/** @param axes [rank, then size and stride of each axis, outermost first] */
export function loadIndexed(y: usize, a: usize, at: i32, size: i32, axes: usize): void {
  const rank = load<i32>(axes)
  for (let i = 0; i < size; i++) {
    let rest = at + i
    let index = 0
    for (let axis = rank - 1; axis >= 0; axis--) {
      const entry = axes + 4 + 8 * axis
      const length = load<i32>(entry)
      index += (rest % length) * load<i32>(entry, 4)
      rest /= length
    }
    store<f32>(y + 4 * i, load<f32>(a + 4 * index))
  }
}
