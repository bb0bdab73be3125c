import { expect, it } from 'vitest'
import { wordsTakenAsMissing } from './missing-words'
import { column, table } from './testing'

it('counts every word over all columns, the most frequent first, and no empty cells', () => {
  const facts = (...words: [string, number][]) => ({
    missingWords: words.map(([text, cells]) => ({ text, cells })),
    infinite: 0,
    inexact: 0,
    decimalComma: false
  })
  const a = column('a', [1, null, null])
  const b = column('b', ['x', null, null])
  if (a.type !== 'number' || b.type !== 'category') throw new Error('other columns')
  const words = wordsTakenAsMissing(
    table([
      { ...a, facts: facts(['NA', 2], ['?', 1]) },
      { ...b, facts: facts(['?', 4], ['-', 2]) },
      column('__proto__', [1, 2, 3])
    ])
  )
  expect(words).toEqual([
    { text: '?', cells: 5 },
    { text: '-', cells: 2 },
    { text: 'NA', cells: 2 }
  ])
})
