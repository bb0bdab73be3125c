import { setImmediate } from 'node:timers/promises'
import { readTable, suggestSetup, type Table } from '../../data'
import { openExperiment, saveRun, type Experiment, type FinalStatus, type Run } from '../../project'
import { Cancelled, ConfigError, NumericError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { requirePlaceForRun } from '../place'
import type { CommandContext } from '../program'
import { applyFlags, type TrainFlags } from '../train-flags'
import { trainReport, type TrainReport } from '../train-report'

/** Longest stretch of training between two looks at signals. */
const sliceMs = 20

/**
 * Reads the file, trains and keeps the run. Nothing is written to stdout before the setup is known to work, and no
 * folder is made before training has ended.
 * @throws StudioError of reading, preparing, training and saving; Cancelled when the signal aborts
 */
export async function train(file: string, flags: TrainFlags, { output, signal }: CommandContext): Promise<void> {
  await requirePlaceForRun(flags.out, flags.overwrite)
  const table = await readTable(file, { signal })
  requireColumns(table, flags.ignored)
  const setup = applyFlags(flags, suggestSetup(table, flags.target))
  const experiment = openExperiment(table, setup)
  const chosen = flags.target === undefined ? [targetChosen(setup.target)] : []
  output.notices([...table.notices, ...chosen, ...experiment.prepared.notices])

  const report = trainReport(output)
  const keep = async (status: FinalStatus): Promise<Run> => {
    const run = experiment.finish(status)
    await saveRun(flags.out, run, { overwrite: flags.overwrite })
    return run
  }
  try {
    await report.start({
      target: setup.target,
      task: setup.task,
      loss: setup.loss,
      rows: table.rows,
      features: experiment.prepared.training.features.shape[1] ?? 0,
      parameters: experiment.parameterCount,
      epochs: setup.epochs
    })
    await pull(experiment, report, signal)
    const { final } = (await keep('completed')).record
    await report.done({ run: flags.out, ...final })
  } catch (thrown) {
    if (!(thrown instanceof NumericError)) throw thrown
    await keep('failed')
    throw new NumericError(thrown.code, `${thrown.message} The run folder is "${flags.out}".`, thrown.details)
  } finally {
    report.close()
  }
}

async function pull(experiment: Experiment, report: TrainReport, signal: AbortSignal): Promise<void> {
  let sliceStart = performance.now()
  for await (const event of experiment.training.events(signal)) {
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

function targetChosen(target: string): Notice {
  const message = `No --target was given; predicting "${target}".`
  return { code: 'target-chosen', severity: 'info', message, columns: [target] }
}
