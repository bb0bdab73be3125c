/** Different texts, each with a code, found by their bytes. */
import { DataFormatError } from '../../shared/errors'
import { compareCodePoints } from '../numbers'

/** Bytes of different text in one column. */
const mostBytes = 2 ** 30
/** Entries handled between two turns of others. */
const entriesPerStep = 8192

export class ByteDictionary {
  size = 0
  /** The bytes of all entries, one after the other. */
  private arena = Buffer.allocUnsafe(64)
  /** Where each entry ends. */
  private ends = new Uint32Array(8)
  private hashes = new Int32Array(8)
  /** Open addressing with linear probing: code + 1 of an entry, 0 where there is none. At most half are taken. */
  private slots = new Int32Array(16)
  /** All bytes so far, joined by "or". */
  private seen = 0

  /** The code of `bytes` from `start` to before `end`; a new one where they were not seen before. */
  codeOf(bytes: Buffer, start: number, end: number): number {
    // FNV-1a, 32 bits.
    let hash = -2128831035
    let seen = 0
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0
      seen |= byte
      hash = Math.imul(hash ^ byte, 16777619)
    }
    hash ^= hash >>> 15
    const { slots } = this
    const mask = slots.length - 1
    let slot = hash & mask
    for (;;) {
      const code = (slots[slot] ?? 0) - 1
      if (code < 0) break
      if (this.hashes[code] === hash && this.equals(code, bytes, start, end)) return code
      slot = (slot + 1) & mask
    }
    this.seen |= seen
    return this.add(bytes, start, end, hash, slot)
  }

  textOf(code: number): string {
    const start = code === 0 ? 0 : (this.ends[code - 1] ?? 0)
    return this.arena.toString(this.seen < 0x80 ? 'latin1' : 'utf8', start, this.ends[code])
  }

  /** All texts, by their codes. */
  *texts(): Generator<void, string[]> {
    const texts = new Array<string>(this.size)
    for (let code = 0; code < this.size; code++) {
      if (code % entriesPerStep === 0) yield
      texts[code] = this.textOf(code)
    }
    return texts
  }

  private equals(code: number, bytes: Buffer, start: number, end: number): boolean {
    const { arena, ends } = this
    const from = code === 0 ? 0 : (ends[code - 1] ?? 0)
    if ((ends[code] ?? 0) - from !== end - start) return false
    for (let i = start, k = from; i < end; i++, k++) if (arena[k] !== bytes[i]) return false
    return true
  }

  private add(bytes: Buffer, start: number, end: number, hash: number, slot: number): number {
    const code = this.size++
    const from = code === 0 ? 0 : (this.ends[code - 1] ?? 0)
    const to = from + end - start
    if (to > mostBytes) {
      throw new DataFormatError(
        'table-too-large',
        `A column holds more than ${mostBytes} bytes of different texts, which is more than fits. Leave it out of the file.`
      )
    }
    if (to > this.arena.length) {
      const grown = Buffer.allocUnsafe(Math.max(to, 2 * this.arena.length))
      this.arena.copy(grown, 0, 0, from)
      this.arena = grown
    }
    bytes.copy(this.arena, from, start, end)
    if (code === this.ends.length) {
      const ends = new Uint32Array(2 * code)
      ends.set(this.ends)
      this.ends = ends
      const hashes = new Int32Array(2 * code)
      hashes.set(this.hashes)
      this.hashes = hashes
    }
    this.ends[code] = to
    this.hashes[code] = hash
    this.slots[slot] = code + 1
    if (2 * this.size > this.slots.length) this.rehash()
    return code
  }

  private rehash(): void {
    const slots = new Int32Array(2 * this.slots.length)
    const mask = slots.length - 1
    for (let code = 0; code < this.size; code++) {
      let slot = (this.hashes[code] ?? 0) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = code + 1
    }
    this.slots = slots
  }
}

/** Indices of the texts, sorted by code point. Merge sort, which others may interrupt. */
export function* codePointOrder(texts: readonly string[]): Generator<void, Int32Array> {
  const compare = (a: number, b: number): number => compareCodePoints(texts[a] ?? '', texts[b] ?? '')
  let from = Int32Array.from(texts.keys())
  let to = new Int32Array(from.length)
  for (let start = 0; start < from.length; start += entriesPerStep) {
    yield
    from.subarray(start, start + entriesPerStep).sort(compare)
  }
  for (let width = entriesPerStep; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length)
      const end = Math.min(start + 2 * width, from.length)
      let left = start
      let right = middle
      for (let k = start; k < end; k++) {
        if (k % entriesPerStep === 0) yield
        const takeLeft = left < middle && (right >= end || compare(from[left] ?? 0, from[right] ?? 0) <= 0)
        to[k] = (takeLeft ? from[left++] : from[right++]) ?? 0
      }
    }
    const swap = from
    from = to
    to = swap
  }
  return from
}
