/** One quantity of a step of training: what it is, how it is computed, and the numbers it was computed from. */

/** A number that a formula names. */
export interface Term {
  /** Letters and digits, a letter first: `@name` in the formula is this term. */
  readonly name: string
  /** TeX: one letter with its marks. */
  readonly symbol: string
  readonly value: number
}

/** symbol = formula = value. `src/shared/formula.ts` writes it with symbols and with numbers. */
export interface WorkedLine {
  /** TeX of what it is. */
  readonly symbol: string
  /** TeX with `@name` for each term. */
  readonly formula: string
  /** Each once, those that the formula names. */
  readonly terms: readonly Term[]
  readonly value: number
}

const TOKEN = /@([A-Za-z][A-Za-z0-9]*)/g

/** The names in a formula, each once, in order of appearance. */
export function namesIn(formula: string): readonly string[] {
  return [...new Set(Array.from(formula.matchAll(TOKEN), ([, name = '']) => name))]
}
