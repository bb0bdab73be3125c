/** A surface as a map: which band a height is in, and where the lines between bands run. */
import { mix, type Rgb } from '../../pictures/colour'

/** Bands between the lowest and the highest place. */
export const BANDS = 18
/** Of a line between two bands, in px. */
const LINE = 0.8
/** Share of the way to the line's colour. */
const LINE_STRENGTH = 0.5

/** From 0 at the lowest height of a grid to 1 at the highest; a half is the height that half of the places are below. */
export type Level = (height: number) => number

/**
 * ln(1 + k·h) / ln(1 + k) of the share h of the whole height, k such that the median is in the middle: 2m + k·m² = 1. Where
 * steep walls stand around a flat floor, the floor has as many lines as the walls.
 */
export function levelOf(heights: ArrayLike<number>): Level {
  const sorted = Float64Array.from(heights).filter(Number.isFinite).sort()
  const [lowest = 0, highest = 1] = [sorted[0], sorted.at(-1)]
  const range = highest - lowest || 1
  const median = ((sorted[sorted.length >> 1] ?? 0) - lowest) / range
  const k = median > 0 ? (1 - 2 * median) / median ** 2 : 0
  if (k < 1e-3) return (height) => (height - lowest) / range
  return (height) => Math.log1p((k * (height - lowest)) / range) / Math.log1p(k)
}

export interface MapInput {
  /** Row after row from the lowest y, each from the lowest x (`surfaceGrid`). */
  readonly grid: Float64Array
  /** In device px; row after row from the top. */
  readonly width: number
  readonly height: number
  /** Device px of one px. */
  readonly ratio: number
  readonly low: Rgb
  readonly high: Rgb
  readonly line: Rgb
}

/** The picture of a surface, RGBA: bands from the colour of the lowest to that of the highest, with lines between them. */
export function mapPixels({ grid, width, height, ratio, low, high, line }: MapInput): Uint8ClampedArray<ArrayBuffer> {
  const size = Math.round(Math.sqrt(grid.length))
  const level = levelOf(grid)
  const levels = Float64Array.from(grid, (value) => BANDS * level(value))
  const at = new Float64Array(width * height)
  for (let row = 0; row < height; row++) {
    const up = ((height - 1 - row) / Math.max(1, height - 1)) * (size - 1)
    for (let column = 0; column < width; column++) {
      const across = (column / Math.max(1, width - 1)) * (size - 1)
      at[row * width + column] = between(levels, size, across, up)
    }
  }
  const bands = Array.from({ length: BANDS }, (_, band) => mix(low, high, band / (BANDS - 1)))
  const pixels = new Uint8ClampedArray(4 * width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const place = row * width + column
      const here = at[place] ?? 0
      const right = at[column + 1 < width ? place + 1 : place - 1] ?? here
      const below = at[row + 1 < height ? place + width : place - width] ?? here
      // How far away the nearest line is, by how fast the level changes here.
      const slope = Math.hypot(right - here, below - here)
      const toLine = slope === 0 ? Infinity : Math.abs(here - Math.round(here)) / slope
      const strength = LINE_STRENGTH * Math.min(1, Math.max(0, (LINE * ratio) / 2 + 0.5 - toLine))
      const band = bands[Math.min(BANDS - 1, Math.max(0, Math.floor(here)))] ?? low
      const [r, g, b] = mix(band, line, strength)
      pixels.set([r, g, b, 255], 4 * place)
    }
  }
  return pixels
}

/** Between the four places around. */
function between(levels: Float64Array, size: number, across: number, up: number): number {
  const [column, row] = [Math.min(size - 2, Math.floor(across)), Math.min(size - 2, Math.floor(up))]
  const [x, y] = [across - column, up - row]
  const value = (r: number, c: number) => levels[r * size + c] ?? 0
  const lower = value(row, column) * (1 - x) + value(row, column + 1) * x
  const upper = value(row + 1, column) * (1 - x) + value(row + 1, column + 1) * x
  return lower * (1 - y) + upper * y
}
