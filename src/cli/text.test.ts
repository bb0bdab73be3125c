import { describe, expect, it } from 'vitest'
import { jsonOf, valueText } from './commands/predict'
import { oneLine, shortNumber } from './text'

describe('oneLine', () => {
  it('keeps text on one line and takes terminal commands out', () => {
    expect(oneLine(' a\r\nb\t c ')).toBe('a b c')
    expect(oneLine('\u001B[31mred\u0007')).toBe('\uFFFD[31mred\uFFFD')
    expect(oneLine('日本 é')).toBe('日本 é')
  })
})

describe('shortNumber', () => {
  it('has six significant digits', () => {
    expect([1 / 3, 12345678, 0.1, 1e-9 / 3, NaN].map(shortNumber)).toEqual([
      '0.333333',
      '12345700',
      '0.1',
      '3.33333e-10',
      'NaN'
    ])
  })
})

describe('valueText', () => {
  it('keeps every digit before the point', () => {
    expect([23.456789, 1735689600.25, -20240101, 1e300, NaN].map(valueText)).toEqual([
      '23.4568',
      '1735689600.3',
      '-20240101',
      '1e+300',
      'NaN'
    ])
  })
})

describe('jsonOf', () => {
  it('keeps the order of the classes, whatever their names', () => {
    const probabilities = [
      ['b', 0.5] as const,
      ['10', 0.25] as const,
      ['__proto__', 0.125] as const,
      ['a"', 0.125] as const
    ]
    expect(jsonOf({ row: 1, prediction: 'b', probabilities })).toBe(
      '{"row":1,"prediction":"b","probabilities":{"b":0.5,"10":0.25,"__proto__":0.125,"a\\"":0.125}}'
    )
  })

  it('has no probabilities for regression', () => {
    expect(jsonOf({ row: 2, prediction: -1.5 })).toBe('{"row":2,"prediction":-1.5}')
  })
})
