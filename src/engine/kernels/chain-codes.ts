/** Codes of the operations of a chain; src/engine/plan/chain-table.ts has the same numbers, and a test compares them. */
export const COPY: i32 = 0
export const ADD: i32 = 1
export const SUBTRACT: i32 = 2
export const MULTIPLY: i32 = 3
export const DIVIDE: i32 = 4
/** p · a + q */
export const AFFINE: i32 = 5
/** p · a + b */
export const SCALED_ADD: i32 = 6
/** a · b + c */
export const MULTIPLY_ADD: i32 = 7
/** c − a · b */
export const MULTIPLY_FROM: i32 = 8
/** b where a > 0, else 0 */
export const MASK: i32 = 9
export const RELU: i32 = 10
export const STEP: i32 = 11
export const SQUARE: i32 = 12
export const SQRT: i32 = 13
export const SIGN: i32 = 14
export const EXP: i32 = 15
export const LOG: i32 = 16
export const TANH: i32 = 17
export const SIGMOID: i32 = 18
export const SOFTPLUS: i32 = 19
/** Raises the chain's flag when a number of a is NaN or infinite; no result. */
export const CHECK: i32 = 20
/** The one number at a. */
export const SPLAT: i32 = 21
/** p */
export const CONSTANT: i32 = 22
/** a[i mod p] */
export const PERIODIC: i32 = 23
/** a[⌊i / p⌋] */
export const REPEATED: i32 = 24
/** a broadcast by the sizes and strides at word p of the instruction */
export const INDEXED: i32 = 25
export const ERF: i32 = 26
/** a[⌊i / p⌋ mod q] */
export const CYCLED: i32 = 27
