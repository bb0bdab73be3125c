/**
 * Pooling and its gradients, plane by plane; threads share the planes.
 *
 * Words from `shape`: planes; height and width of a plane; rows and columns of outputs; kernel, stride, dilation (vertical and
 * horizontal each); top and left padding.
 */
import { shareStart } from './share'

// Byte offsets of the words.
const PLANES: usize = 0
const HEIGHT: usize = 4
const WIDTH: usize = 8
const ROWS: usize = 12
const COLUMNS: usize = 16
const KERNEL_HEIGHT: usize = 20
const KERNEL_WIDTH: usize = 24
const STRIDE_DOWN: usize = 28
const STRIDE_ACROSS: usize = 32
const DILATION_DOWN: usize = 36
const DILATION_ACROSS: usize = 40
const TOP: usize = 44
const LEFT: usize = 48

/** y = v where x is the largest of each window: the first of equal ones, the first NaN where there is one. v may be x. */
export function maxPool2d(y: usize, x: usize, v: usize, shape: usize, part: i32, parts: i32): void {
  const rows = load<i32>(shape, ROWS)
  const columns = load<i32>(shape, COLUMNS)
  const plane: usize = planeBytes(shape)
  const first = shareStart(load<i32>(shape, PLANES), 1, part, parts)
  const until = shareStart(load<i32>(shape, PLANES), 1, part + 1, parts)
  const quick = x == v && isHalving(shape)
  y += 4 * <usize>(first * rows) * columns
  for (let at = first; at < until; at++) {
    const from = x + plane * at
    const values = v + plane * at
    for (let i = 0; i < rows; i++) {
      if (quick) {
        maxOfPairs(y, from + 8 * <usize>(i * load<i32>(shape, WIDTH)), 4 * load<i32>(shape, WIDTH), columns)
      } else {
        for (let j = 0; j < columns; j++) store<f32>(y + 4 * j, load<f32>(values + placeOfLargest(from, shape, i, j)))
      }
      y += 4 * columns
    }
  }
}

/**
 * ∂L/∂x: what each output was given, at the place its value came from; several meet there as their sum.
 * @param positive whether the gradient is 0 where x is not above 0, as behind a ReLU
 */
export function maxPool2dGradient(
  dx: usize,
  x: usize,
  g: usize,
  positive: bool,
  shape: usize,
  part: i32,
  parts: i32
): void {
  const rows = load<i32>(shape, ROWS)
  const columns = load<i32>(shape, COLUMNS)
  const plane: usize = planeBytes(shape)
  const width: usize = 4 * load<i32>(shape, WIDTH)
  const first = shareStart(load<i32>(shape, PLANES), 1, part, parts)
  const until = shareStart(load<i32>(shape, PLANES), 1, part + 1, parts)
  const quick = isHalving(shape)
  g += 4 * <usize>(first * rows) * columns
  for (let at = first; at < until; at++) {
    const to = dx + plane * at
    const from = x + plane * at
    if (!quick || !isCovering(shape)) memory.fill(to, 0, plane)
    for (let i = 0; i < rows; i++) {
      if (quick) {
        spreadToLargest(to + 2 * width * i, from + 2 * width * i, g, width, columns, positive)
      } else {
        for (let j = 0; j < columns; j++) {
          const place = placeOfLargest(from, shape, i, j)
          if (positive && !(load<f32>(from + place) > 0)) continue
          store<f32>(to + place, load<f32>(to + place) + load<f32>(g + 4 * j))
        }
      }
      g += 4 * columns
    }
  }
}

/** y = the mean of each window. @param countsPadding whether it is divided by all taps, or by those that stand on values */
export function avgPool2d(y: usize, x: usize, countsPadding: bool, shape: usize, part: i32, parts: i32): void {
  const rows = load<i32>(shape, ROWS)
  const columns = load<i32>(shape, COLUMNS)
  const plane: usize = planeBytes(shape)
  const first = shareStart(load<i32>(shape, PLANES), 1, part, parts)
  const until = shareStart(load<i32>(shape, PLANES), 1, part + 1, parts)
  y += 4 * <usize>(first * rows) * columns
  for (let at = first; at < until; at++) {
    const from = x + plane * at
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        store<f32>(y, sumOfWindow(from, shape, i, j) * shareOf(shape, i, j, countsPadding))
        y += 4
      }
    }
  }
}

/** ∂L/∂x: what each output was given, shared out evenly among the values it averages. */
export function avgPool2dGradient(dx: usize, g: usize, countsPadding: bool, shape: usize, part: i32, parts: i32): void {
  const rows = load<i32>(shape, ROWS)
  const columns = load<i32>(shape, COLUMNS)
  const plane: usize = planeBytes(shape)
  const first = shareStart(load<i32>(shape, PLANES), 1, part, parts)
  const until = shareStart(load<i32>(shape, PLANES), 1, part + 1, parts)
  g += 4 * <usize>(first * rows) * columns
  for (let at = first; at < until; at++) {
    const to = dx + plane * at
    memory.fill(to, 0, plane)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        addToWindow(to, shape, i, j, load<f32>(g) * shareOf(shape, i, j, countsPadding))
        g += 4
      }
    }
  }
}

function planeBytes(shape: usize): usize {
  return 4 * <usize>load<i32>(shape, HEIGHT) * load<i32>(shape, WIDTH)
}

/** Windows of 2 × 2 side by side, at least four in a row. */
function isHalving(shape: usize): bool {
  return (
    load<i32>(shape, KERNEL_HEIGHT) == 2 &&
    load<i32>(shape, KERNEL_WIDTH) == 2 &&
    load<i32>(shape, STRIDE_DOWN) == 2 &&
    load<i32>(shape, STRIDE_ACROSS) == 2 &&
    load<i32>(shape, DILATION_DOWN) == 1 &&
    load<i32>(shape, DILATION_ACROSS) == 1 &&
    load<i32>(shape, TOP) == 0 &&
    load<i32>(shape, LEFT) == 0 &&
    load<i32>(shape, COLUMNS) >= 4 &&
    2 * load<i32>(shape, ROWS) <= load<i32>(shape, HEIGHT) &&
    2 * load<i32>(shape, COLUMNS) <= load<i32>(shape, WIDTH)
  )
}

/** Whether windows of 2 × 2 side by side leave no value out. */
function isCovering(shape: usize): bool {
  return (
    2 * load<i32>(shape, ROWS) == load<i32>(shape, HEIGHT) && 2 * load<i32>(shape, COLUMNS) == load<i32>(shape, WIDTH)
  )
}

/** A row of outputs, four at a time; the last four overlap those before. */
function maxOfPairs(y: usize, x: usize, width: usize, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    const at = min(j, columns - 4)
    const from = x + 8 * at
    const left = f32x4.max(v128.load(from), v128.load(from + width))
    const right = f32x4.max(v128.load(from, 16), v128.load(from + width, 16))
    const even = v128.shuffle<f32>(left, right, 0, 2, 4, 6)
    const odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7)
    v128.store(y + 4 * at, f32x4.max(even, odd))
  }
}

/** Two rows of dx for a row of outputs, eight values at a time. */
function spreadToLargest(dx: usize, x: usize, g: usize, width: usize, columns: i32, positive: bool): void {
  const below: v128 = f32x4.splat(positive ? 0 : -Infinity)
  for (let j = 0; j < columns; j += 4) {
    const at = min(j, columns - 4)
    const from = x + 8 * at
    const to = dx + 8 * at
    const low = v128.load(from)
    const high = v128.load(from, 16)
    const low2 = v128.load(from + width)
    const high2 = v128.load(from + width, 16)
    const a = v128.shuffle<f32>(low, high, 0, 2, 4, 6)
    const b = v128.shuffle<f32>(low, high, 1, 3, 5, 7)
    const c = v128.shuffle<f32>(low2, high2, 0, 2, 4, 6)
    const d = v128.shuffle<f32>(low2, high2, 1, 3, 5, 7)
    const largest = f32x4.max(f32x4.max(a, b), f32x4.max(c, d))
    let given = v128.load(g + 4 * at)
    if (positive) given = v128.and(given, f32x4.gt(largest, below))
    // Not equal to itself: NaN, and then the largest is NaN too.
    const isA = v128.or(f32x4.eq(a, largest), f32x4.ne(a, a))
    const toA = v128.and(given, isA)
    given = v128.andnot(given, isA)
    const isB = v128.or(f32x4.eq(b, largest), f32x4.ne(b, b))
    const toB = v128.and(given, isB)
    given = v128.andnot(given, isB)
    const isC = v128.or(f32x4.eq(c, largest), f32x4.ne(c, c))
    const toC = v128.and(given, isC)
    const toD = v128.andnot(given, isC)
    v128.store(to, v128.shuffle<f32>(toA, toB, 0, 4, 1, 5))
    v128.store(to, v128.shuffle<f32>(toA, toB, 2, 6, 3, 7), 16)
    v128.store(to + width, v128.shuffle<f32>(toC, toD, 0, 4, 1, 5))
    v128.store(to + width, v128.shuffle<f32>(toC, toD, 2, 6, 3, 7), 16)
  }
}

/** Bytes from the beginning of the plane. */
function placeOfLargest(x: usize, shape: usize, row: i32, column: i32): usize {
  const width = load<i32>(shape, WIDTH)
  const top = row * load<i32>(shape, STRIDE_DOWN) - load<i32>(shape, TOP)
  const left = column * load<i32>(shape, STRIDE_ACROSS) - load<i32>(shape, LEFT)
  const bottom = top + load<i32>(shape, KERNEL_HEIGHT) * load<i32>(shape, DILATION_DOWN)
  const right = left + load<i32>(shape, KERNEL_WIDTH) * load<i32>(shape, DILATION_ACROSS)
  let best: f32 = 0
  let place = -1
  for (let i = top; i < bottom; i += load<i32>(shape, DILATION_DOWN)) {
    if (i < 0 || i >= load<i32>(shape, HEIGHT)) continue
    for (let j = left; j < right; j += load<i32>(shape, DILATION_ACROSS)) {
      if (j < 0 || j >= width) continue
      const value = load<f32>(x + 4 * (i * width + j))
      if (place < 0 || value > best || (value != value && best == best)) {
        best = value
        place = i * width + j
      }
    }
  }
  return 4 * place
}

function sumOfWindow(x: usize, shape: usize, row: i32, column: i32): f32 {
  const width = load<i32>(shape, WIDTH)
  const top = row * load<i32>(shape, STRIDE_DOWN) - load<i32>(shape, TOP)
  const left = column * load<i32>(shape, STRIDE_ACROSS) - load<i32>(shape, LEFT)
  const bottom = top + load<i32>(shape, KERNEL_HEIGHT) * load<i32>(shape, DILATION_DOWN)
  const right = left + load<i32>(shape, KERNEL_WIDTH) * load<i32>(shape, DILATION_ACROSS)
  let sum: f32 = 0
  for (let i = top; i < bottom; i += load<i32>(shape, DILATION_DOWN)) {
    if (i < 0 || i >= load<i32>(shape, HEIGHT)) continue
    for (let j = left; j < right; j += load<i32>(shape, DILATION_ACROSS)) {
      if (j >= 0 && j < width) sum += load<f32>(x + 4 * (i * width + j))
    }
  }
  return sum
}

function addToWindow(x: usize, shape: usize, row: i32, column: i32, value: f32): void {
  const width = load<i32>(shape, WIDTH)
  const top = row * load<i32>(shape, STRIDE_DOWN) - load<i32>(shape, TOP)
  const left = column * load<i32>(shape, STRIDE_ACROSS) - load<i32>(shape, LEFT)
  const bottom = top + load<i32>(shape, KERNEL_HEIGHT) * load<i32>(shape, DILATION_DOWN)
  const right = left + load<i32>(shape, KERNEL_WIDTH) * load<i32>(shape, DILATION_ACROSS)
  for (let i = top; i < bottom; i += load<i32>(shape, DILATION_DOWN)) {
    if (i < 0 || i >= load<i32>(shape, HEIGHT)) continue
    for (let j = left; j < right; j += load<i32>(shape, DILATION_ACROSS)) {
      if (j < 0 || j >= width) continue
      const at = x + 4 * (i * width + j)
      store<f32>(at, load<f32>(at) + value)
    }
  }
}

/** 1 / the number of values that an output averages. */
function shareOf(shape: usize, row: i32, column: i32, countsPadding: bool): f32 {
  const height = load<i32>(shape, KERNEL_HEIGHT)
  const width = load<i32>(shape, KERNEL_WIDTH)
  if (countsPadding) return 1 / <f32>(height * width)
  const top = row * load<i32>(shape, STRIDE_DOWN) - load<i32>(shape, TOP)
  const left = column * load<i32>(shape, STRIDE_ACROSS) - load<i32>(shape, LEFT)
  const down = tapsOnValues(top, height, load<i32>(shape, DILATION_DOWN), load<i32>(shape, HEIGHT))
  const across = tapsOnValues(left, width, load<i32>(shape, DILATION_ACROSS), load<i32>(shape, WIDTH))
  return 1 / <f32>(down * across)
}

/** Taps from `start` on, `dilation` apart, that stand at 0 to below `size`. */
function tapsOnValues(start: i32, kernel: i32, dilation: i32, size: i32): i32 {
  let count = 0
  for (let tap = 0; tap < kernel; tap++) {
    const at = start + tap * dilation
    if (at >= 0 && at < size) count++
  }
  return count
}
