/**
 * LZ4 frames, unpacked. The packages that do so either trust the lengths a file claims or have native code.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md; checksums are not compared.
 */

const frameMagic = 0x184d2204
/** Frames of other programs' own, to be passed over: 0x184d2a50 to 0x184d2a5f. */
const skippableMagic = 0x184d2a50

const truncated = 'LZ4 data ends too early'

/**
 * @param limit most bytes to unpack
 * @throws RangeError when the data is damaged or unpacks to more
 */
export function unpackLz4(data: Uint8Array, limit: number): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const output = new Output(limit)
  let at = 0
  while (at < data.length) {
    const magic = view.getUint32(at, true)
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) at += 8 + view.getUint32(at + 4, true)
    else if (magic === frameMagic) at = unpackFrame(data, view, at + 4, output)
    else throw new RangeError('LZ4 data has no frame where one was expected')
  }
  return output.finish()
}

function unpackFrame(data: Uint8Array, view: DataView, from: number, output: Output): number {
  const flags = view.getUint8(from)
  if (flags >> 6 !== 1) throw new RangeError('LZ4 data has an unknown version')
  if ((flags & 1) !== 0) throw new RangeError('LZ4 data needs a dictionary')
  const blockChecksum = (flags & 0x10) === 0 ? 0 : 4
  const contentChecksum = (flags & 0x04) === 0 ? 0 : 4
  // Flags, block size, size of the content where it is told, checksum of this header.
  let at = from + 2 + ((flags & 0x08) === 0 ? 0 : 8) + 1
  for (;;) {
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) return at + contentChecksum
    const size = word & 0x7fffffff
    if (at + size > data.length) throw new RangeError(truncated)
    const block = data.subarray(at, at + size)
    if (word > 0x7fffffff) output.add(block, 0, size)
    else unpackBlock(block, output)
    at += size + blockChecksum
  }
}

/** Sequences: literal bytes, then a copy of bytes that were written before. */
function unpackBlock(block: Uint8Array, output: Output): void {
  let at = 0
  const byte = (): number => {
    const value = block[at++]
    if (value === undefined) throw new RangeError(truncated)
    return value
  }
  const length = (start: number): number => {
    let total = start
    if (start < 15) return total
    for (;;) {
      const more = byte()
      total += more
      if (more < 255) return total
    }
  }
  while (at < block.length) {
    const token = byte()
    const literals = length(token >> 4)
    if (at + literals > block.length) throw new RangeError(truncated)
    output.add(block, at, literals)
    at += literals
    if (at === block.length) return
    const offset = byte() + 256 * byte()
    output.repeat(offset, length(token & 15) + 4)
  }
}

class Output {
  private bytes = new Uint8Array(65_536)
  private length = 0

  constructor(private readonly limit: number) {}

  add(source: Uint8Array, from: number, count: number): void {
    this.reserve(count)
    this.bytes.set(source.subarray(from, from + count), this.length)
    this.length += count
  }

  /** Copies what was written `offset` bytes ago; it may run into what is being written. */
  repeat(offset: number, count: number): void {
    if (offset === 0 || offset > this.length) throw new RangeError('LZ4 data refers to bytes before its beginning')
    this.reserve(count)
    const { bytes } = this
    const end = this.length + count
    if (offset >= count) bytes.copyWithin(this.length, this.length - offset, this.length - offset + count)
    else for (let at = this.length; at < end; at++) bytes[at] = bytes[at - offset] ?? 0
    this.length = end
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  private reserve(count: number): void {
    const needed = this.length + count
    if (needed > this.limit) throw new RangeError(`LZ4 data unpacks to over ${this.limit} bytes`)
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}
