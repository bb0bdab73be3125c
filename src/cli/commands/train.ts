import { setImmediate } from 'node:timers/promises'
import type { Table } from '../../data'
import { openExperiment, rescueRun, saveRun, type Experiment, type Run } from '../../project'
import type { ExecutorChoice, Model } from '../../engine'
import { unusedLayers } from '../../engine/catalog'
import { Cancelled, NumericError, StorageError, StudioError } from '../../shared/errors'
import { targetsOf } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { usageError } from '../failure'
import { requirePlaceForRun } from '../place'
import type { CommandContext } from '../program'
import type { TrainFlags } from '../train-flags'
import { trainReport, type TrainReport } from '../train-report'
import { readTrainingSetup, tableNotices } from '../training-setup'

/** Longest stretch of training between two looks at signals. */
const sliceMs = 20

/**
 * Reads the file, trains and keeps the run. Nothing is written to stdout before the setup is known to work, and no
 * folder is made before training has ended; that the folder can be made is tried out before.
 * @throws StudioError of reading, preparing, training and saving; Cancelled when the signal aborts
 */
export async function train(file: string, flags: TrainFlags, { output, signal }: CommandContext): Promise<void> {
  await requirePlaceForRun(flags.out, flags.overwrite)
  const { table, setup, options, withModel } = await readTrainingSetup(file, flags, signal)
  const experiment = withModel(() => openExperiment(table, setup, options))
  try {
    if (flags.evaluateTest && experiment.prepared.testRows.length === 0)
      throw usageError('--evaluate-test: no rows are kept aside for the test; say which with --test-values')
    output.notices([
      ...tableNotices(table, flags, setup),
      ...experiment.prepared.notices,
      ...unusedNotices(experiment.model)
    ])
    await trainAndKeep(table, experiment, flags, { output, signal })
    // A thread may have been lost on the way.
    output.notices(executorNotices(experiment.training.executor))
  } finally {
    experiment.training.close()
  }
}

async function trainAndKeep(
  table: Table,
  experiment: Experiment,
  flags: TrainFlags,
  { output, signal }: CommandContext
): Promise<void> {
  const { setup, training } = experiment
  const report = trainReport(output)
  try {
    await report.start({
      targets: targetsOf(setup),
      task: setup.task,
      loss: setup.loss,
      rows: table.rows,
      features: experiment.features,
      parameters: experiment.parameterCount,
      epochs: setup.epochs,
      executor: training.executor.name,
      threads: training.executor.threads
    })
    await pull(experiment, report, signal)
    const run = await experiment.finish('completed')
    const lost = await keep(run, flags)
    if (lost !== null) throw lost
    if (flags.evaluateTest) await report.test(await experiment.evaluation('test'))
    await report.done({ run: flags.out, ...run.record.final, earlyStop: training.earlyStop })
  } catch (thrown) {
    if (!(thrown instanceof NumericError)) throw thrown
    const lost = await keep(await experiment.finish('failed'), flags)
    const where = lost?.message ?? `The run folder is "${flags.out}".`
    throw new NumericError(thrown.code, `${thrown.message} ${where}`, thrown.details)
  } finally {
    report.close()
  }
}

/**
 * Saves the run. Its place was good before training, but the disk may have filled up since or the folder been taken:
 * then the run goes elsewhere.
 * @returns null when it is in its place, else the failure, whose message says where it is
 */
async function keep(run: Run, { out, overwrite }: TrainFlags): Promise<StudioError | null> {
  try {
    await saveRun(out, run, { overwrite })
    return null
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    const rescued = await rescueRun(out, run)
    const where = rescued === null ? 'Nor could it be kept anywhere else.' : `The trained run is kept in "${rescued}".`
    return new StorageError(thrown.code, `${thrown.message} ${where}`, thrown.details)
  }
}

async function pull(experiment: Experiment, report: TrainReport, signal: AbortSignal): Promise<void> {
  let sliceStart = performance.now()
  for await (const event of experiment.training.events(signal, { stepsAhead: Infinity })) {
    if (event.type === 'epoch') await report.epoch(event)
    if (performance.now() - sliceStart < sliceMs) continue
    // The loop alone would never let the process see a signal.
    await setImmediate()
    sliceStart = performance.now()
  }
  if (signal.aborted) throw new Cancelled()
}

function unusedNotices({ spec }: Model): Notice[] {
  return unusedLayers(spec).map((layer) => {
    const message = `Nothing takes the output of layer "${layer}", so it changes nothing, though its weights are counted and kept; connect a layer to it, or remove it.`
    return { code: 'unused-layer', severity: 'warning', message, columns: [] }
  })
}

function executorNotices({ name, reason }: ExecutorChoice): Notice[] {
  if (reason === null) return []
  const notice =
    name === 'reference'
      ? { code: 'reference-executor', message: `Training with the slower reference executor. ${reason}` }
      : { code: 'fewer-threads', message: reason }
  return [{ ...notice, severity: 'info', columns: [] }]
}
