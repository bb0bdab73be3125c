import { describe, expect, it } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  plural,
  projectName
} from './format'

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [4_100, '4.1 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [65_000, '1 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_380_000, '2 h 03 min'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–']
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [0.0412, '0.04120'],
    [0.000325, '0.000325'],
    [1.149, '1.149'],
    [-23.4567, '−23.46'],
    [12345.6, '12346'],
    [2.5e7, '2.50e7'],
    [3.1e-7, '3.10e−7'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NaN, '–'],
    [null, '–']
  ])('%d reads %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('the others', () => {
  it('writes shares, counts and rates', () => {
    expect([formatPercent(0.9666), formatPercent(1), formatPercent(0)]).toEqual(['96.7 %', '100 %', '0 %'])
    expect([formatCount(999), formatCount(12_345), formatCount(1_234_567)]).toEqual([
      '999',
      '12\u202f345',
      '1\u202f234\u202f567'
    ])
    expect([formatRate(850), formatRate(45_000), formatRate(2_800_000)]).toEqual(['850', '45 k', '2.8 M'])
    expect([plural(1, 'row'), plural(2, 'row')]).toEqual(['1 row', '2 rows'])
  })

  it('says how long ago', () => {
    const now = Date.parse('2026-03-12T12:00:00Z')
    const ago = (minutes: number): string => formatAgo(new Date(now - minutes * 60_000).toISOString(), now)
    expect([ago(0), ago(5), ago(180), ago(26 * 60), ago(3 * 24 * 60)]).toEqual([
      'just now',
      '5 min ago',
      '3 h ago',
      'yesterday',
      '3 days ago'
    ])
    expect(formatAgo('nonsense', now)).toBe('')
    // Of a clock that was put back.
    expect(ago(-3 * 24 * 60)).toBe(
      new Date(now + 3 * 24 * 3_600_000).toLocaleDateString('en-GB', {
        day: 'numeric',
        month: 'short',
        year: 'numeric'
      })
    )
  })

  it('calls the project by its file', () => {
    expect([projectName('iris.csv'), projectName('a.b.tsv'), projectName('.csv')]).toEqual(['iris', 'a.b', '.csv'])
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [999_700, '1.0 MB'],
    [12_345_678, '12 MB'],
    [3_200_000_000, '3.2 GB']
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})
