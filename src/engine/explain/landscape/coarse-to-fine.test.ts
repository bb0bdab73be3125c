import { describe, expect, it } from 'vitest'
import { coarseToFine } from './coarse-to-fine'

const grids = [1, 2, 3, 5, 7, 12, 31, 41, 201].flatMap((columns) => [
  { rows: columns, columns },
  { rows: 1, columns }
])

describe('coarseToFine', () => {
  it.each(grids)('names each of $rows × $columns points once', ({ rows, columns }) => {
    const { order, levels } = coarseToFine(rows, columns)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows * columns }, (_, i) => i))
    expect(levels.at(-1)).toEqual({ stride: 1, until: rows * columns })
  })

  it.each(grids)('has every point of a coarser picture of $rows × $columns first', ({ rows, columns }) => {
    const { order, levels } = coarseToFine(rows, columns)
    const isOn = (place: number, count: number, stride: number) => place % stride === 0 || place === count - 1
    for (const { stride, until } of levels) {
      const expected = Array.from({ length: rows * columns }, (_, i) => i).filter(
        (i) => isOn(Math.floor(i / columns), rows, stride) && isOn(i % columns, columns, stride)
      )
      expect([...order.slice(0, until)].sort((a, b) => a - b)).toEqual(expected)
    }
  })

  it('draws the first picture after a few percent', () => {
    expect(coarseToFine(41, 41).levels).toEqual([
      { stride: 8, until: 36 },
      { stride: 4, until: 121 },
      { stride: 2, until: 441 },
      { stride: 1, until: 1681 }
    ])
  })
})
