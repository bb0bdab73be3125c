/** What a run folder holds that its run can go on from. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingState } from '../engine'
import { StorageError } from '../shared/errors'
import type { Notice } from '../shared/views'
import { newestCheckpoint, type Checkpoint, type SkippedFile } from './checkpoint'
import { readEventLog, type ReadLog } from './event-log'
import type { Plan } from './plan'
import type { EpochRecord } from './record'
import { CHECKPOINTS, DAMAGED, EVENTS } from './run-files'
import { errnoOf, writing } from './storage-error'
import { Timeline } from './timeline'

export interface StateOnDisk {
  readonly checkpoint: Checkpoint | null
  readonly skipped: readonly SkippedFile[]
  readonly epochs: readonly EpochRecord[]
  readonly notices: readonly Notice[]
}

/**
 * Looks for the newest state that can be gone on from: a checkpoint that is whole and that the log of the steps reaches, or a
 * snapshot where that is newer. For who holds the lock.
 * @throws StorageError of `newestCheckpoint`, `readEventLog` and `writeError`
 */
export async function stateOnDisk(folder: string, plan: Plan): Promise<StateOnDisk> {
  const notices: Notice[] = []
  const log = await readEventLog(join(folder, EVENTS), plan.begunAt).catch(async (thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    if (!(thrown instanceof StorageError) || thrown.code !== 'log-damaged') throw thrown
    notices.push(
      notice('log-damaged', `The log of the run's steps could not be read and is begun anew. ${thrown.message}`)
    )
    await putAway(join(folder, EVENTS))
    return null
  })
  try {
    const known = { step: log?.lastStep ?? plan.begunAt.step, epochs: plan.begunAt.epochs + (log?.epochs.length ?? 0) }
    const { checkpoint, skipped } = await newestCheckpoint(join(folder, CHECKPOINTS), ({ id, state }) => {
      if (id !== plan.id) return 'it is of another run'
      if (state.step <= known.step && state.epochs <= known.epochs) return null
      return `it is of step ${state.step}, and the log of the steps ends at step ${known.step}`
    })
    const moment =
      log === null || (checkpoint !== null && skipped.length === 0)
        ? null
        : await momentOnDisk(folder, plan, log, known)
    if (moment !== null && moment.state.step > (checkpoint?.state.step ?? 0)) {
      const { step, epochs } = moment.state
      const what = `No checkpoint could be used that is newer, so the run goes on from its snapshot after epoch ${epochs}, at step ${step}.`
      return { checkpoint: moment, skipped, epochs: log?.epochs ?? [], notices: [...notices, notice('snapshot', what)] }
    }
    return { checkpoint, skipped, epochs: checkpoint === null ? [] : (log?.epochs ?? []), notices }
  } finally {
    await log?.close()
  }
}

/** The newest snapshot that the log reaches, as a checkpoint would tell it; null where there is none. */
async function momentOnDisk(
  folder: string,
  plan: Plan,
  { epochs, changes }: ReadLog,
  known: { readonly step: number; readonly epochs: number }
): Promise<Checkpoint | null> {
  const state = await nearestSnapshot(folder, plan, known.epochs)
  if (state === null || state.step > known.step) return null
  const before = changes.filter(({ change }) => change.step <= state.step)
  const { id, engineVersion, executor } = plan
  const { fileName, sha256, rows } = plan.data
  return {
    ...{ id, engineVersion, executor, state, loss: null },
    savedAt: new Date().toISOString(),
    setup: before.at(-1)?.setup ?? plan.setup,
    data: { fileName, sha256, rows },
    elapsedMs: epochs.findLast(({ step }) => step <= state.step)?.elapsedMs ?? 0,
    changes: before.length
  }
}

async function nearestSnapshot(folder: string, { begunAt }: Plan, epoch: number): Promise<TrainingState | null> {
  try {
    const timeline = await Timeline.open(folder, { origin: begunAt.epochs })
    try {
      return await timeline.nearest(epoch)
    } finally {
      await timeline.close()
    }
  } catch (thrown) {
    // Without it the run goes on as well, only from further back.
    if (thrown instanceof StorageError) return null
    throw thrown
  }
}

/** Out of the way, but kept: a person may still want to look at it. */
export async function putAway(path: string): Promise<void> {
  await writing(path, () => rename(path, path + DAMAGED))
}

export function notice(code: string, message: string): Notice {
  return { code, severity: 'info', message, columns: [] }
}
