import { stat } from 'node:fs/promises'
import { metricsFor, tasks } from '../../engine/catalog'
import { listRuns } from '../../project'
import { StorageError } from '../../shared/errors'
import type { RunSummary } from '../../shared/run-views'
import type { CommandContext } from '../program'
import { tableText } from '../table'
import { oneLine, shortNumber } from '../text'

const head = ['name', 'status', 'epochs', 'best validation loss', 'metric', 'data', 'started']

/** Lists the runs of a folder, the newest first. */
export async function runs(folder: string, { output }: CommandContext): Promise<void> {
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false
  )
  if (!isFolder) {
    throw new StorageError('folder-not-found', `There is no folder "${folder}". Name the folder that holds the runs.`, {
      path: folder
    })
  }
  const all = await listRuns(folder)
  output.notices(
    all.flatMap(({ error }) =>
      error === null ? [] : [{ code: error.code, severity: 'warning', message: error.message, columns: [] }]
    )
  )
  if (output.json) {
    for (const run of all) await output.line(JSON.stringify({ type: 'run', ...run }))
    return
  }
  const rows = all.map(cellsOf)
  if (output.terminal) {
    await output.line(rows.length === 0 ? `No runs in "${oneLine(folder)}".` : tableText(head, rows))
    return
  }
  for (const cells of [head, ...rows]) await output.line(cells.join('\t'))
}

function cellsOf(run: RunSummary): string[] {
  const { name, error, status, epochs, plannedEpochs, best, dataset, startedAt } = run
  const loss = best?.validationLoss ?? null
  return [
    oneLine(name),
    error === null ? status : 'damaged',
    `${epochs}/${plannedEpochs}`,
    loss === null ? '' : shortNumber(loss),
    metricText(run),
    oneLine(dataset.fileName),
    startedAt.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
  ]
}

/** The first one that the task has. */
function metricText({ best, task }: RunSummary): string {
  const known = tasks.find((each) => each === task)
  if (best === null || known === undefined) return ''
  for (const { name } of metricsFor(known)) {
    const value = best.metrics[name]
    if (typeof value === 'number') return `${name} ${shortNumber(value)}`
  }
  return ''
}
