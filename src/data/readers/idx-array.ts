/**
 * IDX, the format of MNIST (Y. LeCun, C. Cortes, C. Burges): two zero bytes, the type of the numbers, how many sizes there
 * are, each size as uint32, then the numbers in C order; all big-endian. May be packed with gzip.
 */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, gunzipSync } from 'node:zlib'
import { Cancelled, DataFormatError } from '../../shared/errors'
import { damagedFile } from './limits'
import { readError } from './read-error'

/** Bytes of the largest array that is read, unpacked. */
export const maxIdxBytes = 2 ** 30
const mostSizes = 4
/** Enough of a file for its first numbers, packed or not. */
const startBytes = 512

interface NumberType {
  readonly bytes: number
  readonly read: (data: DataView, at: number) => number
}

/** By the third byte of the file. */
const numberTypes: ReadonlyMap<number, NumberType> = new Map([
  [0x08, { bytes: 1, read: (data: DataView, at: number) => data.getUint8(at) }],
  [0x09, { bytes: 1, read: (data: DataView, at: number) => data.getInt8(at) }],
  [0x0b, { bytes: 2, read: (data: DataView, at: number) => data.getInt16(at) }],
  [0x0c, { bytes: 4, read: (data: DataView, at: number) => data.getInt32(at) }],
  [0x0d, { bytes: 4, read: (data: DataView, at: number) => data.getFloat32(at) }],
  [0x0e, { bytes: 8, read: (data: DataView, at: number) => data.getFloat64(at) }]
])

export interface IdxArray {
  readonly shape: readonly number[]
  /** Whole numbers from 0 to 255, one byte each. */
  readonly isBytes: boolean
  /** The numbers as they stand in the file. */
  readonly bytes: Uint8Array
  /** The number at a place, in C order. */
  at(place: number): number
  /** Of the file, packed as it is: 64 hexadecimal digits. */
  readonly sha256: string
}

/** Whether a file begins as an IDX file does, packed or not. */
export function beginsAsIdx(sample: Buffer): boolean {
  const [first, second, type = 0, sizes = 0] = unpackedStart(sample)
  return first === 0 && second === 0 && numberTypes.has(type) && sizes >= 1 && sizes <= mostSizes
}

function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}

function unpackedStart(sample: Buffer): Buffer {
  const start = sample.subarray(0, startBytes)
  if (!isGzip(start)) return start
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return Buffer.alloc(0)
  }
}

/**
 * Reads a file whole. Nothing beyond the size that its header tells is kept or unpacked.
 * @param onBytes told how many bytes of the file were read so far
 * @throws DataFormatError `damaged-file`, `file-too-large`, `file-not-found`, `unreadable-file`
 * @throws Cancelled
 */
export async function readIdx(
  path: string,
  fileName: string,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {}
): Promise<IdxArray> {
  const hash = createHash('sha256')
  let read = 0
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (signal?.aborted) throw new Cancelled()
      hash.update(chunk)
      read += chunk.length
      onBytes?.(read)
      yield chunk
    }
  }
  const filling = new Filling(fileName)
  const fill = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) filling.add(chunk)
  }
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      const stream = file.createReadStream({ start: 0, autoClose: false })
      if (isGzip(buffer.subarray(0, bytesRead))) await pipeline(stream, counted, createGunzip(), fill)
      else await pipeline(stream, counted, fill)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_')) {
      throw damagedFile(fileName, `it cannot be unpacked (${thrown.message})`)
    }
    throw readError(thrown, fileName)
  }
  return { ...filling.finish(), sha256: hash.digest('hex') }
}

interface Header {
  readonly shape: readonly number[]
  readonly type: NumberType
  readonly isBytes: boolean
}

/** Takes the bytes of a file one piece after the other; memory is taken for what came, not for what is claimed. */
class Filling {
  private header: Header | null = null
  private start = Buffer.alloc(0)
  private readonly chunks: Buffer[] = []
  private length = 0

  constructor(private readonly fileName: string) {}

  add(chunk: Buffer): void {
    if (this.header === null) {
      this.start = Buffer.concat([this.start, chunk])
      const length = headerLength(this.start, this.fileName)
      if (length === null || this.start.length < length) return
      this.header = headerOf(this.start, this.fileName)
      this.push(this.start.subarray(length), this.header)
      return
    }
    this.push(chunk, this.header)
  }

  finish(): Omit<IdxArray, 'sha256'> {
    const { header, length, fileName } = this
    if (header === null) throw damagedFile(fileName, 'it ends in the middle of its header', this.start.length)
    const expected = bytesOf(header)
    if (length < expected) {
      throw damagedFile(fileName, `it should hold ${sizesText(header)}, ${expected} bytes, but ends after ${length}`)
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for (const chunk of this.chunks.splice(0)) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    const { shape, type, isBytes } = header
    const view = new DataView(bytes.buffer)
    return { shape, isBytes, bytes, at: (place) => type.read(view, place * type.bytes) }
  }

  private push(chunk: Buffer, header: Header): void {
    this.length += chunk.length
    if (this.length > bytesOf(header)) {
      throw damagedFile(
        this.fileName,
        `it should hold ${sizesText(header)}, ${bytesOf(header)} bytes, but there are more`
      )
    }
    this.chunks.push(chunk)
  }
}

/** Null until the first four bytes are there. */
function headerLength(start: Buffer, fileName: string): number | null {
  if (start.length < 4) return null
  const [first, second, type = 0, sizes = 0] = start
  if (first !== 0 || second !== 0) throw damagedFile(fileName, 'it does not begin with two zero bytes, as IDX does', 0)
  if (!numberTypes.has(type)) throw damagedFile(fileName, `0x${type.toString(16)} is no type of numbers of IDX`, 2)
  if (sizes < 1 || sizes > mostSizes) {
    throw damagedFile(fileName, `it is said to have ${sizes} dimensions; 1 to ${mostSizes} are read`, 3)
  }
  return 4 + 4 * sizes
}

function headerOf(start: Buffer, fileName: string): Header {
  const code = start[2] ?? 0
  const type = numberTypes.get(code)
  if (type === undefined) throw damagedFile(fileName, 'its type is unknown', 2)
  const shape = Array.from({ length: start[3] ?? 0 }, (_, index) => start.readUInt32BE(4 + 4 * index))
  const header = { shape, type, isBytes: code === 0x08 }
  // Sizes of a billion each are no whole number any more; they are above the limit all the same.
  if (bytesOf(header) <= maxIdxBytes) return header
  throw new DataFormatError(
    'file-too-large',
    `"${fileName}" holds ${sizesText(header)}, more than the ${maxIdxBytes} bytes that are read. Save a part of it.`,
    { file: fileName }
  )
}

function bytesOf({ shape, type }: Header): number {
  return shape.reduce((product, size) => product * size, type.bytes)
}

function sizesText({ shape, type }: Header): string {
  return `${shape.join(' × ')} numbers of ${type.bytes} ${type.bytes === 1 ? 'byte' : 'bytes'}`
}
