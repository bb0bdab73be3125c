/**
 * Images: z = (pixel − mean) / scale for each channel, in float64, with pixels as they are stored, from 0 to 255; inputs
 * stand as [channels, height, width], row-major. The mean and the deviation are of all pixels of the training rows.
 */
import * as v from 'valibot'
import type { RowSource } from '../../engine'
import { DataFormatError } from '../../shared/errors'
import { imageSize, type Column, type ImageColumn, type Table } from '../table'
import { finite, positive, text, type FeatureCoder } from './feature'
import { usableScale } from './statistics'

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 15))

export const imageSchema = v.pipe(
  v.strictObject({
    name: text,
    kind: v.literal('image'),
    width: side,
    height: side,
    /** 1: grey. 3: red, green, blue. */
    channels: v.picklist([1, 3]),
    /** Of each channel. */
    mean: v.array(finite),
    scale: v.array(positive)
  }),
  v.check(
    ({ channels, mean, scale }) => mean.length === channels && scale.length === channels,
    'every channel has one mean and one scale'
  )
)
export type ImageFeature = v.InferOutput<typeof imageSchema>

const levels = 256

/** @param rows of the training; null when there are none */
export function fitImage(column: Column, rows: Int32Array): ImageFeature | null {
  if (column.type !== 'image' || rows.length === 0) return null
  const { channels, width, height } = column
  const moments = Array.from({ length: channels }, (_, channel) => momentsOf(countsOf(column, rows, channel)))
  return {
    name: column.name,
    kind: 'image',
    ...{ width, height, channels },
    mean: moments.map(({ mean }) => mean),
    scale: moments.map(({ scale }) => scale)
  }
}

/** Pixels as they stand in the file: nothing is taken away or divided. */
export function rawImage({ name, width, height, channels }: ImageColumn): ImageFeature {
  const each = (value: number): number[] => new Array<number>(channels).fill(value)
  return { name, kind: 'image', width, height, channels, mean: each(0), scale: each(1) }
}

/** How many pixels of a channel have each level. */
function countsOf(column: ImageColumn, rows: Int32Array, channel: number): Float64Array {
  const counts = new Float64Array(levels)
  const plane = column.width * column.height
  const size = imageSize(column)
  for (const row of rows) {
    const from = row * size + channel * plane
    for (let at = from; at < from + plane; at++) {
      const level = column.pixels[at] ?? 0
      counts[level] = (counts[level] ?? 0) + 1
    }
  }
  return counts
}

/** Mean and population standard deviation; a deviation of 0 counts as 1. */
function momentsOf(counts: Float64Array): { mean: number; scale: number } {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const mean = counts.reduce((sum, count, level) => sum + count * level, 0) / total
  const squares = counts.reduce((sum, count, level) => sum + count * (level - mean) ** 2, 0)
  return { mean, scale: usableScale(Math.sqrt(squares / total)) }
}

/**
 * The images of a column, of the size that the feature was fitted on.
 * @throws DataFormatError `image-mismatch`
 */
export function imagesFor(feature: ImageFeature, column: Column, table: Table): ImageColumn {
  const sizeOf = ({ width, height, channels }: ImageFeature | ImageColumn): string =>
    `${channels === 1 ? 'grey' : 'colour'} images of ${width}×${height} pixels`
  if (column.type === 'image' && sizeOf(column) === sizeOf(feature)) return column
  const got = column.type === 'image' ? sizeOf(column) : column.type === 'number' ? 'numbers' : 'text'
  throw new DataFormatError(
    'image-mismatch',
    `${table.fileName}, column "${feature.name}": expected ${sizeOf(feature)} as in the training data, got ${got}. Use images of that size.`,
    { file: table.fileName, column: feature.name }
  )
}

export function imageCoder(feature: ImageFeature): FeatureCoder {
  return {
    inputs: inputNames(feature),
    takes: 'image',
    encode(column, table, rows, { data, width, offset }) {
      const source = imageRows(feature, column, table, rows)
      for (let i = 0; i < rows.length; i++) source.write(Int32Array.of(i), data, i * width + offset, null)
    },
    refuses: () => null
  }
}

/**
 * Images as rows [N, channels · height · width] that are made when asked for: the pixels stay the table's bytes.
 * @param rows of the table, from 0
 * @throws DataFormatError `image-mismatch`
 */
export function imageRows(feature: ImageFeature, column: Column, table: Table, rows: Int32Array): RowSource {
  const { pixels } = imagesFor(feature, column, table)
  const size = imageSize(feature)
  const plane = feature.width * feature.height
  const exact = feature.mean.map((mean, channel) => {
    const divisor = feature.scale[channel] ?? 1
    return Float64Array.from({ length: levels }, (_, level) => (level - mean) / divisor)
  })
  const rounded = exact.map((values) => Float32Array.from(values))
  const { channels, height, width } = feature
  const of = (level: number) => exact.map((values) => values[level] ?? 0)
  return {
    shape: [rows.length, size],
    image: { channels, height, width, black: of(0), white: of(levels - 1) },
    write(chosen, into, at) {
      const values = into instanceof Float32Array ? rounded : exact
      for (let i = 0; i < chosen.length; i++) {
        const from = (rows[chosen[i] ?? 0] ?? 0) * size
        values.forEach((valueOf, channel) => {
          const first = channel * plane
          writePlane(pixels, from + first, valueOf, into, at + i * size + first, plane)
        })
      }
    }
  }
}

/** Four at a time: that halves what it takes, and all rows are written anew in every epoch. */
function writePlane(
  pixels: Uint8Array,
  from: number,
  valueOf: Float32Array | Float64Array,
  into: Float32Array | Float64Array,
  to: number,
  count: number
): void {
  let at = 0
  for (; at + 4 <= count; at += 4) {
    into[to + at] = valueOf[pixels[from + at] ?? 0] ?? 0
    into[to + at + 1] = valueOf[pixels[from + at + 1] ?? 0] ?? 0
    into[to + at + 2] = valueOf[pixels[from + at + 2] ?? 0] ?? 0
    into[to + at + 3] = valueOf[pixels[from + at + 3] ?? 0] ?? 0
  }
  for (; at < count; at++) into[to + at] = valueOf[pixels[from + at] ?? 0] ?? 0
}

/** `image[3, 5]` of grey images, `image[red, 3, 5]` of others: line and column, from 0. */
function inputNames({ name, width, height, channels }: ImageFeature): string[] {
  const places = channels === 1 ? [''] : ['red, ', 'green, ', 'blue, ']
  return places.flatMap((place) =>
    Array.from({ length: height * width }, (_, at) => `${name}[${place}${Math.floor(at / width)}, ${at % width}]`)
  )
}
