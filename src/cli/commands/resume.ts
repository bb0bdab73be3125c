import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readTables, type Table } from '../../data'
import { readPlan, resumeRun, summaryOf, type Plan, type ResumedRun } from '../../project'
import { ConfigError, DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { usageError } from '../failure'
import { loadCompiledKernels } from '../kernels'
import type { CommandContext } from '../program'
import { recordTraining, requireTestRows } from '../record-training'

export interface ResumeFlags {
  /** Files of the dataset; where the run was begun from, unless given. */
  readonly data: readonly string[]
  /** Epochs in all. */
  readonly epochs: number | undefined
  /** Whether the rows kept aside are looked at in the end. */
  readonly evaluateTest: boolean
}

/**
 * Goes on with a run from its newest checkpoint to its planned end, or to that many epochs.
 * @throws StorageError of `readPlan` and `resumeRun`; ConfigError `run-ended`; those of reading and training; Interrupted
 */
export async function resume(
  folder: string,
  { data, epochs, evaluateTest }: ResumeFlags,
  context: CommandContext
): Promise<void> {
  const { output, signal } = context
  const plan = await readPlan(folder)
  await requireMore(folder, epochs)
  const table = await readData(plan, data, signal)
  loadCompiledKernels()
  const { experiment, recorder, restored } = await resumeRun(folder, table, {
    ...(epochs === undefined ? {} : { epochs }),
    ...(evaluateTest ? { check: requireTestRows } : {})
  })
  try {
    output.notices([...experiment.prepared.notices, ...restored.notices, ...skippedNotices(restored)])
    await recordTraining({ experiment, recorder, folder, rows: table.rows, from: restored, evaluateTest }, context)
  } finally {
    await recorder.release()
    experiment.training.close()
  }
}

/** A run that has ended goes on only to more epochs than it had, and no run to fewer than it has behind it. */
async function requireMore(folder: string, epochs: number | undefined): Promise<void> {
  const run = await summaryOf(folder, folder)
  if (run === null) return
  const hasEnded = run.endedAt !== null
  if (hasEnded && epochs === undefined) {
    const how =
      run.status === 'failed'
        ? `diverged after ${run.epochs} epochs and would again: its settings go on with it. Train anew with others, such as a lower learning rate.`
        : `has ended, after ${run.epochs} epochs. To train it further, say to how many with --epochs.`
    throw new ConfigError('run-ended', `The run "${folder}" ${how}`, { epochs: run.epochs })
  }
  if (epochs !== undefined && (hasEnded ? epochs <= run.epochs : epochs < run.epochs))
    throw usageError(`--epochs must be more than the ${run.epochs} epochs that the run has behind it, got ${epochs}`)
}

async function readData({ data }: Plan, given: readonly string[], signal: AbortSignal): Promise<Table> {
  const paths = given.length > 0 ? given : data.paths
  const missing = given.length > 0 ? undefined : await firstMissing(paths)
  if (missing !== undefined || paths.length === 0) {
    const where = missing === undefined ? 'is not known' : `was "${missing}", where no file is now`
    throw new DataFormatError(
      'file-not-found',
      `The place of "${data.fileName}", which the run learns from, ${where}. Say where it is with --data.`,
      { file: data.fileName }
    )
  }
  return readTables(
    paths.map((path) => resolve(path)),
    { signal, as: data.readAs ?? {} }
  )
}

async function firstMissing(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await stat(path).then(
      () => true,
      () => false
    )
    if (!isThere) return path
  }
  return undefined
}

function skippedNotices({ skipped }: ResumedRun['restored']): Notice[] {
  return skipped.map(({ file, reason }) => {
    const message = `The checkpoint ${join('checkpoints', file)} was passed over: ${reason}.`
    return { code: 'checkpoint-skipped', severity: 'warning', message, columns: [] }
  })
}
