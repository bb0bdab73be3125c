/**
 * The gradient of a convolution by its 3 × 3 filters where its outputs were pooled, 2 × 2 into their largest: of four gradients by outputs
 * three are 0, and are left out. The words from `shape` are those of conv.ts.
 */
import {
  CHANNELS,
  clearFrame,
  FRAME_HEIGHT,
  FRAME_WIDTH,
  framedImage,
  IMAGES,
  OTHER_CHANNELS,
  OTHER_HEIGHT,
  OTHER_WIDTH
} from './conv'
import { madd } from './math'
import { shareStart } from './share'

/** Bytes of the sums of a filter: a vector for each of its three lines, of even and of odd places. */
const SUM_BYTES: usize = 96

/**
 * ∂L/∂w [M, C, 3, 3] of x [N, C, H, W], y [N, M, rows, columns] and g [N, M, rows / 2, columns / 2]. Threads share the channels of y.
 * @param scratch places of the largest, then sums, then the frame of an image
 */
export function unpooledWeightGradient(
  w: usize,
  x: usize,
  y: usize,
  g: usize,
  shape: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const channels = load<i32>(shape, CHANNELS)
  const results = load<i32>(shape, OTHER_CHANNELS)
  const first = shareStart(results, 1, part, parts)
  const until = shareStart(results, 1, part + 1, parts)
  const rows = load<i32>(shape, OTHER_HEIGHT) / 2
  const columns = load<i32>(shape, OTHER_WIDTH) / 2
  const line: usize = 4 * load<i32>(shape, FRAME_WIDTH)
  const plane = line * load<i32>(shape, FRAME_HEIGHT)
  const outputs: usize = 4 * <usize>(rows * columns)
  const sums = scratch + outputs
  const frame = sums + SUM_BYTES * <usize>results * channels
  clearFrame(frame, shape)
  memory.fill(sums, 0, SUM_BYTES * <usize>results * channels)
  const images = load<i32>(shape, IMAGES)
  for (let image = 0; image < images; image++) {
    const source = framedImage(frame, x, image, shape)
    for (let m = first; m < until; m++) {
      const at: usize = image * results + m
      placesOfLargest(scratch, y + 4 * outputs * at, rows, columns, line)
      for (let c = 0; c < channels; c++) {
        const sum = sums + SUM_BYTES * <usize>(m * channels + c)
        addPlaces(sum, source + plane * c, line, scratch, g + outputs * at, rows * columns)
      }
    }
  }
  for (let m = first; m < until; m++) {
    for (let c = 0; c < channels; c++) {
      const filter = m * channels + c
      const sum = sums + SUM_BYTES * filter
      for (let u: usize = 0; u < 3; u++) {
        const total = f32x4.add(v128.load(sum + 16 * u), v128.load(sum + 16 * u, 48))
        const to = w + 36 * <usize>filter + 12 * u
        v128.store64_lane(to, total, 0)
        v128.store32_lane(to, total, 2, 8)
      }
    }
  }
}

/**
 * Where in the frame the window of the largest of each 2 × 2 outputs begins, in bytes: the first of equal ones, the first NaN where there
 * is one.
 */
function placesOfLargest(to: usize, y: usize, rows: i32, columns: i32, line: usize): void {
  const width: usize = 8 * columns
  const beside = i32x4.splat(4)
  const below = i32x4.splat(<i32>line)
  const both = i32x4.splat(<i32>line + 4)
  const windows = i32x4(0, 8, 16, 24)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      // The last four overlap those before.
      const column = min(j, columns - 4)
      const from = y + 8 * column
      const low = v128.load(from)
      const high = v128.load(from, 16)
      const low2 = v128.load(from + width)
      const high2 = v128.load(from + width, 16)
      const a = v128.shuffle<f32>(low, high, 0, 2, 4, 6)
      const b = v128.shuffle<f32>(low, high, 1, 3, 5, 7)
      const c = v128.shuffle<f32>(low2, high2, 0, 2, 4, 6)
      const d = v128.shuffle<f32>(low2, high2, 1, 3, 5, 7)
      const largest = f32x4.max(f32x4.max(a, b), f32x4.max(c, d))
      // Not equal to itself: NaN, and then the largest is NaN too.
      let place = v128.bitselect(below, both, v128.or(f32x4.eq(c, largest), f32x4.ne(c, c)))
      place = v128.bitselect(beside, place, v128.or(f32x4.eq(b, largest), f32x4.ne(b, b)))
      place = v128.andnot(place, v128.or(f32x4.eq(a, largest), f32x4.ne(a, a)))
      const start = i32x4.add(windows, i32x4.splat(<i32>(2 * line * i) + 8 * column))
      v128.store(to + 4 * column, i32x4.add(start, place))
    }
    to += 4 * columns
    y += 2 * width
  }
}

/** Adds g · x to the sums of a filter, for the three lines that a window meets. */
function addPlaces(sum: usize, x: usize, line: usize, places: usize, g: usize, count: i32): void {
  let a0 = v128.load(sum)
  let a1 = v128.load(sum, 16)
  let a2 = v128.load(sum, 32)
  let b0 = v128.load(sum, 48)
  let b1 = v128.load(sum, 64)
  let b2 = v128.load(sum, 80)
  let i = 0
  for (; i + 2 <= count; i += 2) {
    const at = x + <usize>load<i32>(places)
    const p = v128.load32_splat(g)
    a0 = madd(p, v128.load(at), a0)
    a1 = madd(p, v128.load(at + line), a1)
    a2 = madd(p, v128.load(at + 2 * line), a2)
    const next = x + <usize>load<i32>(places, 4)
    const q = v128.load32_splat(g, 4)
    b0 = madd(q, v128.load(next), b0)
    b1 = madd(q, v128.load(next + line), b1)
    b2 = madd(q, v128.load(next + 2 * line), b2)
    places += 8
    g += 8
  }
  if (i < count) {
    const at = x + <usize>load<i32>(places)
    const p = v128.load32_splat(g)
    a0 = madd(p, v128.load(at), a0)
    a1 = madd(p, v128.load(at + line), a1)
    a2 = madd(p, v128.load(at + 2 * line), a2)
  }
  v128.store(sum, a0)
  v128.store(sum, a1, 16)
  v128.store(sum, a2, 32)
  v128.store(sum, b0, 48)
  v128.store(sum, b1, 64)
  v128.store(sum, b2, 80)
}
