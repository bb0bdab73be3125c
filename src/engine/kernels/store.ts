/** Writing the first few of four or eight numbers: nothing past them is touched. */

/** @param count 1 to 4 */
export function storeSome(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x)
    return
  }
  if (count >= 2) v128.store64_lane(to, x, 0)
  if (count == 1) v128.store32_lane(to, x, 0)
  if (count == 3) v128.store32_lane(to, x, 2, 8)
}

/** @param count 1 to 8 */
export function storeRow(to: usize, low: v128, high: v128, count: i32): void {
  if (count == 8) {
    v128.store(to, low)
    v128.store(to, high, 16)
  } else {
    storeSome(to, low, count)
    if (count > 4) storeSome(to + 16, high, count - 4)
  }
}
