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

/** Writes four 32-bit numbers ≥ 0 into `block`: nothing is allocated. @param c0 … c3 counter @param k0, k1 key; 32-bit numbers */
export function philox4x32(
  block: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const next0 = high(MULTIPLIER_1, c2) ^ c1 ^ k0
    const next2 = high(MULTIPLIER_0, c0) ^ c3 ^ k1
    c1 = Math.imul(MULTIPLIER_1, c2)
    c3 = Math.imul(MULTIPLIER_0, c0)
    c0 = next0
    c2 = next2
    k0 = (k0 + WEYL_0) | 0
    k1 = (k1 + WEYL_1) | 0
  }
  block[0] = c0
  block[1] = c1
  block[2] = c2
  block[3] = c3
}

/** The upper 32 bits of a 32 × 32 bit product; in halves, and those as 32-bit numbers, since a double holds 53 bits. */
function high(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16)
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff)
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0
}
