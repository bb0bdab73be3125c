/** Columns as they grow while text is read, from the bytes of their cells: numbers, or codes of different texts. */
import { dateSteps } from '../dates'
import { commaNumbers, compareCodePoints, losesDigits, type MissingWords } from '../numbers'
import type { CellFacts, Column, NumberColumn } from '../table'
import { ByteDictionary, codePointOrder } from './dictionary'

/** Cells in one piece of memory. */
const blockCells = 65_536

/** Takes the cells of a column, one after the other. */
export interface CellSink {
  add(bytes: Buffer, start: number, end: number): void
}

/** A typed array that grows. */
class Growing<Numbers extends Float64Array | Int32Array> {
  length = 0
  private readonly full: Numbers[] = []
  private used = 0
  private block: Numbers

  /** @param expected about how many numbers there will be */
  constructor(
    private readonly make: (length: number) => Numbers,
    expected: number
  ) {
    this.block = make(Math.max(16, Math.min(blockCells, Math.ceil(expected))))
  }

  push(value: number): void {
    if (this.used === this.block.length) {
      this.full.push(this.block)
      this.block = this.make(blockCells)
      this.used = 0
    }
    this.block[this.used++] = value
    this.length++
  }

  /** All of them. Nothing can be added after that: the memory is given back. */
  finish(): Numbers {
    const all = this.make(this.length)
    let at = 0
    for (const block of this.full.splice(0)) {
      all.set(block, at)
      at += block.length
    }
    all.set(this.block.subarray(0, this.used), at)
    this.block = this.make(0)
    this.used = 0
    return all
  }
}

/** Counts of words that stand for "no value", the most frequent first. */
function missingFacts(counts: ReadonlyMap<string, number>): CellFacts['missingWords'] {
  const words = [...counts].map(([text, cells]) => ({ text, cells }))
  return words.sort((a, b) => b.cells - a.cells || compareCodePoints(a.text, b.text))
}

/** 10⁰ … 10²²: the powers of ten that are float64 numbers. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** Collects numbers until the first cell that is none. */
export class NumberCollector implements CellSink {
  /** A cell was text: the column is none of numbers, and nothing of it was kept. */
  isText = false
  private infinite = 0
  private inexact = 0
  private readonly words = new Map<string, number>()
  private values: Growing<Float64Array>

  constructor(
    private readonly missing: MissingWords,
    expected: number
  ) {
    this.values = new Growing((length) => new Float64Array(length), expected)
  }

  /**
   * Decimals of up to 2⁵³ without their point, and up to 22 digits behind it, are worked out here: the digits and the
   * power of ten are float64 numbers then, so that their quotient is the nearest one (Clinger, "How to read floating
   * point numbers accurately", 1990). The rest is left to `Number` and to the rules of `numbers.ts`.
   */
  add(bytes: Buffer, start: number, end: number): void {
    if (this.isText) return
    if (start === end) {
      this.values.push(NaN)
      return
    }
    let i = start
    const sign = bytes[i]
    if (sign === 0x2d || sign === 0x2b) i++
    const wholeStart = i
    let digits = 0
    let digit = (bytes[i] ?? 0) - 48
    while (i < end && digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      digit = (bytes[++i] ?? 0) - 48
    }
    const whole = i - wholeStart
    let behind = 0
    if (i < end && bytes[i] === 0x2e) {
      const pointAt = i
      digit = (bytes[++i] ?? 0) - 48
      while (i < end && digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit
        digit = (bytes[++i] ?? 0) - 48
      }
      behind = i - pointAt - 1
    }
    const plain = i === end && whole + behind > 0 && (whole <= 1 || bytes[wholeStart] !== 48)
    if (plain && digits <= Number.MAX_SAFE_INTEGER && behind <= 22 && !this.missing.someNumber) {
      const value = behind === 0 ? digits : digits / (powersOfTen[behind] ?? 1)
      this.values.push(sign === 0x2d ? -value : value)
      return
    }
    this.addText(bytes.toString('utf8', start, end), plain && behind > 0)
  }

  /** @param _delimiter does not matter: these numbers have no comma */
  *finish(name: string, _delimiter?: string): Generator<void, NumberColumn> {
    const { infinite, inexact } = this
    yield
    const facts = { missingWords: missingFacts(this.words), infinite, inexact, decimalComma: false }
    return { type: 'number', name, values: this.values.finish(), facts }
  }

  /** @param isFraction the text is known to be a decimal number with digits behind its point */
  private addText(text: string, isFraction: boolean): void {
    let value = isFraction && !this.missing.someNumber ? Number(text) : this.missing.number(text)
    if (value === null) {
      this.isText = true
      this.values.finish()
      return
    }
    if (value === Infinity || value === -Infinity) {
      this.infinite++
      value = NaN
    } else if (Number.isNaN(value)) {
      const word = text.trim()
      if (word !== '') this.words.set(word, (this.words.get(word) ?? 0) + 1)
    } else if (!isFraction && losesDigits(text, value)) this.inexact++
    this.values.push(value)
  }
}

/** Collects texts as codes; at the end they may turn out to be numbers with a decimal comma, or dates. */
export class TextCollector implements CellSink {
  private readonly dictionary = new ByteDictionary()
  private readonly codes: Growing<Int32Array>
  /** 1 for the codes of words that stand for "no value". */
  private readonly missingCodes = new Set<number>()

  constructor(
    private readonly missing: MissingWords,
    expected: number
  ) {
    this.codes = new Growing((length) => new Int32Array(length), expected)
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) {
      this.codes.push(-1)
      return
    }
    const known = this.dictionary.size
    const code = this.dictionary.codeOf(bytes, start, end)
    if (code === known && this.missing.has(this.dictionary.textOf(code))) this.missingCodes.add(code)
    this.codes.push(code)
  }

  /** @param delimiter of the file, which decides whether numbers may have a decimal comma */
  *finish(name: string, delimiter: string): Generator<void, Column> {
    const codes = this.codes.finish()
    const all = yield* this.dictionary.texts()
    yield
    const words = this.takeMissing(codes, all)
    const facts: CellFacts = { missingWords: missingFacts(words), infinite: 0, inexact: 0, decimalComma: false }
    // Missing words have no place among the texts.
    const placeOf = Int32Array.from(all, () => -1)
    const texts = all.filter((_, code) => !this.missingCodes.has(code))
    for (let code = 0, place = 0; code < all.length; code++) if (!this.missingCodes.has(code)) placeOf[code] = place++
    yield
    const placed = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from(codes, (code) => (code < 0 ? NaN : (values[placeOf[code] ?? -1] ?? NaN)))

    const numbers = commaNumbers(texts, delimiter)
    if (numbers !== null) {
      const lost = texts.map((text, place) => losesDigits(text.replaceAll('.', ''), numbers[place] ?? NaN))
      let { infinite, inexact } = facts
      for (const code of codes) {
        if (code < 0) continue
        const place = placeOf[code] ?? -1
        if (lost[place] === true) inexact++
        if (!Number.isFinite(numbers[place])) infinite++
      }
      const finite = numbers.map((value) => (Number.isFinite(value) ? value : NaN))
      return {
        type: 'number',
        name,
        values: placed(finite),
        facts: { ...facts, infinite, inexact, decimalComma: true }
      }
    }

    const dates = texts.length === 0 ? null : yield* dateSteps(texts)
    if (dates !== null) return { type: 'number', name, values: placed(dates.values), time: dates.time, facts }

    // Sorted by code point, so that they do not depend on the order of the rows.
    const order = yield* codePointOrder(texts)
    const rank = new Int32Array(texts.length)
    for (const [index, place] of order.entries()) rank[place] = index
    yield
    for (const [row, code] of codes.entries()) codes[row] = code < 0 ? -1 : (rank[placeOf[code] ?? -1] ?? -1)
    return { type: 'category', name, codes, categories: Array.from(order, (place) => texts[place] ?? ''), facts }
  }

  /** Counts the words that stand for "no value", and makes their codes those of missing cells. */
  private takeMissing(codes: Int32Array, texts: readonly string[]): Map<string, number> {
    const words = new Map<string, number>()
    if (this.missingCodes.size === 0) return words
    const counts = new Map<number, number>()
    for (const [row, code] of codes.entries()) {
      if (code < 0 || !this.missingCodes.has(code)) continue
      counts.set(code, (counts.get(code) ?? 0) + 1)
      codes[row] = -1
    }
    for (const [code, cells] of counts) {
      const word = (texts[code] ?? '').trim()
      if (word !== '') words.set(word, (words.get(word) ?? 0) + cells)
    }
    return words
  }
}
