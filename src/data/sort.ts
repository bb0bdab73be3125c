/** Numbers in order, faster than by comparing them. */

/** Shorter arrays are sorted by comparing. */
const fewValues = 32_768
/** Digits of 16 bits: four in a float64. */
const digits = 4
const digitSize = 2 ** 16

/**
 * A sorted copy, ascending, −0 before 0, as `Float64Array.sort` gives it; about four times as fast for a million values.
 *
 * Radix sort (Knuth, TAOCP 5.2.5) by the bits of the numbers, sixteen at a time, the lowest first. The bits of positive
 * float64 numbers are in the order of the numbers; those of negative ones come behind them in reverse.
 *
 * @param values without NaN
 */
export function sortNumbers(values: Float64Array): Float64Array {
  let from = values.slice()
  if (values.length < fewValues) return from.sort()
  let to = new Float64Array(values.length)
  for (let digit = 0; digit < digits; digit++) {
    if (!distribute(from, to, littleEndian ? digit : digits - 1 - digit)) continue
    const swap = from
    from = to
    to = swap
  }
  const negative = from.findIndex((value) => value < 0 || Object.is(value, -0))
  if (negative < 0) return from
  // What is behind `negative` is negative, the largest first.
  to.set(from.subarray(negative).reverse())
  to.set(from.subarray(0, negative), from.length - negative)
  return to
}

/** The lower bits of a number come first in memory. */
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Puts the numbers in order of one of their digits. @returns false when it is the same in all: nothing was done */
function distribute(from: Float64Array, to: Float64Array, digit: number): boolean {
  const { length } = from
  const all = new Uint16Array(from.buffer, from.byteOffset, digits * length)
  const places = new Uint32Array(digitSize)
  for (let i = digit; i < all.length; i += digits) {
    const value = all[i] ?? 0
    places[value] = (places[value] ?? 0) + 1
  }
  let place = 0
  for (let value = 0; value < digitSize; value++) {
    const count = places[value] ?? 0
    if (count === length) return false
    places[value] = place
    place += count
  }
  for (let i = 0, k = digit; i < length; i++, k += digits) {
    const value = all[k] ?? 0
    const at = places[value] ?? 0
    places[value] = at + 1
    to[at] = from[i] ?? 0
  }
  return true
}
