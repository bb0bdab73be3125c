/**
 * Which instructions threads share, and where they have to meet.
 *
 * An instruction is shared where that saves more time than meeting takes. Its kernel then computes one part of the
 * results for each thread (see src/engine/kernels/share.ts); a sum is never split, so the numbers do not depend on how many
 * threads there are. Everything else is done by the first thread alone.
 */
import type { ChainCode } from './chain-table'
import { accesses, type BufferId, type ChainOperation, type Instruction } from './instructions'

/** How a tape is to be shared. */
export interface Sharing {
  readonly threads: number
  /** Work from which an instruction is shared. */
  readonly leastWork: number
}

/** About a microsecond, of which two threads save half and spend less than that on meeting. */
const LEAST_WORK = 30_000
/** Work of a step for which one more thread is worth waking: some 20 µs. */
const WORK_OF_A_THREAD = 500_000

export const alone: Sharing = { threads: 1, leastWork: Infinity }

/** How many threads may be used. */
export interface ThreadRequest {
  readonly most: number
  /** Whether to use that many even where they are not worth it. */
  readonly exactly: boolean
  /** Instead of what is worth sharing: for tests. */
  readonly leastWork?: number
}

export function sharingFor(instructions: readonly Instruction[], request: ThreadRequest): Sharing {
  const { most, exactly, leastWork = LEAST_WORK } = request
  if (exactly || most === 1) return { threads: most, leastWork }
  const shared = instructions.map(workOf).filter((work) => work >= leastWork)
  const worth = Math.floor(shared.reduce((sum, work) => sum + work, 0) / WORK_OF_A_THREAD)
  return { threads: Math.max(1, Math.min(most, worth)), leastWork }
}

/**
 * Work of an instruction in multiply-adds of a matrix product, or what takes as long, roughly. A kernel that cannot share
 * its instructions has none: 0.
 */
export function workOf(instruction: Instruction): number {
  switch (instruction.kernel) {
    case 'matmul':
      return instruction.rows * instruction.inner * instruction.columns
    case 'chain':
      return instruction.elements * instruction.operations.reduce((sum, { code }) => sum + (slow.get(code) ?? 2), 0)
    case 'gather':
      return 2 * instruction.rows * instruction.width
    case 'sum':
      return 2 * instruction.axes.reduce((product, { size }) => product * size, 1)
    case 'softmax':
    case 'logSoftmax':
    case 'crossEntropy':
      return instruction.rows * (100 + 30 * instruction.size)
    case 'conv2d':
    case 'conv2dInputGradient':
    case 'conv2dWeightGradient':
    case 'winograd':
    case 'unpooledWeightGradient':
    case 'maxPool2d':
    case 'maxPool2dGradient':
    case 'avgPool2d':
    case 'avgPool2dGradient':
      return instruction.work
    case 'oneHot':
      return 2 * instruction.rows * instruction.size
    case 'copyRuns':
      return instruction.runs * (10 + 2 * (instruction.padded ? instruction.toStep : instruction.length))
    case 'gatherRows':
      return instruction.places * (10 + 2 * instruction.width)
    case 'scatterRows':
      return instruction.places * (10 + 2 * instruction.width) + instruction.rows * instruction.width
    case 'transpose':
      return 4 * instruction.axes.reduce((product, { size }) => product * size, 1)
    case 'keepMask':
      return 20 * instruction.elements
  }
}

const slow: ReadonlyMap<ChainCode, number> = new Map<ChainCode, number>([
  ['divide', 6],
  ['sqrt', 6],
  ['exp', 30],
  ['log', 30],
  ['tanh', 40],
  ['sigmoid', 40],
  ['softplus', 60],
  ['erf', 60],
  ['indexed', 10]
])

/** How one instruction of a tape is done. */
export interface Mark {
  readonly shared: boolean
  /** Whether all threads meet before it. */
  readonly meet: boolean
}

/** Bytes from … until. */
type Range = readonly [from: number, until: number]

/** Where buffers stand, and how many numbers each holds. */
export interface Places {
  buffer(id: BufferId): number
  size(id: BufferId): number
}

/**
 * Threads meet before an instruction that reads what another thread may have written since they met last, or that
 * writes what another may read or write. What the first thread does alone needs no meeting with what it did before.
 */
export function marksOf(instructions: readonly Instruction[], places: Places, sharing: Sharing): readonly Mark[] {
  if (sharing.threads === 1) return instructions.map(() => ({ shared: false, meet: false }))
  let since: { readonly shared: boolean; readonly reads: readonly Range[]; readonly writes: readonly Range[] }[] = []
  return instructions.map((instruction) => {
    const shared = workOf(instruction) >= Math.max(1, sharing.leastWork)
    const { reads, writes } = rangesOf(instruction, places)
    const meet = since.some(
      (earlier) =>
        (shared || earlier.shared) &&
        (overlap(earlier.writes, reads) || overlap(earlier.reads, writes) || overlap(earlier.writes, writes))
    )
    if (meet) since = []
    since.push({ shared, reads, writes })
    return { shared, meet }
  })
}

function overlap(some: readonly Range[], others: readonly Range[]): boolean {
  return some.some(([from, until]) => others.some(([start, end]) => from < end && start < until))
}

function rangesOf(instruction: Instruction, places: Places): { reads: readonly Range[]; writes: readonly Range[] } {
  const range = (id: BufferId, values: number): Range => [places.buffer(id), places.buffer(id) + 4 * values]
  if (instruction.kernel !== 'chain') {
    const { reads, writes } = accesses(instruction)
    const whole = (id: BufferId) => range(id, places.size(id))
    return { reads: reads.map(whole), writes: writes.map(whole) }
  }
  // A merged chain goes on into the buffers that follow those it names.
  const { elements, setup, operations } = instruction
  const all = [...setup, ...operations]
  const of = ({ code }: ChainOperation, id: BufferId) => range(id, repeats.has(code) ? places.size(id) : elements)
  return {
    reads: all.flatMap((each) =>
      each.operands.flatMap((place) => (place.in === 'memory' ? [of(each, place.buffer)] : []))
    ),
    writes: all.flatMap(({ result }) => (result?.in === 'memory' ? [range(result.buffer, elements)] : []))
  }
}

/** Operations whose operand is not read number by number. */
const repeats: ReadonlySet<ChainCode> = new Set<ChainCode>(['splat', 'periodic', 'repeated', 'cycled', 'indexed'])
