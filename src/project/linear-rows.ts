/** The training rows of a linear model: not more than it needs, and their numbers of a like size, which it learns fast from. */
import {
  copyRows,
  OUTPUT_LAYER,
  sizeOf,
  type EmbeddedInput,
  type Features,
  type Parameters,
  type RowSource,
  type Samples,
  type Tensor
} from '../engine'

/** Rows that are trained on, at most. */
export const MAX_LINEAR_ROWS = 20_000
/** Numbers that are held at once; above it rows are made when they are asked for. */
const MAX_HELD = 2 ** 22
/** Rows that means and deviations are taken of, at most. */
const MAX_MEASURED = 2000

/** x' = (x − mean) / deviation of each number of a row, and the column of the output's weights that it is weighed by. */
export interface Scaling {
  readonly mean: Float64Array
  readonly deviation: Float64Array
  readonly column: Int32Array
}

export interface LinearRows {
  readonly samples: Samples
  /** Null where the numbers stay as they are. */
  readonly scaling: Scaling | null
}

/** At most `MAX_LINEAR_ROWS` of the rows, spread evenly, with numbers that are no multiple of 1 brought to it. */
export function linearRows(
  { features, targets, weights = null }: Samples,
  embedded: readonly EmbeddedInput[]
): LinearRows {
  const [all = 0, width = 1] = targets.shape
  const rows = spread(all, MAX_LINEAR_ROWS)
  const scaling = scalingOf(features, embedded)
  const chosen: Samples = {
    features: rows.length === all && scaling === null ? features : picked(features, rows, scaling),
    targets: { shape: [rows.length, width], data: pickedNumbers(targets.data, rows, width) },
    weights: weights === null ? null : pickedNumbers(weights, rows, 1)
  }
  return { samples: chosen, scaling }
}

/** Parameters that answer for rows as they are like the given ones do for scaled ones: w' = w / s, b' = b − Σ w · m / s. */
export function unscaled(parameters: Parameters, scaling: Scaling | null): Parameters {
  const weight = parameters.get(`${OUTPUT_LAYER}.weight`)
  const bias = parameters.get(`${OUTPUT_LAYER}.bias`)
  if (scaling === null || weight === undefined || bias === undefined) return parameters
  const [units = 0, width = 0] = weight.shape
  const w = Float64Array.from(weight.data)
  const b = Float64Array.from(bias.data)
  const { mean, deviation, column } = scaling
  for (let unit = 0; unit < units; unit++) {
    for (const [j, k] of column.entries()) {
      if (k < 0) continue
      const at = unit * width + k
      const scaled = (w[at] ?? 0) / (deviation[j] ?? 1)
      w[at] = scaled
      b[unit] = (b[unit] ?? 0) - scaled * (mean[j] ?? 0)
    }
  }
  return new Map(parameters)
    .set(`${OUTPUT_LAYER}.weight`, { shape: weight.shape, data: w })
    .set(`${OUTPUT_LAYER}.bias`, { shape: bias.shape, data: b })
}

/**
 * Means and deviations of numbers of which the largest is above 10 or below 0.1; 0 and 1 for all others. Entries of
 * categories stay what they are.
 */
function scalingOf(features: Features, embedded: readonly EmbeddedInput[]): Scaling | null {
  const [all = 0, channels = 0, ...rest] = features.shape
  const inner = sizeOf(rest)
  const size = channels * inner
  const rows = spread(all, MAX_MEASURED)
  const data = new Float64Array(rows.length * size)
  copyRows(features, rows, data, 0, null)
  const mean = new Float64Array(size)
  const deviation = new Float64Array(size).fill(1)
  const column = columnsOf(channels, inner, embedded)
  let isNeeded = false
  for (let j = 0; j < size; j++) {
    if ((column[j] ?? -1) < 0) continue
    let [sum, peak] = [0, 0]
    for (let i = 0; i < rows.length; i++) {
      const value = data[i * size + j] ?? 0
      sum += value / rows.length
      peak = Math.max(peak, Math.abs(value))
    }
    if (peak === 0 || (peak <= 10 && peak >= 0.1)) continue
    let squares = 0
    for (let i = 0; i < rows.length; i++) squares += ((data[i * size + j] ?? 0) - sum) ** 2 / rows.length
    mean[j] = sum
    deviation[j] = squares > 0 ? Math.sqrt(squares) : peak
    isNeeded = true
  }
  return isNeeded ? { mean, deviation, column } : null
}

/** For each number of a row the column of the output's weights; −1 for entries, which vectors stand for. */
function columnsOf(channels: number, inner: number, embedded: readonly EmbeddedInput[]): Int32Array {
  const columns = new Int32Array(channels * inner)
  let next = 0
  for (let channel = 0; channel < channels; channel++) {
    const entry = embedded.find(({ at }) => at === channel)
    for (let k = 0; k < inner; k++) columns[channel * inner + k] = entry === undefined ? next + k : -1
    next += (entry?.size ?? 1) * inner
  }
  return columns
}

/** So many of the numbers from 0, evenly; all where they are not more. */
function spread(all: number, most: number): Int32Array {
  const count = Math.min(all, most)
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * all) / count))
}

/** Those rows with their numbers scaled: as numbers where they are few. */
function picked(features: Features, chosen: Int32Array, scaling: Scaling | null): Tensor | RowSource {
  const [, ...row] = features.shape
  const size = sizeOf(row)
  const source: RowSource = {
    shape: [chosen.length, ...row],
    write(rows, into, at) {
      const taken = rows.map((each) => chosen[each] ?? 0)
      copyRows(features, taken, into, at, null)
      if (scaling === null) return
      const { mean, deviation } = scaling
      for (let i = 0; i < rows.length * size; i++) {
        const j = i % size
        into[at + i] = ((into[at + i] ?? 0) - (mean[j] ?? 0)) / (deviation[j] ?? 1)
      }
    }
  }
  if (chosen.length * size > MAX_HELD) return source
  const data = new Float64Array(chosen.length * size)
  source.write(Int32Array.from(chosen.keys()), data, 0, null)
  return { shape: source.shape, data }
}

function pickedNumbers(data: Float64Array, rows: Int32Array, width: number): Float64Array {
  return Float64Array.from({ length: rows.length * width }, (_, i) => {
    return data[(rows[Math.floor(i / width)] ?? 0) * width + (i % width)] ?? 0
  })
}
