/**
 * The grammar of delimited text (RFC 4180): fields between delimiters, records between line ends of any kind,
 * quotes around a field that holds either, a quote inside quotes written twice. Spaces between a delimiter and a
 * quote are dropped, a quote elsewhere in an unquoted field is a character like any other. A line without any
 * character is no record.
 *
 * It reads bytes of UTF-8: whatever parts fields and records is found without making text of them.
 */
import { mostColumns } from './limits'

export type RecordProblem = 'quote-not-closed' | 'text-after-quote' | 'too-long'

/** Longest record that is read, in bytes. */
export const maxRecordBytes = 64 * 1024 * 1024

const QUOTE = 0x22
const SPACE = 0x20
const LF = 0x0a
const CR = 0x0d

export class RecordScanner {
  /** Where the fields of the present record stand; overwritten by `push` and `next`. */
  bytes: Buffer = Buffer.alloc(0)
  /** How many fields the present record has; at most `places` of them can be asked for. */
  fields = 0
  /** As many fields of the present record as there are up to the last that holds anything. */
  filled = 0
  /** Line where the present record begins, from 1. */
  line = 1
  /** What is wrong with the present record. */
  problem: RecordProblem | null = null

  private starts = new Int32Array(64)
  private ends = new Int32Array(64)
  /** Fields that hold quotes written twice. */
  private doubled = new Uint8Array(64)
  private length = 0
  private position = 0
  /** Where the present record begins. */
  private recordStart = 0
  private nextLine = 1
  private afterCr = false
  private complete = false
  /** The rest of a line is being dropped whose end was not pushed yet. */
  private dropping = false
  private readonly delimiter: Buffer
  private readonly first: number
  /** 1 for the bytes that may end an unquoted field. */
  private readonly ending = new Uint8Array(256)

  constructor(delimiter: string) {
    this.delimiter = Buffer.from(delimiter)
    this.first = this.delimiter[0] ?? 0
    for (const byte of [this.first, LF, CR]) this.ending[byte] = 1
  }

  /** Adds bytes; those of records that were given out are gone. */
  push(chunk: Uint8Array): void {
    const rest = this.length - this.position
    // One byte more than there are: a line end stands behind the last one, so that no loop runs past it.
    if (rest + chunk.length + 1 > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * rest, rest + chunk.length) + 1)
      this.bytes.copy(grown, 0, this.position, this.length)
      this.bytes = grown
    } else {
      this.bytes.copyWithin(0, this.position, this.length)
    }
    this.bytes.set(chunk, rest)
    this.length = rest + chunk.length
    this.bytes[this.length] = LF
    this.position = 0
    if (this.dropping) this.dropLine(0)
  }

  /** Nothing more will be pushed: the last record may lack its line end. */
  finish(): void {
    this.complete = true
  }

  /** Goes on to the next record. @returns false when there is none, or not all of it yet */
  next(): boolean {
    if (!this.skipBlankLines()) return false
    this.recordStart = this.position
    this.line = this.nextLine
    this.problem = null
    this.filled = 0
    const { bytes, length } = this
    let field = 0
    let line = this.nextLine
    let i = this.position
    for (;;) {
      let start = i
      while (bytes[i] === SPACE && this.first !== SPACE) i++
      let end: number
      let doubled = 0
      if (bytes[i] === QUOTE && i < length) {
        start = ++i
        for (;;) {
          // Most of a quoted field is neither quote nor line end.
          let byte = bytes[i] ?? 0
          while (byte !== QUOTE && byte !== LF && byte !== CR) byte = bytes[++i] ?? 0
          if (i >= length) break
          if (byte === QUOTE) {
            if (bytes[i + 1] !== QUOTE || i + 1 >= length) break
            doubled = 1
            i += 2
          } else {
            // A pair of CR and LF is one line.
            if (byte === CR || bytes[i - 1] !== CR) line++
            i++
          }
        }
        end = Math.min(i, length)
        if (i >= length || i + 1 >= length) {
          if (!this.complete) return this.incomplete(i >= length)
          if (i >= length) this.report('quote-not-closed')
        }
        i = Math.min(i + 1, length)
        if (!this.endsField(i)) {
          while (bytes[i] === SPACE) i++
          if (!this.endsField(i)) {
            this.report('text-after-quote')
            i = this.endOfField(i)
          }
        }
      } else {
        i = this.endOfField(i)
        end = i
      }
      if (i >= length && !this.complete) return this.incomplete(false)
      if (end > start) this.filled = field + 1
      if (field < this.starts.length || this.makeRoom()) {
        this.starts[field] = start
        this.ends[field] = end
        this.doubled[field] = doubled
      }
      field++
      if (i >= length) break
      const byte = bytes[i]
      if (byte === LF || byte === CR) {
        this.afterCr = byte === CR
        line++
        i++
        break
      }
      i += this.delimiter.length
    }
    this.fields = field
    this.position = Math.min(i, length)
    this.nextLine = line
    return true
  }

  /** Bytes of what was pushed last that were gone through, up to the end of the present record. */
  get read(): number {
    return this.position
  }

  /** How many fields at most have a place. */
  get places(): number {
    return this.starts.length
  }

  /** First byte of a field of the present record. */
  startOf(field: number): number {
    return this.starts[field] ?? 0
  }

  /** The byte behind a field of the present record. Makes one quote of two where there are such. */
  endOf(field: number): number {
    const end = this.ends[field] ?? 0
    if (this.doubled[field] !== 1) return end
    const { bytes } = this
    let to = this.starts[field] ?? 0
    for (let from = to; from < end; from++) {
      const byte = bytes[from] ?? 0
      bytes[to++] = byte
      if (byte === QUOTE) from++
    }
    this.doubled[field] = 0
    this.ends[field] = to
    return to
  }

  /** A field of the present record as text. */
  textOf(field: number): string {
    return this.bytes.toString('utf8', this.startOf(field), this.endOf(field))
  }

  /** Leaves the line out in which the present record begins, and nothing else of it. Before any field is asked for. */
  dropPresentLine(): void {
    this.nextLine = this.line
    this.dropLine(this.recordStart)
  }

  private dropLine(from: number): void {
    const { bytes, length } = this
    let i = from
    while (bytes[i] !== LF && bytes[i] !== CR) i++
    this.dropping = i >= length
    this.position = Math.min(i + 1, length)
    if (this.dropping) return
    this.afterCr = bytes[i] === CR
    this.nextLine++
  }

  /** @returns false when nothing follows them */
  private skipBlankLines(): boolean {
    for (; this.position < this.length; this.position++) {
      const byte = this.bytes[this.position]
      if (byte !== LF && byte !== CR) {
        this.afterCr = false
        return true
      }
      if (byte === CR || !this.afterCr) this.nextLine++
      this.afterCr = byte === CR
    }
    return false
  }

  private endOfField(from: number): number {
    const { bytes, ending, length, delimiter } = this
    let i = from
    for (;;) {
      while (ending[bytes[i] ?? 0] === 0) i++
      // A delimiter of several bytes: its first may be the first of another character.
      if (delimiter.length === 1 || i >= length || this.endsField(i)) return i
      i++
    }
  }

  private endsField(i: number): boolean {
    const { bytes, delimiter } = this
    if (i >= this.length) return true
    const byte = bytes[i]
    if (byte === LF || byte === CR) return true
    if (byte !== this.first) return false
    for (let k = 1; k < delimiter.length; k++) if (bytes[i + k] !== delimiter[k]) return false
    return true
  }

  /** More bytes are needed, unless there are too many already. */
  private incomplete(quoted: boolean): boolean {
    if (this.length - this.recordStart <= maxRecordBytes) return false
    this.report(quoted ? 'quote-not-closed' : 'too-long')
    this.fields = 0
    return true
  }

  /** @returns false when there are more fields than any table may have */
  private makeRoom(): boolean {
    const room = Math.min(2 * this.starts.length, mostColumns + 1)
    if (room === this.starts.length) return false
    const grow = <Numbers extends Int32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers => {
      to.set(from)
      return to
    }
    this.starts = grow(this.starts, new Int32Array(room))
    this.ends = grow(this.ends, new Int32Array(room))
    this.doubled = grow(this.doubled, new Uint8Array(room))
    return true
  }

  private report(problem: RecordProblem): void {
    this.problem ??= problem
  }
}
