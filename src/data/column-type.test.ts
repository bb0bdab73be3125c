import { describe, expect, it } from 'vitest'
import { columnType } from './column-type'
import { column } from './testing'

describe('columnType', () => {
  it.each([
    ['number', [1, 2, null]],
    ['number', [null, null]],
    ['boolean', ['Yes', 'NO', null]],
    ['boolean', ['t', 't']],
    ['boolean', ['TRUE', 'False']],
    ['category', ['yes', 'false']],
    ['category', ['yes', 'Yes']],
    ['category', ['yes', 'no', 'maybe']],
    ['category', ['red', 'green', 'red']],
    ['text', ['the quick brown fox', 'jumps over it', null, 'and a lazy dog']],
    ['category', ['the quick fox', 'the quick fox', 'the lazy dog', 'the lazy dog']],
    ['category', ['New York', 'Los Angeles', 'San Diego']]
  ] as const)('%s: %j', (type, values) => {
    expect(columnType(column('a', values))).toBe(type)
  })

  it('knows dates by their column', () => {
    expect(columnType({ type: 'number', name: 'a', values: Float64Array.of(0), time: 'date' })).toBe('date')
  })
})
