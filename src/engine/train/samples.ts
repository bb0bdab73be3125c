/** Rows to train on or to judge by. */
import { ConfigError, NumericError, ShapeError } from '../../shared/errors'
import { checkIndices } from '../model/indices'
import type { Model } from '../model/model'
import { outputUnits } from '../model/inference'
import type { Task } from '../spec'
import { showBatchShape, showShape, type Tensor } from '../tensor/tensor'

export interface Samples {
  /** [N, F] */
  readonly features: Tensor
  /** [N, 1]: the value (standardised) or the class index. */
  readonly targets: Tensor
}

/** Regression targets in raw units are mean + scale · value. */
export interface TargetScale {
  readonly mean: number
  readonly scale: number
}

/**
 * Checked once, so that the loops need not.
 * @returns N
 * @throws ShapeError `shape-mismatch`; NumericError `non-finite-data` with row and column; ConfigError `index-out-of-range`
 */
export function checkFeatures(model: Model, features: Tensor): number {
  const [rows = 0, ...row] = features.shape
  const expected = model.spec.inputShape
  if (features.shape.length !== expected.length + 1 || row.some((size, axis) => size !== expected[axis])) {
    throw new ShapeError(
      'shape-mismatch',
      `The features must be ${showBatchShape(expected)}, got ${showShape(features.shape)}; the network was made for other columns.`
    )
  }
  checkFinite('feature', features)
  checkIndices(model, features)
  return rows
}

/**
 * @param classes K; not used for regression
 * @param leastRows 0 where no rows will do
 * @returns N
 * @throws ShapeError `shape-mismatch`; NumericError `non-finite-data`; ConfigError `class-out-of-range`, `no-rows`
 */
export function checkSamples(model: Model, task: Task, classes: number, samples: Samples, leastRows = 1): number {
  const rows = checkFeatures(model, samples.features)
  const { shape, data } = samples.targets
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== 1) {
    throw new ShapeError('shape-mismatch', `The targets must be ${showShape([rows, 1])}, got ${showShape(shape)}.`)
  }
  if (rows < leastRows) throw new ConfigError('no-rows', 'There must be at least one row, got none.')
  checkFinite('target', samples.targets)
  if (task === 'regression') return rows
  const row = data.findIndex((index) => !Number.isInteger(index) || index < 0 || index >= classes)
  if (row >= 0) {
    const got = data[row] ?? NaN
    throw new ConfigError(
      'class-out-of-range',
      `Row ${row + 1}: the class must be a whole number from 0 to ${classes - 1}, got ${got}.`,
      { row: row + 1 }
    )
  }
  return rows
}

/** The number of classes that a network with this many outputs tells apart; 1 for regression. */
export function classesOf(model: Model, task: Task): number {
  return { regression: 1, binary: 2, 'multi-class': outputUnits(model) }[task]
}

function checkFinite(what: string, { shape, data }: Tensor): void {
  const index = data.findIndex((value) => !Number.isFinite(value))
  if (index < 0) return
  const width = data.length / (shape[0] ?? 1)
  const row = Math.floor(index / width) + 1
  const column = (index % width) + 1
  throw new NumericError(
    'non-finite-data',
    `Row ${row}: ${what} ${column} must be a finite number, got ${data[index] ?? NaN}; fill or leave out such values first.`,
    { row, column }
  )
}
