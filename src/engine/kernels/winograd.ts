/**
 * Convolution with 3 × 3 filters by Winograd's algorithm F(2 × 2, 3 × 3) (see winograd-tiles.ts): sixteen matrix products over the
 * channels instead of sums over channels and taps. The gradient by images is a convolution of the gradients with the filters turned
 * around. The gradient by filters is not computed so: rounding then is three times that of plain sums, and an optimizer that
 * divides by the size of gradients (Adam) makes steps of it.
 *
 * Scratch memory, which src/engine/plan/winograd.ts reserves: lines, transformed filters, transformed tiles, products.
 */
import { tiles } from './micro'
import { shareStart } from './share'
import {
  CHANNELS,
  FLIPPED,
  IMAGES,
  linesBytes,
  placesFor,
  prepareLines,
  ROWS_AT_ONCE,
  squareStep,
  TILED_CHANNELS,
  tilesAcross,
  tilesDown,
  transformPatches,
  writeTiles
} from './winograd-tiles'

/** Channels of results that are taken at once. */
const RESULTS_AT_ONCE: i32 = 16

/**
 * y of x and w, stride 1. Threads share rows of tiles.
 * @param bias [tiled channels], or 0 @param floor 0 for ReLU, else −∞ @param mask laid out as y, or 0: y is 0 where it is not above 0
 */
export function winograd(
  y: usize,
  x: usize,
  w: usize,
  bias: usize,
  mask: usize,
  floor: f32,
  shape: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const channels = load<i32>(shape, CHANNELS)
  const results = load<i32>(shape, TILED_CHANNELS)
  const atOnce = load<i32>(shape, ROWS_AT_ONCE)
  const across = tilesAcross(shape)
  const rows = load<i32>(shape, IMAGES) * tilesDown(shape)
  const until = shareStart(rows, atOnce, part + 1, parts)
  const filters = scratch + aligned(linesBytes(shape))
  const filterStep: usize = 16 * <usize>((results + 3) / 4) * channels + 64
  const patches = filters + 16 * filterStep
  const products = patches + 16 * squareStep(channels, placesFor(atOnce * across))
  prepareLines(scratch, shape)
  transformFilters(filters, filterStep, w, channels, results, load<i32>(shape, FLIPPED) != 0)
  for (let row = shareStart(rows, atOnce, part, parts); row < until; row += atOnce) {
    const count = min(atOnce, until - row)
    const places = placesFor(count * across)
    const step = squareStep(channels, places)
    const line: usize = 4 * places
    transformPatches(patches, step, x, shape, scratch, row, count, places)
    for (let m = 0; m < results; m += RESULTS_AT_ONCE) {
      const wanted = min(RESULTS_AT_ONCE, results - m)
      const productStep = squareStep(wanted, places)
      let a = filters + 4 * <usize>m * channels
      let b = patches
      let c = products
      for (let k = 0; k < 16; k++) {
        for (let at: usize = 0; at < line; at += 32) {
          tiles(a, 4, 16, 16 * channels, b + at, line, channels, c + at, line, wanted, 8, 0, true, -Infinity, 0)
        }
        a += filterStep
        b += step
        c += productStep
      }
      writeTiles(y, products, productStep, shape, row, count, m, wanted, places, bias, floor, mask)
    }
  }
}

/**
 * G g Gᵀ of all filters, four results side by side: place k of the square at k · plane, then by four results, then by channel.
 * @param flipped w [channels, results, 3, 3] turned around; else w [results, channels, 3, 3]
 */
function transformFilters(to: usize, plane: usize, w: usize, channels: i32, results: i32, flipped: bool): void {
  const resultStep: usize = 36 * <usize>(flipped ? 1 : channels)
  const channelStep: usize = 36 * <usize>(flipped ? results : 1)
  const first: usize = flipped ? 32 : 0
  const down: usize = <usize>(flipped ? -12 : 12)
  for (let m = 0; m < results; m += 4) {
    const valid = min(4, results - m)
    for (let c = 0; c < channels; c++) {
      const from = w + resultStep * m + channelStep * c + first
      transformFilterRow(to, plane, from, from + down, from + 2 * down, resultStep, valid, flipped, 0)
      transformFilterRow(to + 4 * plane, plane, from, from + down, from + 2 * down, resultStep, valid, flipped, 1)
      transformFilterRow(to + 8 * plane, plane, from, from + down, from + 2 * down, resultStep, valid, flipped, 2)
      transformFilterRow(to + 12 * plane, plane, from, from + down, from + 2 * down, resultStep, valid, flipped, 3)
      to += 16
    }
  }
}

/** Row `which` of G g Gᵀ. @param a the three rows of g, each of which goes backwards when flipped */
function transformFilterRow(
  to: usize,
  plane: usize,
  a: usize,
  b: usize,
  c: usize,
  step: usize,
  valid: i32,
  flipped: bool,
  which: i32
): void {
  const next: usize = <usize>(flipped ? -4 : 4)
  const p = weighted(a, b, c, step, valid, which)
  const q = weighted(a + next, b + next, c + next, step, valid, which)
  const r = weighted(a + 2 * next, b + 2 * next, c + 2 * next, step, valid, which)
  const half = f32x4.splat(0.5)
  const ends = f32x4.add(p, r)
  v128.store(to, p)
  v128.store(to + plane, f32x4.mul(half, f32x4.add(ends, q)))
  v128.store(to + 2 * plane, f32x4.mul(half, f32x4.sub(ends, q)))
  v128.store(to + 3 * plane, r)
}

/** A column of g, times row `which` of G. */
function weighted(a: usize, b: usize, c: usize, step: usize, valid: i32, which: i32): v128 {
  if (which == 0) return fourApart(a, step, valid)
  if (which == 3) return fourApart(c, step, valid)
  const ends = f32x4.add(fourApart(a, step, valid), fourApart(c, step, valid))
  const middle = fourApart(b, step, valid)
  return f32x4.mul(f32x4.splat(0.5), which == 1 ? f32x4.add(ends, middle) : f32x4.sub(ends, middle))
}

function fourApart(from: usize, step: usize, valid: i32): v128 {
  let x = v128.load32_zero(from)
  if (valid > 1) x = v128.load32_lane(from + step, x, 1)
  if (valid > 2) x = v128.load32_lane(from + 2 * step, x, 2)
  if (valid > 3) x = v128.load32_lane(from + 3 * step, x, 3)
  return x
}

function aligned(bytes: usize): usize {
  return (bytes + 63) & ~63
}
