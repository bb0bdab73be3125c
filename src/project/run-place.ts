/** Where runs are: whether a path lies in a run folder, which holds a run's own files and nothing else, and what stands where none is. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { StorageError } from '../shared/errors'
import { setAside } from './atomic'
import { CHECKPOINTS, EVENTS, METRICS, PLAN, RECORD, WEIGHTS } from './run-files'

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

/** Any program may call a file run.json or plan.json; with one of the others beside it, it is a run's. */
async function holdsRun(folder: string): Promise<boolean> {
  const [record, plan, ...others] = await Promise.all(
    [RECORD, PLAN, WEIGHTS, METRICS, EVENTS, CHECKPOINTS].map((name) => isThere(join(folder, name)))
  )
  return (record === true || plan === true) && others.includes(true)
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile() || basename(path) === CHECKPOINTS,
    () => false
  )
}

/** The error to show where a run folder should be: a process killed while it replaced one may have left that aside. */
export async function runNotFound(folder: string): Promise<StorageError> {
  const aside = await setAside(folder)
  const hint =
    aside.length > 0
      ? ` It was to be replaced, which was interrupted; it is in "${aside.join('", "')}": rename that back.`
      : ''
  return new StorageError('run-not-found', `There is no run folder "${folder}".${hint} Check the path.`, {
    path: folder
  })
}
