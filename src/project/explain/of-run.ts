/** The step that would come next of a kept run. */
import { join } from 'node:path'
import { encodeFeatures, encodeTargets, inputRows, answeredRows, type Table } from '../../data'
import {
  fedTargets,
  heldStep,
  stepPlan,
  wholeTensor,
  type HeldStep,
  type MicroscopeSubject,
  type TrainingState
} from '../../engine'
import { DataFormatError } from '../../shared/errors'
import { newestCheckpoint, type Checkpoint } from '../checkpoint'
import { requireIndices } from '../indices'
import { lossSettingsOf } from '../loss-settings'
import { shapedSamples } from '../network'
import type { Run, RunRecord } from '../record'
import { CHECKPOINTS } from '../run-files'

export interface HeldRun {
  readonly held: HeldStep
  /** Whether the optimizer's state is the run's own: without its last checkpoint it is as new. */
  readonly remembers: boolean
}

/**
 * The next step of a run: with its weights as they are kept, and with the state of its optimizer from its last checkpoint, where
 * that is of its last step.
 * @throws StorageError of `newestCheckpoint`
 */
export async function heldRun(folder: string, { record, model, parameters }: Run): Promise<HeldRun> {
  const { setup, steps, epochs, split, classWeights } = record
  const checkpoint = await lastCheckpoint(folder, record)
  const stepsPerEpoch = Math.max(1, Math.ceil(split.trainRows / setup.batchSize))
  const plan = stepPlan({
    ...{ model, task: setup.task, loss: setup.loss, seed: setup.seed, rowWeights: setup.weight !== null },
    lossSettings: lossSettingsOf(setup, classWeights),
    ...{ optimizer: setup.optimizer, schedule: setup.schedule, regularization: setup.regularization },
    horizon: { steps: stepsPerEpoch * setup.epochs, stepsPerEpoch, epochs: setup.epochs }
  })
  const remembered = checkpoint?.state ?? newState(steps, epochs)
  const tensors = new Map(remembered.tensors)
  for (const [name, { data }] of parameters) tensors.set(name, data)
  const done = remembered.progress?.done ?? 0
  const place = { epochs, stepInEpoch: Math.floor(done / setup.batchSize) + 1 }
  return { held: heldStep(plan, { ...remembered, tensors }, place), remembers: checkpoint !== null }
}

/** The checkpoint of a run's end, where it is still there. @throws StorageError of `newestCheckpoint` */
export async function lastCheckpoint(
  folder: string,
  { id, steps }: Pick<RunRecord, 'id' | 'steps'>
): Promise<Checkpoint | null> {
  const { checkpoint } = await newestCheckpoint(join(folder, CHECKPOINTS), ({ id: of, state }) =>
    of === id && state.step === steps ? null : `it is not of step ${steps} of this run`
  )
  return checkpoint
}

/** Of a run that nothing is known of but its weights. */
export function newState(step: number, epochs: number): TrainingState {
  return {
    ...{ step, epochs, progress: null, stopper: [], earlyStop: null, restoredEpoch: null },
    optimizer: { type: '', since: step },
    schedule: { type: '', state: [] },
    tensors: new Map()
  }
}

/**
 * That step with the first rows of a table that have every answer, as training takes it.
 * @param most rows @throws DataFormatError `no-rows`, those of `encodeFeatures`
 */
export function batchSubject({ held }: HeldRun, { record, model }: Run, table: Table, most: number): MicroscopeSubject {
  const { preparation } = record
  const rows = inputRows(preparation, table).filter(answeredRows(preparation, table)).slice(0, most)
  if (rows.length === 0) {
    throw new DataFormatError(
      'no-rows',
      `${table.fileName} has no row with an answer to learn from. Choose another file.`
    )
  }
  const samples = shapedSamples(model, {
    features: encodeFeatures(preparation, table, rows),
    targets: encodeTargets(preparation, table, rows),
    weights: null
  })
  requireIndices(model, table, preparation, samples.features, rows)
  const { features } = samples
  return {
    ...held,
    input: wholeTensor(features),
    targets: fedTargets(samples, held.problem.rowWeights === true),
    asTraining: true
  }
}
