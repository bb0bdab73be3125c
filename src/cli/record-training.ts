/** Training that is written down as it goes: to its end, or until it is interrupted and can be gone on with. */
import { setImmediate } from 'node:timers/promises'
import { readPlan, rescueRun, type Experiment, type Run, type RunRecorder } from '../project'
import type { ExecutorChoice } from '../engine'
import { NumericError, StorageError, StudioError } from '../shared/errors'
import { checksWarning } from '../shared/gradient-checks'
import { targetsOf } from '../shared/setup'
import type { Notice } from '../shared/views'
import { Interrupted, usageError } from './failure'
import type { CommandContext } from './program'
import { trainReport, type TrainReport } from './train-report'

/** Longest stretch of training between two looks at signals. */
const SLICE_MS = 20

/** Where a run that was interrupted goes on. */
export interface ResumedAt {
  readonly step: number
  readonly epoch: number
  /** Trained for so long before. */
  readonly elapsedMs: number
}

export interface RecordedTraining {
  readonly experiment: Experiment
  readonly recorder: RunRecorder
  /** The run's folder, as it was named. */
  readonly folder: string
  /** Rows of the table. */
  readonly rows: number
  /** Null for a run that begins. */
  readonly from: ResumedAt | null
  /** Whether another run gives way to this one with its first step. */
  readonly replaces?: boolean
  /** Whether the network is judged on the rows kept aside in the end. */
  readonly evaluateTest?: boolean
}

/**
 * Trains to the planned end and keeps the run in its folder; closes the training and lets go of the folder.
 * @throws Interrupted when the signal aborts, with a checkpoint written; NumericError when training diverges, with the run
 *   kept; StorageError when it cannot be kept in its folder: its message says where it is
 */
export async function recordTraining(work: RecordedTraining, { output, signal }: CommandContext): Promise<void> {
  const { experiment, recorder, folder, rows, from } = work
  const { setup, training } = experiment
  const report = trainReport(output)
  try {
    await report.start({
      targets: targetsOf(setup),
      task: setup.task,
      loss: setup.loss,
      rows,
      features: experiment.features,
      parameters: experiment.parameterCount,
      epochs: setup.epochs,
      executor: training.executor.name,
      threads: training.executor.threads,
      resumed: from === null ? null : { step: from.step, epoch: from.epoch }
    })
    await pull(work, report, signal)
    if (signal.aborted) throw await interrupted(work, report)
    const run = await experiment.finish('completed')
    const lost = await keep(run, work)
    if (lost !== null) throw lost
    if (work.evaluateTest === true) await report.test(await experiment.evaluation('test'))
    await report.done({ run: folder, ...run.record.final, earlyStop: training.earlyStop })
    output.notices(checkNotices(run))
    // A thread may have been lost on the way.
    output.notices(executorNotices(training.executor))
  } catch (thrown) {
    if (!(thrown instanceof NumericError)) throw thrown
    const lost = await keep(await experiment.finish('failed'), work)
    const where = lost?.message ?? `The run folder is "${folder}".`
    throw new NumericError(thrown.code, `${thrown.message} ${where}`, thrown.details)
  } finally {
    report.close()
    await recorder.release()
    training.close()
  }
}

async function pull({ experiment, recorder, from }: RecordedTraining, report: TrainReport, signal: AbortSignal) {
  const { training } = experiment
  const begun = performance.now() - (from?.elapsedMs ?? 0)
  let sliceStart = performance.now()
  let told: string | null = null
  for await (const event of training.events(undefined, { stepsAhead: Infinity })) {
    recorder.record(event, performance.now() - begun)
    if (event.type === 'epoch') await report.epoch(event)
    if (training.stepsAhead === 0) {
      if (signal.aborted) return
      if (recorder.due) void recorder.checkpoint()
    }
    if (performance.now() - sliceStart < SLICE_MS) continue
    const { problem, checkpointStep } = recorder.kept
    if ((problem?.message ?? null) !== told) await report.kept({ problem, checkpointStep })
    told = problem?.message ?? null
    // The loop alone would never let the process see a signal.
    await setImmediate()
    sliceStart = performance.now()
  }
}

async function interrupted(work: RecordedTraining, report: TrainReport): Promise<Interrupted> {
  const { experiment, recorder, folder } = work
  const { steps, epochs, setup } = experiment
  await recorder.checkpoint()
  const { problem, checkpointStep } = recorder.kept
  await recorder.release()
  if (steps === 0 && work.replaces === true)
    return new Interrupted('Interrupted before the first step; the run that was there is as it was.')
  await report.interrupted({ run: folder, step: steps, checkpointStep })
  const where = `Interrupted at step ${steps}, with ${epochs.length} of ${setup.epochs} epochs ended.`
  const kept =
    problem === null
      ? 'A checkpoint was written.'
      : `No checkpoint could be written now (${problem.message}); the newest is of step ${checkpointStep ?? 0}.`
  return new Interrupted(`${where} ${kept} Go on with: ${resumeCommand(folder)}`)
}

function resumeCommand(folder: string): string {
  return `npm run --silent cli -- resume ${quoted(folder)}`
}

/** As a shell takes it for one word. */
function quoted(folder: string): string {
  return /^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`
}

/**
 * Keeps the run. Its folder was good before training, but the disk may have filled up since or the folder been taken away:
 * then the run goes elsewhere.
 * @returns null when it is in its place, else the failure, whose message says where it is
 */
async function keep(run: Run, { recorder, folder }: RecordedTraining): Promise<StudioError | null> {
  try {
    await recorder.finish(run)
    return null
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    const rescued = await rescueRun(folder, run)
    const where = rescued === null ? 'Nor could it be kept anywhere else.' : `The trained run is kept in "${rescued}".`
    // What there is of it may still be there.
    const again = await readPlan(folder).then(
      () => ` Once that is mended, the run can be ended in its own place: ${resumeCommand(folder)}`,
      () => ''
    )
    return new StorageError(thrown.code, `${thrown.message} ${where}${again}`, thrown.details)
  }
}

/** @throws ConfigError `usage` when there are no rows to judge the network on in the end */
export function requireTestRows({ prepared }: Experiment): void {
  if (prepared.testRows.length === 0)
    throw usageError('--evaluate-test: no rows are kept aside for the test; say which with --test-values')
}

function checkNotices({ record }: Run): Notice[] {
  const message = checksWarning(record.gradientChecks)
  return message === null ? [] : [{ code: 'gradients-differ', severity: 'warning', message, columns: [] }]
}

function executorNotices({ name, reason }: ExecutorChoice): Notice[] {
  if (reason === null) return []
  const notice =
    name === 'reference'
      ? { code: 'reference-executor', message: `Training with the slower reference executor. ${reason}` }
      : { code: 'fewer-threads', message: reason }
  return [{ ...notice, severity: 'info', columns: [] }]
}
