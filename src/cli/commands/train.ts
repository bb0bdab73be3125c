import { setImmediate } from 'node:timers/promises'
import { readTable, suggestSetup, uselessRoles, type Role, type Table } from '../../data'
import {
  openExperiment,
  readModelFile,
  readWeightsFile,
  rescueRun,
  saveRun,
  withModelFile,
  type Experiment,
  type ExperimentOptions,
  type Run
} from '../../project'
import type { ExecutorChoice, Model } from '../../engine'
import { unusedLayers } from '../../engine/catalog'
import { Cancelled, ConfigError, NumericError, StorageError, StudioError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { loadCompiledKernels } from '../kernels'
import { requirePlaceForRun } from '../place'
import type { CommandContext } from '../program'
import { applyFlags, type TrainFlags } from '../train-flags'
import { trainReport, type TrainReport } from '../train-report'

/** Longest stretch of training between two looks at signals. */
const sliceMs = 20

/**
 * Reads the file, trains and keeps the run. Nothing is written to stdout before the setup is known to work, and no
 * folder is made before training has ended; that the folder can be made is tried out before.
 * @throws StudioError of reading, preparing, training and saving; Cancelled when the signal aborts
 */
export async function train(file: string, flags: TrainFlags, { output, signal }: CommandContext): Promise<void> {
  await requirePlaceForRun(flags.out, flags.overwrite)
  const model = flags.model === undefined ? null : await readModelFile(flags.model)
  const options: ExperimentOptions = {
    ...(flags.executor === undefined ? {} : { executor: flags.executor }),
    ...(flags.init === undefined ? {} : { initial: await readWeightsFile(flags.init) })
  }
  const table = await readTable(file, { signal, as: flags.readAs })
  requireColumns(table, flags.ignored)
  const setup = applyFlags(flags, suggestSetup(table, flags.target, leftOut(flags)), model)
  loadCompiledKernels()
  const open = () => openExperiment(table, setup, options)
  const experiment = flags.model === undefined ? open() : withModelFile(flags.model, open)
  try {
    output.notices(noticesOf(table, flags, experiment))
    await trainAndKeep(table, experiment, flags, { output, signal })
    // A thread may have been lost on the way.
    output.notices(executorNotices(experiment.training.executor))
  } finally {
    experiment.training.close()
  }
}

/** Columns that are ignored unasked: none where the file's numbers are taken as they are, fewer for a given network. */
function leftOut({ training, model }: TrainFlags): readonly Role[] {
  if (training.get('prepare') === false) return []
  // A network for pictures takes every pixel, those that are always white included.
  return model === undefined ? uselessRoles : uselessRoles.filter((role) => role !== 'constant')
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
      target: setup.target,
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

function requireColumns(table: Table, names: readonly string[]): void {
  const unknown = names.find((name) => !table.columns.some((column) => column.name === name))
  if (unknown === undefined) return
  throw new ConfigError('unknown-column', `--ignore: ${table.fileName} has no column "${unknown}".`, {
    column: unknown
  })
}

/** Notices of the table that tell what becomes of columns; they are of use only as far as it is so. */
const aboutUnused: ReadonlySet<string> = new Set(['all-missing-column', 'constant-column', 'id-column'])

function noticesOf(table: Table, flags: TrainFlags, { setup, prepared, model }: Experiment): Notice[] {
  const ignored = new Set(setup.ignored)
  const isSo = ({ code, columns }: Notice): boolean =>
    aboutUnused.has(code) ? columns.every((name) => ignored.has(name)) : setup.prepare || code !== 'missing-values'
  const chosen = flags.target === undefined ? [targetChosen(setup.target)] : []
  return [...table.notices.filter(isSo), ...chosen, ...prepared.notices, ...unusedNotices(model)]
}

function unusedNotices({ spec }: Model): Notice[] {
  return unusedLayers(spec).map((layer) => {
    const message = `Nothing takes the output of layer "${layer}", so it changes nothing, though its weights are counted and kept; connect a layer to it, or remove it.`
    return { code: 'unused-layer', severity: 'warning', message, columns: [] }
  })
}

function targetChosen(target: string): Notice {
  const message = `No --target was given; predicting "${target}".`
  return { code: 'target-chosen', severity: 'info', message, columns: [target] }
}

function executorNotices({ name, reason }: ExecutorChoice): Notice[] {
  if (reason === null) return []
  const notice =
    name === 'reference'
      ? { code: 'reference-executor', message: `Training with the slower reference executor. ${reason}` }
      : { code: 'fewer-threads', message: reason }
  return [{ ...notice, severity: 'info', columns: [] }]
}
