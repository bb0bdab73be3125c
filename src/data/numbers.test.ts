import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCodePoints, isMissingText, numberText, parseNumber } from './numbers'

describe('parseNumber', () => {
  it.each([
    ['0', 0],
    ['-12', -12],
    ['+3.5', 3.5],
    [' .25 ', 0.25],
    ['7.', 7],
    ['1e3', 1000],
    ['-2E-1', Math.fround(-0.2)],
    ['5.1', Math.fround(5.1)],
    ['1e-60', 0],
    ['1e39', Infinity],
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
        Object.is(parseNumber(String(value)), Math.fround(Number(String(value))))
      )
    )
  })
})

describe('isMissingText', () => {
  it('is for whole cells only', () => {
    expect(['NA', ' na ', 'None', null, ''].every(isMissingText)).toBe(true)
    expect(['NAB', 'none of them', 'N A', '??', '0'].some(isMissingText)).toBe(false)
  })
})

describe('numberText', () => {
  it('is the shortest text that reads back as the same float32', () => {
    expect(numberText(Math.fround(5.1))).toBe('5.1')
    expect(numberText(Math.fround(16777216))).toBe('16777216')
    expect(numberText(-0)).toBe('0')
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        (value) => parseNumber(numberText(value)) === value
      )
    )
  })
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
