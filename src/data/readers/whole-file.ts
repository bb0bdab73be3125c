/** Files that are small enough to be read as a whole. */
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { DataFormatError } from '../../shared/errors'
import { readError } from './read-error'

/**
 * The bytes of an ordinary file.
 * @param limit a file with more bytes is refused before it is read
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `file-too-large`
 */
export async function readWholeFile(path: string, limit: number): Promise<Uint8Array> {
  const file = basename(path)
  try {
    // Before it is opened: opening a pipe would wait for somebody to write to it.
    if (!(await stat(path)).isFile()) {
      throw new DataFormatError('unreadable-file', `"${file}" is not an ordinary file. Choose another one.`, { file })
    }
    const handle = await open(path, 'r')
    try {
      const { size } = await handle.stat()
      if (size <= limit) return await handle.readFile()
      const message = `"${file}" has ${size} bytes; at most ${limit} are read. Choose another file.`
      throw new DataFormatError('file-too-large', message, { file, bytes: size })
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    throw readError(thrown, file)
  }
}
