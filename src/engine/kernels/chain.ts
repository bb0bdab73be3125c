/**
 * A chain of element-wise operations as one instruction: its expressions are evaluated a block of 512 numbers at a
 * time, and what stands between them stays in the first cache. Every optimizer's update is such a chain.
 *
 * Words of the instruction: [code, length, elements, setup, operations, flag], then eight words for each operation:
 * [code, result, a, b, c, p, q, 0]. An operand that is even is the address of a tensor in memory, which is read or written
 * at the block's place; one that is odd, less 1, is where a block register stands in the thread's scratch memory. p and q are
 * float32 constants or whole numbers. The first `setup` operations fill registers that every block reads: they run once.
 * Threads share the blocks.
 */
import {
  add,
  affine,
  divide,
  mask,
  multiply,
  multiplyAdd,
  multiplyFrom,
  scaledAdd,
  squareRoot,
  subtract
} from './elementwise'
import { all, erf4, exp4, log4, madd, sigmoid4, sign4, softplus4, tanh4 } from './math'
import { shareStart } from './share'
import { storeSome } from './store'
import { loadCycled, loadIndexed, loadPeriodic, loadRepeated } from './broadcast'
import * as Op from './chain-codes'

const BLOCK: i32 = 512
const HEADER_BYTES: i32 = 24
const OPERATION_BYTES: i32 = 32

/** @param scratch block registers; the first takes results of a last block whose size is no multiple of four */
export function chain(instruction: usize, scratch: usize, part: i32, parts: i32): void {
  const elements = load<i32>(instruction, 8)
  const until = shareStart(elements, BLOCK, part + 1, parts)
  const setup: usize = load<i32>(instruction, 12)
  const count: usize = load<i32>(instruction, 16)
  const flag: usize = load<i32>(instruction, 20)
  const start = instruction + HEADER_BYTES
  const end = start + count * OPERATION_BYTES
  let from = start
  for (let at = shareStart(elements, BLOCK, part, parts); at < until; at += BLOCK) {
    const size = min(BLOCK, until - at)
    for (let operation = from; operation < end; operation += OPERATION_BYTES) {
      const result = place(load<i32>(operation, 4), at, scratch)
      const inMemory = (load<i32>(operation, 4) & 1) == 0
      if (inMemory && (size & 3) != 0) {
        evaluate(operation, scratch, at, size, flag, instruction, scratch)
        copyExactly(result, scratch, size)
      } else {
        evaluate(operation, result, at, size, flag, instruction, scratch)
      }
    }
    // Only the first block begins with the setup.
    from = start + setup * OPERATION_BYTES
  }
}

/** A chain that has become a function: that in the table's `slot`, of bytes from … until. */
export function compiledChain(slot: u32, elements: i32, part: i32, parts: i32): void {
  const from = shareStart(elements, BLOCK, part, parts)
  const until = shareStart(elements, BLOCK, part + 1, parts)
  call_indirect<void>(slot, 4 * from, 4 * until)
}

function place(operand: i32, at: i32, scratch: usize): usize {
  return (operand & 1) != 0 ? scratch + <usize>(operand - 1) : <usize>operand + 4 * <usize>at
}

function copyExactly(to: usize, from: usize, size: i32): void {
  let i = 0
  for (; i + 4 <= size; i += 4) v128.store(to + 4 * i, v128.load(from + 4 * i))
  storeSome(to + 4 * i, v128.load(from + 4 * i), size - i)
}

/** One operation on one block: whole vectors, so up to three numbers past `size` are read and written. */
function evaluate(
  operation: usize,
  y: usize,
  at: i32,
  size: i32,
  flag: usize,
  instruction: usize,
  scratch: usize
): void {
  const end = y + 4 * ((size + 3) & ~3)
  let a = place(load<i32>(operation, 8), at, scratch)
  const b = place(load<i32>(operation, 12), at, scratch)
  const c = place(load<i32>(operation, 16), at, scratch)
  const p = f32x4.splat(load<f32>(operation, 20))
  const q = f32x4.splat(load<f32>(operation, 24))
  const zero = all(0)
  switch (load<i32>(operation)) {
    case Op.COPY:
      for (; y < end; y += 16, a += 16) v128.store(y, v128.load(a))
      break
    case Op.ADD:
      add(y, end, a, b)
      break
    case Op.SUBTRACT:
      subtract(y, end, a, b)
      break
    case Op.MULTIPLY:
      multiply(y, end, a, b)
      break
    case Op.DIVIDE:
      divide(y, end, a, b)
      break
    case Op.AFFINE:
      affine(y, end, a, p, q)
      break
    case Op.SCALED_ADD:
      scaledAdd(y, end, a, b, p)
      break
    case Op.MULTIPLY_ADD:
      multiplyAdd(y, end, a, b, c)
      break
    case Op.MULTIPLY_FROM:
      multiplyFrom(y, end, a, b, c)
      break
    case Op.MASK:
      mask(y, end, a, b)
      break
    case Op.RELU:
      for (; y < end; y += 16, a += 16) v128.store(y, f32x4.pmax(v128.load(a), zero))
      break
    case Op.STEP:
      for (; y < end; y += 16, a += 16) v128.store(y, v128.and(f32x4.gt(v128.load(a), zero), all(1)))
      break
    case Op.SQUARE:
      multiply(y, end, a, a)
      break
    case Op.SQRT:
      squareRoot(y, end, a)
      break
    case Op.SIGN:
      for (; y < end; y += 16, a += 16) v128.store(y, sign4(v128.load(a)))
      break
    case Op.EXP:
      for (; y < end; y += 16, a += 16) v128.store(y, exp4(v128.load(a)))
      break
    case Op.LOG:
      for (; y < end; y += 16, a += 16) v128.store(y, log4(v128.load(a)))
      break
    case Op.TANH:
      for (; y < end; y += 16, a += 16) v128.store(y, tanh4(v128.load(a)))
      break
    case Op.SIGMOID:
      for (; y < end; y += 16, a += 16) v128.store(y, sigmoid4(v128.load(a)))
      break
    case Op.SOFTPLUS:
      for (; y < end; y += 16, a += 16) v128.store(y, softplus4(v128.load(a)))
      break
    case Op.ERF:
      for (; y < end; y += 16, a += 16) v128.store(y, erf4(v128.load(a)))
      break
    case Op.CHECK:
      check(a, size, flag)
      break
    case Op.SPLAT: {
      const value = v128.load32_splat(a - 4 * <usize>at)
      for (; y < end; y += 16) v128.store(y, value)
      break
    }
    case Op.CONSTANT:
      for (; y < end; y += 16) v128.store(y, p)
      break
    case Op.PERIODIC:
      loadPeriodic(y, a - 4 * <usize>at, at, size, load<i32>(operation, 20))
      break
    case Op.REPEATED:
      loadRepeated(y, a - 4 * <usize>at, at, size, load<i32>(operation, 20))
      break
    case Op.CYCLED:
      loadCycled(y, a - 4 * <usize>at, at, size, load<i32>(operation, 20), load<i32>(operation, 24))
      break
    case Op.INDEXED:
      loadIndexed(y, a - 4 * <usize>at, at, size, instruction + 4 * <usize>load<i32>(operation, 20))
      break
    default:
      unreachable()
  }
}

/** Raises the flag when a number is NaN or infinite: x · 0 is 0 for all others. */
function check(a: usize, size: i32, flag: usize): void {
  const zero = all(0)
  let low = zero
  let high = zero
  let left = size
  for (; left >= 16; left -= 16, a += 64) {
    low = madd(v128.load(a, 16), zero, madd(v128.load(a), zero, low))
    high = madd(v128.load(a, 48), zero, madd(v128.load(a, 32), zero, high))
  }
  for (; left > 0; left--, a += 4) low = f32x4.add(low, f32x4.mul(v128.load32_splat(a), zero))
  const sum = f32x4.add(low, high)
  if (v128.any_true(f32x4.ne(sum, sum))) store<i32>(flag, 1)
}
