/** What a training is made of, and the check that its parts fit together. */
import { ConfigError, NumericError } from '../../shared/errors'
import { augmented } from '../augment/augment'
import type { ExecutorName, TrainingProblem } from '../executors/training-executor'
import { numberSetting, parseConfig, type Config } from '../fields'
import { lossFor, type LossName, type LossSettings } from '../losses'
import { checkOutputs } from '../model/inference'
import { checkParameters, compileModel, initializeParameters, type Model, type Parameters } from '../model/model'
import { optimizerNamed } from '../optimizers'
import { constant, scheduleNamed, type Horizon, type Schedule } from '../schedules'
import type { Task } from '../spec'
import { earlyStoppingFields } from './early-stopping'
import { regularizationFields } from './regularization'
import { checkSamples, hasWeights, type Samples, type TargetScale } from './samples'
import type { TrainingState } from './state'
import { checkState, parametersOf } from './state-check'
import type { Clock } from './time-share'

export interface TrainOptions {
  readonly model: Model
  readonly task: Task
  /** What there is to answer: K classes (binary, multi-class); T values or labels (regression, multi-label). */
  readonly answers: number
  readonly loss: LossName
  /** The loss's own settings; defaults for what is left out. */
  readonly lossConfig?: Config
  /** A factor > 0 of the loss of each class's rows; none unless given. Binary and multi-class alone. */
  readonly classWeights?: readonly number[]
  readonly optimizer: { readonly type: string; readonly config: Config }
  /** How the learning rate changes over the run; constant unless given. */
  readonly schedule?: { readonly type: string; readonly config: Config }
  /** Penalties on weights and bounds of gradients (`regularizationFields`); none unless given. */
  readonly regularization?: Config
  /** How training images are changed at random (`augmentationFields`); not at all unless given. */
  readonly augmentation?: Config
  /** When to end before the last epoch (`earlyStoppingFields`); never unless given. */
  readonly earlyStopping?: Config
  /** Rows of one step; the last step of an epoch takes what is left. */
  readonly batchSize: number
  readonly epochs: number
  /** Whole number from 0 to 2³² − 1: first weights, the order of rows, and what layers and augmentation draw at random. */
  readonly seed: number
  /** Rows in a new order in each epoch (the default), or always as they stand. */
  readonly shuffle?: boolean
  readonly training: Samples
  /** May have no rows: nothing is judged then, and the training loss says what is best. */
  readonly validation: Samples
  /** Regression: gives the metrics in raw units. One mean and scale for each value. */
  readonly targetScale?: TargetScale
  /** First parameters and buffers; drawn by the seed unless given. */
  readonly initial?: Parameters
  /** Processor threads; 0 or none given: as many as the work is worth. */
  readonly threads?: number
  /** `wasm` (float32, fast) unless its kernels were not provided; `reference` is float64. */
  readonly executor?: ExecutorName
  /**
   * Goes on from where another training stood. With the same options it is the same training; with others they count from the
   * next step on, and an optimizer or a schedule of another type begins anew there. Model, samples, seed and order of rows
   * must be the same.
   */
  readonly from?: TrainingState
  /**
   * Looks at the layers after epochs that are milestones (`EpochEvent.layers`): after all of them, or, where a clock is given,
   * after as many as take little of the time.
   */
  readonly watch?: boolean | Clock
  /** Bytes of memory that there are. Unless given, only what cannot be had at all is refused. */
  readonly memory?: number
}

/** Options that fit together, with every default filled in. */
export interface CheckedOptions {
  readonly problem: TrainingProblem
  /** Training rows. */
  readonly rows: number
  readonly horizon: Horizon
  readonly schedule: Schedule
  readonly scheduleType: string
  /** Of `earlyStoppingFields`. */
  readonly earlyStopping: Config
}

/**
 * @param samples `known` where a training was made with them before: they are not gone through again, which takes long
 * @throws ConfigError, ShapeError, NumericError when the options, or they and the state to go on from, do not fit together
 */
export function checkOptions(options: TrainOptions, samples: 'new' | 'known' = 'new'): CheckedOptions {
  const { task, loss, answers, seed, batchSize, epochs, training, validation, threads = 0 } = options
  const model = compileModel(options.model.spec)
  const optimizer = optimizerNamed(options.optimizer.type)
  const config = parseConfig(optimizer.label, optimizer.fields, options.optimizer.config)
  checkCount('batch size', batchSize, 1)
  checkCount('number of epochs', epochs, 1)
  checkCount('number of threads', threads, 0)
  checkOutputs(model, loss, task, answers)
  const rows = samples === 'new' ? checkSamples(model, task, answers, training) : (training.features.shape[0] ?? 0)
  if (samples === 'new') checkSamples(model, task, answers, validation, 0)
  const stepsPerEpoch = Math.ceil(rows / batchSize)
  const horizon = { steps: stepsPerEpoch * epochs, stepsPerEpoch, epochs }
  const features = augmented(training.features, options.augmentation ?? {}, seed)
  const { type, config: scheduleConfig } = options.schedule ?? { type: constant.type, config: {} }
  const schedule = scheduleNamed(type)
  const { from } = options
  if (from !== undefined) checkState(from, { model, optimizer, config, epochs, rows })
  const problem = {
    ...{ model, task, loss, optimizer, config, seed, batchSize, validation, threads },
    oddBatch: (rows - (from?.progress?.done ?? 0)) % batchSize,
    training: { ...training, features },
    lossSettings: lossSettings(options),
    rowWeights: [training, validation].some(hasWeights),
    regularization: parseConfig('Regularization', regularizationFields, options.regularization ?? {}),
    parameters: from === undefined ? firstParameters(model, options) : parametersOf(model, from)
  }
  return {
    ...{ problem, rows, horizon, scheduleType: schedule.type },
    schedule: schedule.create(parseConfig(schedule.label, schedule.fields, scheduleConfig), horizon),
    earlyStopping: parseConfig('Early stopping', earlyStoppingFields, options.earlyStopping ?? {})
  }
}

/**
 * The learning rate of a step: that of the optimizer's settings times the schedule's factor. The schedule is asked as if all
 * epochs had had as many steps as this one: so it goes on from its place in the run when the size of batches has changed.
 * @param epochs ended before it @param stepInEpoch from 1
 */
export function learningRateAt(
  {
    problem,
    schedule,
    horizon
  }: { readonly problem: { readonly config: Config }; readonly schedule: Schedule; readonly horizon: Horizon },
  epochs: number,
  stepInEpoch: number
): number {
  return numberSetting(problem.config, 'learningRate') * schedule.factor(epochs * horizon.stepsPerEpoch + stepInEpoch)
}

function lossSettings({ loss, task, answers, lossConfig = {}, ...options }: TrainOptions): LossSettings {
  const { fields, label } = lossFor(loss, task)
  const classWeights = options.classWeights ?? null
  if (classWeights !== null) checkClassWeights(classWeights, task, answers)
  return { config: parseConfig(label, fields, lossConfig), classWeights }
}

function checkClassWeights(weights: readonly number[], task: Task, classes: number): void {
  if (task === 'regression' || task === 'multi-label') {
    throw new ConfigError(
      'invalid-config',
      `Class weights are for binary and multi-class, where each row is of one class; leave them out for ${task}.`
    )
  }
  const bad = weights.find((weight) => !(weight > 0 && Number.isFinite(weight)))
  if (weights.length === classes && bad === undefined) return
  const got = bad === undefined ? `${weights.length} of them` : String(bad)
  throw new ConfigError(
    'invalid-config',
    `Class weights must be ${classes} finite numbers above 0, one for each class, got ${got}.`
  )
}

function firstParameters(model: Model, { initial, seed }: TrainOptions): Parameters {
  if (initial === undefined) return initializeParameters(model, seed)
  checkParameters(model, initial)
  for (const [name, { data }] of initial) {
    const at = data.findIndex((value) => !Number.isFinite(value))
    if (at < 0) continue
    throw new NumericError(
      'non-finite-data',
      `Number ${at + 1} of the first "${name}" must be finite, got ${data[at] ?? NaN}; these weights cannot be trained on.`,
      { parameter: name }
    )
  }
  return initial
}

function checkCount(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw new ConfigError('invalid-config', `The ${what} must be a whole number from ${least}, got ${value}.`)
}
