/**
 * An experiment: a table and a setup, made ready to train. The trainer process and the command line both run
 * experiments, so both train, measure and keep the same thing.
 */
import { randomUUID } from 'node:crypto'
import {
  classNames,
  encodeFeatures,
  encodeTargets,
  prepare,
  requireColumn,
  isMissing,
  type Prepared,
  type Table
} from '../data'
import {
  compileModel,
  createTraining,
  evaluate,
  roundToFloat32,
  sizeOf,
  type ExecutorName,
  type Model,
  type Pace,
  type Parameters,
  type StopSignal,
  type TrainEvent,
  type Training
} from '../engine'
import { modelSpecOf } from '../engine/catalog'
import type { Setup } from '../shared/setup'
import type { EvaluationView, WeightsView } from '../shared/views'
import { evaluationView, targetScaleOf, weightsView } from './evaluation'
import { FORMAT_VERSION, type EpochRecord, type FinalStatus, type Run } from './record'
import { takeSample } from './sample'
import { checkSetup } from './setup-check'
import { studioVersion } from './version'

export interface Experiment {
  /** The id of the run this becomes. */
  readonly id: string
  readonly setup: Setup
  readonly prepared: Prepared
  /** Class names in the order of the outputs; empty for regression. */
  readonly classes: readonly string[]
  readonly model: Model
  /** Trained numbers. */
  readonly parameterCount: number
  /** Pull its events to train. The experiment keeps what it needs of them for its run. */
  readonly training: Training
  /** Epochs that ended, in order. */
  readonly epochs: readonly EpochRecord[]
  /** Optimizer updates done. */
  readonly steps: number
  /** Epoch in progress, from 1; 0 before the first step. */
  readonly epoch: number
  /** The current weights on the validation rows. */
  evaluation(): EvaluationView
  /** The current weights, for drawing; null when there are over 4,000. */
  weights(): WeightsView | null
  /**
   * The run as it stands: weights rounded to float32 first, final numbers measured with those. Weights outside
   * float32's range, as a diverging run may have, become its largest values.
   */
  finish(status: FinalStatus): Run
}

/**
 * @throws ConfigError `invalid-setup` naming the field, or the code of the network's first problem, naming the layer
 * @throws DataFormatError of `prepare`
 * @param executor what computes the steps; see `createTraining`
 */
export function openExperiment(table: Table, wanted: Setup, executor?: ExecutorName): Experiment {
  const setup = checkSetup(wanted)
  const prepared = prepare(table, setup)
  const { preparation, training: trainingSamples, validation } = prepared
  const { target } = preparation
  const classes = classNames(preparation)
  const features = trainingSamples.features.shape[1] ?? 0
  const spec = modelSpecOf(setup.layers, features, setup.task, setup.loss, Math.max(1, classes.length))
  const model = compileModel(spec)
  const sample = takeSample(preparation, table)
  const targetScale = targetScaleOf(target)
  const inner = createTraining({
    model,
    task: setup.task,
    classes: Math.max(1, classes.length),
    loss: setup.loss,
    optimizer: setup.optimizer,
    batchSize: setup.batchSize,
    epochs: setup.epochs,
    seed: setup.seed,
    training: trainingSamples,
    validation,
    ...(targetScale === undefined ? {} : { targetScale }),
    ...(executor === undefined ? {} : { executor })
  })

  const id = randomUUID()
  const epochs: EpochRecord[] = []
  let steps = 0
  let epoch = 0
  async function* recorded(signal?: StopSignal, pace?: Pace): AsyncGenerator<TrainEvent, void, void> {
    for await (const event of inner.events(signal, pace)) {
      steps = event.step
      epoch = event.epoch
      if (event.type === 'epoch') {
        const { trainLoss, validationLoss, trainMetrics, metrics } = event
        epochs.push({ epoch, trainLoss, validationLoss, trainMetrics, metrics })
      }
      yield event
    }
  }
  const training: Training = {
    stepsPerEpoch: inner.stepsPerEpoch,
    executor: inner.executor,
    get parameters() {
      return inner.parameters
    },
    get stepsAhead() {
      return inner.stepsAhead
    },
    events: recorded
  }
  const current = (): Parameters => keptInRange(roundToFloat32(inner.parameters))

  const parameterCount = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

  return {
    id,
    setup,
    prepared,
    classes,
    model,
    parameterCount,
    training,
    epochs,
    get steps() {
      return steps
    },
    get epoch() {
      return epoch
    },
    evaluation: () =>
      evaluationView({ runId: id, epoch, setup, target, model, parameters: current(), samples: validation }),
    weights: () => weightsView(model, inner.parameters),
    finish(status) {
      const parameters = current()
      const { loss, metrics } = evaluate(model, parameters, setup.loss, setup.task, validation, targetScale)
      return {
        record: {
          formatVersion: FORMAT_VERSION,
          id,
          createdAt: new Date().toISOString(),
          engineVersion: studioVersion,
          status,
          setup,
          model: model.spec,
          preparation,
          data: { fileName: table.fileName, sha256: table.sha256, rows: table.rows },
          split: { trainRows: prepared.trainRows.length, validationRows: prepared.validationRows.length },
          epochs: epochs.length,
          steps,
          parameters: parameterCount,
          classes: [...classes],
          final: { validationLoss: finiteOrNull(loss), metrics: mapValues(metrics, finiteOrNull) }
        },
        model,
        parameters,
        metrics: [...epochs],
        sample
      }
    }
  }
}

/** How a run does on the rows of a table that have an answer; the table needs the target's column too. */
export function evaluateRun(run: Run, table: Table): EvaluationView {
  const { preparation, setup, id, epochs } = run.record
  const column = requireColumn(table, preparation.target.name)
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter((row) => !isMissing(column, row))
  const samples = {
    features: encodeFeatures(preparation, table, rows),
    targets: encodeTargets(preparation, table, rows)
  }
  const { model, parameters } = run
  return evaluationView({ runId: id, epoch: epochs, setup, target: preparation.target, model, parameters, samples })
}

const LARGEST_FLOAT32 = 3.4028234663852886e38

function keptInRange(parameters: Parameters): Parameters {
  return new Map(
    [...parameters].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => Math.min(LARGEST_FLOAT32, Math.max(-LARGEST_FLOAT32, value))) }
    ])
  )
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function mapValues<T>(values: Readonly<Record<string, number>>, change: (value: number) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
