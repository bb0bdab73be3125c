/** Numbers and missing values as text: what counts as which, in one place. */

/**
 * Cells that stand for "no value", compared without regard to case and without the spaces around them.
 * The empty cell is one of them. A cell that merely contains one of these words is a value.
 */
export const missingWords: readonly string[] = ['', 'na', 'n/a', 'nan', 'null', 'none', '?']

const missing = new Set(missingWords)
const longestMissingWord = Math.max(...missingWords.map((word) => word.length))

/**
 * A decimal number, spaces around it left out: optional sign, digits without a leading zero, optional
 * fraction and exponent. Codes such as `00123`, `0x1F`, `1 234` and `1,5` are text.
 */
const decimal = /^\s*[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/

/** Infinities, as programs write them. They are numbers, but not usable ones. */
const infinity = /^\s*[+-]?inf(?:inity)?\s*$/i

/** True for a cell that stands for "no value"; null is a cell without text. */
export function isMissingText(text: string | null): boolean {
  if (text === null || text === '') return true
  // Most cells are longer than any of the words, or are so after their spaces: look closer only where needed.
  const word = text.trim()
  return word.length <= longestMissingWord && missing.has(word.toLowerCase())
}

/**
 * A cell as a number: rounded to float32; NaN when it stands for "no value"; an infinity when it is one or
 * lies beyond float32 (±3.4e38); null when it is text.
 */
export function parseNumber(text: string | null): number | null {
  if (text === null) return NaN
  if (decimal.test(text)) return Math.fround(Number(text))
  if (isMissingText(text)) return NaN
  if (infinity.test(text)) return text.includes('-') ? -Infinity : Infinity
  return null
}

/**
 * The shortest text that stands for a float32: 5.1 for the float32 nearest to 5.1, where `String` would show
 * the digits of its float64 (5.099999904632568). What is not a float32 is shown as `String` shows it.
 */
export function numberText(value: number): string {
  return String(shortestNumber(value))
}

/** The float64 with the fewest digits that rounds to the float32 `value`; other numbers are returned as they are. */
export function shortestNumber(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value
  if (!Number.isFinite(value) || Math.fround(value) !== value) return value
  // Nine significant digits tell any two float32 apart.
  for (let digits = 1; digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return value
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
