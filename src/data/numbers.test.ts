import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commaNumbers, compareCodePoints, featureNumber, numberText, parseNumber, usualMissing } from './numbers'

describe('parseNumber', () => {
  it.each([
    ['0', 0],
    ['-12', -12],
    ['+3.5', 3.5],
    [' .25 ', 0.25],
    ['7.', 7],
    ['1e3', 1000],
    ['-2E-1', -0.2],
    ['5.1', 5.1],
    ['20240101', 20240101],
    ['1735689600.25', 1735689600.25],
    ['1e-60', 1e-60],
    ['1e39', 1e39],
    ['-1e400', -Infinity],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['', NaN],
    [' ', NaN],
    ['NA', NaN],
    ['n/a', NaN],
    ['nan', NaN],
    ['NULL', NaN],
    ['None', NaN],
    ['?', NaN]
  ])('%j is %d', (text, value) => expect(parseNumber(text)).toBe(value))

  it.each([
    '00123',
    '0x1F',
    '1 234',
    '1,5',
    '1e',
    'e5',
    '.',
    '-',
    '+-1',
    '1_000',
    '12px',
    'true',
    '१२',
    '1.2.3',
    'NaNs'
  ])('%j is text', (text) => expect(parseNumber(text)).toBeNull())

  it('reads every number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(parseNumber(String(value)), Number(String(value)))
      )
    )
  })
})

describe('usualMissing', () => {
  it('is for whole cells only', () => {
    expect(['NA', ' na ', 'None', null, ''].every((text) => usualMissing.has(text))).toBe(true)
    expect(['NAB', 'none of them', 'N A', '??', '0'].some((text) => usualMissing.has(text))).toBe(false)
  })
})

describe('numberText', () => {
  it('is the shortest text that reads back as the same float64', () => {
    expect(numberText(5.1)).toBe('5.1')
    expect(numberText(20240101)).toBe('20240101')
    expect(numberText(-0)).toBe('0')
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value) => parseNumber(numberText(value)) === value
      )
    )
  })
})

describe('featureNumber', () => {
  it('is the nearest float32, and missing beyond its range', () => {
    expect([5.1, 16777217, 3.4e38, 1e39, -1e39, NaN, Infinity].map(featureNumber)).toEqual([
      Math.fround(5.1),
      16777216,
      Math.fround(3.4e38),
      NaN,
      NaN,
      NaN,
      NaN
    ])
  })
})

describe('commaNumbers', () => {
  it.each<[string, string[], number[]]>([
    [';', ['1,5', '2', '-0,25', ' +3,5 '], [1.5, 2, -0.25, 3.5]],
    [';', ['1,5e3', '2E-1'], [1500, 0.2]],
    [';', ['1,234', '2,345'], [1.234, 2.345]],
    ['\t', ['1,5', '2,345'], [1.5, 2.345]],
    [';', ['1.234,5', '7', '12.345.678'], [1234.5, 7, 12345678]],
    [';', ['1,5', 'inf', '-Infinity'], [1.5, Infinity, -Infinity]]
  ])('%j %j are numbers', (delimiter, texts, numbers) => expect(commaNumbers(texts, delimiter)).toEqual(numbers))

  it.each<[string, string[]]>([
    [',', ['1,5', '2,5']],
    [';', ['1', '2']],
    [';', []],
    [';', ['1,5', '2.5']],
    [';', ['1,5', '1.234']],
    [';', ['1.234,5', '1234,5']],
    [';', ['1.234,5', '12.34']],
    [';', ['1.234.567', '2.345.678']],
    [';', ['1,234,567', '1,5']],
    [';', ['1,5', '007']],
    [';', ['1,5', 'x']],
    ['\t', ['1,234', '12,345']]
  ])('%j %j are left as text', (delimiter, texts) => expect(commaNumbers(texts, delimiter)).toBeNull())
})

describe('compareCodePoints', () => {
  it('orders as code points do, where UTF-16 does not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        const a = Array.from(left, (character) => character.codePointAt(0) ?? 0)
        const b = Array.from(right, (character) => character.codePointAt(0) ?? 0)
        const at = a.findIndex((point, index) => point !== b[index])
        const expected = at < 0 ? Math.sign(a.length - b.length) : Math.sign((a[at] ?? -1) - (b[at] ?? -1))
        expect(Math.sign(compareCodePoints(left, right))).toBe(expected)
      })
    )
    expect(['\u{1F600}', '\uFFFD', 'z'].sort(compareCodePoints)).toEqual(['z', '\uFFFD', '\u{1F600}'])
  })
})
