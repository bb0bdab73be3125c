/** The curves of a kept run: finished, interrupted or in progress, of this studio or an earlier one. */
import { join } from 'node:path'
import { StorageError } from '../shared/errors'
import type { RunChange, StepSeries } from '../shared/run-views'
import { readEventLog } from './event-log'
import { loadRun } from './load-run'
import { readPlan, type Plan } from './plan'
import type { EpochRecord } from './record'
import { EVENTS } from './run-files'
import { errnoOf } from './storage-error'

/** Steps to draw, unless more are asked for. */
const POINTS = 4096

export interface RunCurves {
  readonly epochs: readonly EpochRecord[]
  /** Of runs of earlier studios there are none. */
  readonly steps: StepSeries
  readonly changes: readonly RunChange[]
}

const noSteps: StepSeries = { step: [], position: [], elapsedMs: [], loss: [], learningRate: [] }

/**
 * @param points about how many steps to give
 * @throws StorageError of `loadRun` for runs of earlier studios; `plan-damaged`, `run-too-new`, `log-damaged`
 */
export async function readCurves(folder: string, points = POINTS): Promise<RunCurves> {
  const plan = await planOrNull(folder)
  if (plan === null) return { epochs: (await loadRun(folder)).metrics, steps: noSteps, changes: [] }
  const log = await readEventLog(join(folder, EVENTS), plan.begunAt).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  if (log === null) return { epochs: [], steps: noSteps, changes: [] }
  try {
    const steps = await log.steps(1, Infinity, points)
    return { epochs: log.epochs, steps, changes: log.changes.map(({ change }) => change) }
  } finally {
    await log.close()
  }
}

async function planOrNull(folder: string): Promise<Plan | null> {
  try {
    return await readPlan(folder)
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.code === 'plan-missing') return null
    throw thrown
  }
}
