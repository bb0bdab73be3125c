/**
 * Zip archives, read as if somebody hostile had made them. The directory is checked as a whole before anything is
 * unpacked: names that lead out of a folder, links, names that are one on some systems, parts that overlap, encryption.
 * Bytes are counted while they are unpacked, whatever the directory claims, and checked against their CRC. Nothing
 * is written to the disk; archives inside archives are refused.
 */
import { crc32 } from 'node:zlib'
import { basename } from 'node:path'
import * as yauzl from 'yauzl'
import { Cancelled, DataFormatError } from '../shared/errors'
import { readError } from './readers/read-error'

export interface ZipLimits {
  /** Entries of the archive, folders counted. */
  readonly entries: number
  /** Bytes unpacked by all calls of `read` together. */
  readonly bytes: number
  /** Unpacked bytes for one packed byte, asked of entries that unpack to more than `ratioFrom` bytes. */
  readonly ratio: number
}

/** A file in the archive; folders and the notes macOS leaves (`__MACOSX`) are none. */
export interface ZipEntry {
  /** With `/` between folders; safe to use as a relative path. */
  readonly name: string
  /** Unpacked size by the directory; `read` gives exactly so many. */
  readonly bytes: number
  readonly packedBytes: number
  /** Of the unpacked bytes, by the directory; `read` checks it. */
  readonly crc32: number
}

export interface ZipArchive {
  /** In the order of the directory. */
  readonly entries: readonly ZipEntry[]
  /**
   * The bytes of an entry.
   * @throws DataFormatError `zip-too-large`, `damaged-zip`, `unsupported-zip`, `nested-archive`; Cancelled
   */
  read(entry: ZipEntry, signal?: AbortSignal): Promise<Buffer>
  /**
   * The same in pieces, as they are unpacked. What is checked at the end, size and checksum, is thrown after the last of them.
   * @throws as `read`
   */
  stream(entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Buffer>
  close(): void
}

const ratioFrom = 1024 * 1024
/** Fixed part of the header before each entry's bytes. */
const localHeaderBytes = 30

/**
 * Opens an archive and checks its directory. Close it when done.
 * @throws DataFormatError `damaged-zip`, `unsafe-zip`, `encrypted-zip`, `zip-too-large`, `file-not-found`, `unreadable-file`
 * @throws Cancelled
 */
export async function openZip(path: string, limits: ZipLimits, signal?: AbortSignal): Promise<ZipArchive> {
  const archive = basename(path)
  let zip: yauzl.ZipFile
  try {
    zip = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: true })
  } catch (error) {
    const failure = readError(error, archive)
    throw failure instanceof DataFormatError ? failure : damaged(archive, '', messageOf(error))
  }
  try {
    const found = await directory(zip, archive, limits, signal)
    return new OpenZip(zip, archive, limits, found)
  } catch (error) {
    zip.close()
    throw error
  }
}

/** The name of the first entry of what may be a zip archive, to tell its kind; null when it is none. Not checked. */
export function firstEntryName(start: Buffer): string | null {
  if (start.length < localHeaderBytes || start.readUInt32BE(0) !== 0x504b0304) return null
  return start.toString('utf8', localHeaderBytes, localHeaderBytes + start.readUInt16LE(26))
}

/** Opens an archive for as long as `work` takes. */
export async function withZip<Result>(
  path: string,
  limits: ZipLimits,
  signal: AbortSignal | undefined,
  work: (zip: ZipArchive) => Promise<Result>
): Promise<Result> {
  const zip = await openZip(path, limits, signal)
  try {
    return await work(zip)
  } finally {
    zip.close()
  }
}

class OpenZip implements ZipArchive {
  readonly entries: readonly ZipEntry[]
  private unpacked = 0

  constructor(
    private readonly zip: yauzl.ZipFile,
    private readonly archive: string,
    private readonly limits: ZipLimits,
    private readonly found: ReadonlyMap<ZipEntry, yauzl.Entry>
  ) {
    this.entries = [...found.keys()]
  }

  async read(entry: ZipEntry, signal?: AbortSignal): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.stream(entry, signal)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async *stream(entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const raw = this.found.get(entry)
    if (raw === undefined) throw new Error(`"${entry.name}" is no entry of this archive`)
    const { archive, limits } = this
    if (this.unpacked + entry.bytes > limits.bytes) throw tooMuch(archive, limits)
    const most = Math.max(ratioFrom, entry.packedBytes * limits.ratio)
    let bytes = 0
    let sum = 0
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(raw)) {
        if (!Buffer.isBuffer(chunk)) throw new Error('a stream of bytes gave text')
        if (signal?.aborted) throw new Cancelled()
        if (bytes === 0 && isArchive(chunk)) throw nested(archive, entry.name)
        bytes += chunk.length
        this.unpacked += chunk.length
        if (this.unpacked > limits.bytes) throw tooMuch(archive, limits)
        if (bytes > most) {
          throw new DataFormatError(
            'zip-too-large',
            `"${entry.name}" in "${archive}" unpacks to over ${limits.ratio} times its size, as no honest data does. Unpack it yourself if you trust it.`,
            { file: archive, entry: entry.name }
          )
        }
        sum = crc32(chunk, sum)
        yield chunk
      }
    } catch (error) {
      if (error instanceof DataFormatError || error instanceof Cancelled) throw error
      throw damaged(archive, entry.name, messageOf(error))
    }
    if (bytes !== entry.bytes) throw damaged(archive, entry.name, `it has ${bytes} bytes instead of ${entry.bytes}`)
    if (sum !== raw.crc32) throw damaged(archive, entry.name, 'its checksum is wrong')
  }

  close(): void {
    this.zip.close()
  }
}

async function directory(
  zip: yauzl.ZipFile,
  archive: string,
  limits: ZipLimits,
  signal: AbortSignal | undefined
): Promise<Map<ZipEntry, yauzl.Entry>> {
  const tooMany = (): DataFormatError =>
    new DataFormatError('zip-too-large', `"${archive}" has over ${limits.entries} entries. Use a smaller archive.`, {
      file: archive
    })
  if (zip.entryCount > limits.entries) throw tooMany()
  const found = new Map<ZipEntry, yauzl.Entry>()
  const names = new Set<string>()
  const extents: { start: number; end: number; name: string }[] = []
  try {
    for await (const raw of zip.eachEntry()) {
      if (signal?.aborted) throw new Cancelled()
      if (extents.length >= limits.entries) throw tooMany()
      const name = checkedName(raw, archive)
      const start = raw.relativeOffsetOfLocalHeader
      extents.push({ start, end: start + localHeaderBytes + raw.fileNameLength + raw.compressedSize, name })
      // "A" and "a", and "é" written in two ways, are one file on some systems.
      const folded = name.normalize('NFC').toLowerCase()
      if (names.has(folded)) throw unsafe(archive, name, 'stands in it twice')
      names.add(folded)
      if (name.endsWith('/') || name.startsWith('__MACOSX/')) continue
      found.set({ name, bytes: raw.uncompressedSize, packedBytes: raw.compressedSize, crc32: raw.crc32 }, raw)
    }
  } catch (error) {
    if (error instanceof DataFormatError || error instanceof Cancelled) throw error
    throw damaged(archive, '', messageOf(error))
  }
  extents.sort((a, b) => a.start - b.start)
  for (const [index, { end, name }] of extents.entries()) {
    const next = extents[index + 1]
    if (next !== undefined && end > next.start) throw unsafe(archive, name, `overlaps "${next.name}"`)
  }
  return found
}

const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i

/** The name of an entry, once nothing about it is dangerous. */
function checkedName(raw: yauzl.Entry, archive: string): string {
  const name = yauzl.getFileNameLowLevel(raw.generalPurposeBitFlag, raw.fileNameRaw, raw.extraFields, true)
  if (raw.isEncrypted()) {
    throw new DataFormatError('encrypted-zip', `"${archive}" is encrypted. Unpack it and open what is inside.`, {
      file: archive,
      entry: name
    })
  }
  const mode = raw.externalFileAttributes >>> 16
  const kind = mode & 0o170000
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) {
    throw unsafe(archive, name, kind === 0o120000 ? 'is a link' : 'is no ordinary file')
  }
  const reason = unsafeName(name)
  if (reason !== null) throw unsafe(archive, name, reason)
  return name
}

/** Why a name may not be used as a path inside a folder, on any system; null when it may. */
export function unsafeName(name: string): string | null {
  if (name === '' || name.startsWith('/')) return 'begins at the root of the disk'
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) < 0x20 || name.charCodeAt(i) === 0x7f) return 'has a control character in its name'
  }
  if (name.includes('\\')) return 'has a backslash in its name'
  if (name.includes(':')) return 'has a colon in its name'
  const parts = name.endsWith('/') ? name.slice(0, -1).split('/') : name.split('/')
  for (const part of parts) {
    if (part === '..' || part === '.' || part === '') return 'leads out of its folder'
    if (/[. ]$/.test(part)) return 'has a name that ends in a dot or a space'
    if (deviceName.test(part)) return 'has the name of a device'
  }
  return null
}

/** First bytes of zip, gzip, 7z, rar, xz, zstd and bzip2. */
const archiveStarts = [
  '504b0304',
  '504b0506',
  '1f8b08',
  '377abcaf271c',
  '526172211a07',
  'fd377a585a00',
  '28b52ffd',
  '425a68'
]

function isArchive(content: Buffer): boolean {
  const start = content.toString('hex', 0, 8)
  return archiveStarts.some((bytes) => start.startsWith(bytes))
}

function nested(archive: string, name: string): DataFormatError {
  return new DataFormatError(
    'nested-archive',
    `"${name}" in "${archive}" is an archive itself. Unpack it and open what is inside.`,
    { file: archive, entry: name }
  )
}

function unsafe(archive: string, name: string, what: string): DataFormatError {
  const message = `"${archive}" is refused: its entry ${JSON.stringify(name)} ${what}. Unpack it yourself if you trust it, and open what is inside.`
  return new DataFormatError('unsafe-zip', message, { file: archive, entry: name })
}

function damaged(archive: string, entry: string, what: string): DataFormatError {
  const where = entry === '' ? '' : `, entry "${entry}"`
  return new DataFormatError('damaged-zip', `"${archive}"${where} is damaged: ${what}. Get the file again.`, {
    file: archive,
    ...(entry === '' ? {} : { entry })
  })
}

function tooMuch(archive: string, limits: ZipLimits): DataFormatError {
  const message = `"${archive}" unpacks to more than ${Math.round(limits.bytes / 2 ** 20)} MB. Unpack it and open a part of it.`
  return new DataFormatError('zip-too-large', message, { file: archive, bytes: limits.bytes })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
