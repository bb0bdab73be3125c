import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRight, numberOf, shownAnswer } from './answers'

describe('numbers as learners write them', () => {
  it.each([
    ['0.25', 0.25],
    ['0,25', 0.25],
    [',5', 0.5],
    ['.5', 0.5],
    ['3.', 3],
    ['-1,5', -1.5],
    ['−1.5', -1.5],
    ['+2', 2],
    ['1/3', 1 / 3],
    [' -1 / 4 ', -0.25],
    ['1/-4', -0.25],
    ['0,5/2', 0.25],
    ['1e-3', 0.001],
    ['1 000', 1000]
  ])('%s is %f', (text, value) => {
    expect(numberOf(text)).toBe(value)
  })

  it.each([
    '',
    'a',
    '1/0',
    '1//2',
    '1/2/3',
    '1.2.3',
    '1,000.5',
    '--1',
    '/2',
    '2/',
    'Infinity',
    'NaN',
    '0x10',
    '.',
    '1e'
  ])('"%s" is none', (text) => {
    expect(numberOf(text)).toBeNull()
  })

  it('every number that JavaScript writes is read as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(String(value))).toEqual(value === 0 ? 0 : value)
      })
    )
  })
})

describe('whether an answer is right', () => {
  it('takes what is just as far off as it may be, and nothing beyond', () => {
    expect(isRight(0.305, 0.3, 0.005)).toBe(true)
    expect(isRight(0.295, 0.3, 0.005)).toBe(true)
    expect(isRight(0.3051, 0.3, 0.005)).toBe(false)
    expect(isRight(-0.3, 0.3, 0.005)).toBe(false)
    expect(isRight(Number.NaN, 0.3, 0.005)).toBe(false)
  })

  it('the answer that is shown is right itself, without needless zeros', () => {
    expect(shownAnswer(0.25, 0.005)).toBe('0.25')
    expect(shownAnswer(-1 / 3, 0.005)).toBe('−0.3333')
    expect(shownAnswer(-0.00001, 0.005)).toBe('0')
    expect(shownAnswer(100, 1)).toBe('100')
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.constantFrom(0.5, 0.05, 0.005, 0.001, 0.00002),
        (actual, within) => {
          const shown = numberOf(shownAnswer(actual, within))
          expect(shown !== null && isRight(shown, actual, within)).toBe(true)
        }
      )
    )
  })
})
