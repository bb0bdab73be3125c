/** Numbers moved as they are: parts of rows, rows of tables. */
import { shareStart } from './share'
import { all, madd } from './math'
import { storeSome } from './store'

/** `count` numbers, in vectors; nothing past them is written. */
export function copyNumbers(to: usize, from: usize, count: i32): void {
  let left = count
  for (; left >= 4; left -= 4) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  if (left > 0) storeSome(to, v128.load(from), left)
}

export function fillNumbers(to: usize, value: f32, count: i32): void {
  const four = all(value)
  let left = count
  for (; left >= 4; left -= 4) {
    v128.store(to, four)
    to += 16
  }
  if (left > 0) storeSome(to, four, left)
}

/**
 * `runs` runs of `length` numbers: run i from x + offset + i · step to y + toOffset + i · toStep, all counted in numbers.
 * @param padded whether the rest of each toStep numbers becomes 0
 */
export function copyRuns(
  y: usize,
  x: usize,
  runs: i32,
  length: i32,
  offset: i32,
  step: i32,
  toOffset: i32,
  toStep: i32,
  padded: bool,
  part: i32,
  parts: i32
): void {
  const until = shareStart(runs, 1, part + 1, parts)
  const behind = toStep - toOffset - length
  for (let run = shareStart(runs, 1, part, parts); run < until; run++) {
    const to = y + 4 * (<usize>run * toStep + toOffset)
    copyNumbers(to, x + 4 * (<usize>run * step + offset), length)
    if (padded) {
      fillNumbers(to - 4 * <usize>toOffset, 0, toOffset)
      fillNumbers(to + 4 * <usize>length, 0, behind)
    }
  }
}

/** The row of a table that a number names, or −1 when it names none. */
function rowOf(place: usize, rows: i32): i32 {
  const value = load<f32>(place)
  const index = <i32>value
  return <f32>index == value && index >= 0 && index < rows ? index : -1
}

/** y[i, :] = table[indices[i], :]; NaN where that is no row. Threads share the places i. */
export function gatherRows(
  y: usize,
  table: usize,
  indices: usize,
  places: i32,
  width: i32,
  rows: i32,
  part: i32,
  parts: i32
): void {
  const bytes = 4 * <usize>width
  const until = shareStart(places, 1, part + 1, parts)
  for (let i = shareStart(places, 1, part, parts); i < until; i++) {
    const row = rowOf(indices + 4 * <usize>i, rows)
    if (row < 0) fillNumbers(y + bytes * i, NaN, width)
    else copyNumbers(y + bytes * i, table + bytes * row, width)
  }
}

/**
 * y[k, :] = Σ x[i, :] over the places where indices[i] = k, in their order. Threads share the rows k: each goes through
 * all places and takes those of its rows.
 */
export function scatterRows(
  y: usize,
  x: usize,
  indices: usize,
  places: i32,
  width: i32,
  rows: i32,
  part: i32,
  parts: i32
): void {
  const from = shareStart(rows, 1, part, parts)
  const until = shareStart(rows, 1, part + 1, parts)
  const bytes = 4 * <usize>width
  fillNumbers(y + bytes * from, 0, (until - from) * width)
  for (let i = 0; i < places; i++, x += bytes) {
    const row = rowOf(indices + 4 * <usize>i, rows)
    if (row >= from && row < until) addNumbers(y + bytes * row, x, width)
  }
}

/** to += from */
export function addNumbers(to: usize, from: usize, count: i32): void {
  let left = count
  for (; left >= 4; left -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
    to += 16
    from += 16
  }
  if (left > 0) storeSome(to, f32x4.add(v128.load(to), v128.load(from)), left)
}

/** to += a · b */
export function addProducts(to: usize, a: usize, b: usize, count: i32): void {
  let left = count
  for (; left >= 4; left -= 4) {
    v128.store(to, madd(v128.load(a), v128.load(b), v128.load(to)))
    to += 16
    a += 16
    b += 16
  }
  if (left > 0) storeSome(to, madd(v128.load(a), v128.load(b), v128.load(to)), left)
}

/**
 * The numbers of x in another order. Words from `axes`: rank, then for each axis of y, outermost first, its size and the
 * stride along it in x. Threads share runs along the last axis.
 */
export function transpose(y: usize, x: usize, axes: usize, part: i32, parts: i32): void {
  const rank = load<i32>(axes)
  const last = axes + 4 + 8 * (rank - 1)
  const inner = load<i32>(last)
  const stride = 4 * <usize>load<i32>(last, 4)
  let runs = 1
  for (let axis = 0; axis < rank - 1; axis++) runs *= load<i32>(axes + 4 + 8 * axis)
  const until = shareStart(runs, 1, part + 1, parts)
  for (let run = shareStart(runs, 1, part, parts); run < until; run++) {
    let rest = run
    let from = x
    for (let axis = rank - 2; axis >= 0; axis--) {
      const entry = axes + 4 + 8 * axis
      const length = load<i32>(entry)
      from += 4 * <usize>(rest % length) * load<i32>(entry, 4)
      rest /= length
    }
    const to = y + 4 * <usize>run * inner
    if (stride == 4) copyNumbers(to, from, inner)
    else {
      for (let i = 0; i < inner; i++) {
        store<f32>(to + 4 * i, load<f32>(from))
        from += stride
      }
    }
  }
}
