import { expect, it } from 'vitest'
import { lookUp } from '../state/glossary'
import { tabWords } from './words'

it('every word of a tab is in the glossary', () => {
  const words = Object.values(tabWords).flat()
  expect(words.length).toBeGreaterThan(10)
  expect(words.filter((word) => lookUp(word) === undefined)).toEqual([])
})
