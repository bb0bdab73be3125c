/**
 * Opens files that anybody may have put there. Only plain ones: reading a pipe waits for ever, and a device has no end, whatever
 * size it tells.
 */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StorageError } from '../shared/errors'
import { errnoOf } from './storage-error'

/** Opening a pipe waits for its other end, but for this; Windows has none of it. */
const AT_ONCE = 'O_NONBLOCK' in constants ? constants.O_NONBLOCK : 0
/** What `errnoOf` tells of a folder, a pipe or a device where a file belongs. */
const NOT_PLAIN = 'not a plain file'

/** @throws what the system says, with its name of the error; one that `isNotPlain` knows when it is no plain file */
export async function openPlain(path: string, access: 'read' | 'read and write' = 'read'): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(path, (access === 'read' ? constants.O_RDONLY : constants.O_RDWR) | AT_ONCE)
  } catch (thrown) {
    // A folder cannot be opened to be written, and a circle of links leads nowhere.
    throw ['EISDIR', 'ELOOP', 'ENXIO'].includes(errnoOf(thrown) ?? '') ? notPlain() : thrown
  }
  try {
    if (!(await handle.stat()).isFile()) throw notPlain()
    return handle
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/**
 * All of a plain file.
 * @param tooLarge the error for one of more bytes than `limit`, which is not read
 * @throws as `openPlain`; what `tooLarge` gives
 */
export async function readPlain(path: string, limit: number, tooLarge: (bytes: number) => Error): Promise<Buffer> {
  const handle = await openPlain(path)
  try {
    const { size } = await handle.stat()
    if (size > limit) throw tooLarge(size)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

export function isNotPlain(thrown: unknown): boolean {
  return errnoOf(thrown) === NOT_PLAIN
}

/** What could not be read, for whatever reason but that it is not there. */
export function notReadable(path: string, thrown: unknown): unknown {
  const errno = errnoOf(thrown)
  if (errno === null || errno === 'ENOENT' || thrown instanceof StorageError) return thrown
  return new StorageError(
    'not-readable',
    `"${path}" cannot be read (${errno}). Make it readable, or restore it from a copy.`,
    { path, errno }
  )
}

function notPlain(): Error {
  return Object.assign(new Error(NOT_PLAIN), { code: NOT_PLAIN })
}
