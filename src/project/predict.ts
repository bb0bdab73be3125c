/** What a run answers for the rows of a table. */
import { classNames, encodeFeatures, inTurns, Turns, type Table } from '../data'
import { predictedClasses, predictInSlices } from '../engine'
import { requireIndices } from './indices'
import { shapedFeatures } from './network'
import type { Run } from './record'

export interface RowPrediction {
  /** Data row, counted from 1. */
  readonly row: number
  /** Class name, or the value in the target's own units. */
  readonly prediction: string | number
  /** Classes: each class's name and probability, in the order of the run's classes. */
  readonly probabilities?: readonly (readonly [string, number])[]
}

/**
 * One prediction a row. The class is the most probable one, the first of equals.
 * Others get their turn while it computes.
 * @throws DataFormatError `missing-column`, naming the feature the table lacks; `not-a-number`, `missing-value`
 * @throws ConfigError `index-out-of-range`, naming row and column
 * @throws Cancelled once the signal is aborted
 */
export async function predictTable(run: Run, table: Table, signal?: AbortSignal): Promise<RowPrediction[]> {
  const { preparation, setup } = run.record
  const features = shapedFeatures(run.model, encodeFeatures(preparation, table))
  requireIndices(run.model, table, preparation, features)
  const work = predictInSlices(run.model, run.parameters, setup.loss, setup.task, features)
  const outputs = await inTurns(work, new Turns(signal))
  const { target } = preparation
  if (target.task === 'regression') {
    return Array.from(outputs.data, (value, row) => ({ row: row + 1, prediction: target.mean + target.scale * value }))
  }
  const classes = classNames(preparation)
  const units = outputs.shape[1] ?? 1
  return Array.from(predictedClasses(outputs), (index, row) => {
    const ofRow = outputs.data.subarray(row * units, (row + 1) * units)
    // One output is the probability of the second class.
    const probabilities = units === 1 ? [1 - (ofRow[0] ?? NaN), ofRow[0] ?? NaN] : [...ofRow]
    return {
      row: row + 1,
      prediction: classes[index] ?? '',
      probabilities: classes.map((name, k) => [name, probabilities[k] ?? NaN] as const)
    }
  })
}
