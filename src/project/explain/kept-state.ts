/** Where a kept run stood: at its end, and at the moments that were kept of it. Nothing is written: somebody may be working on the run. */
import { join } from 'node:path'
import type { TrainingState } from '../../engine'
import { ConfigError, StorageError } from '../../shared/errors'
import type { Setup } from '../../shared/setup'
import { newestCheckpoint } from '../checkpoint'
import { readEventLog } from '../event-log'
import { loadRun } from '../load-run'
import { readPlan, type Plan } from '../plan'
import type { Run } from '../record'
import { CHECKPOINTS, EVENTS } from '../run-files'
import { errnoOf } from '../storage-error'
import { listSnapshots, readSnapshot } from '../timeline'
import { lastCheckpoint, newState } from './of-run'

export interface KeptState {
  readonly state: TrainingState
  /** The settings that its next step is taken by. */
  readonly setup: Setup
  /** Whether the optimizer's state is the run's own: where its weights alone were kept, it is as new. */
  readonly remembers: boolean
}

/** Epochs of a kept run that can be gone back to, in order; none where its snapshots are missing or damaged. */
export async function keptMoments(folder: string): Promise<readonly number[]> {
  return listSnapshots(folder).catch((thrown: unknown) => {
    if (thrown instanceof StorageError) return []
    throw thrown
  })
}

/**
 * A kept run after an epoch, or where it ended; one that has not ended where its newest checkpoint is.
 * @param title what people call it @param epoch null for its end
 * @throws ConfigError `unknown-moment`; StorageError of `loadRun`, `readPlan`, `newestCheckpoint`, `log-damaged`
 */
export function keptState(folder: string, title: string, epoch: number | null): Promise<KeptState> {
  return epoch === null ? endOf(folder, title) : momentOf(folder, title, epoch)
}

async function momentOf(folder: string, title: string, epoch: number): Promise<KeptState> {
  const state = await readSnapshot(folder, epoch).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  if (state === null) {
    const moments = await keptMoments(folder)
    const why =
      moments.length === 0 ? 'no snapshots were kept of it' : `there are snapshots of ${moments.length} other epochs`
    throw unknownMoment(`There is no way back to epoch ${epoch} of "${title}": ${why}. Choose its end instead.`, epoch)
  }
  const plan = await readPlan(folder)
  return { state, setup: await setupAt(folder, plan, state.step), remembers: true }
}

async function setupAt(folder: string, { begunAt, setup }: Plan, step: number): Promise<Setup> {
  const log = await readEventLog(join(folder, EVENTS), begunAt).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  await log?.close()
  return log?.changes.findLast(({ change }) => change.step <= step)?.setup ?? setup
}

async function endOf(folder: string, title: string): Promise<KeptState> {
  const run = await loadRun(folder).catch((thrown: unknown) => {
    if (thrown instanceof StorageError && thrown.code === 'run-unfinished') return null
    throw thrown
  })
  return run === null ? unfinished(folder, title) : finished(folder, run)
}

async function finished(folder: string, { record, parameters }: Run): Promise<KeptState> {
  const { setup, steps, epochs, restoredEpoch } = record
  const checkpoint = await lastCheckpoint(folder, record)
  if (checkpoint !== null && checkpoint.state.restoredEpoch === restoredEpoch)
    return { state: checkpoint.state, setup, remembers: true }
  const state = newState(steps, epochs)
  const tensors = new Map([...parameters].map(([name, { data }]) => [name, data] as const))
  return { state: { ...state, restoredEpoch, tensors }, setup, remembers: false }
}

async function unfinished(folder: string, title: string): Promise<KeptState> {
  const { id } = await readPlan(folder)
  const { checkpoint } = await newestCheckpoint(join(folder, CHECKPOINTS), (each) =>
    each.id === id ? null : 'it is of another run'
  )
  if (checkpoint === null)
    throw unknownMoment(
      `"${title}" has not ended, and has no checkpoint to look at. Choose an earlier moment of it.`,
      null
    )
  const { state, setup } = checkpoint
  return { state, setup, remembers: true }
}

function unknownMoment(message: string, epoch: number | null): ConfigError {
  return new ConfigError('unknown-moment', message, { epoch })
}
