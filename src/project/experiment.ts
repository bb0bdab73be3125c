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
  parametersOf,
  sizeOf,
  type Evaluation,
  type EpochCheck,
  type EpochEvent,
  type ExecutorName,
  type ForwardProblem,
  type Model,
  type Parameters,
  type Samples,
  type Training,
  type TrainingState,
  type TrainOptions
} from '../engine'
import { ConfigError } from '../shared/errors'
import { settingChanges, steeredSetup } from '../shared/run-changes'
import type { SettingChange } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { EvaluationView, WeightsView } from '../shared/views'
import { evaluationView, targetScaleOf, weightsView } from './evaluation'
import { epochCheck } from './explain/gradient-check'
import { initialParameters, type WeightsFile } from './initial-weights'
import { classWeightsOf, lossSettingsOf } from './loss-settings'
import { requireIndices } from './indices'
import { judge } from './judge'
import { keptParameters } from './kept-parameters'
import { requireMemory } from './memory'
import { checksAfter } from './measured'
import { networkOf, shapedFeatures, shapedSamples } from './network'
import { FORMAT_VERSION, type EpochRecord, type FinalStatus, type Run, type RunRecord } from './record'
import { takeSample } from './sample'
import { checkSetup } from './setup-check'
import { SteeredTraining } from './steered-training'
import { studioVersion } from './version'

export interface Experiment {
  /** The id of the run this becomes. */
  readonly id: string
  /** The one that training goes by now. */
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
  /** Time that the steps of its run took, pauses not counted; of a run that goes on, from where its history ends. */
  readonly elapsedMs: number
  /** Epochs that ended, in order. */
  readonly epochs: readonly EpochRecord[]
  /** Optimizer updates done. */
  readonly steps: number
  /** Epoch in progress, from 1; 0 before the first step. */
  readonly epoch: number
  /** The file it learns from. */
  readonly data: RunRecord['data']
  /** The file its first weights came from; null when they were drawn by the seed. */
  readonly initialWeights: RunRecord['initialWeights']
  /** What training by the settings of now is made of, for whoever trains on the same rows beside it. */
  readonly trainOptions: TrainOptions
  /** The same by the settings of a setup. @throws as `change` */
  trainOptionsBy(setup: Setup): TrainOptions
  /** All that it takes to go on from here; see `Training.state`. */
  state(): TrainingState
  /**
   * Another training on the same rows, beside this one, that goes on from a state with the settings of a setup. Whoever asks
   * for it closes it.
   * @throws as `change`
   */
  trainingFrom(state: TrainingState, setup: Setup): Training
  /**
   * Goes on with other settings from the next step. `training` stays the one to pull, and whoever is pulling it goes on.
   * Asked for where `stepsAhead` is 0.
   * @throws ConfigError `not-changeable` {setting} for a setting of the model, the data or what was drawn at random;
   *   `too-few-epochs`; those of `openExperiment`. It goes on as before then.
   */
  change(setup: Setup): void
  /** The network as a state holds it; as it is now unless one is given. @throws ShapeError `state-mismatch` */
  moment(state?: TrainingState): Moment
  /**
   * The current weights, or those of a moment, on the validation rows, or on the training rows when there are no others; or,
   * asked for, on the rows kept aside for the test, which nothing else looks at.
   * @throws ConfigError `no-test-rows` when none were kept aside
   */
  evaluation(on?: 'validation' | 'test', moment?: Moment): Promise<EvaluationView>
  /** The current weights, or those of a moment, for drawing; null when there are over 4,000. */
  weights(moment?: Moment): WeightsView | null
  /**
   * The run as it stands when this is called, with its weights as they are kept (`keptParameters`); the final numbers are
   * measured with those.
   * @param hurry once it is aborted nothing is waited for: final numbers that are not there yet are left out
   */
  finish(status: FinalStatus, hurry?: AbortSignal): Promise<Run>
}

/** A network as it is or was at some step of its training. */
export interface Moment {
  /** The epoch that its weights are of. */
  readonly epoch: number
  /** Steps taken. */
  readonly step: number
  /** And buffers. */
  readonly parameters: Parameters
}

export interface ExperimentOptions {
  /** What computes the steps; see `createTraining`. */
  readonly executor?: ExecutorName
  /** Weights to begin with; drawn by the seed unless given. */
  readonly initial?: WeightsFile
  /** Of the run that goes on; a new one unless given. */
  readonly id?: string
  /** Where training goes on from; see `TrainOptions.from`. */
  readonly from?: TrainingState
  /** The epochs that had ended there, all of them where the run is to be kept; more are left out. */
  readonly history?: readonly EpochRecord[]
  /** The file that a run which goes on had its first weights from, for its record. */
  readonly initialWeights?: RunRecord['initialWeights']
  /** Looks at the layers after milestones (`TrainOptions.watch`), and checks gradients after each epoch where the setup says so. */
  readonly watch?: TrainOptions['watch']
  /** How the rows are parted; as the setup says, unless given. */
  readonly part?: Parting
  /** Bytes of memory that training may take; all that the computer has, unless given. */
  readonly memory?: number
}

/**
 * @throws ConfigError `invalid-setup` naming the field, or the code of the network's first problem, naming the layer
 * @throws DataFormatError of `prepare`
 * @throws ShapeError `model-input-mismatch`, `weights-mismatch`; ConfigError `model-too-large`, `augmentation-without-images`;
 *   the codes of `createTraining` for a state that it cannot go on from
 */
export function openExperiment(table: Table, wanted: Setup, options: ExperimentOptions = {}): Experiment {
  let setup = checkSetup(wanted)
  const prepared = prepare(table, setup, options.part)
  const { preparation } = prepared
  const classes = classNames(preparation)
  const model = networkOf(setup, preparation)
  const trainingSamples = shapedSamples(model, prepared.training)
  const validation = shapedSamples(model, prepared.validation)
  const validated = prepared.validationRows.length > 0
  const memory = options.memory ?? totalmem()
  const targetScale = targetScaleOf(preparation)
  const { from, initial } = options
  const fixed = {
    ...{ model, training: trainingSamples, validation, memory, answers: outputCount(preparation) },
    ...(targetScale === undefined ? {} : { targetScale }),
    ...(options.executor === undefined ? {} : { executor: options.executor }),
    ...(options.watch === undefined ? {} : { watch: options.watch })
  }
  /** What the settings that may change come to. */
  const optionsOf = (chosen: Setup, classWeights: number[] | null): TrainOptions => ({
    ...fixed,
    task: chosen.task,
    loss: chosen.loss,
    lossConfig: lossSettingsOf(chosen, classWeights).config,
    ...(classWeights === null ? {} : { classWeights }),
    optimizer: chosen.optimizer,
    schedule: chosen.schedule,
    regularization: chosen.regularization,
    augmentation: chosen.augmentation,
    earlyStopping: chosen.earlyStopping,
    batchSize: chosen.batchSize,
    epochs: chosen.epochs,
    seed: chosen.seed,
    shuffle: chosen.shuffle,
    threads: chosen.threads
  })
  const requireRoom = ({ batchSize }: Setup) =>
    requireMemory(
      { model, batchSize, samples: [trainingSamples, validation], executor: options.executor ?? 'wasm' },
      memory
    )
  requireRoom(setup)
  requireIndices(model, table, preparation, trainingSamples.features, prepared.trainRows)
  requireIndices(model, table, preparation, validation.features, prepared.validationRows)
  const sample = takeSample(preparation, table)
  let classWeights = classWeightsOf(setup, trainingSamples.targets, classes)
  const id = options.id ?? randomUUID()
  const epochs = (options.history ?? []).slice(0, from?.epochs ?? 0)
  let steps = from?.step ?? 0
  let epoch = from === undefined ? 0 : epochOf(from)
  const training: SteeredTraining = new SteeredTraining(
    {
      ...optionsOf(setup, classWeights),
      // A state holds weights of its own.
      ...(initial === undefined || from !== undefined ? {} : { initial: initialParameters(model, initial) }),
      ...(from === undefined ? {} : { from })
    },
    epochs.at(-1)?.elapsedMs ?? 0,
    (event) => {
      steps = event.step
      epoch = event.epoch
      if (event.type === 'epoch') epochs.push(epochPointOf(event, training.elapsedMs))
    },
    (): Promise<EpochCheck | null> | null => {
      const samples = setup.gradientSamples
      if (samples === 0 || (options.watch ?? false) === false) return null
      return epochCheck({ ...optionsOf(setup, classWeights), from: training.state() }, samples)
    }
  )
  const problemOf = (chosen: Setup): ForwardProblem => {
    return { model, loss: chosen.loss, lossSettings: lossSettingsOf(chosen, classWeights), task: chosen.task }
  }
  let problem = problemOf(setup)
  const rowsJudged = validated ? validation : trainingSamples
  const judgedBy = (parameters: Parameters, samples: Samples) =>
    judge(problem, parameters, samples, targetScale, training.executor.name)
  let latest: (Judged & { readonly place: string }) | null = null
  /** The weights of now and how they do; worked out once for each place in the run. */
  const judged = () => {
    const place = `${steps}/${epochs.length}`
    if (latest?.place === place) return latest
    const parameters = keptParameters(training.parameters)
    return (latest = { place, parameters, evaluation: judgedBy(parameters, rowsJudged) })
  }

  /** The setup with what may change as another one has it. */
  const steered = (wanted: Setup): Setup => {
    const asked = checkSetup(wanted)
    const [refused] = settingChanges(setup, asked).refused
    if (refused !== undefined) throw notChangeable(refused)
    return steeredSetup(setup, asked)
  }
  const trainOptionsBy = (wanted: Setup): TrainOptions => {
    const next = steered(wanted)
    return optionsOf(next, classWeightsOf(next, trainingSamples.targets, classes))
  }
  const data: RunRecord['data'] = {
    fileName: table.fileName,
    sha256: table.sha256,
    rows: table.rows,
    ...(table.readAs === undefined ? {} : { readAs: table.readAs }),
    ...(table.joined === undefined ? {} : { files: [...table.joined.files] })
  }
  const weightsFile = initial ?? options.initialWeights ?? null
  const initialWeights = weightsFile === null ? null : { fileName: weightsFile.fileName, sha256: weightsFile.sha256 }

  const parameterCount = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

  return {
    id,
    get setup() {
      return setup
    },
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
    get elapsedMs() {
      return training.elapsedMs
    },
    data,
    initialWeights,
    get trainOptions() {
      return optionsOf(setup, classWeights)
    },
    trainOptionsBy,
    state: () => training.state(),
    trainingFrom: (state, wanted) => createTraining({ ...trainOptionsBy(wanted), watch: false, from: state }),
    change(wanted) {
      const next = steered(wanted)
      requireRoom(next)
      const weights = classWeightsOf(next, trainingSamples.targets, classes)
      training.change(optionsOf(next, weights))
      setup = next
      classWeights = weights
      problem = problemOf(next)
      latest = null
    },
    moment(state) {
      if (state === undefined) {
        return { epoch: training.restoredEpoch ?? epoch, step: steps, parameters: training.parameters }
      }
      return { epoch: state.restoredEpoch ?? epochOf(state), step: state.step, parameters: parametersOf(model, state) }
    },
    async evaluation(on = 'validation', moment) {
      const of = { runId: id, preparation, epoch: moment?.epoch ?? training.restoredEpoch ?? epoch }
      const kept = moment === undefined ? null : keptParameters(moment.parameters)
      if (on === 'test') {
        const samples = testSamples(prepared, table, model)
        const evaluation = await judgedBy(kept ?? keptParameters(training.parameters), samples)
        return evaluationView({ ...of, on, judgedRows: prepared.testRows, targets: samples.targets, evaluation })
      }
      const evaluation = await (kept === null ? judged().evaluation : judgedBy(kept, rowsJudged))
      return evaluationView({
        ...of,
        on: validated ? 'validation' : 'training',
        judgedRows: validated ? prepared.validationRows : prepared.trainRows,
        targets: rowsJudged.targets,
        evaluation
      })
    },
    weights: (moment) => weightsView(model, (moment ?? training).parameters),
    async finish(status, hurry) {
      // All of the place where the run stands, before anything is waited for.
      const metrics = [...epochs]
      const { earlyStop, restoredEpoch } = training
      const done = { epochs: metrics.length, steps }
      const createdAt = new Date().toISOString()
      const { parameters, final } = validated
        ? await finalOf(judged(), hurry)
        : { parameters: keptParameters(training.parameters), final: unmeasured }
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
          data,
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
          executor: { name: training.executor.name, threads: training.executor.threads },
          initialWeights,
          earlyStop,
          restoredEpoch,
          gradientChecks: checksAfter(metrics)
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
  if (hurry === undefined) return { parameters, final: await measured }
  const done = new AbortController()
  try {
    return { parameters, final: await Promise.race([measured, aborted(hurry, done.signal)]) }
  } finally {
    done.abort()
  }
}

/** Resolves, with nothing measured, when the signal is aborted; nobody listens to it any more once all is done. */
function aborted(signal: AbortSignal, done: AbortSignal): Promise<RunRecord['final']> {
  if (signal.aborted) return Promise.resolve(unmeasured)
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(unmeasured), { once: true, signal: done })
  )
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
  return evaluationView({
    runId: id,
    epoch: restoredEpoch ?? epochs,
    on: 'table',
    preparation,
    judgedRows: rows,
    targets,
    evaluation
  })
}

/** What is kept and shown of an epoch that ended. @param elapsedMs that it was trained for until then, pauses not counted */
export function epochPointOf(event: EpochEvent, elapsedMs: number | null): EpochRecord {
  const { epoch, trainLoss, validationLoss, trainMetrics, metrics, learningRate, best, step, layers, gradientCheck } =
    event
  return {
    ...{ epoch, trainLoss, validationLoss, trainMetrics, metrics, learningRate, best, step, elapsedMs, layers },
    ...(gradientCheck === undefined ? {} : { gradientCheck })
  }
}

/** The epoch in progress, from 1; the last one that ended where none is; 0 before the first step. */
function epochOf({ epochs, progress }: TrainingState): number {
  return progress !== null && progress.done > 0 ? epochs + 1 : epochs
}

function notChangeable({ label, before, after }: SettingChange): ConfigError {
  return new ConfigError(
    'not-changeable',
    `"${label}" cannot change while a run goes on: it is ${before}, and was to be ${after}. Begin a new run with it.`,
    { setting: label }
  )
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function mapValues<T>(values: Readonly<Record<string, number>>, change: (value: number) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}
