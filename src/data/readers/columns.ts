/** Columns as they grow while a file is read: numbers first, categories for what turns out to be text. */
import { commaNumbers, compareCodePoints, isMissingText, losesDigits, parseNumber } from '../numbers'
import type { CellFacts } from '../table'

/** Counts the words that were read as "no value". */
class MissingWords {
  private readonly counts = new Map<string, number>()

  add(text: string | null): void {
    const word = text?.trim() ?? ''
    if (word !== '') this.counts.set(word, (this.counts.get(word) ?? 0) + 1)
  }

  finish(): CellFacts['missingWords'] {
    const words = [...this.counts].map(([text, cells]) => ({ text, cells }))
    return words.sort((a, b) => b.cells - a.cells || compareCodePoints(a.text, b.text))
  }
}

/** Collects numbers until the first cell that is none. The first cell of all may be the column's name. */
export class NumberCollector {
  /** A cell other than the first was text: the column is a category column. */
  isText = false
  private infinite = 0
  private inexact = 0
  private readonly missingWords = new MissingWords()
  private values = new Float64Array(0)
  private length = 0

  push(texts: readonly (string | null)[]): void {
    if (this.isText) return
    this.reserve(this.length + texts.length)
    for (const text of texts) {
      let value = parseNumber(text)
      if (this.length === 0) {
        this.values[this.length++] = value ?? NaN
        continue
      }
      if (value === null) {
        this.isText = true
        this.values = new Float64Array(0)
        return
      }
      if (value === Infinity || value === -Infinity) {
        this.infinite++
        value = NaN
      } else if (Number.isNaN(value)) this.missingWords.add(text)
      else if (losesDigits(text, value)) this.inexact++
      this.values[this.length++] = value
    }
  }

  /** @param skip how many of the first cells are no values: 1 under a header, else 0 */
  finish(skip: 0 | 1): { values: Float64Array; facts: CellFacts } {
    const { infinite, inexact } = this
    const facts = { missingWords: this.missingWords.finish(), infinite, inexact, decimalComma: false }
    return { values: this.values.slice(skip, this.length), facts }
  }

  private reserve(length: number): void {
    if (length <= this.values.length) return
    const grown = new Float64Array(this.values.length === 0 ? length : Math.max(length, 2 * this.values.length))
    grown.set(this.values.subarray(0, this.length))
    this.values = grown
  }
}

/** Collects texts as codes. */
export class CategoryCollector {
  private readonly codes: Int32Array
  private readonly known = new Map<string, number>()
  private readonly missingWords = new MissingWords()
  private length = 0

  constructor(rows: number) {
    this.codes = new Int32Array(rows)
  }

  /** @param from index of the first of `texts` that is a value */
  push(texts: readonly (string | null)[], from: 0 | 1): void {
    for (let i = from; i < texts.length; i++) {
      const text = texts[i] ?? null
      if (text === null || isMissingText(text)) {
        this.missingWords.add(text)
        this.codes[this.length++] = -1
        continue
      }
      let code = this.known.get(text)
      if (code === undefined) {
        code = this.known.size
        this.known.set(text, code)
      }
      this.codes[this.length++] = code
    }
  }

  /** Codes into categories sorted by code point, so that they do not depend on the order of the rows. */
  finish(): { codes: Int32Array; categories: string[]; facts: CellFacts } {
    const byAppearance = [...this.known.keys()]
    const categories = byAppearance.toSorted(compareCodePoints)
    const rank = new Map(categories.map((category, index) => [category, index]))
    const newCode = Int32Array.from(byAppearance, (category) => rank.get(category) ?? -1)
    const codes = this.codes.map((code) => (code < 0 ? -1 : (newCode[code] ?? -1)))
    const facts = { missingWords: this.missingWords.finish(), infinite: 0, inexact: 0, decimalComma: false }
    return { codes, categories, facts }
  }

  /** The column as numbers when that is what it holds, with a decimal comma; else null. */
  finishNumbers(delimiter: string): { values: Float64Array; facts: CellFacts } | null {
    const texts = [...this.known.keys()]
    const numbers = commaNumbers(texts, delimiter)
    if (numbers === null) return null
    let infinite = 0
    let inexact = 0
    const lost = texts.map((text, code) => losesDigits(text.replaceAll('.', ''), numbers[code] ?? NaN))
    const values = Float64Array.from(this.codes, (code) => {
      if (code < 0) return NaN
      if (lost[code] === true) inexact++
      const value = numbers[code] ?? NaN
      if (Number.isFinite(value)) return value
      infinite++
      return NaN
    })
    return { values, facts: { missingWords: this.missingWords.finish(), infinite, inexact, decimalComma: true } }
  }
}
