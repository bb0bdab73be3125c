/** Numbers as learners write them, and whether they are right. */

const DECIMAL = /^([+-]?)(\d+(?:[.,]\d*)?|[.,]\d+)(e[+-]?\d{1,3})?$/i

/** A number with a point or a comma, or a fraction of two such numbers ("1/3"); null where it is none. */
export function numberOf(text: string): number | null {
  const plain = text.replaceAll('−', '-').replaceAll(/\s/g, '')
  const parts = plain.split('/')
  const [above = null, below = 1] = parts.map(decimalOf)
  if (parts.length > 2 || above === null || below === null || below === 0) return null
  return above / below
}

function decimalOf(text: string): number | null {
  const [, sign = '', digits, power = ''] = DECIMAL.exec(text) ?? []
  return digits === undefined ? null : Number(`${sign}${digits.replace(',', '.')}${power}`)
}

/** Arithmetic in binary must not make an answer wrong that is just as far off as it may be. */
const SLACK = 1e-9

/** @param within how far off it may be */
export function isRight(answer: number, actual: number, within: number): boolean {
  return Math.abs(answer - actual) <= within * (1 + SLACK) + SLACK * Math.abs(actual)
}

/** As many decimals as tell it apart from an answer that is wrong. */
export function shownAnswer(actual: number, within: number): string {
  const decimals = Math.min(8, Math.max(0, Math.ceil(-Math.log10(within)) + 1))
  const text = actual.toFixed(decimals)
  return (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0').replace('-', '−')
}
