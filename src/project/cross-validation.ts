/** Cross-validation: how well networks of one setup do on rows that they have not seen, and how much that varies. */
import { foldSplit, requireFolds, Turns, type Table } from '../data'
import type { FoldResult, FoldSummary, Spread } from '../shared/cross-validation'
import { NumericError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { openExperiment, type Experiment, type ExperimentOptions } from './experiment'

export type { FoldResult, Spread } from '../shared/cross-validation'

export interface CrossValidation extends FoldSummary {
  readonly folds: readonly FoldResult[]
}

export interface CrossValidationOptions extends Omit<ExperimentOptions, 'part'> {
  readonly signal?: AbortSignal | undefined
  /** Told when a network is about to be trained, and after each of its epochs. */
  readonly onProgress?: ((progress: FoldProgress) => void) | undefined
  /** Asked between steps; what it answers with is waited for. */
  readonly hold?: (() => Promise<void> | null) | undefined
  readonly onFold?: ((result: FoldResult) => void | Promise<void>) | undefined
}

export interface FoldProgress {
  /** From 1. */
  readonly fold: number
  /** Epochs that this network has ended. */
  readonly epoch: number
}

/**
 * Trains one network for each fold (`foldSplit`), prepared by the training rows of that fold alone, and measures it on the
 * validation rows of that fold. Every network begins with the same weights and the same seed. Nothing is kept. Others get
 * their turns between steps.
 *
 * @throws ConfigError `invalid-folds`; NumericError naming the fold; those of `openExperiment`
 * @throws Cancelled when the signal aborts
 */
export async function crossValidate(
  table: Table,
  setup: Setup,
  folds: number,
  options: CrossValidationOptions = {}
): Promise<CrossValidation> {
  requireFolds(folds)
  const turns = new Turns(options.signal)
  const results: FoldResult[] = []
  const notices: (readonly Notice[])[] = []
  let testRows = 0
  for (let fold = 1; fold <= folds; fold++) {
    await options.hold?.()
    await turns.take()
    const experiment = openExperiment(table, setup, { ...options, part: foldSplit(fold - 1, folds) })
    try {
      const result = await trainFold(experiment, fold, turns, options)
      results.push(result)
      notices.push(experiment.prepared.notices)
      testRows = experiment.prepared.testRows.length
      await options.onFold?.(result)
    } finally {
      experiment.training.close()
    }
  }
  const [first] = results
  const names = Object.keys(first?.metrics ?? {})
  return {
    folds: results,
    testRows,
    validationLoss: spreadOf(results.map(({ validationLoss }) => validationLoss)),
    metrics: Object.fromEntries(
      names.map((name) => [name, spreadOf(results.map(({ metrics }) => metrics[name] ?? null))])
    ),
    notices: foldNotices(notices)
  }
}

async function trainFold(
  experiment: Experiment,
  fold: number,
  turns: Turns,
  { signal, onProgress, hold }: CrossValidationOptions
): Promise<FoldResult> {
  const { training, prepared, epochs } = experiment
  onProgress?.({ fold, epoch: 0 })
  try {
    for await (const event of training.events(signal, { stepsAhead: Infinity })) {
      if (event.type === 'epoch') onProgress?.({ fold, epoch: event.epoch })
      await hold?.()
      await turns.take()
    }
  } catch (thrown) {
    if (!(thrown instanceof NumericError)) throw thrown
    throw new NumericError(thrown.code, `Fold ${fold}: ${thrown.message}`, { ...thrown.details, fold })
  }
  // Training that is told to stop ends without a word.
  await turns.take()
  const { record } = await experiment.finish('completed')
  return {
    fold,
    trainRows: prepared.trainRows.length,
    validationRows: prepared.validationRows.length,
    epochs: epochs.length,
    ...record.final
  }
}

function spreadOf(values: readonly (number | null)[]): Spread {
  const numbers = values.filter((value) => value !== null)
  if (numbers.length < values.length || numbers.length < 2) return { mean: null, std: null }
  const mean = numbers.reduce((sum, value) => sum + value / numbers.length, 0)
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: Math.sqrt(squares / (numbers.length - 1)) }
}

function foldNotices(byFold: readonly (readonly Notice[])[]): Notice[] {
  const said = new Set<string>()
  return byFold.flatMap((notices, index) =>
    notices.flatMap((notice) => {
      const isCommon = byFold.every((others) => others.some(({ message }) => message === notice.message))
      const message = isCommon ? notice.message : `Fold ${index + 1}: ${notice.message}`
      if (said.has(message)) return []
      said.add(message)
      return [{ ...notice, message }]
    })
  )
}
