/** What is known of a file before any reader looks at it: its first bytes and the hash of all of them. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Cancelled, DataFormatError } from '../../shared/errors'
import { readError } from './read-error'

export interface Source {
  /** Absolute. */
  readonly path: string
  readonly fileName: string
  readonly bytes: number
  readonly sha256: string
  /** The first bytes, at most `sampleBytes`; all of them when the file is no longer. */
  readonly sample: Buffer
  /** Changes when somebody writes to the file. */
  readonly version: string
}

/** Enough for the first record of a table with 20,000 columns and for a look at the records after it. */
export const sampleBytes = 4 * 1024 * 1024
const chunkBytes = 1024 * 1024

/**
 * Reads the file once, in pieces, for its hash. What stands in it is the readers' affair.
 * @throws DataFormatError `file-not-found`, `unreadable-file` (no ordinary file, no permission), `empty-file`
 * @throws Cancelled
 */
export async function openSource(path: string, signal?: AbortSignal): Promise<Source> {
  const absolute = resolve(path)
  const fileName = basename(absolute)
  const file = await openFile(absolute, fileName)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) {
      throw new DataFormatError('unreadable-file', `"${fileName}" is not an ordinary file. Choose another one.`, {
        file: fileName
      })
    }
    const hash = createHash('sha256')
    const start: Buffer[] = []
    let bytes = 0
    for await (const chunk of chunksOf(file, signal)) {
      hash.update(chunk)
      if (bytes < sampleBytes) start.push(Buffer.from(chunk.subarray(0, sampleBytes - bytes)))
      bytes += chunk.length
    }
    if (bytes === 0) throw emptyFile(fileName)
    return {
      path: absolute,
      fileName,
      bytes,
      sha256: hash.digest('hex'),
      sample: Buffer.concat(start),
      version: versionOf(await file.stat())
    }
  } catch (error) {
    throw readError(error, fileName)
  } finally {
    await file.close()
  }
}

/** Throws when the file is no longer the one that was hashed. */
export async function requireUnchanged(source: Source): Promise<void> {
  const file = await openFile(source.path, source.fileName)
  const version = await file
    .stat()
    .then(versionOf)
    .finally(() => file.close())
  if (version === source.version) return
  throw new DataFormatError(
    'unreadable-file',
    `"${source.fileName}" was changed by another program while it was being read. Open it again.`,
    { file: source.fileName }
  )
}

export function emptyFile(fileName: string): DataFormatError {
  return new DataFormatError('empty-file', `"${fileName}" is empty. Choose a file with a header line and rows.`, {
    file: fileName
  })
}

function versionOf(stats: { size: number; mtimeMs: number; ino: number }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeMs}`
}

/** @throws DataFormatError `file-not-found`, `unreadable-file` */
export async function openFile(path: string, fileName: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw readError(error, fileName)
  }
}

/**
 * The bytes of an open file in pieces. Each piece is overwritten by the next.
 * @throws Cancelled
 */
export async function* chunksOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (let position = 0; ;) {
    if (signal?.aborted) throw new Cancelled()
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
