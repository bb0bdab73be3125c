import { basename, resolve } from 'node:path'
import { beginRun, openExperiment } from '../../project'
import type { Model } from '../../engine'
import { unusedLayers } from '../../engine/catalog'
import { Cancelled } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { requirePlaceForRun } from '../place'
import type { CommandContext } from '../program'
import { recordTraining, requireTestRows } from '../record-training'
import type { TrainFlags } from '../train-flags'
import { readTrainingSetup, tableNotices } from '../training-setup'

/**
 * Reads the file, trains and keeps the run, whose folder is there from the first step on. Nothing is written, neither to
 * stdout nor to the disk, before the setup is known to work.
 * @throws StudioError of reading, preparing, training and saving; Interrupted, or before the first step Cancelled, when the
 *   signal aborts
 */
export async function train(file: string, flags: TrainFlags, context: CommandContext): Promise<void> {
  const { output, signal } = context
  await requirePlaceForRun(flags.out, flags.overwrite)
  const { table, setup, options, withModel } = await readTrainingSetup(file, flags, signal)
  const experiment = withModel(() => openExperiment(table, setup, { ...options, watch: performance }))
  try {
    if (flags.evaluateTest) requireTestRows(experiment)
    if (signal.aborted) throw new Cancelled()
    output.notices([
      ...tableNotices(table, flags, setup),
      ...experiment.prepared.notices,
      ...unusedNotices(experiment.model)
    ])
    const paths = [file, flags.partFiles.validation ?? [], flags.partFiles.test ?? []]
      .flat()
      .map((path) => resolve(path))
    const { overwrite, evaluateTest, out: folder } = flags
    const recorder = await beginRun(folder, experiment, { paths, title: basename(resolve(folder)), overwrite })
    const work = { experiment, recorder, folder, rows: table.rows, from: null }
    await recordTraining({ ...work, replaces: overwrite, evaluateTest }, context)
  } finally {
    experiment.training.close()
  }
}

function unusedNotices({ spec }: Model): Notice[] {
  return unusedLayers(spec).map((layer) => {
    const message = `Nothing takes the output of layer "${layer}", so it changes nothing, though its weights are counted and kept; connect a layer to it, or remove it.`
    return { code: 'unused-layer', severity: 'warning', message, columns: [] }
  })
}
