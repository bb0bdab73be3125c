/** What a run answers for the rows of a table. */
import {
  encodeFeatures,
  inputRows,
  inTurns,
  outputNames,
  Turns,
  valueOutputs,
  type Preparation,
  type Table
} from '../data'
import { isOn, predictedClasses, predictInSlices, type Tensor } from '../engine'
import { DataFormatError } from '../shared/errors'
import { requireIndices } from './indices'
import { shapedFeatures } from './network'
import type { Run } from './record'

/** What one of several targets of a row is answered with. */
export interface TargetPrediction {
  /** Of the output: the column, or the column and how far ahead it is. */
  readonly name: string
  /** Class name, or the value in the target's own units. */
  readonly value: string | number
  /** Labels: the probability of the second of its classes. */
  readonly probability?: number
}

export interface RowPrediction {
  /** Data row, counted from 1. */
  readonly row: number
  /** Class name, or the value in the target's own units; of the first of several targets. */
  readonly prediction: string | number
  /** Classes: each class's name and probability, in the order of the run's classes. */
  readonly probabilities?: readonly (readonly [string, number])[]
  /** Every target in the order of the outputs, where there are several. */
  readonly values?: readonly TargetPrediction[]
}

/**
 * One prediction a row, or with windows for each row that has a whole one up to it. The class is the most probable one, the first of equals.
 * Others get their turn while it computes.
 * @throws DataFormatError `missing-column`, naming the feature the table lacks; `not-a-number`, `missing-value`; `non-finite-prediction`, naming the row
 * @throws ConfigError `index-out-of-range`, naming row and column
 * @throws Cancelled once the signal is aborted
 */
export async function predictTable(run: Run, table: Table, signal?: AbortSignal): Promise<RowPrediction[]> {
  const { preparation, setup } = run.record
  const rows = inputRows(preparation, table)
  const features = shapedFeatures(run.model, encodeFeatures(preparation, table, rows))
  requireIndices(run.model, table, preparation, features, rows)
  const work = predictInSlices(run.model, run.parameters, setup.loss, setup.task, features)
  const outputs = await inTurns(work, new Turns(signal))
  requireFinite(table, rows, outputs)
  return rowPredictions(preparation, rows, outputs)
}

/** Values far beyond those of the training leave the range of the float32 that networks compute in. */
function requireFinite(table: Table, rows: Int32Array, { shape: [, units = 1], data }: Tensor): void {
  const at = data.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  const row = (rows[Math.floor(at / units)] ?? 0) + 1
  throw new DataFormatError(
    'non-finite-prediction',
    `${table.fileName}, row ${row}: the network has no finite answer, as its values are too far from those it was trained on. Correct the row or leave it out.`,
    { file: table.fileName, row }
  )
}

/** @param rows of the table, from 0 */
function rowPredictions(preparation: Preparation, rows: Int32Array, outputs: Tensor): RowPrediction[] {
  const { target } = preparation
  const [, units = 1] = outputs.shape
  if ('classes' in target) return classPredictions(target.classes, rows, outputs)
  const answersOf = target.task === 'regression' ? valuesOf(preparation) : labelsOf(preparation, target.labels)
  return Array.from(rows, (of, index) => {
    const values = answersOf(outputs.data.subarray(index * units, (index + 1) * units))
    const [row, prediction] = [of + 1, values[0]?.value ?? NaN]
    return values.length === 1 ? { row, prediction } : { row, prediction, values }
  })
}

/** What becomes of the outputs for a row. */
type AnswersOf = (outputs: Float64Array) => TargetPrediction[]

function valuesOf(preparation: Preparation): AnswersOf {
  const values = valueOutputs(preparation)
  return (outputs) => values.map(({ name, mean, scale }, k) => ({ name, value: mean + scale * (outputs[k] ?? NaN) }))
}

function labelsOf(
  preparation: Preparation,
  labels: readonly { readonly classes: readonly [string, string] }[]
): AnswersOf {
  const names = outputNames(preparation)
  return (outputs) =>
    labels.map(({ classes: [no, yes] }, k) => {
      const probability = outputs[k] ?? NaN
      return { name: names[k] ?? '', value: isOn(probability) ? yes : no, probability }
    })
}

function classPredictions(classes: readonly string[], rows: Int32Array, outputs: Tensor): RowPrediction[] {
  const units = outputs.shape[1] ?? 1
  return Array.from(predictedClasses(outputs), (index, place) => {
    const ofRow = outputs.data.subarray(place * units, (place + 1) * units)
    // One output is the probability of the second class.
    const probabilities = units === 1 ? [1 - (ofRow[0] ?? NaN), ofRow[0] ?? NaN] : [...ofRow]
    return {
      row: (rows[place] ?? 0) + 1,
      prediction: classes[index] ?? '',
      probabilities: classes.map((name, k) => [name, probabilities[k] ?? NaN] as const)
    }
  })
}
