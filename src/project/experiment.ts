/**
 * An experiment: a table and a setup, made ready to train. The trainer process and the command line both run
 * experiments, so both train, measure and keep the same thing.
 */
import { randomUUID } from 'node:crypto'
import { totalmem } from 'node:os'
import {
  answeredRows,
  classNames,
  encodeFeatures,
  encodeTargets,
  outputCount,
  prepare,
  type Parting,
  type Prepared,
  type Table
} from '../data'
import {
  createTraining,
  evaluate,
  sizeOf,
  type Evaluation,
  type EpochEvent,
  type ExecutorName,
  type Model,
  type Pace,
  type Parameters,
  type Samples,
  type StopSignal,
  type TrainEvent,
  type Training
} from '../engine'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { EvaluationView, WeightsView } from '../shared/views'
import { evaluationView, targetScaleOf, weightsView } from './evaluation'
import { initialParameters, type WeightsFile } from './initial-weights'
import { classWeightsOf, lossSettingsOf } from './loss-settings'
import { requireIndices } from './indices'
import { judge } from './judge'
import { keptParameters } from './kept-parameters'
import { requireMemory } from './memory'
import { networkOf, shapedFeatures, shapedSamples } from './network'
import { FORMAT_VERSION, type EpochRecord, type FinalStatus, type Run, type RunRecord } from './record'
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
  /** Numbers the network takes for a row. */
  readonly features: number
  /** Trained numbers. */
  readonly parameterCount: number
  /** Pull its events to train, and close it. The experiment keeps what it needs of them for its run. */
  readonly training: Training
  /** Epochs that ended, in order. */
  readonly epochs: readonly EpochRecord[]
  /** Optimizer updates done. */
  readonly steps: number
  /** Epoch in progress, from 1; 0 before the first step. */
  readonly epoch: number
  /**
   * The current weights on the validation rows, or on the training rows when there are no others; or, asked for, on the
   * rows kept aside for the test, which nothing else looks at.
   * @throws ConfigError `no-test-rows` when none were kept aside
   */
  evaluation(on?: 'validation' | 'test'): Promise<EvaluationView>
  /** The current weights, for drawing; null when there are over 4,000. */
  weights(): WeightsView | null
  /**
   * The run as it stands when this is called, with its weights as they are kept (`keptParameters`); the final numbers are
   * measured with those.
   * @param hurry once it is aborted nothing is waited for: final numbers that are not there yet are left out
   */
  finish(status: FinalStatus, hurry?: AbortSignal): Promise<Run>
}

export interface ExperimentOptions {
  /** What computes the steps; see `createTraining`. */
  readonly executor?: ExecutorName
  /** Weights to begin with; drawn by the seed unless given. */
  readonly initial?: WeightsFile
  /** How the rows are parted; as the setup says, unless given. */
  readonly part?: Parting
  /** Bytes of memory that training may take; all that the computer has, unless given. */
  readonly memory?: number
}

/**
 * @throws ConfigError `invalid-setup` naming the field, or the code of the network's first problem, naming the layer
 * @throws DataFormatError of `prepare`
 * @throws ShapeError `model-input-mismatch`, `weights-mismatch`; ConfigError `model-too-large`, `augmentation-without-images`
 */
export function openExperiment(table: Table, wanted: Setup, options: ExperimentOptions = {}): Experiment {
  const setup = checkSetup(wanted)
  const prepared = prepare(table, setup, options.part)
  const { preparation } = prepared
  const classes = classNames(preparation)
  const model = networkOf(setup, preparation)
  const trainingSamples = shapedSamples(model, prepared.training)
  const validation = shapedSamples(model, prepared.validation)
  const validated = prepared.validationRows.length > 0
  const memory = options.memory ?? totalmem()
  requireMemory(
    {
      ...{ model, batchSize: setup.batchSize, samples: [trainingSamples, validation] },
      executor: options.executor ?? 'wasm'
    },
    memory
  )
  requireIndices(model, table, preparation, trainingSamples.features, prepared.trainRows)
  requireIndices(model, table, preparation, validation.features, prepared.validationRows)
  const sample = takeSample(preparation, table)
  const targetScale = targetScaleOf(preparation)
  const classWeights = classWeightsOf(setup, trainingSamples.targets, classes)
  const lossSettings = lossSettingsOf(setup, classWeights)
  const initial = options.initial === undefined ? null : initialParameters(model, options.initial)
  const inner = createTraining({
    model,
    task: setup.task,
    answers: outputCount(preparation),
    loss: setup.loss,
    lossConfig: lossSettings.config,
    ...(classWeights === null ? {} : { classWeights }),
    optimizer: setup.optimizer,
    schedule: setup.schedule,
    regularization: setup.regularization,
    augmentation: setup.augmentation,
    earlyStopping: setup.earlyStopping,
    batchSize: setup.batchSize,
    epochs: setup.epochs,
    seed: setup.seed,
    shuffle: setup.shuffle,
    threads: setup.threads,
    training: trainingSamples,
    validation,
    memory,
    ...(targetScale === undefined ? {} : { targetScale }),
    ...(initial === null ? {} : { initial }),
    ...(options.executor === undefined ? {} : { executor: options.executor })
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
        epochs.push(epochPointOf(event))
      }
      yield event
    }
  }
  const training: Training = {
    stepsPerEpoch: inner.stepsPerEpoch,
    get executor() {
      return inner.executor
    },
    get parameters() {
      return inner.parameters
    },
    get stepsAhead() {
      return inner.stepsAhead
    },
    get earlyStop() {
      return inner.earlyStop
    },
    get restoredEpoch() {
      return inner.restoredEpoch
    },
    events: recorded,
    close: () => inner.close()
  }
  const problem = { model, loss: setup.loss, lossSettings, task: setup.task }
  const rowsJudged = validated ? validation : trainingSamples
  let latest: (Judged & { readonly place: string }) | null = null
  /** The weights of now and how they do; worked out once for each place in the run. */
  const judged = () => {
    const place = `${steps}/${epochs.length}`
    if (latest?.place === place) return latest
    const parameters = keptParameters(inner.parameters)
    const evaluation = judge(problem, parameters, rowsJudged, targetScale, inner.executor.name)
    return (latest = { place, parameters, evaluation })
  }

  const parameterCount = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

  return {
    id,
    setup,
    prepared,
    classes,
    model,
    features: sizeOf(model.spec.inputShape),
    parameterCount,
    training,
    epochs,
    get steps() {
      return steps
    },
    get epoch() {
      return epoch
    },
    async evaluation(on = 'validation') {
      const of = { runId: id, preparation, epoch: inner.restoredEpoch ?? epoch }
      if (on === 'test') {
        const samples = testSamples(prepared, table, model)
        const evaluation = await judge(
          problem,
          keptParameters(inner.parameters),
          samples,
          targetScale,
          inner.executor.name
        )
        return evaluationView({ ...of, on, targets: samples.targets, evaluation })
      }
      const evaluation = await judged().evaluation
      return evaluationView({
        ...of,
        on: validated ? 'validation' : 'training',
        targets: rowsJudged.targets,
        evaluation
      })
    },
    weights: () => weightsView(model, inner.parameters),
    async finish(status, hurry) {
      // All of the place where the run stands, before anything is waited for.
      const metrics = [...epochs]
      const { earlyStop, restoredEpoch } = inner
      const done = { epochs: metrics.length, steps }
      const createdAt = new Date().toISOString()
      const { parameters, final } = validated
        ? await finalOf(judged(), hurry)
        : { parameters: keptParameters(inner.parameters), final: unmeasured }
      const { initial: weightsFile } = options
      return {
        record: {
          formatVersion: FORMAT_VERSION,
          id,
          createdAt,
          engineVersion: studioVersion,
          status,
          setup,
          model: model.spec,
          preparation,
          data: {
            fileName: table.fileName,
            sha256: table.sha256,
            rows: table.rows,
            ...(table.readAs === undefined ? {} : { readAs: table.readAs }),
            ...(table.joined === undefined ? {} : { files: [...table.joined.files] })
          },
          split: {
            trainRows: prepared.trainRows.length,
            validationRows: prepared.validationRows.length,
            testRows: prepared.testRows.length
          },
          ...done,
          parameters: parameterCount,
          classes: [...classes],
          final,
          classWeights,
          executor: { name: inner.executor.name, threads: inner.executor.threads },
          initialWeights:
            weightsFile === undefined ? null : { fileName: weightsFile.fileName, sha256: weightsFile.sha256 },
          earlyStop,
          restoredEpoch
        },
        model,
        parameters,
        metrics,
        sample
      }
    }
  }
}

/** The rows kept aside, encoded only now. */
function testSamples({ preparation, testRows, weights }: Prepared, table: Table, model: Model): Samples {
  if (testRows.length === 0) {
    throw new ConfigError('no-test-rows', 'No rows were kept aside for a test. Train with a test share above 0.', {
      setting: 'test'
    })
  }
  const samples = shapedSamples(model, {
    features: encodeFeatures(preparation, table, testRows),
    targets: encodeTargets(preparation, table, testRows),
    weights: weights?.of(testRows) ?? null
  })
  requireIndices(model, table, preparation, samples.features, testRows)
  return samples
}

/** Weights as they are kept, and how they do. */
interface Judged {
  readonly parameters: Parameters
  readonly evaluation: Promise<Evaluation>
}

const unmeasured: RunRecord['final'] = { validationLoss: null, metrics: {} }

async function finalOf({ parameters, evaluation }: Judged, hurry?: AbortSignal) {
  const measured = evaluation.then(({ loss, metrics }) => {
    return { validationLoss: finiteOrNull(loss), metrics: mapValues(metrics, finiteOrNull) }
  })
  return { parameters, final: hurry === undefined ? await measured : await Promise.race([measured, aborted(hurry)]) }
}

/** Resolves, with nothing measured, when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<RunRecord['final']> {
  if (signal.aborted) return Promise.resolve(unmeasured)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(unmeasured), { once: true }))
}

/** How a run does on the rows of a table that have every answer; the table needs the targets' columns too. Each row counts alike. */
export function evaluateRun(run: Run, table: Table): EvaluationView {
  const { preparation, setup, id, epochs, restoredEpoch, classWeights } = run.record
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(answeredRows(preparation, table))
  const { model, parameters } = run
  const features = shapedFeatures(model, encodeFeatures(preparation, table, rows))
  requireIndices(model, table, preparation, features, rows)
  const samples = {
    features,
    targets: encodeTargets(preparation, table, rows)
  }
  const problem = { model, loss: setup.loss, task: setup.task, lossSettings: lossSettingsOf(setup, classWeights) }
  const evaluation = evaluate(problem, parameters, samples, targetScaleOf(preparation))
  const { targets } = samples
  return evaluationView({ runId: id, epoch: restoredEpoch ?? epochs, on: 'table', preparation, targets, evaluation })
}

/** What is kept and shown of an epoch that ended. */
export function epochPointOf(event: EpochEvent): EpochRecord {
  const { epoch, trainLoss, validationLoss, trainMetrics, metrics, learningRate, best } = event
  return { epoch, trainLoss, validationLoss, trainMetrics, metrics, learningRate, best }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function mapValues<T>(values: Readonly<Record<string, number>>, change: (value: number) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
