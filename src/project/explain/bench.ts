/** Benches: small networks with rows of their own, trained apart from whatever is open. */
import { generatedTable, listNames, prepare, tableOfRows, type Prepared, type Table } from '../../data'
import {
  createTraining,
  initializeParameters,
  keptTensors,
  sizeOf,
  type ExecutorName,
  type Model,
  type Parameters,
  type TrainingState,
  type TrainOptions
} from '../../engine'
import { MAX_BENCH_ROWS, type Bench } from '../../shared/bench'
import { ConfigError } from '../../shared/errors'
import type { Setup } from '../../shared/setup'
import { openExperiment, type Experiment } from '../experiment'
import { networkOf } from '../network'
import { checkSetup } from '../setup-check'

/** Trained numbers of a network on a bench. */
export const MAX_BENCH_PARAMETERS = 20_000

/**
 * Work of a training on a bench at most, in terms of `benchWork`: about ten seconds of either executor (20 ns and 0.2 ns each,
 * measured by networks of 9 to 13,000 numbers on up to 1,000 rows).
 */
const MOST_WORK: Readonly<Record<ExecutorName, number>> = { reference: 5e8, wasm: 5e10 }
/** What the units of a small network come to besides its weights. */
const WORK_OF_UNITS = 40

/** What rows that were written out for a bench are called in messages. */
const ROWS_NAME = 'the bench'

export interface OpenedBench {
  readonly table: Table
  /** Its training is closed: what trains on the bench is made of `trainOptions`. */
  readonly experiment: Experiment
  /** What training on it is made of, with its first weights: those that are given exactly so, the others drawn by the seed. */
  readonly trainOptions: TrainOptions
}

export interface BenchSize {
  /** In one step. */
  readonly rows: number
  /** For training in all. */
  readonly allRows: number
  /** Trained numbers. */
  readonly parameters: number
}

/**
 * A bench made ready: its rows as a table that is no file, with the cells as they are given (a column of numbers alone is
 * numeric, any other is text), and an experiment with its setup.
 * @param executorFor the reference, unless given, computes in float64, with the first weights as they are given
 * @throws ConfigError `unknown-generator`, `invalid-config`, `bench-too-large`, `bench-weights`; all of `openExperiment`
 */
export function openBench(
  bench: Bench,
  executorFor: (size: BenchSize) => ExecutorName = () => 'reference'
): OpenedBench {
  const table = tableOfBench(bench)
  // There is no end of work for several threads on a bench.
  const setup = checkSetup({ ...bench.setup, threads: 1 })
  const prepared = prepare(table, setup)
  const parameters = requireSmall(networkOf(setup, prepared.preparation))
  const size = { ...rowsOf(setup, prepared), parameters }
  const experiment = openExperiment(table, setup, { executor: executorFor(size) })
  experiment.training.close()
  const { model, trainOptions } = experiment
  const initial = firstParameters(model, setup.seed, bench.weights)
  return { table, experiment, trainOptions: { ...trainOptions, initial } }
}

/** @throws ConfigError `unknown-generator`, `invalid-config`, `bench-too-large` */
export function tableOfBench({ data }: Bench): Table {
  if (data.kind === 'rows') return tableOfRows(ROWS_NAME, data.columns, data.rows)
  const table = generatedTable(data.generator, data.config)
  if (table.rows <= MAX_BENCH_ROWS) return table
  throw new ConfigError(
    'bench-too-large',
    `${table.fileName} makes ${table.rows} rows; a bench has at most ${MAX_BENCH_ROWS}. Set fewer points.`,
    { rows: table.rows }
  )
}

function requireSmall({ parameters }: Model): number {
  const numbers = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (numbers <= MAX_BENCH_PARAMETERS) return numbers
  throw new ConfigError(
    'bench-too-large',
    `The network of the bench has ${numbers} trained numbers; a bench has at most ${MAX_BENCH_PARAMETERS}. Use fewer units or layers.`,
    { parameters: numbers }
  )
}

function firstParameters(model: Model, seed: number, given: Bench['weights']): Parameters {
  const parameters = new Map(initializeParameters(model, seed))
  const seen = new Set<string>()
  for (const { name, values } of given) {
    const drawn = parameters.get(name)
    if (drawn === undefined) {
      const known = listNames(keptTensors(model).map((each) => each.name))
      throw badWeights(name, `The network of the bench has no weights "${name}"; there are ${known}.`)
    }
    const { shape } = drawn
    const size = sizeOf(shape)
    if (seen.has(name)) throw badWeights(name, `First weights "${name}" are given twice. Give them once.`)
    if (values.length !== size) {
      const expected = `[${shape.join(', ')}], which is ${size} ${size === 1 ? 'number' : 'numbers'}, row by row`
      throw badWeights(name, `First weights "${name}" must be ${expected}; got ${values.length}.`)
    }
    seen.add(name)
    parameters.set(name, { shape, data: Float64Array.from(values) })
  }
  return parameters
}

function badWeights(name: string, message: string): ConfigError {
  return new ConfigError('bench-weights', message, { parameter: name })
}

function rowsOf({ batchSize }: Setup, { trainRows }: Prepared): Pick<BenchSize, 'rows' | 'allRows'> {
  return { rows: Math.min(batchSize, trainRows.length), allRows: trainRows.length }
}

/** How much so many steps are: rows times numbers. */
export function benchWork({ rows, parameters }: Pick<BenchSize, 'rows' | 'parameters'>, steps: number): number {
  return steps * rows * (parameters + WORK_OF_UNITS)
}

/** @throws ConfigError `bench-too-long` where nobody would wait for so many steps */
export function requireShort({ experiment }: OpenedBench, steps: number): void {
  const { setup, parameterCount: parameters, prepared, training } = experiment
  const { rows } = rowsOf(setup, prepared)
  const most = Math.floor(MOST_WORK[training.executor.name] / benchWork({ rows, parameters }, 1))
  if (steps <= most) return
  throw new ConfigError(
    'bench-too-long',
    `${steps} steps with ${rows} rows each and ${parameters} trained numbers take too long on a bench; at most ${most} such steps are taken. Use fewer steps, rows or units.`,
    { steps, most }
  )
}

export interface BenchStateOptions {
  /** A state of the same bench after fewer steps, to go on from; from the first weights unless given. */
  readonly from?: TrainingState | undefined
  /** Called after each step: others work meanwhile. What it throws ends the training. */
  readonly turn?: () => Promise<void>
}

/**
 * The training on a bench after so many steps; after 0 with its first weights.
 * @throws ConfigError `bench-too-short`, `bench-too-long`; NumericError `diverged`
 */
export async function benchState(
  opened: OpenedBench,
  steps: number,
  { from, turn }: BenchStateOptions = {}
): Promise<TrainingState> {
  requireShort(opened, steps)
  const { trainOptions } = opened
  const training = createTraining({ ...trainOptions, ...(from === undefined ? {} : { from }) })
  try {
    let taken = from?.step ?? 0
    let endsEpoch = false
    const events = training.events()
    // An epoch is over with its last step: what comes of it belongs to that.
    while (taken < steps || endsEpoch) {
      const next = await events.next()
      if (next.done === true) throw tooShort(taken, steps, training.earlyStop !== null)
      taken = next.value.step
      endsEpoch = next.value.type === 'step' && Number.isInteger(next.value.position)
      await turn?.()
    }
    return training.state()
  } finally {
    training.close()
  }
}

function tooShort(taken: number, wanted: number, stoppedEarly: boolean): ConfigError {
  const advice = stoppedEarly ? 'turn early stopping off' : 'set more epochs, or leave them out'
  return new ConfigError(
    'bench-too-short',
    `Training on the bench ends after ${taken} steps, so there is none after ${wanted}. Ask for fewer, or ${advice}.`,
    { steps: taken }
  )
}
