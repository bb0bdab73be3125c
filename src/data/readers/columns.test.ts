import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MissingWords, parseNumber, usualMissing } from '../numbers'
import { atOnce } from '../turns'
import { NumberCollector, TextCollector, type CellSink } from './columns'

function fill<Sink extends CellSink>(sink: Sink, cells: readonly string[]): Sink {
  for (const cell of cells) {
    // Other bytes around it, which do not belong to the cell.
    const bytes = Buffer.from(`7${cell}7`)
    sink.add(bytes, 1, bytes.length - 1)
  }
  return sink
}

const numbersOf = (cells: readonly string[], missing = usualMissing) =>
  fill(new NumberCollector(missing, cells.length), cells)

const textsOf = (cells: readonly string[], delimiter = ',') =>
  atOnce(fill(new TextCollector(usualMissing, cells.length), cells).finish('a', delimiter))

describe('NumberCollector', () => {
  const digits = fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), maxLength: 25 })
  const number = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits,
      fc.constantFrom('', '.'),
      digits,
      fc.constantFrom('', '', 'e5', 'E-7', 'e+300')
    )
    .map((parts) => parts.join(''))
  const cell = fc.oneof(
    number,
    fc.double().map(String),
    fc.constantFrom('', ' ', '.', '-', '-0', '1e400', 'NA', 'inf', ' 12 ', '1,5', '007', '0x10', '9007199254740993')
  )

  it('reads every cell as the rules of numbers.ts do, bit for bit', () => {
    fc.assert(
      fc.property(cell, (text) => {
        const collector = numbersOf([text])
        const expected = parseNumber(text)
        expect(collector.isText).toBe(expected === null)
        if (expected === null) return
        const { values } = atOnce(collector.finish('a'))
        expect(values[0]).toBe(Number.isFinite(expected) ? expected : NaN)
      }),
      { numRuns: 3000 }
    )
  })

  it('counts what its values no longer tell', () => {
    const cells = ['1', 'NA', ' na ', '', '1e999', '-inf', '9007199254740993', '9007199254740993.5', 'NA']
    expect(atOnce(numbersOf(cells).finish('a')).facts).toEqual({
      missingWords: [
        { text: 'NA', cells: 2 },
        { text: 'na', cells: 1 }
      ],
      infinite: 2,
      inexact: 1,
      decimalComma: false
    })
  })

  it('takes numbers for missing that are said to be', () => {
    const { values, facts } = atOnce(numbersOf(['1', '-999', '-999.0', ''], new MissingWords(['-999'])).finish('a'))
    expect([...values]).toEqual([1, NaN, -999, NaN])
    expect(facts?.missingWords).toEqual([{ text: '-999', cells: 1 }])
    expect(numbersOf(['1', 'NA'], new MissingWords(['-999'])).isText).toBe(true)
  })
})

describe('TextCollector', () => {
  it('sorts categories by code point, however many there are', () => {
    const cells = Array.from({ length: 30_000 }, (_, i) => `${i % 3 === 0 ? '😀' : '\uFB01'}${(i * 7919) % 20_011}`)
    const column = textsOf(cells)
    if (column.type !== 'category') throw new Error('expected categories')
    const sorted = [...new Set(cells)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(column.categories).toEqual(sorted)
    expect(Array.from(column.codes, (code) => column.categories[code])).toEqual(cells)
  })

  it('leaves words out that stand for "no value", and counts them', () => {
    const column = textsOf(['x', 'None', '', 'a', '?', 'None'])
    expect(column).toMatchObject({ categories: ['a', 'x'], codes: Int32Array.of(1, -1, -1, 0, -1, -1) })
    expect(column.facts?.missingWords).toEqual([
      { text: 'None', cells: 2 },
      { text: '?', cells: 1 }
    ])
  })

  it('turns into dates or numbers with a comma where all cells are', () => {
    const day = 86_400_000
    expect(textsOf(['1970-01-02', 'NA', '1970-01-01'])).toMatchObject({
      type: 'number',
      time: 'date',
      values: Float64Array.of(day, NaN, 0)
    })
    expect(textsOf(['1,5', '', 'inf'], ';')).toMatchObject({
      type: 'number',
      values: Float64Array.of(1.5, NaN, NaN),
      facts: { infinite: 1, decimalComma: true }
    })
  })
})
