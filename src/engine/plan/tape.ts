/** Instructions as the words that WebAssembly walks; src/engine/kernels/index.ts reads them. */
import { merged } from './adjacent'
import { BLOCK } from './chain'
import { chainCodes } from './chain-table'
import type { Axis, BufferId, Chain, ChainOperation, Instruction, Place } from './instructions'

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
  crossEntropy: 8
} as const

/** Bytes of scratch memory that a matrix product needs, as in src/engine/kernels/matmul.ts. */
export const MATMUL_SCRATCH_BYTES = 256 * 32 + 4 * 256 * 192

/** What instructions refer to besides their buffers. All are byte addresses. */
export interface Addresses {
  buffer(id: BufferId): number
  /** Resident data of which rows are gathered. */
  data(name: string): number
  readonly scratch: number
  /** A word that is set to 1 when a checked number is NaN or infinite. */
  readonly flag: number
}

/** Bytes of scratch memory that a tape needs. */
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
  return Math.max(chainBytes, matmul)
}

/** The most words that `tapeOf` gives for these instructions. */
export function tapeWords(instructions: readonly Instruction[]): number {
  const nowhere = { buffer: () => 0, data: () => 0, scratch: 0, flag: 0 }
  return instructions.reduce((sum, instruction) => sum + encode(instruction, nowhere).length, 2)
}

export function tapeOf(instructions: readonly Instruction[], addresses: Addresses): Int32Array {
  const words = merged(instructions, (id) => addresses.buffer(id)).flatMap((each) => encode(each, addresses))
  return Int32Array.from([...words, instructionCodes.end, 2])
}

function encode(instruction: Instruction, addresses: Addresses): number[] {
  const code = instructionCodes[instruction.kernel]
  const body = instruction.kernel === 'chain' ? chainBody(instruction, addresses) : bodyOf(instruction, addresses)
  return [code, body.length + 2, ...body]
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
      const { x, results, scale, axes } = instruction
      return [result, buffer(x), results, float(scale), ...axisWords(axes)]
    }
    case 'crossEntropy': {
      const { chosen, gradient, x, targets, rows, size, scale } = instruction
      return [result, optional(chosen), optional(gradient), buffer(x), buffer(targets), rows, size, float(scale)]
    }
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
    if (place == null) return addresses.scratch + 1
    return place.in === 'memory'
      ? addresses.buffer(place.buffer)
      : addresses.scratch + (place.register + 1) * BLOCK * 4 + 1
  }
  const [a, b, c] = operands
  const first = code === 'indexed' ? axesAt : code === 'periodic' || code === 'repeated' ? p : float(p)
  return [chainCodes[code], placeWord(result), placeWord(a), placeWord(b), placeWord(c), first, float(q), 0]
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
