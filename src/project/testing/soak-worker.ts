/**
 * Trains one run to its end, going on with what is there, and tells of each step by a line: a process of its own, to be killed.
 * Arguments: the run's folder, the folder of the kernels, the number of epochs.
 */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beginRun } from '../begin-run'
import { openExperiment } from '../experiment'
import { loadKernels } from '../kernels'
import { resumeRun } from '../resume-run'
import { soakSetup, soakTable } from './soak'

const [folder = '', kernels = '', epochs = '1'] = process.argv.slice(2)
/** So often that kills fall before, into and after them. */
const every = { checkpointEvery: 5 }
/** After every milestone, whatever the time: both runs must be the same in that, too. */
const watch = true

async function opened() {
  const table = soakTable()
  const isThere = await access(join(folder, 'plan.json')).then(
    () => true,
    () => false
  )
  if (isThere) return resumeRun(folder, table, { ...every, watch })
  const experiment = openExperiment(table, soakSetup(Number(epochs)), { watch })
  return { experiment, recorder: await beginRun(folder, experiment, { paths: [], title: 'soak', ...every }) }
}

loadKernels(kernels)
const { experiment, recorder } = await opened()
process.stdout.write('begun\n')
for await (const event of experiment.training.events(undefined, { stepsAhead: Infinity })) {
  recorder.record(event, experiment.elapsedMs)
  if (experiment.training.stepsAhead > 0) continue
  if (recorder.due) void recorder.checkpoint()
  await setImmediate()
}
await recorder.finish(await experiment.finish('completed'))
experiment.training.close()
if (recorder.kept.problem !== null) throw new Error(recorder.kept.problem.message)
process.stdout.write('finished\n')
