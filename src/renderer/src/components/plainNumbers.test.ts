import { describe, expect, it } from 'vitest'
import { formatBytes, formatShare, formatSigned, formatValue, missesOf, niceTicks } from './plainNumbers'

describe('numbers as text', () => {
  it('keeps significant digits and a real minus sign', () => {
    expect([0, 3.14159265, -0.5, 12345.678, 1e9, -2.4e-7, null, Number.NaN].map((value) => formatValue(value))).toEqual(
      ['0', '3.142', '−0.5', '12346', '1.00e9', '−2.40e−7', '–', '–']
    )
    expect([formatSigned(0.6431), formatSigned(-0.6431), formatSigned(0)]).toEqual(['+0.643', '−0.643', '0'])
  })

  it('never rounds a share to none or all', () => {
    expect([0, 1, 0.9667, 0.0004, 0.9996, null].map(formatShare)).toEqual([
      '0 %',
      '100 %',
      '96.7 %',
      '< 0.1 %',
      '> 99.9 %',
      '–'
    ])
  })

  it('writes sizes', () => {
    expect([1, 999, 12_345, 2_500_000].map(formatBytes)).toEqual(['1 byte', '999 bytes', '12.3 kB', '2.5 MB'])
  })
})

describe('niceTicks', () => {
  it('gives round values inside the range', () => {
    expect(niceTicks(9, 46.6)).toEqual([10, 20, 30, 40])
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(-0.3, 0.3, 3)).toEqual([-0.2, 0, 0.2])
    expect(niceTicks(5, 5)).toEqual([5])
    expect(niceTicks(Number.NaN, 1)).toEqual([])
  })
})

describe('missesOf', () => {
  it('finds the median and the largest misses, whatever their sign', () => {
    const told = missesOf({ actual: [10, 20, 30, 40], predicted: [11, 17, 30, 50], rows: [7, 3, 9, 1] }, 2)
    expect(told?.median).toBe(2)
    expect(told?.largest).toEqual([
      { row: 1, actual: 40, predicted: 50, off: 10 },
      { row: 3, actual: 20, predicted: 17, off: -3 }
    ])
  })

  it('leaves out what is no number', () => {
    expect(missesOf({ actual: [1, 2], predicted: [Number.NaN, 5], rows: [0, 4] })?.largest).toEqual([
      { row: 4, actual: 2, predicted: 5, off: 3 }
    ])
    expect(missesOf({ actual: [], predicted: [], rows: [] })).toBeNull()
  })
})
