/** What every layer of a network makes of one row of the table. */
import { encodeFeatures, hasWindow, imagePage, inputRows, type Table } from '../../data'
import { LayerPass, sizeOf, wholeTensor } from '../../engine'
import type { ActivationsView } from '../../shared/run-views'
import type { Experiment, Moment } from '../experiment'
import { requireIndices } from '../indices'
import { shapedFeatures } from '../network'
import { actualOf, answersOf } from '../row-answers'
import { keptFor } from './programs'

/** Channels of a layer, at most. */
const MAX_CHANNELS = 64
/** Numbers of all layers together, at most, but for one channel of each. */
const MAX_NUMBERS = 2 ** 19

const passFor = keptFor(({ model, setup, training }) => {
  return new LayerPass(model, setup.loss, setup.task, training.executor.name)
})

/**
 * All layers' outputs of that moment for one row. Of a layer [channels, …] `shape` is whole, while `values` hold as many of its
 * first channels as are shown.
 * @param row from 0 @returns null where the table has no such row, or no whole window ends there
 * @throws DataFormatError of `encodeFeatures`; ConfigError `index-out-of-range`
 */
export function activationsOf(
  experiment: Experiment,
  table: Table,
  row: number,
  { epoch, parameters }: Moment
): ActivationsView | null {
  const { model, prepared } = experiment
  const { preparation } = prepared
  if (row >= table.rows || (hasWindow(preparation) && !inputRows(preparation, table).includes(row))) return null
  const rows = Int32Array.of(row)
  const features = shapedFeatures(model, encodeFeatures(preparation, table, rows))
  requireIndices(model, table, preparation, features, rows)
  const { layers, answer } = passFor(experiment).run(parameters, wholeTensor(features).data)
  const most = Math.floor(MAX_NUMBERS / layers.length)
  return {
    epoch,
    row,
    image: imagePage(table, row, 1, null, null)?.images ?? null,
    layers: layers.map(({ layer, shape, values }) => {
      const shown = numbersShown(shape, most)
      return { name: layer, shape, values: Float32Array.from(values.subarray(0, shown)) }
    }),
    answer: answersOf(preparation, answer),
    actual: actualOf(preparation, table, row)
  }
}

function numbersShown(shape: readonly number[], most: number): number {
  const [channels = 1, ...plane] = shape
  if (plane.length === 0) return Math.min(channels, most)
  const size = Math.max(1, sizeOf(plane))
  return size * Math.max(1, Math.min(channels, MAX_CHANNELS, Math.floor(most / size)))
}
