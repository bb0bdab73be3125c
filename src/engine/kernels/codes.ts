/** Codes of the instructions; src/engine/plan/tape.ts has the same numbers, and a test compares them. */
export const END: i32 = 0
export const GATHER: i32 = 1
export const MATMUL: i32 = 2
export const CHAIN: i32 = 3
export const SUM: i32 = 4
export const SOFTMAX: i32 = 5
export const LOG_SOFTMAX: i32 = 6
export const ONE_HOT: i32 = 7
export const CROSS_ENTROPY: i32 = 8
