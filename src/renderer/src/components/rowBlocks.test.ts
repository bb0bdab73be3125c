import { describe, expect, it } from 'vitest'
import { RowBlocks, type Row } from './rowBlocks'

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function blocksOf(
  rows: number,
  refuse: readonly number[] = []
): { blocks: RowBlocks; asked: [number, number][]; changes: () => number } {
  const asked: [number, number][] = []
  let changes = 0
  const fetch = (from: number, count: number): Promise<readonly Row[] | null> => {
    const refused = refuse.includes(from) && !asked.some(([earlier]) => earlier === from)
    asked.push([from, count])
    return Promise.resolve(refused ? null : Array.from({ length: count }, (_, index) => [String(from + index)]))
  }
  return { blocks: new RowBlocks(10, rows, fetch, () => (changes += 1)), asked, changes: () => changes }
}

describe('RowBlocks', () => {
  it('fetches each block once, the last one only as far as the table goes', async () => {
    const { blocks, asked, changes } = blocksOf(25)
    blocks.want([1, 2])
    blocks.want([2])
    expect(blocks.row(12)).toBeNull()
    await settle()
    blocks.want([1, 2])
    await settle()
    expect(asked).toEqual([
      [10, 10],
      [20, 5]
    ])
    expect(changes()).toBe(2)
    expect([blocks.row(12), blocks.row(24), blocks.row(25), blocks.row(3)]).toEqual([['12'], ['24'], null, null])
  })

  it('asks again for rows that could not be had', async () => {
    const { blocks, asked } = blocksOf(10, [0])
    blocks.want([0])
    await settle()
    expect(blocks.row(0)).toBeNull()
    blocks.want([0])
    await settle()
    expect(asked).toHaveLength(2)
    expect(blocks.row(0)).toEqual(['0'])
  })

  it('gives up the blocks that were used longest ago', async () => {
    const { blocks, asked } = blocksOf(1000)
    for (let block = 0; block < 40; block += 1) blocks.want([block])
    await settle()
    blocks.want([0])
    blocks.want([40])
    await settle()
    expect(blocks.row(0)).not.toBeNull()
    expect(blocks.row(10)).toBeNull()
    expect(asked).toHaveLength(41)
  })
})
