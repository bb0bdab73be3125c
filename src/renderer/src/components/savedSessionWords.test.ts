import { expect, it } from 'vitest'
import { savedSessionWords } from './savedSessionWords'

const now = Date.parse('2026-05-01T12:00:00Z')
const saved = { fileName: 'iris.csv', savedAt: '2026-05-01T11:55:00Z', closed: true, run: null }

it('says when the work was closed', () => {
  expect(savedSessionWords(saved, now)).toBe('closed 5 min ago')
})

it('says that it was not the person who ended it', () => {
  expect(savedSessionWords({ ...saved, closed: false }, now)).toBe('not closed properly; as it was 5 min ago')
})

it('says how far the run was, and never all of it', () => {
  expect(savedSessionWords({ ...saved, run: { title: 'iris 1', share: 0.999 } }, now)).toBe(
    'closed 5 min ago – “iris 1” was 99 % trained'
  )
})
