/** What the microscope is set on: one step of a run, with the rows it is taken with. */
import {
  answeredRows,
  encodeFeatures,
  encodeTargets,
  hasWindow,
  targetNames,
  type Preparation,
  type Table
} from '../../data'
import {
  fedTargets,
  frozenStep,
  wholeTensor,
  type HeldStep,
  type MicroscopeSubject,
  type Model,
  type Samples,
  type TrainingState
} from '../../engine'
import { ConfigError, ShapeError } from '../../shared/errors'
import type { MicroscopeRows } from '../../shared/explain-views'
import type { Experiment } from '../experiment'
import { requireIndices } from '../indices'
import { shapedSamples } from '../network'

/** A step and the rows of the table that it is taken with, from 0. */
export interface ExplainedRows {
  readonly subject: MicroscopeSubject
  readonly rows: readonly number[]
}

/**
 * The step that would come next in a state: with the batch that it takes, as training takes it; or with one row by itself, as
 * the network answers for it (no masks of dropout, running statistics in batch normalisation).
 * @throws ConfigError `unknown-row`; DataFormatError of `encodeFeatures`; ShapeError `state-mismatch`
 */
export function subjectOf(
  { prepared, trainOptions }: Pick<Experiment, 'prepared' | 'trainOptions'>,
  table: Table,
  state: TrainingState,
  on: MicroscopeRows
): ExplainedRows {
  const frozen = frozenStep({ ...trainOptions, from: state })
  if (on.kind === 'batch') {
    const { trainRows } = prepared
    return { subject: { ...frozen, asTraining: true }, rows: Array.from(frozen.rows, (row) => trainRows[row] ?? NaN) }
  }
  const { preparation, weights } = prepared
  const subject = rowSubject(frozen, preparation, table, on.row, (rows) => weights?.of(rows) ?? null)
  return { subject, rows: [on.row] }
}

/**
 * A step with one row of a table alone.
 * @param row from 0 @param weightsOf how much rows count in the loss; null: all alike
 * @throws ConfigError `unknown-row`; DataFormatError of `encodeFeatures`
 */
export function rowSubject(
  held: HeldStep,
  preparation: Preparation,
  table: Table,
  row: number,
  weightsOf: (rows: Int32Array) => Float64Array | null = () => null
): MicroscopeSubject {
  const samples = rowSamples(held.problem.model, preparation, table, row, weightsOf)
  return {
    ...held,
    input: wholeTensor(samples.features),
    targets: fedTargets(samples, held.problem.rowWeights === true),
    asTraining: false
  }
}

function rowSamples(
  model: Model,
  preparation: Preparation,
  table: Table,
  row: number,
  weightsOf: (rows: Int32Array) => Float64Array | null
): Samples {
  if (row >= table.rows || !answeredRows(preparation, table)(row)) throw unknownRow(preparation, table, row)
  const rows = Int32Array.of(row)
  const features = encodeFeatures(preparation, table, rows)
  const samples = shapedSamples(model, {
    features,
    targets: encodeTargets(preparation, table, rows),
    weights: weightsOf(rows)
  })
  requireIndices(model, table, preparation, samples.features, rows)
  if (samples.features.shape[0] !== 1) throw new ShapeError('shape-mismatch', `Row ${row + 1} gives no input.`)
  return samples
}

function unknownRow(preparation: Preparation, { fileName, rows }: Table, row: number): ConfigError {
  const quoted = targetNames(preparation).map((name) => `"${name}"`)
  const missing = hasWindow(preparation)
    ? 'no whole window with an answer ends at that row'
    : `that row has no answer in ${quoted.join(' or ')}`
  const why = row >= rows ? `it has ${rows} rows` : `${missing}, so there is no error to explain`
  return new ConfigError(
    'unknown-row',
    `Row ${row + 1} of ${fileName} cannot be explained: ${why}. Choose another row.`,
    {
      row: row + 1,
      rows
    }
  )
}
