/** A place in memory for every buffer: those whose times do not overlap may share it. */
import { wishes } from './adjacent'
import { accesses, type BufferId } from './instructions'
import type { Plan } from './lower'

/** Bytes: a cache line, so that no two buffers share one. */
export const ALIGNMENT = 64

export interface Arena {
  /** Byte offsets from the start of the arena, of every buffer that is neither a source nor a constant. */
  readonly offsets: ReadonlyMap<BufferId, number>
  readonly bytes: number
}

interface Block {
  readonly buffers: readonly BufferId[]
  readonly bytes: number
  /** Instructions between which the values must stand. */
  first: number
  last: number
}

/**
 * Blocks are placed in order of their first use, each at the lowest place that is free for as long as it lives.
 * @param gap bytes left free behind every buffer, and no memory used twice: for tests of what kernels write
 */
export function layOut(plan: Plan, gap = 0): Arena {
  const blocks = blocksOf(plan, gap === 0)
  const placed: { readonly block: Block; readonly offset: number }[] = []
  const offsets = new Map<BufferId, number>()
  let bytes = 0
  for (const block of blocks) {
    const conflicts = placed
      .filter(({ block: other }) => gap > 0 || (other.first <= block.last && block.first <= other.last))
      .sort((a, b) => a.offset - b.offset)
    let offset = 0
    for (const { block: other, offset: taken } of conflicts) {
      if (offset + block.bytes <= taken) break
      offset = Math.max(offset, alignedUp(taken + other.bytes))
    }
    placed.push({ block: { ...block, bytes: block.bytes + gap }, offset })
    let at = offset
    for (const buffer of block.buffers) {
      offsets.set(buffer, at)
      at += 4 * (plan.sizes.get(buffer) ?? 0)
    }
    bytes = Math.max(bytes, alignedUp(at + gap))
  }
  return { offsets, bytes }
}

export function alignedUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

function blocksOf({ instructions, sizes, sources, constants, wanted }: Plan, mayJoin: boolean): Block[] {
  const lives = new Map<BufferId, { first: number; last: number }>()
  const isOwn = (id: BufferId) => !sources.has(id) && !constants.has(id)
  instructions.forEach((instruction, index) => {
    const { reads, writes } = accesses(instruction)
    for (const id of [...writes, ...reads].filter(isOwn)) {
      const life = lives.get(id)
      if (life === undefined) lives.set(id, { first: index, last: index })
      else life.last = index
    }
  })
  for (const id of wanted.values()) {
    const life = lives.get(id)
    if (life !== undefined) life.last = instructions.length
  }
  const joined = (mayJoin ? wishes(instructions) : []).filter((row) => row.every((id) => lives.has(id)))
  const taken = new Set<BufferId>()
  const rows = joined.filter((row) => {
    if (row.some((id) => taken.has(id))) return false
    row.forEach((id) => taken.add(id))
    return true
  })
  const alone = [...lives.keys()].filter((id) => !taken.has(id)).map((id) => [id])
  return [...rows, ...alone]
    .map((buffers) => {
      const own = buffers.flatMap((id) => lives.get(id) ?? [])
      return {
        buffers,
        bytes: buffers.reduce((sum, id) => sum + 4 * (sizes.get(id) ?? 0), 0),
        first: Math.min(...own.map(({ first }) => first)),
        last: Math.max(...own.map(({ last }) => last))
      }
    })
    .sort((a, b) => a.first - b.first || b.bytes - a.bytes)
}
