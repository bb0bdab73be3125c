import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf } from '../../../data/features/plan'
import { profileTable } from '../../../data/profile'
import { column, table } from '../../../data/testing'
import { scalings } from '../../../shared/column-setting'
import {
  columnSetting,
  kindChoices,
  kindOf,
  missingChoices,
  missingOf,
  orderOf,
  typeChoices,
  typeOf,
  withConstant,
  withIndicator,
  withKind,
  withMissing,
  withMoved,
  withScaling,
  withSize,
  withType
} from './columnEdits'
import { columnWith, setupWith } from './testing'

const size = columnWith('size', { quartiles: [1, 2.5, 4] })
const island = columnWith('island', { type: 'category', top: ['Biscoe', 'Dream'], distinct: 3 })
const alive = columnWith('alive', { type: 'boolean', distinct: 2, top: ['yes', 'no'] })
const setup = setupWith()

describe('changes of columns', () => {
  it('say only what differs, and nothing once it is as it was', () => {
    const scaled = withScaling(setup, size, 'robust')
    expect(scaled.columns).toEqual([{ name: 'size', scaling: 'robust' }])
    expect(withScaling(scaled, size, 'standard').columns).toEqual([])
    const typed = withType(setup, size, 'category')
    expect(typed.columns).toEqual([{ name: 'size', type: 'category' }])
    expect(withType(typed, size, 'number').columns).toEqual([])
  })

  it('leave out what no longer applies', () => {
    const filled = withMissing(withScaling(setup, size, 'min-max'), size, 'mean')
    expect(filled.columns).toEqual([{ name: 'size', missing: 'mean', scaling: 'min-max' }])
    expect(withType(filled, size, 'category').columns).toEqual([{ name: 'size', type: 'category' }])
    const told = withIndicator(setup, island, true)
    expect(withMissing(told, island, 'drop-row').columns).toEqual([{ name: 'island', missing: 'drop-row' }])
  })

  it('put the categories of an ordinal column in an order', () => {
    const grade = columnWith('grade', {
      type: 'category',
      storage: 'category',
      top: ['low', 'high', 'mid'],
      distinct: 3
    })
    const ordinal = withKind(setup, grade, 'ordinal')
    expect(orderOf(grade, columnSetting(ordinal, 'grade'))).toEqual(['high', 'low', 'mid'])
    const moved = withMoved(ordinal, grade, 0, 2)
    expect(moved.columns).toEqual([{ name: 'grade', encoding: 'ordinal', order: ['low', 'mid', 'high'] }])
    expect(withMoved(moved, grade, 2, 0).columns).toEqual([{ name: 'grade', encoding: 'ordinal' }])
    expect(withKind(moved, grade, 'category').columns).toEqual([])
    expect(orderOf({ ...grade, top: ['10', '9', '1'] }, {})).toEqual(['1', '9', '10'])
    expect(orderOf({ ...grade, distinct: 13 }, {})).toBeNull()
  })

  it('come with a constant at once', () => {
    expect(columnSetting(withMissing(setup, size, 'constant'), 'size').constant).toBe(2.5)
    expect(columnSetting(withMissing(setup, island, 'constant'), 'island').constant).toBe('Biscoe')
    const when = columnWith('when', { type: 'date', storage: 'number', time: 'date', quartiles: [0, 86_400_000, 1e9] })
    expect(columnSetting(withMissing(setup, when, 'constant'), 'when').constant).toBe('1970-01-02')
    expect(columnSetting(withConstant(withMissing(setup, size, 'constant'), size, 7), 'size').constant).toBe(7)
  })

  it('make of a boolean one number or one for each of its values', () => {
    expect(kindOf(alive, columnSetting(setup, 'alive'))).toBe('category')
    const oneNumber = withKind(setup, alive, 'boolean')
    expect(oneNumber.columns).toEqual([{ name: 'alive', type: 'boolean' }])
    expect(withKind(oneNumber, alive, 'category').columns).toEqual([])
    expect(withKind(oneNumber, alive, 'ordinal').columns).toEqual([{ name: 'alive', encoding: 'ordinal' }])
  })

  it('say how long vectors are only while there are any', () => {
    const embedded = withSize(withKind(setup, island, 'embedding'), island, 4)
    expect(embedded.columns).toEqual([{ name: 'island', encoding: 'embedding', size: 4 }])
    expect(withKind(embedded, island, 'ordinal').columns).toEqual([{ name: 'island', encoding: 'ordinal' }])
    expect(withKind(embedded, island, 'category').columns).toEqual([])
    expect(withType(embedded, island, 'text').columns).toEqual([{ name: 'island', type: 'text' }])
  })

  it('tell of a gap by the indicator alone where nothing is to stand in for it', () => {
    const told = withIndicator(setup, island, true)
    expect(missingOf('category', columnSetting(told, 'island'))).toBe('none')
    const filled = withMissing(told, island, 'most-frequent')
    expect(filled.columns).toEqual([{ name: 'island', missing: 'most-frequent', indicator: true }])
    expect(withMissing(filled, island, 'none').columns).toEqual([{ name: 'island', indicator: true }])
  })
})

describe('what is offered', () => {
  const day = 86_400_000
  const columns = [
    column('number', [1, 2.5, 3, 4, null, 6]),
    column('two', [0, 1, 0, 1, null, 1]),
    column('category', ['a', 'b', 'b', null, 'c', 'a']),
    column('boolean', ['yes', 'no', null, 'no', 'yes', 'no']),
    column('text', ['a red apple', 'two green pears', null, 'one blue plum', 'four sour grapes', 'many ripe figs']),
    { ...column('date', [0, day, 2 * day, null, 4 * day, 5 * day]), time: 'date' as const }
  ]
  const views = profileTable(table(columns))
  const settled = <Item>(choices: readonly Item[], pick: number): Item => {
    const found = choices[pick % choices.length]
    if (found === undefined) throw new Error('nothing is offered')
    return found
  }

  it('knows every type', () => {
    expect(views.map(({ type }) => type)).toEqual(['number', 'number', 'category', 'boolean', 'text', 'date'])
  })

  it('is what the preparation takes, whatever is chosen one after the other', () => {
    const edits = fc.array(fc.tuple(fc.constantFrom('type', 'kind', 'missing', 'scaling', 'indicator'), fc.nat(20)), {
      maxLength: 8
    })
    fc.assert(
      fc.property(fc.nat(views.length - 1), edits, (at, list) => {
        const view = views[at]
        const stored = columns[at]
        if (view === undefined || stored === undefined) throw new Error('no column')
        let draft = setup
        for (const [what, pick] of list) {
          const setting = columnSetting(draft, view.name)
          const kind = kindOf(view, setting)
          if (what === 'type') draft = withType(draft, view, settled(typeChoices(view), pick))
          if (what === 'kind') draft = withKind(draft, view, settled(kindChoices(view, typeOf(view, setting)), pick))
          if (what === 'missing') draft = withMissing(draft, view, settled(missingChoices(kind, setting), pick))
          if (what === 'scaling' && kind === 'number') draft = withScaling(draft, view, settled(scalings, pick))
          if (what === 'indicator' && setting.missing !== 'drop-row') draft = withIndicator(draft, view, pick % 2 === 0)
        }
        const setting = columnSetting(draft, view.name)
        const plan = planOf(stored, setting)
        expect(plan.kind).toBe(kindOf(view, setting))
        expect(plan.missing).toBe(missingOf(plan.kind, setting))
      })
    )
  })
})
