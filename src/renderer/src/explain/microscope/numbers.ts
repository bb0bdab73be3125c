/** Numbers as the microscope writes them: in circles of the drawing, in tables, beside formulas. */
import { formatSigned, formatValue } from '../../components/plainNumbers'

const SIGNIFICANT = 4

/** At most six characters, for a circle: 0.12, −1.1, 23, 4e−3. */
export function shortNumber(value: number, signed = false): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  const text =
    size === 0
      ? '0'
      : size >= 9999.5 || size < 0.00095
        ? size.toExponential(0).replace('e+', 'e')
        : String(Number(size.toPrecision(size >= 100 ? 4 : size < 0.1 ? 1 : 2)))
  const sign = value < 0 ? '−' : signed && value > 0 ? '+' : ''
  return `${sign}${text.replace('-', '−')}`
}

/** With four significant digits; a real minus sign. */
export function tableNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : formatValue(value, SIGNIFICANT)
}

/** The same with its sign, for errors and gradients. */
export function signedNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : formatSigned(value, SIGNIFICANT)
}

/** `p` or `n` by the sign: the class of its colour; empty for 0. */
export function signClass(value: number | null | undefined): '' | 'p' | 'n' {
  if (value === null || value === undefined || value === 0 || Number.isNaN(value)) return ''
  return value > 0 ? 'p' : 'n'
}

/** "< 1e−9", "3.2e−7": how far two gradients are apart. */
export function errorText(relativeError: number): string {
  return relativeError < 1e-9 ? '< 1e−9' : formatValue(relativeError, 2)
}
