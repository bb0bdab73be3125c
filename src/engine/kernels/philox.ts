/** Philox4x32-10, the generator of src/engine/random/philox.ts: the same numbers, four blocks of four at a time. */
import { all } from './math'
import { shareStart } from './share'
import { storeSome } from './store'

const ROUNDS: i32 = 10
const MULTIPLIER_0: i32 = 0xd2511f53
const MULTIPLIER_1: i32 = 0xcd9e8d57
const WEYL_0: i32 = 0x9e3779b9
const WEYL_1: i32 = 0xbb67ae85

/** Numbers made at a time. */
const UNIT: i32 = 16

/**
 * y[i] = 1 where word i mod 4 of the block with the counter (⌊i / 4⌋, 0, low, high) is at most `limit`, else 0.
 * @param low, high addresses of the step's two parts, whole numbers below 2³¹ @param limit 32 bits, without a sign
 */
export function keepMask(
  y: usize,
  low: usize,
  high: usize,
  elements: i32,
  key0: i32,
  key1: i32,
  limit: i32,
  part: i32,
  parts: i32
): void {
  const step2 = i32x4.splat(<i32>load<f32>(low))
  const step3 = i32x4.splat(<i32>load<f32>(high))
  const most = i32x4.splat(limit)
  const multiplier0 = i32x4.splat(MULTIPLIER_0)
  const multiplier1 = i32x4.splat(MULTIPLIER_1)
  const until = shareStart(elements, UNIT, part + 1, parts)
  for (let i = shareStart(elements, UNIT, part, parts); i < until; i += UNIT) {
    // One block in each lane.
    let c0 = i32x4.add(i32x4.splat(i >> 2), i32x4(0, 1, 2, 3))
    let c1 = i32x4.splat(0)
    let c2 = step2
    let c3 = step3
    let k0 = key0
    let k1 = key1
    for (let round = 0; round < ROUNDS; round++) {
      const first = i64x2.extmul_low_i32x4_u(c0, multiplier0)
      const second = i64x2.extmul_high_i32x4_u(c0, multiplier0)
      const third = i64x2.extmul_low_i32x4_u(c2, multiplier1)
      const fourth = i64x2.extmul_high_i32x4_u(c2, multiplier1)
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(third, fourth, 1, 3, 5, 7), c1), i32x4.splat(k0))
      c1 = v128.shuffle<i32>(third, fourth, 0, 2, 4, 6)
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(first, second, 1, 3, 5, 7), c3), i32x4.splat(k1))
      c3 = v128.shuffle<i32>(first, second, 0, 2, 4, 6)
      k0 += WEYL_0
      k1 += WEYL_1
    }
    storeBlocks(y + 4 * <usize>i, keep(c0, most), keep(c1, most), keep(c2, most), keep(c3, most), until - i)
  }
}

function keep(words: v128, most: v128): v128 {
  return v128.and(i32x4.le_u(words, most), all(1))
}

/** Words side by side again, block after block. */
function storeBlocks(y: usize, w0: v128, w1: v128, w2: v128, w3: v128, count: i32): void {
  const low01 = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5)
  const low23 = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5)
  const high01 = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7)
  const high23 = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7)
  storeSome(y, v128.shuffle<i64>(low01, low23, 0, 2), count)
  if (count > 4) storeSome(y + 16, v128.shuffle<i64>(low01, low23, 1, 3), count - 4)
  if (count > 8) storeSome(y + 32, v128.shuffle<i64>(high01, high23, 0, 2), count - 8)
  if (count > 12) storeSome(y + 48, v128.shuffle<i64>(high01, high23, 1, 3), count - 12)
}
