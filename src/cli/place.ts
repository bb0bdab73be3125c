/** Whether a result can be saved, found out before the work and not after it. */
import { lstat } from 'node:fs/promises'
import { requireRunPlace, runFolderAround } from '../project'
import { StorageError } from '../shared/errors'
import { usageError } from './failure'

/** @throws ConfigError `usage` when the name is empty; StorageError of everything for which the save would fail now */
export async function requirePlaceForRun(folder: string, overwrite: boolean): Promise<void> {
  requireName(folder)
  try {
    await requireRunPlace(folder, { overwrite })
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'run-exists') throw thrown
    const message = `"${folder}" exists already. Choose another --out, or add --overwrite.`
    throw new StorageError(thrown.code, message, thrown.details)
  }
}

/**
 * @throws ConfigError `usage` when the name is empty; StorageError `inside-run` for a place in a run folder,
 *   `is-a-folder`, and `file-exists` when something is there and not to be overwritten
 */
export async function requirePlaceForExport(file: string, overwrite: boolean): Promise<void> {
  requireName(file)
  const details = { path: file }
  const run = await runFolderAround(file)
  if (run !== null) {
    const message = `"${file}" is inside the run folder "${run}", where only the run's own files belong. Choose another --out.`
    throw new StorageError('inside-run', message, details)
  }
  const stats = await lstat(file).catch(() => null)
  if (stats?.isDirectory() === true) {
    throw new StorageError('is-a-folder', `"${file}" is a folder. Choose the name of a file for --out.`, details)
  }
  if (stats !== null && !overwrite) {
    throw new StorageError(
      'file-exists',
      `"${file}" exists already. Choose another --out, or add --overwrite. Nothing was changed.`,
      details
    )
  }
}

function requireName(given: string): void {
  if (given.trim() === '') throw usageError('--out is empty; give it a name, such as --out runs/first')
}
