/** Features that are held as numbers, or made row by row when somebody asks for them. */
import { sizeOf, type Tensor } from '../tensor/tensor'
import type { Shape } from '../spec'

/** A pass over the training rows. */
export interface TrainingPass {
  /** From 0: what is drawn at random for a row is drawn from (seed, epoch, row), whoever asks and in whatever order. */
  readonly epoch: number
}

/** What there is to know of rows that are images [channels, height, width]. */
export interface ImageRows {
  readonly channels: number
  readonly height: number
  readonly width: number
  /** The number of a black pixel in each channel; no number of a row is below it. */
  readonly black: readonly number[]
  /** The same of a white one, above which there is none. */
  readonly white: readonly number[]
}

/** Rows that are made when asked for: pixels that stay bytes, windows over a table, images that are changed at random. */
export interface RowSource {
  /** [N, …row] */
  readonly shape: Shape
  /** Where the rows are images, whatever shape they are given. */
  readonly image?: ImageRows
  /**
   * Writes those rows one after the other, row-major, from `into[at]` on: finite numbers, computed in float64 and rounded
   * once where `into` is float32. The same arguments give the same numbers.
   * @param rows numbers from 0 to N − 1 @param pass null where rows are judged or predicted: nothing is random then
   */
  write(rows: Int32Array, into: Float32Array | Float64Array, at: number, pass: TrainingPass | null): void
}

export type Features = Tensor | RowSource

export function isRowSource(features: Features): features is RowSource {
  return 'write' in features
}

/** Numbers of a row. */
export function rowSize({ shape: [, ...row] }: Features): number {
  return sizeOf(row)
}

/** Numbers that are held for all rows: none where they are made when asked for. */
export function heldNumbers(features: Features): number {
  return isRowSource(features) ? 0 : features.data.length
}

/** `count` rows from `start`: of a tensor, sharing its memory. */
export function rowsFrom(features: Features, start: number, count: number): Tensor {
  const { shape } = features
  const [, ...row] = shape
  const size = sizeOf(row)
  const data = isRowSource(features)
    ? new Float64Array(count * size)
    : features.data.subarray(start * size, (start + count) * size)
  if (isRowSource(features)) features.write(rowNumbers(start, count), data, 0, null)
  return { shape: [count, ...row], data }
}

/** Writes chosen rows one after the other from `into[at]` on, rounded where that is float32. */
export function copyRows(
  features: Features,
  rows: Int32Array,
  into: Float32Array | Float64Array,
  at: number,
  pass: TrainingPass | null
): void {
  if (isRowSource(features)) return features.write(rows, into, at, pass)
  const width = rowSize(features)
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * width
    const to = at + i * width
    for (let j = 0; j < width; j++) into[to + j] = features.data[from + j] ?? 0
  }
}

/** All rows as numbers: where they are few. */
export function wholeTensor(features: Features): Tensor {
  return isRowSource(features) ? rowsFrom(features, 0, features.shape[0] ?? 0) : features
}

/** Numbers of a block: some megabytes of float64. */
const BLOCK = 2 ** 19

/** All rows in order, in parts of some megabytes where they are made when asked for; a tensor is one part. */
export function* blocksOf(features: Features): Generator<{ readonly start: number; readonly part: Tensor }, void> {
  if (!isRowSource(features)) {
    yield { start: 0, part: features }
    return
  }
  const [rows = 0] = features.shape
  const size = Math.max(1, Math.floor(BLOCK / Math.max(1, rowSize(features))))
  for (let start = 0; start < rows; start += size) {
    yield { start, part: rowsFrom(features, start, Math.min(size, rows - start)) }
  }
}

/** The same rows in another shape: [N, …row], with as many numbers a row. */
export function reshaped(features: Features, row: Shape): Features {
  const shape = [features.shape[0] ?? 0, ...row]
  if (!isRowSource(features)) return { shape, data: features.data }
  const { image } = features
  const write: RowSource['write'] = (rows, into, at, pass) => features.write(rows, into, at, pass)
  return image === undefined ? { shape, write } : { shape, image, write }
}

/** start, start + 1, …: `count` of them. */
export function rowNumbers(start: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => start + i)
}
