/** Whether a result can be saved, found out before the work and not after it. */
import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { StorageError } from '../shared/errors'

/**
 * @throws StorageError `run-exists` when something is in the way, `not-a-folder` and `no-permission` when the folder
 *   could not be made; the save itself checks again
 */
export async function requirePlaceForRun(folder: string, overwrite: boolean): Promise<void> {
  const names = await readdir(folder).catch(() => null)
  if (names !== null && names.length > 0 && !overwrite) {
    throw new StorageError('run-exists', `"${folder}" exists already. Choose another --out, or add --overwrite.`, {
      path: folder
    })
  }
  const above = await nearestExisting(path.resolve(folder))
  if (!(await stat(above)).isDirectory()) {
    throw new StorageError(
      'not-a-folder',
      `"${above}" is a file, so no folder can be made there. Choose another --out.`,
      {
        path: folder
      }
    )
  }
  await access(above, constants.W_OK).catch(() => {
    throw new StorageError('no-permission', `"${above}" cannot be written to. Choose another --out.`, { path: folder })
  })
}

async function nearestExisting(location: string): Promise<string> {
  const exists = await stat(location).then(
    () => true,
    () => false
  )
  const above = path.dirname(location)
  return exists || above === location ? location : nearestExisting(above)
}
