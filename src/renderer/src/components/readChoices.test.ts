import { describe, expect, it } from 'vitest'
import {
  countedWords,
  imageSide,
  readChoices,
  rowLimit,
  rowsThatFit,
  saidOf,
  withoutWord,
  withWord
} from './readChoices'

const taken = [
  { text: 'None', cells: 30 },
  { text: 'na', cells: 2 },
  { text: 'NONE', cells: 1 }
]

describe('words that count as missing', () => {
  it('are shown with their cells, whatever their case, the found ones first', () => {
    expect(countedWords(undefined, taken).map(({ word, cells }) => [word, cells])).toEqual([
      ['None', 31],
      ['NA', 2],
      ['N/A', 0],
      ['NaN', 0],
      ['null', 0],
      ['?', 0]
    ])
    expect(countedWords([], taken)).toEqual([])
  })

  it('are said only where they are not the usual ones', () => {
    const without = withoutWord(undefined, 'None')
    expect(without).toEqual(['NA', 'N/A', 'NaN', 'null', '?'])
    expect(withWord(without, ' none ')).toBeUndefined()
    expect(withWord(undefined, '-')).toEqual(['NA', 'N/A', 'NaN', 'null', 'None', '?', '-'])
    expect(withWord(undefined, '  ')).toBeUndefined()
    expect(withWord(without, 'na')).toBe(without)
    expect(withoutWord(['x'], 'x')).toEqual([])
  })
})

describe('what is said of a file', () => {
  it('leaves out what is left to detection', () => {
    const nothing = { width: undefined, channels: undefined }
    expect(Object.entries(saidOf({ delimiter: undefined, header: false, image: nothing }))).toEqual([['header', false]])
    expect(saidOf({ image: { ...nothing, height: 8 }, missingWords: [] })).toEqual({
      image: { height: 8 },
      missingWords: []
    })
  })

  it('depends on its kind', () => {
    expect(readChoices({ kind: 'parquet' })).toEqual(['rows', 'missingWords'])
    expect(readChoices({ kind: 'idx', shape: [1], labels: null })).toEqual([])
    expect(readChoices({ kind: 'images', width: 1, height: 1, channels: 1, fit: 'crop' })).toContain('image')
  })

  it('knows what is a side of an image', () => {
    expect(['', ' 32 ', '512', '513', '0', '1.5', 'x'].map(imageSide)).toEqual([
      undefined,
      32,
      512,
      null,
      null,
      null,
      null
    ])
  })
})

describe('rows that are drawn at random', () => {
  it('are a whole number from 2 up, or all', () => {
    expect(['', ' ', '2', '100000', '1', '2.5', '-3', 'x', '1e12'].map(rowLimit)).toEqual([
      undefined,
      undefined,
      2,
      100_000,
      null,
      null,
      null,
      null,
      null
    ])
    expect(saidOf({ rows: 500 })).toEqual({ rows: 500 })
  })

  it('are offered for a file that is too large, no more of them than fit', () => {
    const refused = (change: object, code = 'table-too-large') =>
      rowsThatFit({ code, message: '', details: { file: 'a.csv', mostRows: 13_000_000, ...change } })
    expect(refused({})).toBe(1_000_000)
    expect(refused({ mostRows: 20_000, file: 'wide.parquet' })).toBe(20_000)
    expect(refused({ file: 'a.json' })).toBeNull()
    expect(refused({ mostRows: null })).toBeNull()
    expect(refused({}, 'bad-row')).toBeNull()
  })
})
