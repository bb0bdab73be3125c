/**
 * How Winograd's algorithm F(2 × 2, 3 × 3) sees images and filters (Lavin and Gray, "Fast Algorithms for Convolutional Neural
 * Networks", 2016): a tile of 2 × 2 outputs Y of a 4 × 4 patch d and a 3 × 3 filter g is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, which takes 16
 * multiplications instead of 36.
 *
 *        1  0 −1  0         1  0  0
 *   Bᵀ = 0  1  1  0    G =  ½  ½  ½    Aᵀ = 1  1  1  0
 *        0 −1  1  0         ½ −½  ½         0  1 −1 −1
 *        0  1  0 −1         0  0  1
 *
 * Tiles stand in rows, four at least, and the rows of all images one below the other. Transformed tiles stand by their place in the
 * 4 × 4 square, then by channel, then side by side.
 *
 * Words from `shape`: images; channels, height, width of what is read; channels, height, width of what is tiled; top, left padding;
 * rows of tiles that are taken at once; 1 where filters are those of the gradient. src/engine/plan/winograd.ts writes them.
 */
import { storeRow } from './store'

// Byte offsets of the words.
export const IMAGES: usize = 0
export const CHANNELS: usize = 4
export const HEIGHT: usize = 8
export const WIDTH: usize = 12
export const TILED_CHANNELS: usize = 16
export const TILED_HEIGHT: usize = 20
export const TILED_WIDTH: usize = 24
export const TOP: usize = 28
export const LEFT: usize = 32
export const ROWS_AT_ONCE: usize = 36
export const FLIPPED: usize = 40

export function tilesDown(shape: usize): i32 {
  return (load<i32>(shape, TILED_HEIGHT) + 1) / 2
}

export function tilesAcross(shape: usize): i32 {
  return (load<i32>(shape, TILED_WIDTH) + 1) / 2
}

/** Places for so many tiles: they go by eight. */
export function placesFor(tiles: i32): i32 {
  return (tiles + 7) & ~7
}

/** Bytes from one place in the square to the next: no multiple of what the first cache repeats after. */
export function squareStep(channels: i32, places: i32): usize {
  return 4 * <usize>channels * places + 64
}

/** Bytes of a line: as far as the patches of a row of tiles go, and two numbers more. */
function lineBytes(shape: usize): usize {
  return 4 * <usize>(2 * tilesAcross(shape) + 4)
}

/** Bytes of what `prepareLines` makes. */
export function linesBytes(shape: usize): usize {
  return 2 * lineBytes(shape)
}

/** What is read instead of the lines above and below an image: zeros. And which numbers of a line are in the image: all bits 1. */
export function prepareLines(lines: usize, shape: usize): void {
  const left = load<i32>(shape, LEFT)
  const width = load<i32>(shape, WIDTH)
  const inside = lines + lineBytes(shape)
  memory.fill(lines, 0, linesBytes(shape))
  memory.fill(inside + 4 * left, 255, 4 * <usize>width)
}

/**
 * Bᵀ d B of all channels of x: along the lines first, of which the next patch below needs two again.
 * @param to [16, rooms, places], the first of which are taken @param lines see `prepareLines` @param first row of tiles @param count rows
 */
export function transformPatches(
  to: usize,
  step: usize,
  x: usize,
  shape: usize,
  lines: usize,
  first: i32,
  count: i32,
  places: i32
): void {
  const height = load<i32>(shape, HEIGHT)
  const top = load<i32>(shape, TOP)
  const left = load<i32>(shape, LEFT)
  const channels = load<i32>(shape, CHANNELS)
  const width: usize = 4 * load<i32>(shape, WIDTH)
  const down = tilesDown(shape)
  const across = tilesAcross(shape)
  const inside = lines + lineBytes(shape)
  for (let channel = 0; channel < channels; channel++) {
    let at = to + 4 * <usize>channel * places
    for (let row = first; row < first + count;) {
      const above = row % down
      const rows = min(first + count - row, down - above)
      const plane = x + width * <usize>((row / down) * channels + channel) * height
      for (let j = 0; j < across; j += 4) {
        const tile = min(j, across - 4)
        const from = plane + 8 * tile - 4 * left
        const masks = inside + 8 * tile
        const zeros = lines + 8 * tile
        let place = at + 4 * tile
        let line = 2 * above - top
        let source = line >= 0 && line < height ? from + width * line : zeros
        let p = v128.and(v128.load(source), v128.load(masks))
        let q = v128.and(v128.load(source, 16), v128.load(masks, 16))
        let r = v128.and(v128.load(source, 8), v128.load(masks, 8))
        let s = v128.and(v128.load(source, 24), v128.load(masks, 24))
        let even = v128.shuffle<f32>(p, q, 0, 2, 4, 6)
        let odd = v128.shuffle<f32>(p, q, 1, 3, 5, 7)
        let even2 = v128.shuffle<f32>(r, s, 0, 2, 4, 6)
        let odd2 = v128.shuffle<f32>(r, s, 1, 3, 5, 7)
        let a0 = f32x4.sub(even, even2)
        let a1 = f32x4.add(odd, even2)
        let a2 = f32x4.sub(even2, odd)
        let a3 = f32x4.sub(odd, odd2)
        line++
        source = line >= 0 && line < height ? from + width * line : zeros
        p = v128.and(v128.load(source), v128.load(masks))
        q = v128.and(v128.load(source, 16), v128.load(masks, 16))
        r = v128.and(v128.load(source, 8), v128.load(masks, 8))
        s = v128.and(v128.load(source, 24), v128.load(masks, 24))
        even = v128.shuffle<f32>(p, q, 0, 2, 4, 6)
        odd = v128.shuffle<f32>(p, q, 1, 3, 5, 7)
        even2 = v128.shuffle<f32>(r, s, 0, 2, 4, 6)
        odd2 = v128.shuffle<f32>(r, s, 1, 3, 5, 7)
        let b0 = f32x4.sub(even, even2)
        let b1 = f32x4.add(odd, even2)
        let b2 = f32x4.sub(even2, odd)
        let b3 = f32x4.sub(odd, odd2)
        for (let i = 0; i < rows; i++) {
          line++
          source = line >= 0 && line < height ? from + width * line : zeros
          p = v128.and(v128.load(source), v128.load(masks))
          q = v128.and(v128.load(source, 16), v128.load(masks, 16))
          r = v128.and(v128.load(source, 8), v128.load(masks, 8))
          s = v128.and(v128.load(source, 24), v128.load(masks, 24))
          even = v128.shuffle<f32>(p, q, 0, 2, 4, 6)
          odd = v128.shuffle<f32>(p, q, 1, 3, 5, 7)
          even2 = v128.shuffle<f32>(r, s, 0, 2, 4, 6)
          odd2 = v128.shuffle<f32>(r, s, 1, 3, 5, 7)
          const c0 = f32x4.sub(even, even2)
          const c1 = f32x4.add(odd, even2)
          const c2 = f32x4.sub(even2, odd)
          const c3 = f32x4.sub(odd, odd2)
          let target = place
          v128.store(target, f32x4.sub(a0, c0))
          v128.store(target + step, f32x4.sub(a1, c1))
          v128.store(target + 2 * step, f32x4.sub(a2, c2))
          v128.store(target + 3 * step, f32x4.sub(a3, c3))
          target += 4 * step
          v128.store(target, f32x4.add(b0, c0))
          v128.store(target + step, f32x4.add(b1, c1))
          v128.store(target + 2 * step, f32x4.add(b2, c2))
          v128.store(target + 3 * step, f32x4.add(b3, c3))
          target += 4 * step
          v128.store(target, f32x4.sub(c0, b0))
          v128.store(target + step, f32x4.sub(c1, b1))
          v128.store(target + 2 * step, f32x4.sub(c2, b2))
          v128.store(target + 3 * step, f32x4.sub(c3, b3))
          target += 4 * step
          line++
          source = line >= 0 && line < height ? from + width * line : zeros
          p = v128.and(v128.load(source), v128.load(masks))
          q = v128.and(v128.load(source, 16), v128.load(masks, 16))
          r = v128.and(v128.load(source, 8), v128.load(masks, 8))
          s = v128.and(v128.load(source, 24), v128.load(masks, 24))
          even = v128.shuffle<f32>(p, q, 0, 2, 4, 6)
          odd = v128.shuffle<f32>(p, q, 1, 3, 5, 7)
          even2 = v128.shuffle<f32>(r, s, 0, 2, 4, 6)
          odd2 = v128.shuffle<f32>(r, s, 1, 3, 5, 7)
          a0 = f32x4.sub(even, even2)
          a1 = f32x4.add(odd, even2)
          a2 = f32x4.sub(even2, odd)
          a3 = f32x4.sub(odd, odd2)
          v128.store(target, f32x4.sub(b0, a0))
          v128.store(target + step, f32x4.sub(b1, a1))
          v128.store(target + 2 * step, f32x4.sub(b2, a2))
          v128.store(target + 3 * step, f32x4.sub(b3, a3))
          b0 = a0
          b1 = a1
          b2 = a2
          b3 = a3
          a0 = c0
          a1 = c1
          a2 = c2
          a3 = c3
          place += 4 * across
        }
      }
      at += 4 * across * rows
      row += rows
    }
  }
}

/**
 * Aᵀ M A as tiles of channels of y [images, tiled channels, tiled height, tiled width].
 * @param from M [16, rooms, places], the first `wanted` of which are taken @param channel of y, the first
 * @param bias, floor, mask as in micro.ts; the bias is one number for each channel
 */
export function writeTiles(
  y: usize,
  from: usize,
  step: usize,
  shape: usize,
  first: i32,
  count: i32,
  channel: i32,
  wanted: i32,
  places: i32,
  bias: usize,
  floor: f32,
  mask: usize
): void {
  const height = load<i32>(shape, TILED_HEIGHT)
  const width = load<i32>(shape, TILED_WIDTH)
  const channels = load<i32>(shape, TILED_CHANNELS)
  const down = tilesDown(shape)
  const across = tilesAcross(shape)
  const least = f32x4.splat(floor)
  for (let c = 0; c < wanted; c++) {
    const added = bias != 0 ? v128.load32_splat(bias + 4 * (channel + c)) : f32x4.splat(0)
    let at = from + 4 * <usize>c * places
    for (let row = first; row < first + count; row++) {
      const line = 2 * (row % down)
      const to = y + 4 * <usize>(((row / down) * channels + channel + c) * height + line) * width
      const both = line + 1 < height
      for (let j = 0; j < across; j += 4) {
        const tile = min(j, across - 4)
        let source = at + 4 * tile
        let m1 = v128.load(source + step)
        let m2 = v128.load(source + 2 * step)
        let top0 = f32x4.add(f32x4.add(v128.load(source), m1), m2)
        let top1 = f32x4.sub(f32x4.sub(m1, m2), v128.load(source + 3 * step))
        source += 4 * step
        m1 = v128.load(source + step)
        m2 = v128.load(source + 2 * step)
        let low0 = f32x4.add(f32x4.add(v128.load(source), m1), m2)
        let low1 = f32x4.sub(f32x4.sub(m1, m2), v128.load(source + 3 * step))
        top0 = f32x4.add(top0, low0)
        top1 = f32x4.add(top1, low1)
        source += 4 * step
        m1 = v128.load(source + step)
        m2 = v128.load(source + 2 * step)
        let sum = f32x4.add(f32x4.add(v128.load(source), m1), m2)
        top0 = f32x4.add(top0, sum)
        low0 = f32x4.sub(low0, sum)
        sum = f32x4.sub(f32x4.sub(m1, m2), v128.load(source + 3 * step))
        top1 = f32x4.add(top1, sum)
        low1 = f32x4.sub(low1, sum)
        source += 4 * step
        m1 = v128.load(source + step)
        m2 = v128.load(source + 2 * step)
        low0 = f32x4.sub(low0, f32x4.add(f32x4.add(v128.load(source), m1), m2))
        low1 = f32x4.sub(low1, f32x4.sub(f32x4.sub(m1, m2), v128.load(source + 3 * step)))
        top0 = f32x4.pmax(f32x4.add(top0, added), least)
        top1 = f32x4.pmax(f32x4.add(top1, added), least)
        low0 = f32x4.pmax(f32x4.add(low0, added), least)
        low1 = f32x4.pmax(f32x4.add(low1, added), least)
        let a = v128.shuffle<f32>(top0, top1, 0, 4, 1, 5)
        let b = v128.shuffle<f32>(top0, top1, 2, 6, 3, 7)
        let d = v128.shuffle<f32>(low0, low1, 0, 4, 1, 5)
        let e = v128.shuffle<f32>(low0, low1, 2, 6, 3, 7)
        const above = to + 8 * tile
        const below = above + 4 * width
        if (mask != 0) {
          const zero = f32x4.splat(0)
          const maskAt = mask + (above - y)
          const maskBelow = mask + (below - y)
          a = v128.and(a, f32x4.gt(v128.load(maskAt), zero))
          b = v128.and(b, f32x4.gt(v128.load(maskAt, 16), zero))
          // The line below may be none.
          if (both) {
            d = v128.and(d, f32x4.gt(v128.load(maskBelow), zero))
            e = v128.and(e, f32x4.gt(v128.load(maskBelow, 16), zero))
          }
        }
        const left = width - 2 * tile
        if (both && left >= 8) {
          v128.store(above, a)
          v128.store(above, b, 16)
          v128.store(below, d)
          v128.store(below, e, 16)
        } else {
          storeRow(above, a, b, min(8, left))
          if (both) storeRow(below, d, e, min(8, left))
        }
      }
      at += 4 * across
    }
  }
}
