/** A network of one or two columns of numbers over the line or the plane of its rows. */
import { encodeFeatures, memoryTable, outputNames, valueOutputs, type Table } from '../../data'
import { ForwardPass, isRowSource, type Tensor } from '../../engine'
import type { SurfacePointsView, SurfaceView } from '../../shared/run-views'
import type { Experiment, Moment } from '../experiment'
import { shapedFeatures } from '../network'
import { axesOf, drawnFeatures, placesOf, type Axis } from './axes'
import { keptFor } from './programs'

/** More points hide each other. */
const MAX_POINTS = 2000

interface Grid {
  readonly axes: readonly Axis[]
  /** All places of the grid, as the network takes them. */
  readonly features: Tensor
}

interface Surface {
  readonly pass: ForwardPass
  /** By the number of points along an axis; the last one that was asked for. */
  grid: { readonly size: number; readonly grid: Grid } | null
}

const surfaceFor = keptFor(({ model, setup, training }): Surface => {
  const { loss, task } = setup
  return { pass: new ForwardPass({ model, loss, task }, training.executor.name), grid: null }
})

/**
 * What the network of that moment answers over the range of its training and validation rows. Null for windows, images, categories and dates,
 * more than two columns, several labels, and networks that look numbers up in a table.
 * @param size points along an axis
 */
export function surfaceOf(experiment: Experiment, moment: Moment, size: number): SurfaceView | null {
  const { preparation } = experiment.prepared
  const { target } = preparation
  if (target.task === 'multi-label' || experiment.model.spec.layers.some(({ type }) => type === 'embedding'))
    return null
  const kept = surfaceFor(experiment)
  if (kept.grid?.size !== size) {
    const grid = gridOf(experiment, size)
    if (grid === null) return null
    kept.grid = { size, grid }
  }
  const { axes, features } = kept.grid.grid
  const outputs = outputNames(preparation)
  const isClasses = 'classes' in target
  // Of two classes the second one's probability says all.
  const width = isClasses && outputs.length === 2 ? 1 : outputs.length
  const values = new Float32Array((features.shape[0] ?? 0) * width)
  const raw = valueOutputs(preparation)
  for (const slice of kept.pass.slices(moment.parameters, features)) {
    const units = slice.outputs.length / slice.rows
    const first = units - width
    for (let row = 0; row < slice.rows; row++) {
      for (let k = 0; k < width; k++) {
        const value = slice.outputs[row * units + first + k] ?? NaN
        const { mean, scale } = raw[k] ?? { mean: 0, scale: 1 }
        values[(slice.start + row) * width + k] = mean + scale * value
      }
    }
  }
  const { epoch, step } = moment
  return { epoch, step, axes, size, outputs, kind: isClasses ? 'classes' : 'value', values }
}

/** The rows that stand in `surfaceOf`: at most 2,000, spread alike over both parts. Null where there is no such picture. */
export function surfacePointsOf({ prepared }: Experiment): SurfacePointsView | null {
  const { preparation, training, validation } = prepared
  const drawn = drawnFeatures(preparation)
  if (drawn === null || preparation.target.task === 'multi-label') return null
  const parts = [training, validation].map(({ features, targets }) => {
    return { places: placesOf(preparation, drawn, features), targets: targets.data, rows: targets.shape[0] ?? 0 }
  })
  const total = parts.reduce((sum, { rows }) => sum + rows, 0)
  const count = Math.min(total, MAX_POINTS)
  const [first] = valueOutputs(preparation)
  const { mean, scale } = first ?? { mean: 0, scale: 1 }
  const places = new Float32Array(count * drawn.length)
  const targets = new Float32Array(count)
  const partOf = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const place = Math.floor((i * total) / count)
    const part = place < (parts[0]?.rows ?? 0) ? 0 : 1
    const from = parts[part]
    const row = part === 0 ? place : place - (parts[0]?.rows ?? 0)
    for (let axis = 0; axis < drawn.length; axis++) {
      places[i * drawn.length + axis] = from?.places[row * drawn.length + axis] ?? NaN
    }
    const width = (from?.targets.length ?? 0) / (from?.rows ?? 1)
    targets[i] = mean + scale * (from?.targets[row * width] ?? NaN)
    partOf[i] = part
  }
  return { places, targets, parts: partOf }
}

function gridOf(experiment: Experiment, size: number): Grid | null {
  const { preparation } = experiment.prepared
  const drawn = drawnFeatures(preparation)
  if (drawn === null) return null
  const axes = axesOf(experiment, drawn)
  const table = gridTable(axes, size)
  const features = shapedFeatures(experiment.model, encodeFeatures(preparation, table))
  return isRowSource(features) ? null : { axes, features }
}

/** Rows of the grid: the first axis runs fastest. */
function gridTable(axes: readonly Axis[], size: number): Table {
  const rows = size ** axes.length
  const columns = axes.map(({ column, min, max }, axis) => {
    const at = (row: number) => Math.floor(row / size ** axis) % size
    const values = Float64Array.from({ length: rows }, (_, row) => min + ((max - min) * at(row)) / (size - 1))
    return { type: 'number' as const, name: column, values }
  })
  return memoryTable('grid', columns)
}
