import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLUMNS, GAP, gridOf, type CardSize, type Place } from './grid'

const widths = [420, 620, 760, 900, 966, 1160, 1446, 1800]
const size = fc.constantFrom<CardSize>('main', 'third', 'third', 'third', 'wide')

/** Cells of the grid and which card has them; two in one cell are an error. */
function cellsOf(places: readonly Place[]): Map<string, number> {
  const cells = new Map<string, number>()
  places.forEach(({ column, columns, row, rows }, index) => {
    for (let x = column; x < column + columns; x += 1) {
      for (let y = row; y < row + rows; y += 1) {
        expect(cells.has(`${x} ${y}`)).toBe(false)
        expect(x).toBeLessThanOrEqual(COLUMNS)
        cells.set(`${x} ${y}`, index)
      }
    }
  })
  return cells
}

describe('gridOf', () => {
  it('leaves no cell empty and gives none to two cards', () => {
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 12 }),
        fc.option(fc.nat(3)),
        fc.constantFrom(...widths),
        (plain, squareAt, width) => {
          const sizes = squareAt === null ? plain : plain.toSpliced(squareAt, 0, 'square')
          const places = gridOf(sizes, width)
          expect(places).toHaveLength(sizes.length)
          const rows = Math.max(...places.map(({ row, rows: high }) => row + high - 1))
          expect(cellsOf(places).size).toBe(rows * COLUMNS)
        }
      )
    )
  })

  it('keeps the order of the cards and makes those of a row equally high', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 12 }), fc.constantFrom(...widths), (sizes, width) => {
        const places = gridOf(sizes, width)
        const order = places.map(({ row, column }) => row * 100 + column)
        expect(order).toEqual([...order].sort((a, b) => a - b))
        for (const { row, height } of places) {
          expect(places.filter((other) => other.row === row).every((other) => other.height === height)).toBe(true)
        }
      })
    )
  })

  it('lets no small card stand alone beside rows of three', () => {
    for (let count = 2; count <= 9; count += 1) {
      const rows = gridOf(new Array<CardSize>(count).fill('third'), 966).map(({ row }) => row)
      for (const row of rows) expect(rows.filter((other) => other === row).length).toBeGreaterThan(1)
    }
  })

  it('makes the square card the largest: two others beside it, as high as it is wide', () => {
    for (const width of [900, 966, 1160, 1446, 1800]) {
      const places = gridOf(['main', 'main', 'square', 'third', 'third', 'third'], width)
      const [loss, metric, square, ...others] = places
      if (loss === undefined || metric === undefined || square === undefined) throw new Error('a card has no place')
      expect([loss.row, metric.row, square.row, square.rows]).toEqual([1, 2, 1, 2])
      expect(2 * loss.height + GAP).toBe(square.height)
      const wide = (square.columns * (width + GAP)) / COLUMNS - GAP
      expect(Math.abs(square.height - wide)).toBeLessThan(90)
      for (const { columns, height } of others) expect(columns * height).toBeLessThan(square.columns * square.height)
    }
    const narrow = gridOf(['main', 'main', 'square', 'third', 'third'], 620)
    expect(narrow.map(({ row, columns }) => [row, columns])).toEqual([
      [1, 6],
      [1, 6],
      [2, COLUMNS],
      [3, 6],
      [3, 6]
    ])
  })
})
