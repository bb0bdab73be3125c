import { describe, expect, it } from 'vitest'
import { columnWith, setupWith } from '../state/testing'
import { partOf, partValues, splitChoices, splitColumns, splitSentence, withPart, withSplit } from './splitWords'

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
    expect(unfit({ task: 'binary' }, [columnWith('y')]).map(({ by }) => by)).toEqual(['grouped', 'fixed'])
    expect(splitColumns('grouped', setup, columns).map(({ name }) => name)).not.toContain('y')
    expect(splitColumns('ordered', setup, columns)).toHaveLength(5)
  })

  it('come with the column that they most likely mean', () => {
    expect(withSplit(setup, 'grouped', columns, 120).split).toEqual({ by: 'grouped', column: 'patient' })
    expect(withSplit(setup, 'ordered', columns, 120).split).toEqual({ by: 'ordered', column: 'visit' })
    expect(withSplit(setup, 'ordered', columns.slice(0, 2), 120).split).toEqual({ by: 'ordered', column: null })
    const grouped = setupWith({ split: { by: 'grouped', column: 'patient' } })
    expect(withSplit(grouped, 'random', columns, 120).split).toEqual({ by: 'random', column: null })
  })

  it('by a column take values that speak of a part, and any other on request', () => {
    const parted = [...columns, columnWith('set', { type: 'category', distinct: 3, top: ['train', 'dev', 'test'] })]
    const fixed = withSplit(setup, 'fixed', parted, 120)
    expect(fixed.split).toEqual({ by: 'fixed', column: 'set', validation: ['dev'], test: ['test'] })
    expect(['train', 'dev', 'test'].map((value) => partOf(fixed, value))).toEqual(['train', 'validation', 'test'])
    expect(withPart(fixed, 'test', 'validation').split).toMatchObject({ validation: ['dev', 'test'], test: [] })
    expect(withPart(fixed, 'dev', 'train').split).toMatchObject({ validation: [], test: ['test'] })
    expect(splitSentence(withPart(fixed, 'dev', 'train'))).toBe(
      '“set” says which rows are kept back: for validation none, for the test “test”.'
    )
    const other = withSplit(setup, 'fixed', columns, 120)
    expect(other.split).toEqual({ by: 'fixed', column: 'size', validation: [], test: [] })
  })

  it('by a column offer its frequent values and those that are marked', () => {
    const fixed = setupWith({ split: { by: 'fixed', column: 'size', validation: ['4'], test: [] } })
    expect(partValues(fixed, columns)).toEqual(['4'])
    const other = [...columns, columnWith('set', { type: 'category', top: ['a', 'b'] })]
    expect(partValues(setupWith({ split: { ...fixed.split, column: 'set' } }), other)).toEqual(['a', 'b', '4'])
    expect(partValues(setup, columns)).toEqual([])
  })

  it('part neither by another target nor by the weights', () => {
    const several = setupWith({ target: 'y', moreTargets: ['size'], weight: 'sex' })
    expect(splitColumns('fixed', several, columns).map(({ name }) => name)).toEqual(['patient', 'visit'])
  })

  it('of windows go by their time or their series', () => {
    const window = { steps: 8, horizon: 1, time: 'visit', series: 'patient' }
    const series = setupWith({ target: 'y', window })
    const unfit = (of: typeof series) =>
      splitChoices(of, columns).flatMap(({ by, unfit: why }) => (why === null ? [] : [by]))
    expect(unfit(series)).toEqual(['random', 'stratified'])
    expect(unfit({ ...series, window: { ...window, series: null } })).toEqual(['random', 'stratified', 'grouped'])
    expect(withSplit(series, 'grouped', columns, 120).split).toEqual({ by: 'grouped', column: 'patient' })
    expect(withSplit(series, 'ordered', columns, 120).split).toEqual({ by: 'ordered', column: 'visit' })
    expect(splitSentence(series)).toContain('last windows in time')
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
