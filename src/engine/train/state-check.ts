/** Whether training can go on from a state. */
import { ConfigError, NumericError, ShapeError } from '../../shared/errors'
import type { HeldNumbers } from '../executors/training-executor'
import type { Config } from '../fields'
import { keptTensors, type Model, type Parameters } from '../model/model'
import type { OptimizerSpec } from '../optimizers'
import type { Shape } from '../spec'
import { sizeOf } from '../tensor/tensor'
import type { TrainingState } from './state'
import { isOptimizerSource, stateSource } from './step-graph'

/** What comes before the name of a parameter or buffer, where its numbers are those of the best epoch. */
const BEST = 'best.'

export function bestSource(name: string): string {
  return `${BEST}${name}`
}

/** What a state is to go on with. */
export interface StateUse {
  readonly model: Model
  readonly optimizer: OptimizerSpec
  /** Of the optimizer, parsed. */
  readonly config: Config
  readonly epochs: number
  /** For training. */
  readonly rows: number
}

/**
 * Makes sure that training can go on from a state: it may come from a file.
 * @throws ShapeError `state-mismatch` when it is of another model or of fewer rows; ConfigError `too-few-epochs` when it has
 *   more epochs behind it than there are to be, `invalid-state` for counts that no training has; NumericError
 *   `non-finite-data` for a weight that is no number
 */
export function checkState(state: TrainingState, use: StateUse): void {
  const { step, epochs, progress, optimizer, stopper, schedule, restoredEpoch } = state
  checkWhole('steps', step)
  checkWhole('ended epochs', epochs, step)
  checkWhole('steps before its optimizer', optimizer.since, step)
  if (restoredEpoch !== null) checkWhole('epochs before the one it took back', restoredEpoch, epochs)
  if (progress !== null) checkWhole('rows of its epoch', progress.done)
  if ([...stopper, ...schedule.state].some((value) => !Number.isFinite(value))) {
    throw invalidState('its early stopping or its schedule remembers a number that is not finite')
  }
  if (progress !== null && progress.done > use.rows) {
    throw stateMismatch(`${progress.done} rows of its epoch are behind it, and there are ${use.rows} rows to train on`)
  }
  checkEpochs(state, use.epochs)
  checkTensors(state, use)
}

function checkEpochs({ epochs, progress }: TrainingState, planned: number): void {
  const begun = epochs + (progress !== null && progress.done > 0 ? 1 : 0)
  if (planned >= begun) return
  const place = begun > epochs ? `in epoch ${begun} already` : `at the end of epoch ${epochs}`
  throw new ConfigError(
    'too-few-epochs',
    `Training is ${place}, so there cannot be ${planned} epochs. Choose at least ${begun}, or stop it.`,
    { epochs: planned, begun }
  )
}

function checkTensors(state: TrainingState, { model, optimizer, config }: StateUse): void {
  const expected = new Map<string, Shape>()
  for (const { name, shape } of keptTensors(model)) {
    expected.set(name, shape).set(bestSource(name), shape)
    if (!state.tensors.has(name)) throw stateMismatch(`it has no "${name}"`)
  }
  const sameOptimizer = state.optimizer.type === optimizer.type
  for (const { name, shape } of model.parameters) {
    for (const slot of sameOptimizer ? optimizer.init(shape, config) : []) {
      expected.set(stateSource(slot.name, name), slot.initial.shape)
    }
  }
  for (const [name, numbers] of state.tensors) {
    const shape = expected.get(name)
    if (shape === undefined) {
      // The state of another optimizer, or of other settings of this one, is left behind.
      if (isOptimizerSource(name)) continue
      throw stateMismatch(`it has "${name}", which this model does not have`)
    }
    if (numbers.length !== sizeOf(shape)) {
      throw stateMismatch(`"${name}" has ${numbers.length} numbers, this model takes ${sizeOf(shape)}`)
    }
  }
  const trained = keptTensors(model).flatMap(({ name }) => [name, bestSource(name)])
  for (const name of trained) checkFinite(name, state.tensors.get(name))
}

function checkFinite(name: string, numbers: HeldNumbers | undefined): void {
  if (numbers === undefined) return
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue
    throw new NumericError(
      'non-finite-data',
      `Number ${i + 1} of "${name}" must be finite, got ${numbers[i] ?? NaN}; training cannot go on from this state. Take an earlier one.`,
      { parameter: name }
    )
  }
}

function checkWhole(what: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return
  throw invalidState(`its number of ${what} is ${value}`)
}

function invalidState(reason: string): ConfigError {
  return new ConfigError('invalid-state', `Training cannot go on from this state: ${reason}. Take an earlier one.`)
}

export function stateMismatch(reason: string): ShapeError {
  return new ShapeError(
    'state-mismatch',
    `Training cannot go on from this state: ${reason}. It is of another model or of other data; open those that it was made with.`
  )
}

/** Parameters and buffers of a state of this model. */
export function parametersOf(model: Model, { tensors }: Pick<TrainingState, 'tensors'>): Parameters {
  return new Map(
    keptTensors(model).map(({ name, shape }) => {
      const numbers = tensors.get(name)
      if (numbers === undefined) throw stateMismatch(`it has no "${name}"`)
      return [name, { shape, data: Float64Array.from(numbers) }] as const
    })
  )
}
