/** A network over the line or plane of its rows, as it is drawn and told. */
import type { SurfacePointsView, SurfaceView } from '../../../shared/run-views'
import type { ColumnView, PreparedView } from '../../../shared/views'
import { formatNumber, formatPercent } from '../state/format'
import { mix, signColour, type Paints, type Rgb } from './colour'

/** How strongly a class tints where it is as good as certain, and where all are alike. */
const SURE = 0.46
const UNSURE = 0.1
/** Of the largest distance from the middle value. */
export const VALUE_STRENGTH = 0.6

/**
 * The columns of numbers that all inputs of a network come of, where they are one or two; else null.
 * @param columns of the dataset
 */
export function surfaceColumns(prepared: PreparedView, columns: readonly ColumnView[]): readonly string[] | null {
  if (prepared.inputShape.length !== 1 || prepared.embedded.length > 0) return null
  const numbers = new Map(
    columns
      .filter(({ storage, time }) => storage === 'number' && time === null)
      .flatMap(({ name }) => [[name, name] as const, [`${name} is missing`, name] as const])
  )
  const of = prepared.features.map((feature) => numbers.get(feature))
  const known = of.filter((name) => name !== undefined)
  const found = [...new Set(known)]
  return known.length === of.length && found.length >= 1 && found.length <= 2 ? found : null
}

/** K probabilities of the classes at a place of the grid, or its values. */
export function valuesAt({ values, outputs, kind, axes, size }: SurfaceView, place: number): number[] {
  const width = values.length / size ** axes.length
  const own = Array.from(values.subarray(place * width, (place + 1) * width))
  return kind === 'classes' && width === 1 && outputs.length === 2 ? [1 - (own[0] ?? NaN), ...own] : own
}

/** Middle and half of a range; of one value half is 1. */
export interface Scale {
  readonly middle: number
  readonly half: number
}

/** By the rows' own values, so that colours stay what they are while the network learns. */
export function scaleOf(targets: ArrayLike<number>): Scale {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < targets.length; i++) {
    const value = targets[i] ?? NaN
    if (value < least) least = value
    if (value > most) most = value
  }
  if (least > most) return { middle: 0, half: 1 }
  return { middle: (least + most) / 2, half: (most - least) / 2 || 1 }
}

/** That of the colours of a plane: by the rows where they have that value, else by the answers. */
export function surfaceScale(view: SurfaceView, points: SurfacePointsView | null, output: number): Scale {
  return scaleOf(output === 0 && points !== null ? points.targets : view.values)
}

export function toScale(value: number, { middle, half }: Scale): number {
  return (value - middle) / half
}

/** Classes blended by their probabilities, fainter where they are less certain. */
export function blend({ panel, classes }: Paints, probabilities: readonly number[]): Rgb {
  let colour: Rgb = [0, 0, 0]
  let most = 0
  for (const [k, p] of probabilities.entries()) {
    const own = classes[k % classes.length] ?? panel
    colour = [colour[0] + p * own[0], colour[1] + p * own[1], colour[2] + p * own[2]]
    if (p > most) most = p
  }
  if (!Number.isFinite(colour[0])) return panel
  const chance = 1 / probabilities.length
  const certainty = Math.max(0, (most - chance) / (1 - chance))
  return mix(panel, colour, UNSURE + (SURE - UNSURE) * certainty)
}

/**
 * The same plane with a place between any two: bounds between classes are smooth so, which colours mixed between two places are not.
 * @param view a plane
 */
export function finerPlane(view: SurfaceView): SurfaceView {
  const { size } = view
  const width = view.values.length / size ** 2
  const fine = 2 * size - 1
  const values = new Float32Array(width * fine * fine)
  const at = (x: number, y: number, k: number) => view.values[(y * size + x) * width + k] ?? NaN
  for (let y = 0; y < fine; y++) {
    const [below, above] = [y >> 1, (y + 1) >> 1]
    for (let x = 0; x < fine; x++) {
      const [left, right] = [x >> 1, (x + 1) >> 1]
      for (let k = 0; k < width; k++) {
        values[(y * fine + x) * width + k] =
          (at(left, below, k) + at(right, below, k) + at(left, above, k) + at(right, above, k)) / 4
      }
    }
  }
  return { ...view, size: fine, values }
}

/** A plane as pixels, RGBA, the second axis upwards. @param output which of several values */
export function planePixels(
  view: SurfaceView,
  paints: Paints,
  scale: Scale,
  output: number
): Uint8ClampedArray<ArrayBuffer> {
  const { size, kind } = view
  const pixels = new Uint8ClampedArray(4 * size * size)
  for (let place = 0; place < size * size; place++) {
    const values = valuesAt(view, place)
    const colour =
      kind === 'classes'
        ? blend(paints, values)
        : signColour(paints, toScale(values[output] ?? NaN, scale), VALUE_STRENGTH)
    const line = size - 1 - Math.floor(place / size)
    pixels.set([...colour, 255], 4 * (line * size + (place % size)))
  }
  return pixels
}

/** Index of the largest; −1 where none is a number. */
export function largestOf(values: readonly number[]): number {
  return values.reduce((best, value, k) => (value > (values[best] ?? -Infinity) ? k : best), -1)
}

/** One sentence on what the picture shows. */
export function surfaceSummary(view: SurfaceView, output: number): string {
  const { axes, size, outputs, kind } = view
  const when = `Epoch ${view.epoch}, step ${view.step}.`
  const over = axes.map(({ column, min, max }) => `${column} from ${formatNumber(min)} to ${formatNumber(max)}`)
  const places = Array.from({ length: size ** axes.length }, (_, place) => valuesAt(view, place))
  if (kind === 'value') {
    const values = places.map((each) => each[output] ?? NaN)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return `${when} Over ${over.join(' and ')} the network answers ${outputs[output] ?? ''} from ${formatNumber(least)} to ${formatNumber(most)}.`
  }
  const counts = outputs.map(() => 0)
  for (const each of places) {
    const k = largestOf(each)
    counts[k] = (counts[k] ?? 0) + 1
  }
  const shares = counts
    .map((count, k) => ({ name: outputs[k] ?? '', share: count / places.length }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 5)
    .map(({ name, share }) => `${name} ${formatPercent(share)}`)
  return `${when} Share of the range of ${over.join(' and ')} that goes to each class: ${shares.join(', ')}.`
}

/** Where a place of the grid lies, in the units of the columns. */
export function whereIs({ axes, size }: SurfaceView, place: number): number[] {
  return axes.map(({ min, max }, axis) => {
    const at = axis === 0 ? place % size : Math.floor(place / size)
    return min + ((max - min) * at) / Math.max(1, size - 1)
  })
}

/** The place of the grid that is nearest to a point from 0 to 1 along each axis. */
export function placeNear({ size }: SurfaceView, x: number, y: number): number {
  const at = (share: number) => Math.max(0, Math.min(size - 1, Math.round(share * (size - 1))))
  return at(y) * size + at(x)
}

/** Lines of the table along each axis of a plane. */
const TABLE_SIDE = 9

/** Some places of the grid, spread over it. */
export function surfaceTable(view: SurfaceView): {
  columns: { label: string; numeric: boolean }[]
  rows: string[][]
} {
  const { axes, size, outputs, kind } = view
  const along = Array.from({ length: axes.length === 1 ? size : TABLE_SIDE }, (_, i) =>
    axes.length === 1 ? i : Math.round((i * (size - 1)) / (TABLE_SIDE - 1))
  )
  const places = axes.length === 1 ? along : along.flatMap((y) => along.map((x) => y * size + x))
  const columns = [...axes.map(({ column }) => column), ...outputs].map((label) => ({ label, numeric: true }))
  const rows = places.map((place) => [
    ...whereIs(view, place).map(formatNumber),
    ...valuesAt(view, place).map((value) => (kind === 'classes' ? formatPercent(value) : formatNumber(value)))
  ])
  return { columns, rows }
}

/** Every place as comma-separated values. */
export function surfaceCsv(view: SurfaceView): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const head = [...view.axes.map(({ column }) => column), ...view.outputs].map(quoted).join(',')
  const lines = Array.from({ length: view.size ** view.axes.length }, (_, place) =>
    [...whereIs(view, place), ...valuesAt(view, place)].join(',')
  )
  return `${[head, ...lines].join('\n')}\n`
}

/** The heading of the picture. */
export function surfaceTitle(isClasses: boolean, axes: number): string {
  if (isClasses) return 'Decision boundary'
  return axes === 1 ? 'Fitted curve' : 'Fitted surface'
}
