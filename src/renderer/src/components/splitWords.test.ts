import { describe, expect, it } from 'vitest'
import { columnWith, setupWith } from '../state/testing'
import { splitChoices, splitColumns, splitSentence, withSplit } from './splitWords'

const columns = [
  columnWith('size', { distinct: 100 }),
  columnWith('patient', { type: 'category', distinct: 12 }),
  columnWith('sex', { type: 'category', distinct: 3 }),
  columnWith('visit', { type: 'date', storage: 'number', time: 'date', distinct: 90 }),
  columnWith('y', { type: 'category', distinct: 20 })
]
const setup = setupWith({ target: 'y' })

describe('ways of splitting', () => {
  it('offer what the target allows', () => {
    const unfit = (change: Parameters<typeof setupWith>[0], of = columns) =>
      splitChoices(setupWith({ target: 'y', ...change }), of).filter((choice) => choice.unfit !== null)
    expect(unfit({}).map(({ by }) => by)).toEqual(['stratified'])
    expect(unfit({ task: 'binary' })).toEqual([])
    expect(unfit({ task: 'binary' }, [columnWith('y')]).map(({ by }) => by)).toEqual(['grouped'])
    expect(splitColumns('grouped', 'y', columns).map(({ name }) => name)).not.toContain('y')
    expect(splitColumns('ordered', 'y', columns)).toHaveLength(5)
  })

  it('come with the column that they most likely mean', () => {
    expect(withSplit(setup, 'grouped', columns, 120).split).toEqual({ by: 'grouped', column: 'patient' })
    expect(withSplit(setup, 'ordered', columns, 120).split).toEqual({ by: 'ordered', column: 'visit' })
    expect(withSplit(setup, 'ordered', columns.slice(0, 2), 120).split).toEqual({ by: 'ordered', column: null })
    const grouped = setupWith({ split: { by: 'grouped', column: 'patient' } })
    expect(withSplit(grouped, 'random', columns, 120).split).toEqual({ by: 'random', column: null })
  })

  it('are said in a sentence', () => {
    const said = (by: 'auto' | 'grouped' | 'ordered', column: string | null) =>
      splitSentence(setupWith({ split: { by, column } }))
    expect(said('auto', null)).toBe('Rows are drawn at random with seed 1.')
    expect(said('grouped', 'patient')).toContain('the same “patient”')
    expect(said('ordered', null)).toContain('last rows of the file')
    expect(said('ordered', 'visit')).toContain('Sorted by “visit”')
  })
})
