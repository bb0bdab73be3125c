/**
 * Philox4x32-10: a counter-based generator. The same key and counter give the same four numbers, with no state in
 * between, so any draw can be made again by knowing its place. Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011; constants as in Random123.
 */

const ROUNDS = 10
const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85

/** Four 32-bit numbers ≥ 0. */
export type Block = readonly [number, number, number, number]

/** @param counter, key 32-bit numbers ≥ 0 */
export function philox4x32([c0, c1, c2, c3]: Block, [k0, k1]: readonly [number, number]): Block {
  for (let round = 0; round < ROUNDS; round++) {
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    const next0 = high(MULTIPLIER_1, c2) ^ c1 ^ k0
    const next2 = high(MULTIPLIER_0, c0) ^ c3 ^ k1
    c0 = next0 >>> 0
    c1 = low1 >>> 0
    c2 = next2 >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + WEYL_0) >>> 0
    k1 = (k1 + WEYL_1) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** The upper 32 bits of a 32 × 32 bit product; in halves, since a double holds 53 bits. */
function high(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0
}
