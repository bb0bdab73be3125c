/** Instructions as the words that WebAssembly walks; src/engine/kernels/index.ts reads them. */
import { merged } from './adjacent'
import { alignedUp } from './arena'
import { BLOCK } from './chain'
import type { ChainCompiler } from './chain-code'
import { chainCodes } from './chain-table'
import type { Axis, BufferId, Chain, ChainOperation, Instruction, Place } from './instructions'
import { alone, marksOf, type Mark, type Places } from './shares'

/** As in src/engine/kernels/codes.ts. */
export const instructionCodes = {
  end: 0,
  gather: 1,
  matmul: 2,
  chain: 3,
  sum: 4,
  softmax: 5,
  logSoftmax: 6,
  oneHot: 7,
  crossEntropy: 8,
  compiledChain: 9,
  copyRuns: 20,
  gatherRows: 21,
  scatterRows: 22,
  keepMask: 23,
  transpose: 24,
  conv2d: 30,
  conv2dInputGradient: 31,
  conv2dWeightGradient: 32,
  maxPool2d: 33,
  maxPool2dGradient: 34,
  avgPool2d: 35,
  avgPool2dGradient: 36,
  winograd: 37,
  unpooledWeightGradient: 39
} as const

/** Bits beside the code, as in src/engine/kernels/share.ts: all threads take part; they meet before it. */
export const markBits = { shared: 256, meet: 512 } as const

/** Bytes of scratch memory that a matrix product needs, as in src/engine/kernels/matmul.ts. */
export const MATMUL_SCRATCH_BYTES = 4 * 256 * (512 + 192)
/** And cross-entropy, as in src/engine/kernels/cross-entropy.ts. */
export const CROSS_ENTROPY_SCRATCH_BYTES = 16 * 16

/** What instructions refer to besides their buffers. All are byte addresses. */
export interface Addresses extends Places {
  /** Resident data of which rows are gathered. */
  data(name: string): number
  /** A word that is set to 1 when a checked number is NaN or infinite. */
  readonly flag: number
}

/** Bytes of scratch memory that a tape needs, for each thread that walks it. */
export function scratchBytes(instructions: readonly Instruction[]): number {
  const registers = instructions.flatMap((instruction) =>
    instruction.kernel !== 'chain'
      ? []
      : [...instruction.setup, ...instruction.operations].map(({ result }) =>
          result?.in === 'register' ? result.register + 1 : 0
        )
  )
  // One block more, for the last results of tensors whose size is no multiple of four.
  const chainBytes = registers.reduce((most, count) => Math.max(most, (count + 1) * BLOCK * 4), 0)
  const matmul = instructions.some(({ kernel }) => kernel === 'matmul') ? MATMUL_SCRATCH_BYTES : 0
  const images = instructions.flatMap((each) => ('scratchBytes' in each ? [each.scratchBytes] : []))
  return alignedUp(Math.max(...images, chainBytes, matmul, CROSS_ENTROPY_SCRATCH_BYTES))
}

/** The most words that `tapeOf` gives for these instructions. */
export function tapeWords(instructions: readonly Instruction[]): number {
  const nowhere = { buffer: () => 0, size: () => 0, data: () => 0, flag: 0 }
  return instructions.reduce((sum, instruction) => sum + encode(instruction, nowhere).length, 2)
}

/** @param compiler takes the chains that become code; null: all are interpreted */
export function tapeOf(
  instructions: readonly Instruction[],
  addresses: Addresses,
  sharing = alone,
  compiler: ChainCompiler | null = null
): Int32Array {
  const all = merged(instructions, (id) => addresses.buffer(id))
  const marks = marksOf(all, addresses, sharing)
  const words = all.flatMap((each, i) => {
    const slot = each.kernel === 'chain' ? compiler?.add(each, addresses.flag, (id) => addresses.buffer(id)) : null
    if (each.kernel !== 'chain' || slot == null) return encode(each, addresses, marks[i])
    return [instructionCodes.compiledChain | bitsOf(marks[i]), 4, slot, each.elements]
  })
  // The step ends when all have done their part.
  return Int32Array.from([...words, instructionCodes.end | markBits.meet, 2])
}

function encode(instruction: Instruction, addresses: Addresses, mark?: Mark): number[] {
  const code = instructionCodes[instruction.kernel] | bitsOf(mark)
  const body = instruction.kernel === 'chain' ? chainBody(instruction, addresses) : bodyOf(instruction, addresses)
  return [code, body.length + 2, ...body]
}

function bitsOf(mark: Mark | undefined): number {
  return (mark?.shared === true ? markBits.shared : 0) | (mark?.meet === true ? markBits.meet : 0)
}

function bodyOf(instruction: Exclude<Instruction, Chain>, { buffer, data }: Addresses): number[] {
  const optional = (id: BufferId | null) => (id === null ? 0 : buffer(id))
  const result = buffer(instruction.result)
  switch (instruction.kernel) {
    case 'gather':
      return [result, data(instruction.name), instruction.rows, instruction.width]
    case 'matmul': {
      const { a, b, rows, inner, columns, transposeA, transposeB, bias, relu, mask } = instruction
      const flags = [Number(transposeA), Number(transposeB)]
      const floor = float(relu ? 0 : -Infinity)
      return [result, buffer(a), buffer(b), rows, inner, columns, ...flags, optional(bias), floor, optional(mask)]
    }
    case 'sum': {
      const { x, factor, results, scale, axes } = instruction
      return [result, buffer(x), optional(factor), results, float(scale), ...axisWords(axes)]
    }
    case 'crossEntropy': {
      const { chosen, gradient, x, targets, rows, size, scale } = instruction
      return [result, optional(chosen), optional(gradient), buffer(x), buffer(targets), rows, size, float(scale)]
    }
    case 'copyRuns': {
      const { x, runs, length, offset, step, toOffset, toStep, padded } = instruction
      return [result, buffer(x), runs, length, offset, step, toOffset, toStep, Number(padded)]
    }
    case 'gatherRows':
    case 'scatterRows': {
      const { x, indices, places, width, rows } = instruction
      return [result, buffer(x), buffer(indices), places, width, rows]
    }
    case 'transpose':
      return [result, buffer(instruction.x), ...axisWords(instruction.axes)]
    case 'keepMask': {
      const { low, high, elements, key, limit } = instruction
      return [result, buffer(low), buffer(high), elements, ...key.map((word) => word | 0), limit | 0]
    }
    case 'conv2d':
    case 'conv2dInputGradient':
    case 'conv2dWeightGradient':
    case 'winograd':
    case 'unpooledWeightGradient':
    case 'maxPool2d':
    case 'maxPool2dGradient':
    case 'avgPool2d':
    case 'avgPool2dGradient':
      return [result, ...instruction.operands.map(optional), Number(instruction.flag), ...instruction.shape]
    case 'softmax':
    case 'logSoftmax':
    case 'oneHot':
      return [result, buffer(instruction.x), instruction.rows, instruction.size]
  }
}

function chainBody({ elements, setup, operations }: Chain, addresses: Addresses): number[] {
  const all = [...setup, ...operations]
  const axesAt = 6 + 8 * all.length
  const axes: number[] = []
  const words = all.flatMap((operation) => {
    const word = operationWords(operation, addresses, axesAt + axes.length)
    if (operation.axes !== undefined) axes.push(...axisWords(operation.axes))
    return word
  })
  return [elements, setup.length, all.length, addresses.flag, ...words, ...axes]
}

function operationWords(operation: ChainOperation, addresses: Addresses, axesAt: number): number[] {
  const { code, result, operands, p, q } = operation
  const placeWord = (place: Place | null | undefined) => {
    if (place == null) return 1
    // The first block of scratch memory is no register.
    return place.in === 'memory' ? addresses.buffer(place.buffer) : (place.register + 1) * BLOCK * 4 + 1
  }
  const [a, b, c] = operands
  const counted = code === 'periodic' || code === 'repeated' || code === 'cycled'
  const numbers = code === 'indexed' ? [axesAt, 0] : counted ? [p, q] : [float(p), float(q)]
  return [chainCodes[code], placeWord(result), placeWord(a), placeWord(b), placeWord(c), ...numbers, 0]
}

function axisWords(axes: readonly Axis[]): number[] {
  return [axes.length, ...axes.flatMap(({ size, stride }) => [size, stride])]
}

const floats = new Float32Array(1)
const words = new Int32Array(floats.buffer)

/** The bits of a number as a float32. */
function float(value: number): number {
  floats[0] = value
  return words[0] ?? 0
}
