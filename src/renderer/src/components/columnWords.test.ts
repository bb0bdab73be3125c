import { describe, expect, it } from 'vitest'
import { columnWith } from '../state/testing'
import { associationText, columnValue, typeText } from './columnWords'

describe('words of columns', () => {
  it('write dates as people do, and numbers with few digits', () => {
    expect(columnValue({ time: 'date' }, Date.UTC(2024, 4, 31))).toBe('2024-05-31')
    expect(columnValue({ time: 'datetime' }, Date.UTC(2024, 4, 31, 17, 30))).toBe('2024-05-31 17:30')
    expect(columnValue({ time: 'datetime' }, Date.UTC(2024, 4, 31, 17, 30, 5))).toBe('2024-05-31 17:30:05')
    expect(columnValue({ time: 'date' }, 1e300)).toBe('–')
    expect(columnValue({ time: null }, 43.92193)).toBe('43.92')
    expect(columnValue({ time: 'date' }, null)).toBe('–')
  })

  it('name the type and the measure', () => {
    expect(typeText(columnWith('n', { integers: true }))).toBe('whole number')
    expect(typeText(columnWith('n', { type: 'text' }))).toBe('text')
    expect(associationText({ column: 'x', measure: 'cramers-v', value: 0.5, rows: 1200 }, 'y')).toBe(
      'Cramér’s V, corrected for chance: 0.50 with “y”, over 1\u202f200 training rows'
    )
  })
})
