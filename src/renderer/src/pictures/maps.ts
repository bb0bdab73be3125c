/** Small pictures of numbers beside each other: filters, and what layers answer. */
import type { Palette } from '../charts/theme'
import { paintsOf, signColour, type Paints, type Rgb } from './colour'

/** Pictures of one size. */
export interface Maps {
  readonly count: number
  readonly width: number
  readonly height: number
  /** The colour of a pixel; row-major. */
  readonly colourOf: (map: number, pixel: number, paints: Paints) => Rgb
}

/** How maps lie in a place: so many across, each pixel so large. */
export interface Tiling {
  readonly across: number
  readonly lines: number
  /** Of a map's pixel, in px. */
  readonly pixel: number
  readonly gap: number
}

/** Between maps, in px: wide enough that small maps are not taken for one picture. */
const GAP = 6

/** The largest pixels with which all maps fit; maps that are too many stand with pixels of a quarter px, and the last ones are cut off. */
export function tilingOf({ count, width, height }: Maps, room: { width: number; height: number }, most = 24): Tiling {
  const gap = count > 1 ? GAP : 0
  let best: Tiling = { across: Math.max(1, count), lines: 1, pixel: 0, gap }
  for (let across = 1; across <= count; across++) {
    const lines = Math.ceil(count / across)
    const pixel = Math.min(
      most,
      ((room.width + gap) / across - gap) / width,
      ((room.height + gap) / lines - gap) / height
    )
    if (pixel > best.pixel) best = { across, lines, pixel, gap }
  }
  // Whole pixels where there is room for them.
  const pixel = best.pixel >= 2 ? Math.floor(best.pixel) : Math.max(0.25, best.pixel)
  return { ...best, pixel }
}

export function mapPixels(maps: Maps, map: number, paints: Paints): Uint8ClampedArray<ArrayBuffer> {
  const size = maps.width * maps.height
  const pixels = new Uint8ClampedArray(4 * size)
  for (let pixel = 0; pixel < size; pixel++) pixels.set([...maps.colourOf(map, pixel, paints), 255], 4 * pixel)
  return pixels
}

export function drawMaps(
  canvas: HTMLCanvasElement,
  maps: Maps,
  { width, height, palette }: { width: number; height: number; palette: Palette },
  most?: number
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  const { across, pixel, gap } = tilingOf(maps, { width, height }, most)
  const paints = paintsOf(palette)
  const small = new OffscreenCanvas(maps.width, maps.height)
  const [wide, high] = [maps.width * pixel, maps.height * pixel]
  context.strokeStyle = palette('--line')
  for (let map = 0; map < maps.count; map++) {
    small.getContext('2d')?.putImageData(new ImageData(mapPixels(maps, map, paints), maps.width, maps.height), 0, 0)
    const x = (map % across) * (wide + gap)
    const y = Math.floor(map / across) * (high + gap)
    context.drawImage(small, x, y, wide, high)
    if (maps.count > 1 && pixel >= 2) context.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1)
  }
}

/** Numbers [maps, height, width] by sign and size; `largest` has the full colour. */
export function signMaps(
  values: ArrayLike<number>,
  count: number,
  [height, width]: readonly [number, number],
  largest: number
): Maps {
  const size = height * width
  const scale = largest > 0 ? 1 / largest : 0
  return {
    ...{ count, width, height },
    colourOf: (map, pixel, paints) => signColour(paints, (values[map * size + pixel] ?? 0) * scale)
  }
}

/** The largest size among numbers; 0 where there is none. */
export function largestSize(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] ?? 0)
    if (size > largest && Number.isFinite(size)) largest = size
  }
  return largest
}
