/** Losses over a plane as they become known, and what is drawn of them: pure numbers. */
import type { LandscapeView } from '../../../../shared/landscape-views'

/** What is known of a landscape so far. */
export interface Landscape {
  /** Without its losses. */
  readonly view: LandscapeView
  /** [size, size]: row · size + column; NaN where the loss is not known, or none. */
  readonly losses: Float64Array
  readonly known: Uint8Array
}

/**
 * What was known with what is told.
 * @returns null where losses in between are missing: all has to be asked for
 */
export function joined(before: Landscape | null, view: LandscapeView): Landscape | null {
  const same = before !== null && before.view.id === view.id ? before : null
  if (view.from > (same?.view.done ?? 0)) return null
  // An answer may come later than what was told live.
  if (same !== null && view.done < same.view.done) return same
  const losses = same?.losses.slice() ?? new Float64Array(view.total).fill(NaN)
  const known = same?.known.slice() ?? new Uint8Array(view.total)
  view.places.forEach((place, i) => {
    losses[place] = view.losses[i] ?? NaN
    known[place] = 1
  })
  const { ground } = view
  return { view: { ...view, ground, places: new Int32Array(), losses: new Float64Array() }, losses, known }
}

/** A loss for every place: what is not known yet lies between the nearest ones of the coarser picture. Null before the first one. */
export function filled({ view, losses, known }: Landscape): Float64Array | null {
  const { stride } = view
  const size = view.choice.size
  if (stride === 0) return null
  if (stride === 1) return losses
  const last = size - 1
  const whole = losses.slice()
  const cell = (at: number): readonly [low: number, high: number, share: number] => {
    const low = Math.min(at - (at % stride), last)
    const high = Math.min(low + stride, last)
    return [low, high, high === low ? 0 : (at - low) / (high - low)]
  }
  for (let row = 0; row < size; row++) {
    const [r0, r1, down] = cell(row)
    for (let column = 0; column < size; column++) {
      const place = row * size + column
      if (known[place] === 1) continue
      const [c0, c1, along] = cell(column)
      const at = (r: number, c: number) => losses[r * size + c] ?? NaN
      whole[place] = mixed(mixed(at(r0, c0), at(r0, c1), along), mixed(at(r1, c0), at(r1, c1), along), down)
    }
  }
  return whole
}

function mixed(one: number, other: number, share: number): number {
  return share === 0 ? one : one + (other - one) * share
}

/** Bands of colour, from the lowest loss to the highest. */
export const BANDS = 14

/** From a loss to a place on the colour scale, 0 to 1. */
export interface LossScale {
  readonly low: number
  readonly high: number
  readonly logarithmic: boolean
}

/** Losses further apart than this are told apart on a logarithmic scale alone. */
const WIDE = 50

/** Of all losses that are numbers; null where none is. @param logarithmic null: where they are far apart */
export function scaleOf(losses: ArrayLike<number>, logarithmic: boolean | null): LossScale | null {
  let [low, high, positive] = [Infinity, -Infinity, Infinity]
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i] ?? NaN
    if (!Number.isFinite(loss)) continue
    if (loss < low) low = loss
    if (loss > high) high = loss
    if (loss > 0 && loss < positive) positive = loss
  }
  if (low > high) return null
  const log = (logarithmic ?? (low > 0 && high / low > WIDE)) && high > 0
  return { low: log ? Math.min(positive, high) : low, high, logarithmic: log }
}

/** NaN for what is no number. */
export function onScale({ low, high, logarithmic }: LossScale, loss: number): number {
  if (!Number.isFinite(loss)) return NaN
  if (high === low) return 0
  if (!logarithmic) return (loss - low) / (high - low)
  return Math.max(0, Math.log(loss <= 0 ? 1 : loss / low) / Math.log(high / low))
}

/** The loss at a place of the scale. */
export function lossAt({ low, high, logarithmic }: LossScale, share: number): number {
  return logarithmic ? low * (high / low) ** share : low + (high - low) * share
}

/** Between four places, by their values; x and y in columns and rows. */
export function between(values: ArrayLike<number>, size: number, x: number, y: number): number {
  const c = Math.max(0, Math.min(size - 2, Math.floor(x)))
  const r = Math.max(0, Math.min(size - 2, Math.floor(y)))
  const [along, up] = [x - c, y - r]
  const at = (row: number, column: number) => values[row * size + column] ?? NaN
  return mixed(mixed(at(r, c), at(r, c + 1), along), mixed(at(r + 1, c), at(r + 1, c + 1), along), up)
}

/** From one point to another, in columns and rows. */
export type Segment = readonly [x0: number, y0: number, x1: number, y1: number]

/**
 * Lines of one height through a grid: marching squares (Lorensen and Cline 1987, in two dimensions). A saddle is parted by the mean of
 * its corners. Cells with a value that is no number have no line.
 */
export function contour(values: ArrayLike<number>, size: number, level: number): Segment[] {
  const segments: Segment[] = []
  for (let r = 0; r < size - 1; r++) {
    for (let c = 0; c < size - 1; c++) {
      const corners = [
        values[r * size + c] ?? NaN,
        values[r * size + c + 1] ?? NaN,
        values[(r + 1) * size + c + 1] ?? NaN,
        values[(r + 1) * size + c] ?? NaN
      ] as const
      if (corners.some(Number.isNaN)) continue
      const [a, b, d, e] = corners
      const share = (from: number, to: number) => (level - from) / (to - from)
      /** Where the line crosses the four edges, in order around the cell; null where it does not. */
      const edges: readonly (readonly [number, number] | null)[] = [
        a < level === b < level ? null : [c + share(a, b), r],
        b < level === d < level ? null : [c + 1, r + share(b, d)],
        e < level === d < level ? null : [c + share(e, d), r + 1],
        a < level === e < level ? null : [c, r + share(a, e)]
      ]
      const crossed = edges.filter((edge) => edge !== null)
      if (crossed.length === 2) push(segments, crossed[0], crossed[1])
      if (crossed.length < 4) continue
      const [bottom, right, top, left] = edges
      const highMiddle = (a + b + d + e) / 4 >= level
      // The middle goes with the corners of its side.
      if (a < level === !highMiddle) {
        push(segments, bottom, right)
        push(segments, top, left)
      } else {
        push(segments, bottom, left)
        push(segments, top, right)
      }
    }
  }
  return segments
}

function push(
  segments: Segment[],
  one: readonly [number, number] | null | undefined,
  other: readonly [number, number] | null | undefined
): void {
  if (one != null && other != null) segments.push([...one, ...other])
}

/** Place of the lowest loss; −1 where none is a number. */
export function lowestPlace(losses: ArrayLike<number>): number {
  let best = -1
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i] ?? NaN
    if (Number.isFinite(loss) && (best < 0 || loss < (losses[best] ?? Infinity))) best = i
  }
  return best
}

/** The place of a coordinate between the places of an axis: 0 at the first, size − 1 at the last. */
export function along(axis: Float64Array, value: number): number {
  const [low = 0, high = 1] = [axis[0], axis.at(-1)]
  return ((value - low) / (high - low)) * (axis.length - 1)
}
