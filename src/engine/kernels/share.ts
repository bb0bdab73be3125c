/**
 * How the work of one instruction is shared among threads: each takes a range of the results, so that no sum is ever split
 * and every number comes out the same at any number of threads.
 */

/** Bits of an instruction's first word: its code, whether all threads take part in it, whether they meet before it. */
export const CODE_BITS: i32 = 255
export const SHARED: i32 = 256
export const MEET: i32 = 512

/**
 * Where the range of one thread begins; it ends where that of the next begins.
 * @param count what is shared @param unit ranges begin at multiples of it @param part from 0; `parts` gives the end of the last
 */
export function shareStart(count: i32, unit: i32, part: i32, parts: i32): i32 {
  if (parts == 1) return count * part
  const units = (count + unit - 1) / unit
  return min(count, <i32>((<i64>units * part) / parts) * unit)
}
