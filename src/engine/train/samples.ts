/** Rows to train on or to judge by. */
import { ConfigError, NumericError, ShapeError } from '../../shared/errors'
import { checkIndices } from '../model/indices'
import type { Model } from '../model/model'
import { outputUnits } from '../model/inference'
import type { Task } from '../spec'
import { showBatchShape, showShape, type Tensor } from '../tensor/tensor'
import { isRowSource, type Features } from './row-source'

export interface Samples {
  /** [N, …row] */
  readonly features: Features
  /**
   * [N, W]. Regression: the T values, standardised; multi-label: 0 or 1 of each of the T labels. Binary and multi-class:
   * [N, 1], the class index.
   */
  readonly targets: Tensor
  /** [N], finite and at least 0: factors of the rows' losses, taken as they are; null or left out: every row counts alike. */
  readonly weights?: Float64Array | null
}

/** Regression targets in raw units are mean[j] + scale[j] · value, for output j. */
export interface TargetScale {
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/** Whether each answer is an output and a target of its own: values and labels, unlike classes, of which one is right. */
export function answersApart(task: Task): boolean {
  return task === 'regression' || task === 'multi-label'
}

/**
 * Checked once, so that the loops need not.
 * @returns N
 * @throws ShapeError `shape-mismatch`; NumericError `non-finite-data` with row and column; ConfigError `index-out-of-range`
 */
export function checkFeatures(model: Model, features: Features): number {
  const [rows = 0, ...row] = features.shape
  const expected = model.spec.inputShape
  if (features.shape.length !== expected.length + 1 || row.some((size, axis) => size !== expected[axis])) {
    throw new ShapeError(
      'shape-mismatch',
      `The features must be ${showBatchShape(expected)}, got ${showShape(features.shape)}; the network was made for other columns.`
    )
  }
  // Rows that are made when asked for are finite by their contract, and too many to be made for a look.
  if (!isRowSource(features)) checkFinite('feature', features)
  checkIndices(model, features)
  return rows
}

/**
 * @param answers K classes (binary, multi-class); T values or labels (regression, multi-label)
 * @param leastRows 0 where no rows will do
 * @returns N
 * @throws ShapeError `shape-mismatch`; NumericError `non-finite-data`, `invalid-row-weight`; ConfigError
 *   `class-out-of-range`, `no-rows`
 */
export function checkSamples(model: Model, task: Task, answers: number, samples: Samples, leastRows = 1): number {
  const rows = checkFeatures(model, samples.features)
  const { targets, weights = null } = samples
  const width = answersApart(task) ? answers : 1
  const { shape } = targets
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== width) {
    throw new ShapeError('shape-mismatch', `The targets must be ${showShape([rows, width])}, got ${showShape(shape)}.`)
  }
  if (rows < leastRows) throw new ConfigError('no-rows', 'There must be at least one row, got none.')
  checkFinite('target', targets)
  if (task === 'multi-label') checkClasses(targets, 2)
  else if (task !== 'regression') checkClasses(targets, answers)
  if (weights !== null) checkWeights(weights, rows)
  return rows
}

function checkClasses({ shape: [, width = 1], data }: Tensor, classes: number): void {
  const index = data.findIndex((each) => !Number.isInteger(each) || each < 0 || each >= classes)
  if (index < 0) return
  const row = Math.floor(index / width) + 1
  const label = width === 1 ? '' : ` of label ${(index % width) + 1}`
  throw new ConfigError(
    'class-out-of-range',
    `Row ${row}: the class${label} must be a whole number from 0 to ${classes - 1}, got ${data[index] ?? NaN}.`,
    { row }
  )
}

function checkWeights(weights: Float64Array, rows: number): void {
  if (weights.length !== rows) {
    throw new ShapeError(
      'shape-mismatch',
      `There must be one weight for each of the ${rows} rows, got ${weights.length} of them.`
    )
  }
  const row = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)))
  if (row < 0) return
  throw new NumericError(
    'invalid-row-weight',
    `Row ${row + 1}: its weight must be a finite number from 0, got ${weights[row] ?? NaN}.`,
    { row: row + 1 }
  )
}

/** What a network with this many outputs answers: K classes; T values or labels. */
export function answersOf(model: Model, task: Task): number {
  return task === 'binary' ? 2 : outputUnits(model)
}

/** Whether rows count differently in the loss. */
export function hasWeights({ weights = null }: Samples): boolean {
  return weights !== null
}

/**
 * What a graph is fed as targets: [N, W] as they are; with row weights [N, W + 1], each row's weight behind its targets (1
 * where these samples have none).
 */
export function fedTargets({ targets, weights = null }: Samples, weighted: boolean): Tensor {
  if (!weighted) return targets
  const [rows = 0, width = 1] = targets.shape
  const data = new Float64Array(rows * (width + 1))
  for (let row = 0; row < rows; row++) {
    const at = row * (width + 1)
    data.set(targets.data.subarray(row * width, (row + 1) * width), at)
    data[at + width] = weights?.[row] ?? 1
  }
  return { shape: [rows, width + 1], data }
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
