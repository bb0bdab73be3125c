/** A column as it grows from cells that have types of their own, as JSON, workbooks and binary files have them. */
import { dateValues, timeText } from '../dates'
import { compareCodePoints, losesDigits, MissingWords, numberText, usualMissing } from '../numbers'
import type { ReadAs } from '../../shared/read-as'
import type { CategoryColumn, CellFacts, Column, NumberColumn } from '../table'

/** The words that count as missing: those a person named, or the usual ones. */
export function missingIn(as: ReadAs | undefined): MissingWords {
  return as?.missingWords === undefined ? usualMissing : new MissingWords(as.missingWords)
}

type Kind = 'number' | NonNullable<NumberColumn['time']> | 'text'

/**
 * Collects the cells of one column. Numbers stay numbers and times stay times for as long as all present cells are of
 * that kind; days among moments are moments; any other mixture becomes text. Words that stand for "no value"
 * are missing, and infinities are, as in delimited text.
 */
export class CellCollector {
  length = 0
  private kind: Kind | null = null
  /** Numbers, times, or the places of texts in `known`; NaN where missing. */
  private values: Float64Array
  private readonly known = new Map<string, number>()
  private readonly missingWords = new Map<string, number>()
  private infinite = 0
  private inexact = 0

  /**
   * @param text `typed`: text is no number, whatever it says; `untyped`: a column of nothing but numbers as text is one
   *   of numbers. Text that is nothing but dates becomes times either way.
   * @param missing words that stand for "no value"
   * @param rows how many cells there will be, where that is known
   */
  constructor(
    private readonly text: 'typed' | 'untyped',
    private readonly missing: MissingWords = usualMissing,
    rows = 16
  ) {
    this.values = new Float64Array(rows)
  }

  /** @param inexact the file has a whole number with more digits than fit */
  addNumber(value: number, inexact = false): void {
    if (Number.isNaN(value)) return this.addMissing()
    if (this.missing.someNumber && this.missing.has(numberText(value))) return this.addMissingWord(numberText(value))
    if (!Number.isFinite(value)) {
      this.infinite++
      return this.addMissing()
    }
    if (inexact) this.inexact++
    this.become('number')
    this.put(this.kind === 'text' ? this.codeOf(numberText(value)) : value)
  }

  addBigInt(value: bigint): void {
    const number = Number(value)
    this.addNumber(number, Math.abs(number) > Number.MAX_SAFE_INTEGER && BigInt(number) !== value)
  }

  addBoolean(value: boolean): void {
    this.addText(value ? 'true' : 'false')
  }

  addText(text: string): void {
    if (this.missing.has(text)) return this.addMissingWord(text.trim())
    this.become('text')
    this.put(this.codeOf(text))
  }

  /** @param value milliseconds since 1970-01-01 UTC; what lies beyond the calendar (±8.64e15) is missing */
  addTime(value: number, kind: 'date' | 'datetime'): void {
    if (Number.isNaN(value)) return this.addMissing()
    if (Math.abs(value) > 8.64e15) {
      this.infinite++
      return this.addMissing()
    }
    this.become(kind)
    this.put(this.kind === 'text' ? this.codeOf(timeText(value, kind)) : value)
  }

  addMissing(): void {
    this.put(NaN)
  }

  private addMissingWord(word: string): void {
    if (word !== '') this.missingWords.set(word, (this.missingWords.get(word) ?? 0) + 1)
    this.addMissing()
  }

  /** Adds missing cells until there are `length` of them. */
  fillTo(length: number): void {
    while (this.length < length) this.addMissing()
  }

  finish(name: string): Column {
    const values = this.values.length === this.length ? this.values : this.values.slice(0, this.length)
    const facts = (infinite: number, inexact: number): CellFacts => ({
      missingWords: [...this.missingWords]
        .map(([text, cells]) => ({ text, cells }))
        .sort((a, b) => b.cells - a.cells || compareCodePoints(a.text, b.text)),
      infinite,
      inexact,
      decimalComma: false
    })
    if (this.kind === 'date' || this.kind === 'datetime') {
      return { type: 'number', name, values, time: this.kind, facts: facts(this.infinite, 0) }
    }
    if (this.kind !== 'text') return { type: 'number', name, values, facts: facts(this.infinite, this.inexact) }
    const texts = [...this.known.keys()]
    const numbers = this.numbersFromText(name, texts, values, facts)
    if (numbers !== null) return numbers
    const dates = dateValues(texts)
    if (dates === null) return categories(name, texts, values, facts(this.infinite, 0))
    const times = values.map((place) => dates.values[place] ?? NaN)
    return { type: 'number', name, values: times, time: dates.time, facts: facts(this.infinite, 0) }
  }

  private numbersFromText(
    name: string,
    texts: readonly string[],
    codes: Float64Array,
    facts: (infinite: number, inexact: number) => CellFacts
  ): NumberColumn | null {
    if (this.text === 'typed') return null
    const numbers = texts.map((text) => this.missing.number(text))
    if (numbers.includes(null)) return null
    const lost = texts.map((text, code) => losesDigits(text, numbers[code] ?? NaN))
    let { infinite } = this
    let inexact = 0
    const values = codes.map((code) => {
      if (Number.isNaN(code)) return NaN
      if (lost[code] === true) inexact++
      const value = numbers[code] ?? NaN
      if (Number.isFinite(value)) return value
      infinite++
      return NaN
    })
    return { type: 'number', name, values, facts: facts(infinite, inexact) }
  }

  /** Makes room among the values for one of that kind. */
  private become(kind: Kind): void {
    if (this.kind === kind || this.kind === 'text') return
    if (this.kind === null) {
      this.kind = kind
      return
    }
    if (this.kind !== 'number' && kind !== 'number' && kind !== 'text') {
      this.kind = 'datetime'
      return
    }
    const was = this.kind
    this.kind = 'text'
    for (let i = 0; i < this.length; i++) {
      const value = this.values[i] ?? NaN
      if (!Number.isNaN(value))
        this.values[i] = this.codeOf(was === 'number' ? numberText(value) : timeText(value, was))
    }
  }

  private codeOf(text: string): number {
    let code = this.known.get(text)
    if (code === undefined) {
      code = this.known.size
      this.known.set(text, code)
    }
    return code
  }

  private put(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(2 * this.values.length + 16)
      grown.set(this.values)
      this.values = grown
    }
    this.values[this.length++] = value
  }
}

/** @param places of the texts in `byAppearance`, NaN where missing */
function categories(
  name: string,
  byAppearance: readonly string[],
  places: Float64Array,
  facts: CellFacts
): CategoryColumn {
  const sorted = byAppearance.toSorted(compareCodePoints)
  const rank = new Map(sorted.map((category, index) => [category, index]))
  const newCode = Int32Array.from(byAppearance, (category) => rank.get(category) ?? -1)
  const codes = Int32Array.from(places, (place) => newCode[place] ?? -1)
  return { type: 'category', name, codes, categories: sorted, facts }
}
