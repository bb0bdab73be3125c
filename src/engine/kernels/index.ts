/**
 * The walker: runs the instructions of a tape one after the other, and steps of training one after the other, without
 * leaving WebAssembly. src/engine/plan/tape.ts writes tapes; every number in them is an int32 or float32 word, and
 * every address a byte offset in the shared memory.
 */
import { chain } from './chain'
import { matmul } from './matmul'
import { sum } from './reduce'
import { crossEntropy, logSoftmax, oneHot, softmax } from './rows'
import * as Code from './codes'

/** Runs a tape once. @param rows numbers of the training rows of this step @param scratch for matmul and chains */
function run(tape: usize, rows: usize, scratch: usize): void {
  for (let at = tape; ; at += 4 * <usize>load<i32>(at, 4)) {
    const result: usize = load<i32>(at, 8)
    switch (load<i32>(at)) {
      case Code.END:
        return
      case Code.GATHER:
        gather(result, load<i32>(at, 12), rows, load<i32>(at, 16), load<i32>(at, 20))
        break
      case Code.MATMUL:
        matmul(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          load<i32>(at, 32) != 0,
          load<i32>(at, 36) != 0,
          load<i32>(at, 40),
          load<f32>(at, 44),
          load<i32>(at, 48),
          scratch
        )
        break
      case Code.CHAIN:
        chain(at, scratch)
        break
      case Code.SUM:
        sum(result, load<i32>(at, 12), load<i32>(at, 16), load<f32>(at, 20), at + 24)
        break
      case Code.SOFTMAX:
        softmax(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20))
        break
      case Code.LOG_SOFTMAX:
        logSoftmax(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20))
        break
      case Code.ONE_HOT:
        oneHot(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20))
        break
      case Code.CROSS_ENTROPY:
        crossEntropy(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          load<i32>(at, 32),
          load<f32>(at, 36)
        )
        break
      default:
        unreachable()
    }
  }
}

/** Rows of a tensor one after the other. */
function gather(to: usize, from: usize, rows: usize, count: i32, width: i32): void {
  const bytes: usize = 4 * width
  for (let i = 0; i < count; i++) {
    let source = from + bytes * <usize>load<i32>(rows + 4 * i)
    let j = 0
    for (; j + 4 <= width; j += 4) {
      v128.store(to, v128.load(source))
      to += 16
      source += 16
    }
    for (; j < width; j++) {
      store<f32>(to, load<f32>(source))
      to += 4
      source += 4
    }
  }
}

/**
 * Takes steps until one fails. The words at `control`: tape, scratch, flag; rows of the first step and bytes to the
 * next one's; where scalars are wanted, those of the first step, their bytes; where the loss stands, where the losses
 * go; where the outputs stand, where those of the first step go, their bytes.
 * @returns the number of steps taken: less than `steps` when a loss was not finite or a parameter raised the flag
 */
export function takeSteps(control: usize, steps: i32): i32 {
  const tape: usize = load<i32>(control)
  const scratch: usize = load<i32>(control, 4)
  const flag: usize = load<i32>(control, 8)
  const rowBytes: usize = load<i32>(control, 16)
  const scalars: usize = load<i32>(control, 20)
  const scalarBytes: usize = load<i32>(control, 28)
  const loss: usize = load<i32>(control, 32)
  const output: usize = load<i32>(control, 40)
  const outputBytes: usize = load<i32>(control, 48)
  for (let step = 0; step < steps; step++) {
    memory.copy(scalars, <usize>load<i32>(control, 24) + scalarBytes * step, scalarBytes)
    store<i32>(flag, 0)
    run(tape, <usize>load<i32>(control, 12) + rowBytes * step, scratch)
    const value = load<f32>(loss)
    // False for NaN too.
    if (!(abs(value) <= f32.MAX_VALUE) || load<i32>(flag) != 0) return step
    store<f32>(<usize>load<i32>(control, 36) + 4 * step, value)
    memory.copy(<usize>load<i32>(control, 44) + outputBytes * step, output, outputBytes)
  }
  return steps
}

/** Runs a tape that stands alone. */
export function runOnce(tape: usize, rows: usize, scratch: usize): void {
  run(tape, rows, scratch)
}
