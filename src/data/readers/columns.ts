/** Columns as they grow while a file is read: numbers first, categories for what turns out to be text. */
import { compareCodePoints, isMissingText, parseNumber } from '../numbers'

/** Above this, not every whole number is a float32. */
const exactIntegers = 2 ** 24

/** Collects numbers until the first cell that is none. The first cell of all may be the column's name. */
export class NumberCollector {
  /** A cell other than the first was text: the column is a category column. */
  isText = false
  /** Cells that were infinite or beyond float32, now missing. */
  nonFinite = 0
  /** Whole numbers that float32 cannot hold exactly. */
  rounded = 0
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
        this.nonFinite++
        value = NaN
      } else if (Math.abs(value) >= exactIntegers && Number(text) !== value && Number.isInteger(Number(text))) {
        this.rounded++
      }
      this.values[this.length++] = value
    }
  }

  /** @param skip how many of the first cells are no values: 1 under a header, else 0 */
  finish(skip: 0 | 1): Float64Array {
    return this.values.slice(skip, this.length)
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
  private length = 0

  constructor(rows: number) {
    this.codes = new Int32Array(rows)
  }

  /** @param from index of the first of `texts` that is a value */
  push(texts: readonly (string | null)[], from: 0 | 1): void {
    for (let i = from; i < texts.length; i++) {
      const text = texts[i] ?? null
      if (text === null || isMissingText(text)) {
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
  finish(): { codes: Int32Array; categories: string[] } {
    const byAppearance = [...this.known.keys()]
    const categories = byAppearance.toSorted(compareCodePoints)
    const rank = new Map(categories.map((category, index) => [category, index]))
    const newCode = Int32Array.from(byAppearance, (category) => rank.get(category) ?? -1)
    const codes = this.codes.map((code) => (code < 0 ? -1 : (newCode[code] ?? -1)))
    return { codes, categories }
  }
}
