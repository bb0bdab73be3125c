/** A training held still between two steps: all that its next step is taken with. */
import { parseConfig, type Config } from '../fields'
import { keptTensors } from '../model/model'
import { optimizerNamed } from '../optimizers'
import { scheduleNamed, type Horizon, type Schedule } from '../schedules'
import { sizeOf, type Tensor } from '../tensor/tensor'
import { EpochProgress } from './epoch-progress'
import { checkOptions, learningRateAt, type TrainOptions } from './options'
import { copyRows, type Features, type TrainingPass } from './row-source'
import { fedTargets } from './samples'
import { regularizationFields } from './regularization'
import type { TrainingState } from './state'
import { stateSource, stepScalars, type ForwardProblem, type StepProblem, type StepScalar } from './step-graph'

/** What the optimizer brings to a step. */
export interface HeldStep {
  readonly problem: StepProblem
  /** Its number over the run, from 1. */
  readonly step: number
  /** The same, counted from when the optimizer's state was new: t in its equations. */
  readonly ofOptimizer: number
  readonly learningRate: number
  readonly scalars: readonly StepScalar[]
  /** Parameters and buffers by their names and the optimizer's state by `stateSource`, before the step. */
  readonly held: ReadonlyMap<string, Float64Array>
}

export interface FrozenStep extends HeldStep {
  /** Epochs that ended before it. */
  readonly epochs: number
  /** Its batch: rows of the training samples. */
  readonly rows: Int32Array
  /** They as the network takes them, [N, …inputShape]. */
  readonly input: Tensor
  /** And what is wanted of them, as `fedTargets` gives it. */
  readonly targets: Tensor
}

/** What steps are taken by, and how long their run is. */
export interface StepPlan {
  readonly problem: StepProblem
  readonly schedule: Schedule
  readonly scheduleType: string
  readonly horizon: Horizon
}

/** The parts of a run's settings that its steps are taken by, as they stand in its setup. */
export interface StepSettings extends ForwardProblem {
  readonly optimizer: { readonly type: string; readonly config: Config }
  readonly schedule: { readonly type: string; readonly config: Config }
  readonly regularization: Config
  readonly seed: number
  readonly horizon: Horizon
}

/** @throws ConfigError for settings that do not fit */
export function stepPlan({ optimizer, schedule, regularization, horizon, ...forward }: StepSettings): StepPlan {
  const spec = optimizerNamed(optimizer.type)
  const planned = scheduleNamed(schedule.type)
  return {
    problem: {
      ...forward,
      optimizer: spec,
      config: parseConfig(spec.label, spec.fields, optimizer.config),
      regularization: parseConfig('Regularization', regularizationFields, regularization)
    },
    schedule: planned.create(parseConfig(planned.label, planned.fields, schedule.config), horizon),
    scheduleType: planned.type,
    horizon
  }
}

/**
 * The next step from a state. After the last epoch it is the step that one more epoch would begin with.
 * @param options of a training: what was found right of its samples when that was made is not looked at again
 * @param most rows of its batch to take, the first ones
 * @throws those of `createTraining` when the options do not fit the state
 */
export function frozenStep(options: TrainOptions & { readonly from: TrainingState }, most = Infinity): FrozenStep {
  const { from } = options
  const checked = checkOptions(options, 'known')
  const unfinished = new EpochProgress(options, checked, from.epochs, from.progress)
  const isOver = unfinished.stepsLeft === 0
  const epochs = isOver ? from.epochs + 1 : from.epochs
  const progress = isOver ? new EpochProgress(options, checked, epochs) : unfinished
  const rows = (progress.next(1)[0] ?? new Int32Array()).slice(0, most)
  const { training, rowWeights = false } = checked.problem
  return {
    ...heldStep(checked, from, { epochs, stepInEpoch: progress.stepsBehind + 1 }),
    ...{ epochs, rows },
    input: chosen(training.features, rows, { epoch: epochs }),
    targets: chosen(fedTargets(training, rowWeights), rows, null)
  }
}

function chosen(features: Features, rows: Int32Array, pass: TrainingPass | null): Tensor {
  const [, ...row] = features.shape
  const data = new Float64Array(rows.length * sizeOf(row))
  copyRows(features, rows, data, 0, pass)
  return { shape: [rows.length, ...row], data }
}

/** A state's next step without its rows. @param place where it stands in its epoch, from 1, after so many epochs */
export function heldStep(
  { problem, schedule, scheduleType, horizon }: StepPlan,
  from: TrainingState,
  { epochs, stepInEpoch }: { readonly epochs: number; readonly stepInEpoch: number }
): HeldStep {
  const { model, optimizer, config } = problem
  if (from.schedule.type === scheduleType) schedule.restore(from.schedule.state)
  const learningRate = learningRateAt({ problem, schedule, horizon }, epochs, stepInEpoch)
  const sameOptimizer = from.optimizer.type === optimizer.type
  const step = from.step + 1
  const ofOptimizer = sameOptimizer ? step - from.optimizer.since : 1
  const held = new Map<string, Float64Array>()
  for (const { name } of keptTensors(model)) held.set(name, Float64Array.from(from.tensors.get(name) ?? []))
  for (const { name, shape } of model.parameters) {
    for (const slot of optimizer.init(shape, config)) {
      const source = stateSource(slot.name, name)
      const kept = sameOptimizer ? from.tensors.get(source) : undefined
      held.set(source, Float64Array.from(kept ?? slot.initial.data))
    }
  }
  const scalars = stepScalars(optimizer, { ...config, learningRate }, step, ofOptimizer)
  return { problem, step, ofOptimizer, learningRate, scalars, held }
}
