/** What it takes to train a kept run once more, to the same bits: the moment it began from, and how it was steered. */
import { join } from 'node:path'
import type { TrainingState } from '../engine'
import { ConfigError } from '../shared/errors'
import { readEventLog, type LoggedChange } from './event-log'
import { readPlan, type Plan } from './plan'
import type { EpochRecord } from './record'
import { EVENTS } from './run-files'
import { errnoOf } from './storage-error'
import { readSnapshot } from './timeline'

export interface Repetition {
  /** Null for a run that began with weights drawn by its seed. */
  readonly from: TrainingState | null
  /** Epochs behind it, of the run that it was forked from. */
  readonly history: readonly EpochRecord[]
  /** Changes of its settings, in order. */
  readonly changes: readonly LoggedChange[]
}

/**
 * @throws ConfigError `not-repeatable` where it began from weights that were not kept; StorageError as `readPlan`, `log-damaged`
 */
export async function repetitionOf(folder: string): Promise<Repetition> {
  const plan = await readPlan(folder)
  const log = await readEventLog(join(folder, EVENTS), plan.begunAt).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  const { epochs, changes } = log ?? { epochs: [], changes: [] }
  await log?.close()
  if (plan.parent === null && plan.initialWeights === null) return { from: null, history: [], changes }
  const behind = plan.begunAt.epochs + epochs.filter(({ step }) => step <= plan.begunAt.step).length
  const from = await readSnapshot(folder, behind).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  if (from === null || from.step !== plan.begunAt.step) throw withoutBeginning(plan)
  return { from, history: epochs.slice(0, from.epochs), changes }
}

function withoutBeginning({ title, parent, initialWeights }: Plan): ConfigError {
  const source = parent === null ? `"${initialWeights?.fileName ?? ''}"` : `"${parent.title}"`
  return new ConfigError(
    'not-repeatable',
    `"${title}" cannot be trained again exactly: its first weights came from ${source}, and are not kept with it. Open its design and train that instead.`
  )
}
