/** How what arrives of the error is drawn: by its ratio to what leaves the output, on a logarithmic scale that is the same for all networks. */
import { shortNumber } from '../../../../engine/catalog'
import type { LayerFlow } from '../../../../shared/gradient-views'

/** Powers of ten from the middle of the scale to either end. */
const DECADES = 4
/** Of lines, in px: at the lower end, where the error is as at the output, and at the upper end. */
const WIDTHS_PX = [0.5, 2, 6] as const
const FAINTEST = 0.06
/** Times the radius of a unit at the upper end. */
const SWOLLEN = 1.55

/** What the ratios are to: mean |δ| of the output; null where it has none. */
export function referenceOf(layers: readonly LayerFlow[]): number | null {
  const delta = layers.at(-1)?.delta ?? Number.NaN
  return delta > 0 && Number.isFinite(delta) ? delta : null
}

/** −1 for 1/10,000 and less, 0 for as much as at the output, 1 for 10,000 times as much and more; null for no number. */
export function placeOf(delta: number, reference: number | null): number | null {
  if (reference === null || Number.isNaN(delta)) return null
  return Math.min(1, Math.max(-1, Math.log10(delta / reference) / DECADES))
}

export interface ArrivalLook {
  readonly widthPx: number
  /** 0…1 */
  readonly opacity: number
  /** Of a unit's radius. */
  readonly size: number
}

/** Fades below the middle, swells above it. */
export function lookAt(place: number): ArrivalLook {
  const [low, middle, high] = WIDTHS_PX
  if (place <= 0) {
    const left = 1 + place
    return { widthPx: low + (middle - low) * left, opacity: FAINTEST + (1 - FAINTEST) * left ** 1.5, size: 1 }
  }
  return { widthPx: middle + (high - middle) * place, opacity: 1, size: 1 + (SWOLLEN - 1) * place }
}

/** As CSS: the accent, towards orange where the error has grown. */
export function arrivalColour(place: number): string {
  return `color-mix(in oklab, var(--negative) ${Math.round(100 * Math.max(0, place))}%, var(--accent))`
}

/** "1/3,400", "1/8.2e5", "×12", "×1"; a dash where there is nothing to compare with. */
export function ratioText(delta: number, reference: number | null): string {
  if (reference === null || Number.isNaN(delta)) return '–'
  const ratio = delta / reference
  if (ratio === 0) return 'nothing'
  return ratio < 1 ? `1/${foldText(1 / ratio)}` : `×${foldText(ratio)}`
}

/** Short enough to stand under a layer: "3,400", "8.2e5". */
function foldText(fold: number): string {
  return fold >= 1e5 && Number.isFinite(fold) ? fold.toExponential(1).replace('e+', 'e') : shortNumber(fold)
}

/** Of the legend. */
export const arrivalStops: readonly { readonly place: number; readonly text: string }[] = [
  { place: -1, text: '1/10,000 or less' },
  { place: -0.5, text: '1/100' },
  { place: 0, text: 'as at the output' },
  { place: 0.5, text: '×100' },
  { place: 1, text: '×10,000 or more' }
]
