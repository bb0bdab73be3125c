import type { NumberField } from '../../../engine/catalog'

/**
 * The next value when a fraction is nudged by an arrow key: one unit of its leading decimal, so that 0.003 goes
 * to 0.004 and 0.1 down to 0.09. Stays within the field; an unreadable value starts from the default.
 */
export function nudge(field: NumberField, value: number, direction: 1 | -1): number {
  if (!Number.isFinite(value)) return field.default
  const size = Math.abs(value)
  if (size === 0) return clamp(field, direction * 0.01, value)
  const decade = Math.floor(Math.log10(size) + 1e-9)
  const isPowerOfTen = Math.abs(size / 10 ** decade - 1) < 1e-9
  const towardsZero = direction * Math.sign(value) < 0
  const exponent = isPowerOfTen && towardsZero ? decade - 1 : decade
  // Two digits more than the step, so that 0.1 + 0.2 reads 0.3.
  const next = Number((value + direction * 10 ** exponent).toPrecision(12))
  return clamp(field, next, value)
}

function clamp(field: NumberField, next: number, current: number): number {
  const tooHigh = next > field.max || (field.exclusiveMax === true && next === field.max)
  if (tooHigh) return field.exclusiveMax === true ? current : field.max
  const tooLow = next < field.min || (field.exclusiveMin === true && next === field.min)
  if (tooLow) return field.exclusiveMin === true ? current : field.min
  return next
}
