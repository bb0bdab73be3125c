import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALIGNMENT, alignedUp, layOut } from './arena'
import type { BufferId, Instruction } from './instructions'
import type { Plan } from './lower'

const BUFFERS = 12

/** A plan of instructions that read one buffer and write another. */
function planOf(pairs: readonly (readonly [x: BufferId, result: BufferId])[], sizes: readonly number[]): Plan {
  const instructions = pairs.map(([x, result]): Instruction => ({ kernel: 'oneHot', x, result, rows: 1, size: 1 }))
  const places = { sources: new Map(), constants: new Map(), wanted: new Map() }
  return { instructions, sizes: new Map(sizes.entries()), ...places }
}

interface Life {
  readonly id: BufferId
  readonly first: number
  readonly last: number
  readonly bytes: number
}

/** Instructions between which each buffer stands, in the order in which they are placed. */
function livesOf({ instructions, sizes }: Plan): Life[] {
  const uses = instructions.map((each) => (each.kernel === 'oneHot' ? [each.result, each.x] : []))
  const lives = [...new Set(uses.flat())].map((id) => ({
    id,
    first: uses.findIndex((ids) => ids.includes(id)),
    last: uses.findLastIndex((ids) => ids.includes(id)),
    bytes: 4 * (sizes.get(id) ?? 0)
  }))
  return lives.sort((a, b) => a.first - b.first || b.bytes - a.bytes)
}

/** By definition: each at the lowest aligned place at which it meets none that lives at the same time. */
function lowestPlaces(plan: Plan): Map<BufferId, number> {
  const placed: (Life & { readonly offset: number })[] = []
  for (const life of livesOf(plan)) {
    const besides = placed.filter(({ first, last }) => first <= life.last && life.first <= last)
    let offset = 0
    while (besides.some((other) => offset < other.offset + other.bytes && other.offset < offset + life.bytes)) {
      offset += ALIGNMENT
    }
    placed.push({ ...life, offset })
  }
  return new Map(placed.map(({ id, offset }) => [id, offset]))
}

const buffer = fc.nat(BUFFERS - 1)
const plans = fc
  .tuple(
    fc.array(fc.tuple(buffer, buffer), { minLength: 1, maxLength: 30 }),
    fc.array(fc.integer({ min: 1, max: 100 }), { minLength: BUFFERS, maxLength: BUFFERS })
  )
  .map(([pairs, sizes]) => planOf(pairs, sizes))

describe('layOut', () => {
  it('gives each buffer the lowest place that is free for as long as it lives', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { offsets, bytes } = layOut(plan)
        expect(offsets).toEqual(lowestPlaces(plan))
        expect(bytes).toBe(
          Math.max(...livesOf(plan).map((life) => alignedUp((offsets.get(life.id) ?? NaN) + life.bytes)))
        )
      })
    )
  })

  it('uses no memory twice where gaps are asked for', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { offsets } = layOut(plan, 12)
        const ends = livesOf(plan).map(({ id, bytes }) => [offsets.get(id) ?? NaN, bytes] as const)
        ends.sort(([a], [b]) => a - b)
        ends.forEach(([offset, bytes], i) => {
          const next = ends[i + 1]?.[0] ?? Infinity
          expect(next).toBeGreaterThanOrEqual(offset + bytes + 12)
        })
      })
    )
  })

  it('shares the memory of a long chain among two buffers', () => {
    const count = 20_000
    const pairs = Array.from({ length: count }, (_, i) => [i, i + 1] as const)
    const { bytes } = layOut(planOf(pairs, new Array<number>(count + 1).fill(16)))
    expect(bytes).toBe(2 * 64)
  })
})
