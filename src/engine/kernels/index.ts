/**
 * The walker: runs the instructions of a tape one after the other, and steps of training one after the other, without
 * leaving WebAssembly. src/engine/plan/tape.ts writes tapes; every number in them is an int32 or float32 word, and
 * every address a byte offset in the shared memory.
 *
 * Several threads may walk one tape. A kernel whose instructions they share takes `part` and `parts` last, and computes
 * part number `part` of its results; src/engine/plan/shares.ts says which instructions those are.
 */
import { chain, compiledChain } from './chain'
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from './conv'
import { copyNumbers, copyRuns, gatherRows, scatterRows, transpose } from './copy'
import { crossEntropy } from './cross-entropy'
import { matmul } from './matmul'
import { keepMask } from './philox'
import { avgPool2d, avgPool2dGradient, maxPool2d, maxPool2dGradient } from './pool'
import { sum } from './reduce'
import { logSoftmax, oneHot, softmax } from './rows'
import { CODE_BITS, MEET, SHARED, shareStart } from './share'
import { awaitCall, call, calledControl, calledSteps, decide, goesOn, meet, report } from './team'
import { unpooledWeightGradient } from './unpooled'
import { winograd } from './winograd'
import * as Code from './codes'

/**
 * Runs a tape once. An instruction marked SHARED is done by all threads, each its part of it; any other by thread 0
 * alone. The planner marks with MEET those that need what another thread has done before.
 * @param rows numbers of the training rows of this step @param scratch this thread's own
 * @returns false when the threads did not meet
 */
function run(tape: usize, rows: usize, scratch: usize, team: usize, thread: i32, threads: i32): bool {
  for (let at = tape; ; at += 4 * <usize>load<i32>(at, 4)) {
    const word = load<i32>(at)
    let part = 0
    let parts = 1
    if (threads > 1) {
      if ((word & MEET) != 0 && !meet(team, thread, threads)) return false
      if ((word & SHARED) != 0) {
        part = thread
        parts = threads
      } else if (thread != 0 && (word & CODE_BITS) != Code.END) continue
    }
    const result: usize = load<i32>(at, 8)
    switch (word & CODE_BITS) {
      case Code.END:
        return true
      case Code.GATHER:
        gather(result, load<i32>(at, 12), rows, load<i32>(at, 16), load<i32>(at, 20), part, parts)
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
          scratch,
          part,
          parts
        )
        break
      case Code.CHAIN:
        chain(at, scratch, part, parts)
        break
      case Code.COMPILED_CHAIN:
        compiledChain(load<i32>(at, 8), load<i32>(at, 12), part, parts)
        break
      case Code.SUM:
        sum(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20), load<f32>(at, 24), at + 28, part, parts)
        break
      case Code.SOFTMAX:
        softmax(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20), part, parts)
        break
      case Code.LOG_SOFTMAX:
        logSoftmax(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20), part, parts)
        break
      case Code.ONE_HOT:
        oneHot(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20), part, parts)
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
          load<f32>(at, 36),
          scratch,
          part,
          parts
        )
        break
      case Code.COPY_RUNS:
        copyRuns(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          load<i32>(at, 32),
          load<i32>(at, 36),
          load<i32>(at, 40) != 0,
          part,
          parts
        )
        break
      case Code.GATHER_ROWS:
        gatherRows(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          part,
          parts
        )
        break
      case Code.SCATTER_ROWS:
        scatterRows(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          part,
          parts
        )
        break
      case Code.TRANSPOSE:
        transpose(result, load<i32>(at, 12), at + 16, part, parts)
        break
      case Code.KEEP_MASK:
        keepMask(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          load<i32>(at, 24),
          load<i32>(at, 28),
          load<i32>(at, 32),
          part,
          parts
        )
        break
      case Code.CONV2D: {
        const floor: f32 = load<i32>(at, 24) != 0 ? 0 : -Infinity
        conv2d(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 20), floor, at + 28, scratch, part, parts)
        break
      }
      case Code.CONV2D_INPUT_GRADIENT:
        conv2dInputGradient(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          at + 28,
          scratch,
          part,
          parts
        )
        break
      case Code.CONV2D_WEIGHT_GRADIENT:
        conv2dWeightGradient(result, load<i32>(at, 12), load<i32>(at, 16), at + 28, scratch, part, parts)
        break
      case Code.WINOGRAD: {
        const bias: usize = load<i32>(at, 20)
        const mask: usize = load<i32>(at, 24)
        const floor: f32 = load<i32>(at, 28) != 0 ? 0 : -Infinity
        winograd(result, load<i32>(at, 12), load<i32>(at, 16), bias, mask, floor, at + 32, scratch, part, parts)
        break
      }
      case Code.UNPOOLED_WEIGHT_GRADIENT:
        unpooledWeightGradient(
          result,
          load<i32>(at, 12),
          load<i32>(at, 16),
          load<i32>(at, 20),
          at + 28,
          scratch,
          part,
          parts
        )
        break
      case Code.MAX_POOL2D:
        maxPool2d(result, load<i32>(at, 12), load<i32>(at, 16), at + 28, part, parts)
        break
      case Code.MAX_POOL2D_GRADIENT:
        maxPool2dGradient(result, load<i32>(at, 12), load<i32>(at, 16), load<i32>(at, 24) != 0, at + 28, part, parts)
        break
      case Code.AVG_POOL2D:
        avgPool2d(result, load<i32>(at, 12), load<i32>(at, 24) != 0, at + 28, part, parts)
        break
      case Code.AVG_POOL2D_GRADIENT:
        avgPool2dGradient(result, load<i32>(at, 12), load<i32>(at, 24) != 0, at + 28, part, parts)
        break
      default:
        unreachable()
    }
  }
  return true
}

/** Rows of a tensor one after the other. */
function gather(to: usize, from: usize, rows: usize, count: i32, width: i32, part: i32, parts: i32): void {
  const bytes: usize = 4 * width
  const first = shareStart(count, 1, part, parts)
  const until = shareStart(count, 1, part + 1, parts)
  to += bytes * first
  rows += 4 * first
  const end = to + bytes * (until - first)
  if (width == 1) {
    for (; to < end; to += 4, rows += 4) store<f32>(to, load<f32>(from + 4 * <usize>load<i32>(rows)))
  } else if (width == 2) {
    for (; to < end; to += 8, rows += 4) store<i64>(to, load<i64>(from + 8 * <usize>load<i32>(rows)))
  } else {
    for (; to < end; to += bytes, rows += 4) copyNumbers(to, from + bytes * <usize>load<i32>(rows), width)
  }
}

/**
 * Takes steps until one fails. The words at `control`: tape, scratch, bytes of scratch of a thread, flag; rows of the first
 * step and bytes to the next one's; where scalars are wanted, those of the first step, their bytes; where the loss
 * stands, where the losses go; where the outputs stand, where those of the first step go, their bytes; the team and the
 * number of threads that take part.
 * @returns the number of steps taken: less than `steps` when a loss was not finite or a parameter raised the flag; −1 when
 * another thread did not come
 */
export function takeSteps(control: usize, steps: i32): i32 {
  const threads = load<i32>(control, 60)
  if (threads > 1) call(load<i32>(control, 56), control, steps, threads)
  return walk(control, steps, 0)
}

/** What a thread other than the first does all its life. */
export function serve(team: usize, thread: i32): void {
  report(team)
  let calls = 0
  for (;;) {
    calls = awaitCall(team, thread, calls)
    if (walk(calledControl(team), calledSteps(team), thread) < 0) return
  }
}

function walk(control: usize, steps: i32, thread: i32): i32 {
  const tape: usize = load<i32>(control)
  const scratch: usize = <usize>load<i32>(control, 4) + <usize>load<i32>(control, 8) * thread
  const rowBytes: usize = load<i32>(control, 20)
  const team: usize = load<i32>(control, 56)
  const threads = load<i32>(control, 60)
  if (thread == 0 && steps > 0) beginStep(control, 0)
  for (let step = 0; step < steps; step++) {
    if (threads > 1) {
      if (!meet(team, thread, threads)) return -1
      if (step > 0 && !goesOn(team)) return step
    }
    const rows = <usize>load<i32>(control, 16) + rowBytes * step
    if (!run(tape, rows, scratch, team, thread, threads)) return -1
    if (thread != 0) continue
    const good = endStep(control, step)
    if (good && step + 1 < steps) beginStep(control, step + 1)
    if (threads > 1 && step + 1 < steps) {
      decide(team, good)
      // The others learn of the end at the next meeting.
      if (!good && !meet(team, thread, threads)) return -1
    }
    if (!good) return step
  }
  return steps
}

function beginStep(control: usize, step: i32): void {
  const bytes: usize = load<i32>(control, 32)
  memory.copy(load<i32>(control, 24), <usize>load<i32>(control, 28) + bytes * step, bytes)
  store<i32>(load<i32>(control, 12), 0)
}

/** Keeps loss and outputs. @returns whether the step went well */
function endStep(control: usize, step: i32): bool {
  const loss = load<f32>(load<i32>(control, 36))
  // False for NaN too.
  if (!(abs(loss) <= f32.MAX_VALUE) || load<i32>(load<i32>(control, 12)) != 0) return false
  store<f32>(<usize>load<i32>(control, 40) + 4 * step, loss)
  const bytes: usize = load<i32>(control, 52)
  memory.copy(<usize>load<i32>(control, 48) + bytes * step, load<i32>(control, 44), bytes)
  return true
}
