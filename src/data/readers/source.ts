/** What is known of a file before any reader looks at it: its bytes, their hash and their encoding. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { TextDecoder } from 'node:util'
import { Cancelled, DataFormatError } from '../../shared/errors'
import { readError } from './read-error'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

export interface Source {
  /** Absolute. */
  readonly path: string
  readonly fileName: string
  readonly bytes: number
  readonly sha256: string
  readonly encoding: Encoding
  /** The first bytes, at most `sampleBytes`; all of them when the file is no longer. */
  readonly sample: Buffer
  /** Changes when somebody writes to the file. */
  readonly version: string
}

/** Enough for the first record of a table with 20,000 columns and for a look at the records after it. */
export const sampleBytes = 4 * 1024 * 1024
const chunkBytes = 1024 * 1024

/**
 * Reads the file once, in pieces: hashes it and finds out how its text is encoded.
 * @throws DataFormatError `file-not-found`, `unreadable-file` (a folder, no permission), `empty-file`,
 *   `not-a-table` (its bytes are no text), `unsupported-encoding`
 * @throws Cancelled
 */
export async function openSource(path: string, signal?: AbortSignal): Promise<Source> {
  const absolute = resolve(path)
  const fileName = basename(absolute)
  const file = await openFile(absolute, fileName)
  try {
    const stats = await file.stat()
    if (stats.isDirectory()) {
      throw new DataFormatError('unreadable-file', `"${fileName}" is a folder. Choose a file.`, { file: fileName })
    }
    if (!stats.isFile()) {
      throw new DataFormatError('unreadable-file', `"${fileName}" is not an ordinary file. Choose a CSV file.`, {
        file: fileName
      })
    }
    const hash = createHash('sha256')
    const text = new EncodingCheck(fileName)
    const start: Buffer[] = []
    let bytes = 0
    for await (const chunk of chunksOf(file, signal)) {
      hash.update(chunk)
      text.push(chunk)
      if (bytes < sampleBytes) start.push(Buffer.from(chunk.subarray(0, sampleBytes - bytes)))
      bytes += chunk.length
    }
    if (bytes === 0) throw emptyFile(fileName)
    const encoding = text.finish() ?? (await encodingOfEightBitText(file, fileName, signal))
    return {
      path: absolute,
      fileName,
      bytes,
      sha256: hash.digest('hex'),
      encoding,
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

/** The text of the file in pieces, without its byte order mark. */
export async function* textOf(source: Source, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = decoderOf(source)
  const file = await openFile(source.path, source.fileName)
  try {
    for await (const chunk of chunksOf(file, signal)) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } finally {
    await file.close()
  }
}

/** The text of the first bytes. */
export function sampleText(source: Source): string {
  return decoderOf(source).decode(source.sample, { stream: source.bytes > source.sample.length })
}

export function emptyFile(fileName: string): DataFormatError {
  return new DataFormatError('empty-file', `"${fileName}" is empty. Choose a file with a header line and rows.`, {
    file: fileName
  })
}

function decoderOf(source: Source): TextDecoder {
  return new TextDecoder(source.encoding)
}

function versionOf(stats: { size: number; mtimeMs: number; ino: number }): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeMs}`
}

async function openFile(path: string, fileName: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw readError(error, fileName)
  }
}

async function* chunksOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (let position = 0; ;) {
    if (signal?.aborted) throw new Cancelled()
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Well-known first bytes of files that are no text, to say what a file is instead. */
const signatures: readonly (readonly [bytes: string, what: string])[] = [
  ['504b0304', 'a zip archive or an Excel workbook; in Excel, use "Save as" and choose CSV UTF-8'],
  ['d0cf11e0', 'an old Excel workbook; in Excel, use "Save as" and choose CSV UTF-8'],
  ['50415231', 'a Parquet file; save it as CSV'],
  ['1f8b', 'a compressed file; unpack it first'],
  ['89504e47', 'a PNG picture'],
  ['ffd8ff', 'a JPEG picture'],
  ['25504446', 'a PDF document']
]

function notATable(fileName: string, start: Buffer, byte: number, why: string): DataFormatError {
  const hex = start.toString('hex', 0, 8)
  const known = signatures.find(([bytes]) => hex.startsWith(bytes))
  const what = known === undefined ? `it holds bytes that are no text (${why} at byte ${byte})` : `it is ${known[1]}`
  return new DataFormatError('not-a-table', `"${fileName}" is not a table of text: ${what}. Choose a CSV file.`, {
    file: fileName,
    byte
  })
}

/** Looks at every byte once: byte order marks, NUL bytes, valid UTF-8. */
class EncodingCheck {
  private readonly start: Buffer = Buffer.alloc(8)
  private position = 0
  /** Bytes of a character that the last chunk broke off in. */
  private carry: Buffer = Buffer.alloc(0)
  private utf16: 'utf-16le' | 'utf-16be' | null = null
  private utf8 = true

  constructor(private readonly fileName: string) {}

  push(chunk: Buffer): void {
    if (this.position === 0) {
      chunk.copy(this.start)
      if (chunk[0] === 0xff && chunk[1] === 0xfe) this.utf16 = 'utf-16le'
      if (chunk[0] === 0xfe && chunk[1] === 0xff) this.utf16 = 'utf-16be'
      if (this.utf16 === 'utf-16le' && chunk[2] === 0 && chunk[3] === 0) {
        throw new DataFormatError(
          'unsupported-encoding',
          `"${this.fileName}" is encoded in UTF-32, which the studio does not read. Save it as UTF-8.`,
          { file: this.fileName, encoding: 'UTF-32' }
        )
      }
    }
    if (this.utf16 === null) {
      const nul = chunk.indexOf(0)
      if (nul >= 0) throw notATable(this.fileName, this.start, this.position + nul, 'a NUL byte')
      if (this.utf8) this.checkUtf8(chunk)
    }
    this.position += chunk.length
  }

  /** The encoding, or null when the text is neither UTF-16 nor UTF-8. */
  finish(): Encoding | null {
    if (this.utf16 !== null) {
      if (this.position % 2 === 0) return this.utf16
      throw notATable(this.fileName, this.start, this.position, 'half a UTF-16 character')
    }
    return this.utf8 && this.carry.length === 0 ? 'utf-8' : null
  }

  private checkUtf8(chunk: Buffer): void {
    const whole = this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk])
    const end = whole.length - unfinishedBytes(whole)
    this.carry = Buffer.from(whole.subarray(end))
    this.utf8 = isUtf8(whole.subarray(0, end))
  }
}

/** How many bytes at the end begin a UTF-8 character that does not end there. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0b1100_0000) === 0b1000_0000) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

/** Bytes that stand for no character in Windows-1252. */
const unusedBytes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/** Windows-1252, of which Latin-1 is a part, when every byte is a character of it and none controls a terminal. */
async function encodingOfEightBitText(file: FileHandle, fileName: string, signal?: AbortSignal): Promise<Encoding> {
  let position = 0
  let start = Buffer.alloc(0)
  for await (const chunk of chunksOf(file, signal)) {
    if (position === 0) start = Buffer.from(chunk.subarray(0, 8))
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0
      const isControl = (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f
      if (isControl || unusedBytes.has(byte)) {
        throw notATable(fileName, start, position + i, 'neither UTF-8, UTF-16 nor Windows-1252')
      }
    }
    position += chunk.length
  }
  return 'windows-1252'
}
