/** Worked lines as TeX: the right-hand side with symbols, or with numbers. */
import type { Term, WorkedLine } from '../engine/catalog'

const TOKEN = /@([A-Za-z][A-Za-z0-9]*)/g

/** After these nothing stands before a number that could be read as applied to it: openings, relations and separators. */
const FREE = /(?:^|[({[=<>&,;]|\\(?:le|ge|leq|geq|ne|approx|quad|qquad|lvert|lbrace|\{|\\))$/

/** Spaces, and TeX for spaces. */
const SPACES = /(?:\s|\\[,;:!])+$/

/** The right-hand side with each term's symbol. @throws Error for a name that no term has */
export function withSymbols({ formula, terms }: WorkedLine): string {
  return replaced(formula, terms, ({ symbol }, _before, after) => {
    // x' and x^{(1)} cannot take another raised mark, nor x_1 another lowered one.
    const taken = (/^\s*\^/.test(after) && /[\^']/.test(symbol)) || (/^\s*_/.test(after) && symbol.includes('_'))
    if (taken) return `{${symbol}}`
    return /\\[A-Za-z]+$/.test(symbol) && /^[A-Za-z]/.test(after) ? `${symbol} ` : symbol
  })
}

/**
 * The right-hand side with each term's number; below 0 in parentheses where something stands before it or a power after.
 * @param digits significant ones, at least 1 @throws Error for a name that no term has
 */
export function withNumbers({ formula, terms }: WorkedLine, digits: number): string {
  return replaced(formula, terms, ({ value }, before, after) => {
    const number = numberTex(value, digits)
    const raised = /^\s*\^/.test(after)
    const negative = number.startsWith('-')
    const enclosed =
      (negative && (raised || !FREE.test(before.replace(SPACES, '')))) || (raised && number.includes('^'))
    return enclosed ? `(${number})` : number
  })
}

/**
 * A number as TeX, rounded to that many significant digits, without zeros at its end: 0.25, 1.2\times 10^{-7}, \infty, \text{NaN}.
 * Whole numbers below a thousand million are exact, so that steps and counts stay what they are.
 */
export function numberTex(value: number, digits: number): string {
  if (Number.isNaN(value)) return '\\text{NaN}'
  if (!Number.isFinite(value)) return value > 0 ? '\\infty' : '-\\infty'
  // −0 too is 0.
  if (value === 0) return '0'
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value)
  const [mantissa = '', power = ''] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < Math.max(digits, 4)) return String(Number(value.toPrecision(digits)))
  const factor = Number(mantissa)
  const ten = `10^{${exponent}}`
  if (Math.abs(factor) === 1) return factor < 0 ? `-${ten}` : ten
  return `${factor}\\times ${ten}`
}

function replaced(
  formula: string,
  terms: readonly Term[],
  as: (term: Term, before: string, after: string) => string
): string {
  const byName = new Map(terms.map((term) => [term.name, term]))
  return formula.replaceAll(TOKEN, (token: string, name: string, at: number) => {
    const term = byName.get(name)
    if (term === undefined) throw new Error(`The formula ${formula} names ${token}, which is none of its terms`)
    return as(term, formula.slice(0, at), formula.slice(at + token.length))
  })
}
