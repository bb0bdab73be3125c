/**
 * The grammar of delimited text (RFC 4180): fields between delimiters, records between line ends of any kind,
 * quotes around a field that holds either, a quote inside quotes written twice. Spaces between a delimiter and a
 * quote are dropped, a quote elsewhere in an unquoted field is a character like any other.
 */

export interface RecordProblem {
  /** Line of the file where the record begins, from 1. */
  readonly line: number
  readonly kind: 'quote-not-closed' | 'text-after-quote'
}

export interface RecordHandler {
  /** The text of each field, in order. Left out: fields are counted, their texts not made. */
  onField?(text: string, index: number): void
  /** The end of a record. `blank` is a line without any character, which is no record. */
  onRecord(fields: number, line: number, blank: boolean): void
}

const enum State {
  FieldStart,
  Unquoted,
  Quoted,
  /** A quote was read inside quotes: it ends them, or is the first of two. */
  AfterQuote,
  /** Spaces between the closing quote and the delimiter. */
  AfterSpace
}

const QUOTE = 0x22
const SPACE = 0x20
const LF = 0x0a
const CR = 0x0d

export class RecordScanner {
  /** The first mistake, if there was one; what is read after it is not to be trusted. */
  problem: RecordProblem | null = null
  private state: State = State.FieldStart
  private fields = 1
  private line = 1
  private recordLine = 1
  private empty = true
  private previousWasCr = false
  /** The field so far, without what lies between `from` and the current place of the text being pushed. */
  private value = ''
  private from = 0
  private readonly delimiter: number

  constructor(
    delimiter: string,
    private readonly handler: RecordHandler
  ) {
    this.delimiter = delimiter.charCodeAt(0)
  }

  push(text: string): void {
    this.from = 0
    for (let i = 0; i < text.length; i++) this.step(text, i)
    this.take(text, text.length)
  }

  /** The text is over: the last record may lack its line end. */
  finish(): void {
    if (this.state === State.Quoted) this.report('quote-not-closed')
    if (!this.empty) this.endRecord()
  }

  private step(text: string, i: number): void {
    const unit = text.charCodeAt(i)
    const afterCr = this.previousWasCr
    this.previousWasCr = unit === CR
    if (this.state === State.Quoted) {
      if (unit === QUOTE) {
        this.take(text, i)
        this.state = State.AfterQuote
      }
      // A pair of CR and LF is one line.
      else if (unit === CR || (unit === LF && !afterCr)) this.line++
      return
    }
    if (unit === LF && afterCr) {
      this.from = i + 1
      return
    }
    if (unit === this.delimiter || unit === LF || unit === CR) {
      this.take(text, i)
      this.from = i + 1
      if (unit === this.delimiter) {
        this.empty = false
        this.endField()
        this.fields++
      } else {
        this.line++
        this.endRecord()
      }
      return
    }
    this.empty = false
    switch (this.state) {
      case State.FieldStart:
        if (unit === QUOTE) {
          this.state = State.Quoted
          this.value = ''
          this.from = i + 1
        } else if (unit !== SPACE) {
          this.state = State.Unquoted
        }
        return
      case State.AfterQuote:
        if (unit === QUOTE) {
          this.state = State.Quoted
          this.from = i
        } else {
          this.afterClosingQuote(unit, i)
        }
        return
      case State.AfterSpace:
        this.afterClosingQuote(unit, i)
        return
      case State.Unquoted:
        return
    }
  }

  private afterClosingQuote(unit: number, i: number): void {
    this.from = i + 1
    if (unit !== SPACE) this.report('text-after-quote')
    this.state = unit === SPACE ? State.AfterSpace : State.Unquoted
  }

  /** Adds the text from `from` to before `to` to the field; nothing that follows a closing quote belongs to it. */
  private take(text: string, to: number): void {
    const belongs = this.state !== State.AfterQuote && this.state !== State.AfterSpace
    if (belongs && this.handler.onField !== undefined && to > this.from) this.value += text.slice(this.from, to)
    this.from = to
  }

  private endField(): void {
    this.handler.onField?.(this.value, this.fields - 1)
    this.value = ''
    this.state = State.FieldStart
  }

  private endRecord(): void {
    if (!this.empty) this.endField()
    this.handler.onRecord(this.fields, this.recordLine, this.empty)
    this.state = State.FieldStart
    this.value = ''
    this.fields = 1
    this.empty = true
    this.recordLine = this.line
  }

  private report(kind: RecordProblem['kind']): void {
    this.problem ??= { line: this.recordLine, kind }
  }
}

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

export interface Dialect {
  readonly delimiter: Delimiter
  /** Fields of the first record. */
  readonly columns: number
}

/** Records looked at to find the delimiter. */
const sampleRecords = 200

/**
 * The delimiter under which the first record has two fields or more and most records have as many as it;
 * comma when no delimiter divides the first record. Null when the sample holds no whole first record.
 * @param complete the sample is the whole text
 */
export function detectDialect(sample: string, complete: boolean): Dialect | null {
  let best: Dialect | null = null
  let bestShare = -1
  for (const delimiter of delimiters) {
    const counts: number[] = []
    const scanner = new RecordScanner(delimiter, {
      onRecord: (fields, _line, blank) => {
        if (!blank) counts.push(fields)
      }
    })
    const piece = 4096
    for (let from = 0; from < sample.length && counts.length < sampleRecords; from += piece) {
      scanner.push(sample.slice(from, from + piece))
    }
    if (complete) scanner.finish()
    const columns = counts[0]
    if (columns === undefined) continue
    const share = columns === 1 ? 0 : counts.filter((count) => count === columns).length / counts.length
    if (best === null || share > bestShare || (share === bestShare && columns > best.columns)) {
      best = { delimiter, columns }
      bestShare = share
    }
  }
  return best
}
