/** What a tape is made of, before addresses are known: buffers are named by the node whose values they hold. */
import type { ChainCode } from './chain-table'
import type { ImageInstruction } from './images'

export type BufferId = number

/** Where an operation of a chain reads or writes. */
export type Place =
  | { readonly in: 'memory'; readonly buffer: BufferId }
  /** A block register, counted from 0. */
  | { readonly in: 'register'; readonly register: number }

export interface ChainOperation {
  readonly code: ChainCode
  /** Null for a check alone. */
  readonly result: Place | null
  readonly operands: readonly Place[]
  readonly p: number
  readonly q: number
  /** For `indexed`: sizes and strides of the axes, outermost first. */
  readonly axes?: readonly Axis[]
}

export interface Axis {
  readonly size: number
  readonly stride: number
}

export interface Chain {
  readonly kernel: 'chain'
  readonly elements: number
  /** Operations that run once, before the first block. */
  readonly setup: readonly ChainOperation[]
  readonly operations: readonly ChainOperation[]
}

export interface Matmul {
  readonly kernel: 'matmul'
  readonly result: BufferId
  readonly a: BufferId
  readonly b: BufferId
  readonly rows: number
  readonly inner: number
  readonly columns: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly bias: BufferId | null
  readonly relu: boolean
  readonly mask: BufferId | null
}

export type Instruction =
  | Chain
  | Matmul
  | ImageInstruction
  /** Rows of resident data, chosen by the step. */
  | {
      readonly kernel: 'gather'
      readonly result: BufferId
      readonly name: string
      readonly rows: number
      readonly width: number
    }
  | {
      readonly kernel: 'sum'
      readonly result: BufferId
      readonly x: BufferId
      /** With which x is multiplied, number by number; null: with nothing. */
      readonly factor: BufferId | null
      readonly results: number
      readonly scale: number
      readonly axes: readonly Axis[]
    }
  | {
      readonly kernel: 'softmax' | 'logSoftmax' | 'oneHot'
      readonly result: BufferId
      readonly x: BufferId
      readonly rows: number
      readonly size: number
    }
  /** Run i of `length` numbers: from x + offset + i · step to result + toOffset + i · toStep. */
  | {
      readonly kernel: 'copyRuns'
      readonly result: BufferId
      readonly x: BufferId
      readonly runs: number
      readonly length: number
      readonly offset: number
      readonly step: number
      readonly toOffset: number
      readonly toStep: number
      /** Whether the rest of each toStep numbers becomes 0. */
      readonly padded: boolean
    }
  /** Rows of the table x at the places of the indices; or the sums of those rows of x that have an index. */
  | {
      readonly kernel: 'gatherRows' | 'scatterRows'
      readonly result: BufferId
      readonly x: BufferId
      readonly indices: BufferId
      readonly places: number
      readonly width: number
      /** Of the table. */
      readonly rows: number
    }
  /** The numbers of x in another order: sizes of the result's axes, with the strides along them in x. */
  | {
      readonly kernel: 'transpose'
      readonly result: BufferId
      readonly x: BufferId
      readonly axes: readonly Axis[]
    }
  | {
      readonly kernel: 'keepMask'
      readonly result: BufferId
      /** The two parts of the step. */
      readonly low: BufferId
      readonly high: BufferId
      readonly elements: number
      readonly key: readonly number[]
      /** Largest 32-bit word that gives a 1. */
      readonly limit: number
    }
  | {
      readonly kernel: 'crossEntropy'
      readonly result: BufferId
      /** log p of the right class, for each row. */
      readonly chosen: BufferId | null
      /** scale · (1[k = t] − p) */
      readonly gradient: BufferId | null
      readonly x: BufferId
      readonly targets: BufferId
      readonly rows: number
      readonly size: number
      readonly scale: number
    }

/** The buffers that an instruction reads and writes. */
export function accesses(instruction: Instruction): { readonly reads: BufferId[]; readonly writes: BufferId[] } {
  const given = (...ids: (BufferId | null)[]) => ids.filter((id) => id !== null)
  switch (instruction.kernel) {
    case 'chain': {
      const { setup, operations } = instruction
      const all = [...setup, ...operations]
      return {
        reads: all.flatMap(({ operands }) => operands.flatMap(buffersOf)),
        writes: all.flatMap(({ result }) => (result === null ? [] : buffersOf(result)))
      }
    }
    case 'matmul':
      return {
        reads: given(instruction.a, instruction.b, instruction.bias, instruction.mask),
        writes: [instruction.result]
      }
    case 'sum':
      return { reads: given(instruction.x, instruction.factor), writes: [instruction.result] }
    case 'gatherRows':
    case 'scatterRows':
      return { reads: [instruction.x, instruction.indices], writes: [instruction.result] }
    case 'keepMask':
      return { reads: [instruction.low, instruction.high], writes: [instruction.result] }
    case 'gather':
      return { reads: [], writes: [instruction.result] }
    case 'crossEntropy':
      return {
        reads: [instruction.x, instruction.targets],
        writes: given(instruction.result, instruction.chosen, instruction.gradient)
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
      return { reads: given(...instruction.operands), writes: [instruction.result] }
    default:
      return { reads: [instruction.x], writes: [instruction.result] }
  }
}

function buffersOf(place: Place): BufferId[] {
  return place.in === 'memory' ? [place.buffer] : []
}
