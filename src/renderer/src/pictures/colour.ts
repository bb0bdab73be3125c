/** Colours of the theme as numbers, mixed for canvases. */
import type { Token } from '../charts/chart'
import type { Palette } from '../charts/theme'

/** Red, green, blue from 0 to 255. */
export type Rgb = readonly [number, number, number]

/** `#rgb` or `#rrggbb`, with or without opacity, which is left out; grey for anything else. */
export function parseColour(text: string): Rgb {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(text)?.[1] ?? ''
  const wide = digits.length >= 6
  const channel = (index: number): number => {
    const part = wide ? digits.slice(2 * index, 2 * index + 2) : (digits[index] ?? '').repeat(2)
    return part === '' ? 128 : parseInt(part, 16)
  }
  return [channel(0), channel(1), channel(2)]
}

/** From one colour to another: `share` 0 is the first, 1 the second. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const at = (k: 0 | 1 | 2) => one[k] + (other[k] - one[k]) * share
  return [at(0), at(1), at(2)]
}

/** What pictures of a run are painted with. */
export interface Paints {
  readonly panel: Rgb
  readonly negative: Rgb
  readonly positive: Rgb
  readonly classes: readonly Rgb[]
}

export const CLASS_COLOURS = 5

export function classToken(index: number): Token {
  return `--class-${(index % CLASS_COLOURS) + 1}`
}

export function paintsOf(palette: Palette): Paints {
  return {
    panel: parseColour(palette('--panel')),
    negative: parseColour(palette('--negative')),
    positive: parseColour(palette('--positive')),
    classes: Array.from({ length: CLASS_COLOURS }, (_, index) => parseColour(palette(classToken(index))))
  }
}

/** A number from −1 to 1 by its sign and size; NaN is as the panel. */
export function signColour({ panel, negative, positive }: Paints, value: number, strength = 1): Rgb {
  const size = Math.min(1, Math.abs(value)) || 0
  return mix(panel, value < 0 ? negative : positive, strength * size)
}
