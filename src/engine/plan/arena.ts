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
  readonly first: number
  readonly last: number
}

/**
 * Blocks are placed in order of their first use, each at the lowest place that is free for as long as it lives.
 * @param gap bytes left free behind every buffer, and no memory used twice: for tests of what kernels write
 */
export function layOut(plan: Plan, gap = 0): Arena {
  const blocks = blocksOf(plan, gap === 0)
  const ending = gap > 0 ? [] : [...blocks].sort((a, b) => a.last - b.last)
  const free = new FreeSpace()
  const starts = new Map<Block, number>()
  const offsets = new Map<BufferId, number>()
  let bytes = 0
  let ended = 0
  for (const block of blocks) {
    // What ended before this block's first use began before it too, so it has its place by now.
    for (let other = ending[ended]; other !== undefined && other.last < block.first; other = ending[++ended]) {
      free.giveBack(starts.get(other) ?? NaN, alignedUp(other.bytes))
    }
    const offset = free.take(alignedUp(block.bytes + gap))
    starts.set(block, offset)
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

/** What is free of a memory without end, as ranges in order, none touching the next. */
class FreeSpace {
  readonly #ranges: { start: number; end: number }[] = [{ start: 0, end: Infinity }]

  /** Takes the lowest range that is large enough. @returns its start */
  take(bytes: number): number {
    const at = this.#ranges.findIndex(({ start, end }) => start + bytes <= end)
    const range = this.#ranges[at]
    if (range === undefined) throw new Error('A memory without end has run out')
    const { start } = range
    range.start += bytes
    if (range.start === range.end) this.#ranges.splice(at, 1)
    return start
  }

  giveBack(start: number, bytes: number): void {
    const end = start + bytes
    const at = this.#ranges.findIndex((range) => range.start >= end)
    const [before, after] = [this.#ranges[at - 1], this.#ranges[at]]
    if (after === undefined) throw new Error('A memory without end has an end')
    if (after.start === end) after.start = start
    else this.#ranges.splice(at, 0, { start, end })
    if (before?.end !== start) return
    before.end = this.#ranges[at]?.end ?? end
    this.#ranges.splice(at, 1)
  }
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
