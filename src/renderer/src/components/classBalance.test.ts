import { describe, expect, it } from 'vitest'
import { columnWith } from '../state/testing'
import { classBalance } from './classBalance'

describe('classBalance', () => {
  const classes = columnWith('label', { storage: 'category', top: ['10', '2'], histogram: [7, 3], distinct: 2 })

  it('lists classes by name, numbers by value', () => {
    expect(classBalance(classes)).toEqual([
      { value: '2', rows: 3 },
      { value: '10', rows: 7 }
    ])
  })

  it('keeps the most frequent first where not all are known, and knows none of numbers', () => {
    expect(classBalance({ ...classes, distinct: 40 }).map(({ value }) => value)).toEqual(['10', '2'])
    expect(classBalance(columnWith('x', { storage: 'number' }))).toEqual([])
  })
})
