import { describe, expect, it } from 'vitest'
import { readingText, readShare } from './readingWords'

const reading = { fileName: 'a.csv', bytes: 25_000_000, totalBytes: 100_000_000, rows: 1_200, rowsPerSecond: 45_000 }

describe('readingText', () => {
  it('says how many rows, how fast, and how much of the file', () => {
    expect(readingText(reading)).toBe('1\u202f200 rows · 45 k rows/s · 25 % of 100 MB')
  })

  it('leaves out what is not known', () => {
    expect(readingText({ ...reading, rowsPerSecond: null })).toBe('1\u202f200 rows · 25 % of 100 MB')
    expect(readingText({ ...reading, rows: 0, rowsPerSecond: null })).toBe('25 % of 100 MB')
    expect(readingText({ ...reading, bytes: null, totalBytes: null })).toBe('Looking at the file…')
  })

  it('never says that all is read before it is, and says what comes then', () => {
    expect(readingText({ ...reading, bytes: 99_999_999 })).toContain('99 %')
    expect(readingText({ ...reading, bytes: 100_000_000 })).toBe('1\u202f200 rows read · looking at the columns…')
    expect(readShare({ ...reading, totalBytes: 0 })).toBeNull()
    expect(readShare({ ...reading, bytes: 200_000_000 })).toBe(1)
  })
})
