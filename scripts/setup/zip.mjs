/** Takes chosen members out of a zip archive with nothing but Node. */
import fs from 'node:fs'
import path from 'node:path'
import { crc32, inflateRawSync } from 'node:zlib'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localHeaderBytes = 30
const longestComment = 65_535
const symbolicLink = 0o120000
const typeBits = 0o170000

/**
 * Extracts the members that `place` gives a relative path for. Links, and paths that would lead out of `folder`, are
 * refused; sizes and checksums are verified. Zip64 and encrypted archives are not supported.
 * @param {string} archive
 * @param {string} folder
 * @param {(member: string) => string | null} place
 */
export function extractZip(archive, folder, place) {
  const file = fs.openSync(archive, 'r')
  try {
    for (const entry of entries(file)) {
      const target = place(entry.name)
      if (target === null) continue
      const destination = path.resolve(folder, target)
      const inside = destination.startsWith(path.resolve(folder) + path.sep)
      if (!inside || (entry.mode & typeBits) === symbolicLink) {
        throw new Error(`${path.basename(archive)}: refused the member "${entry.name}"`)
      }
      fs.mkdirSync(path.dirname(destination), { recursive: true })
      fs.writeFileSync(destination, contents(file, entry), { mode: entry.mode & 0o111 ? 0o755 : 0o644 })
    }
  } finally {
    fs.closeSync(file)
  }
}

/**
 * The central directory, which stands at the end of the archive and is the authority on what is in it.
 * @param {number} file
 */
function* entries(file) {
  const size = fs.fstatSync(file).size
  const tailBytes = Math.min(size, longestComment + 22)
  const tail = read(file, size - tailBytes, tailBytes)
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--
  if (end < 0) throw new Error('not a zip archive: it has no end record')
  const directory = read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
  for (let at = 0; at < directory.length;) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error('the zip directory is damaged')
    const nameBytes = directory.readUInt16LE(at + 28)
    yield {
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      offset: directory.readUInt32LE(at + 42)
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
}

/**
 * @param {number} file
 * @param {{ name: string, method: number, checksum: number, packedBytes: number, bytes: number, offset: number }} entry
 */
function contents(file, entry) {
  const header = read(file, entry.offset, localHeaderBytes)
  const start = entry.offset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
  const packed = read(file, start, entry.packedBytes)
  if (entry.method !== 0 && entry.method !== 8) throw new Error(`${entry.name}: unknown compression ${entry.method}`)
  const data = entry.method === 8 ? inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) }) : packed
  if (data.length !== entry.bytes || crc32(data) !== entry.checksum) throw new Error(`${entry.name}: wrong checksum`)
  return data
}

/**
 * @param {number} file
 * @param {number} position
 * @param {number} length
 */
function read(file, position, length) {
  const buffer = Buffer.alloc(length)
  for (let done = 0; done < length;) {
    const bytes = fs.readSync(file, buffer, done, length - done, position + done)
    if (bytes === 0) throw new Error('the archive ends too early')
    done += bytes
  }
  return buffer
}
