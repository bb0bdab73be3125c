/** Numbers and missing values as text: what counts as which, in one place. */
import { usualMissingWords } from '../shared/read-as'

/**
 * Cells that stand for "no value", compared without regard to case and without the spaces around them.
 * The empty cell is one of them. A cell that merely contains one of these words is a value.
 */
export const missingWords: readonly string[] = ['', ...usualMissingWords.map((word) => word.toLowerCase())]

/**
 * A decimal number, spaces around it left out: optional sign, digits without a leading zero, optional
 * fraction and exponent. Codes such as `00123`, `0x1F`, `1 234` and `1,5` are text.
 */
const decimal = /^\s*[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/

/** Infinities, as programs write them. They are numbers, but not usable ones. */
const infinity = /^\s*[+-]?inf(?:inity)?\s*$/i

/** What counts as missing in a file, and so what its numbers are. The empty cell always does. */
export class MissingWords {
  private readonly words: ReadonlySet<string>
  private readonly longest: number
  /** One of the words would be a number otherwise. */
  readonly someNumber: boolean

  /** @param words compared without regard to case and without the spaces around them */
  constructor(words: readonly string[]) {
    this.words = new Set(['', ...words.map((word) => word.trim().toLowerCase())])
    this.longest = Math.max(...Array.from(this.words, (word) => word.length))
    this.someNumber = [...this.words].some((word) => decimal.test(word) || infinity.test(word))
  }

  /** True for a cell that stands for "no value"; null is a cell without text. */
  has(text: string | null): boolean {
    if (text === null || text === '') return true
    // Most cells are longer than any of the words, or are so after their spaces: look closer only where needed.
    const word = text.trim()
    return word.length <= this.longest && this.words.has(word.toLowerCase())
  }

  /** A cell as a number, as `parseNumber`. */
  number(text: string | null): number | null {
    if (text === null) return NaN
    if (this.someNumber && this.has(text)) return NaN
    if (decimal.test(text)) return Number(text)
    if (this.has(text)) return NaN
    if (infinity.test(text)) return text.includes('-') ? -Infinity : Infinity
    return null
  }
}

export const usualMissing = new MissingWords(missingWords)

/**
 * A cell as a number: the float64 nearest to it; NaN when it stands for "no value"; an infinity when it is one
 * or lies beyond float64 (±1.8e308); null when it is text.
 */
export function parseNumber(text: string | null): number | null {
  return usualMissing.number(text)
}

/** A decimal number with a comma for the point, by the same rules. */
const commaDecimal = /^\s*[+-]?(?:(?:0|[1-9][0-9]*)(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/

/** The same with a dot before every three digits, where there are more than three. */
const groupedCommaDecimal = /^\s*[+-]?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})*)(?:,[0-9]*)?\s*$/

/** Commas that part thousands, as English writes them: `1,234`. With one comma it may be a decimal as well. */
const commaThousands = /^\s*[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+\s*$/

/** A dot that can only part thousands: a comma or another dot follows it. */
const groupingDot = /\..*[.,]/

/**
 * The values of a whole column whose numbers have a decimal comma, one for each of `texts`; null when it is not
 * such a column or could be read otherwise. At least one number has a comma. Dots are taken for thousands separators
 * when every number above 999 has them and one of them cannot be anything else (`1.234,5`).
 *
 * @param texts the different cells that are not missing; infinities are allowed among them
 * @param delimiter of the file: a comma there is no decimal comma; only where it is a semicolon, the custom of the
 *   countries with decimal commas, a column of nothing but `1,234` is taken for decimals
 */
export function commaNumbers(texts: readonly string[], delimiter: string): number[] | null {
  if (delimiter === ',') return null
  // Most columns of text are known by their first cell.
  const isNumber = (text: string): boolean => commaDecimal.test(text) || groupedCommaDecimal.test(text)
  if (!texts.slice(0, 1).every((text) => infinity.test(text) || isNumber(text))) return null
  const finite = texts.filter((text) => !infinity.test(text))
  const withComma = finite.filter((text) => text.includes(','))
  if (withComma.length === 0) return null
  if (delimiter !== ';' && withComma.every((text) => commaThousands.test(text))) return null
  const grouped =
    finite.every((text) => groupedCommaDecimal.test(text)) && finite.some((text) => groupingDot.test(text))
  if (!grouped && !finite.every((text) => commaDecimal.test(text))) return null
  return texts.map((text) => parseNumber(text.replaceAll('.', '').replace(',', '.')) ?? NaN)
}

/** True for a cell that is a number, with a decimal point or, where `comma` says so, with a decimal comma. */
export function isFiniteNumber(text: string | null, comma: boolean): boolean {
  const value = parseNumber(text)
  return value === null ? comma && text !== null && commaDecimal.test(text) : Number.isFinite(value)
}

/** A whole number of so many digits that its float64 is another number. */
export function losesDigits(text: string | null, value: number): boolean {
  if (text === null || Math.abs(value) <= Number.MAX_SAFE_INTEGER || !Number.isFinite(value)) return false
  return /^\s*[+-]?[0-9]+\s*$/.test(text) && BigInt(text.trim().replace('+', '')) !== BigInt(value)
}

/**
 * A number as a feature sees it: rounded to float32, which is what the inputs of exported files are; NaN (missing)
 * when it is none or lies beyond float32 (±3.4e38).
 */
export function featureNumber(value: number): number {
  const rounded = Math.fround(value)
  return Number.isFinite(rounded) ? rounded : NaN
}

/** The shortest text that reads back as the same float64: 5.1, 20240101, 1e+21. */
export function numberText(value: number): string {
  return String(value)
}

/** Order of strings by Unicode code point; the default order of JavaScript is by UTF-16 unit. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    // Units from 0xE000 stand for lower code points than surrogate pairs (0xD800–0xDFFF) do.
    if (a !== b) return surrogateLast(a) - surrogateLast(b)
  }
  return left.length - right.length
}

function surrogateLast(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
