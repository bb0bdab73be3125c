/** Whether a path lies in a run folder, which holds a run's own files and nothing else. */
import { realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { METRICS, RECORD, WEIGHTS } from './run-files'

/** The run folder that a file at `path` would be in, directly or deeper, links followed; null when in none. */
export async function runFolderAround(path: string): Promise<string | null> {
  const start = dirname(resolve(path))
  let folder = await realpath(start).catch(() => start)
  for (;;) {
    if (await holdsRun(folder)) return folder
    const above = dirname(folder)
    if (above === folder) return null
    folder = above
  }
}

/** Any program may call a file run.json; with one of the others beside it, it is a run's. */
async function holdsRun(folder: string): Promise<boolean> {
  const [record, weights, metrics] = await Promise.all(
    [RECORD, WEIGHTS, METRICS].map((name) => isFile(join(folder, name)))
  )
  return record === true && (weights === true || metrics === true)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false
  )
}
