import { describe, expect, it } from 'vitest'
import { setupSchema, targetsOf } from '../../../shared/setup'
import * as v from 'valibot'
import {
  furtherTargets,
  givenRoles,
  roleOf,
  taskWith,
  withFurtherTarget,
  withoutTarget,
  withRole,
  withTarget
} from './roleEdits'
import { columnWith, setupWith } from './testing'

const columns = [
  columnWith('size', { distinct: 90 }),
  columnWith('price', { distinct: 80 }),
  columnWith('sold', { type: 'category', distinct: 2 }),
  columnWith('garden', { type: 'boolean', storage: 'category', distinct: 2 }),
  columnWith('town', { type: 'category', distinct: 7 }),
  columnWith('day', { type: 'date', storage: 'number', time: 'date', distinct: 60 })
]
const setup = setupWith({ target: 'price' })
const binary = setupWith({ target: 'sold', task: 'binary', loss: 'log', classWeights: 'balanced' })

describe('the role of a column', () => {
  it.each(givenRoles)('%s is the only one it has afterwards, whatever it was before', (role) => {
    const window = { steps: 4, horizon: 1, time: 'day', series: 'town' }
    for (const before of givenRoles) {
      const from = withRole({ ...setup, window }, columns, 'size', before)
      const now = withRole(from, columns, 'size', role)
      expect(roleOf(now, 'size')).toBe(role)
      const uses = [
        targetsOf(now).includes('size'),
        now.ignored.includes('size'),
        now.weight === 'size',
        now.split.column === 'size'
      ]
      expect(uses.filter(Boolean)).toHaveLength(role === 'feature' ? 0 : 1)
      expect(v.is(setupSchema, now)).toBe(true)
    }
  })

  it('is told of fixed parts, and of what orders and tells apart windows', () => {
    const window = { steps: 4, horizon: 1, time: 'day', series: 'town' }
    const parted = setupWith({ target: 'price', window, split: { by: 'fixed', column: 'sold' } })
    expect(columns.map(({ name }) => roleOf(parted, name))).toEqual([
      'feature',
      'target',
      'part',
      'feature',
      'series',
      'time'
    ])
    // Whoever says how the moment is prepared has it as a feature too.
    expect(roleOf({ ...parted, columns: [{ name: 'day', encoding: 'date-parts' }] }, 'day')).toBe('feature')
    expect(withRole(parted, columns, 'day', 'feature').window).toEqual({ ...window, time: null })
    expect(withRole(parted, columns, 'sold', 'weight')).toMatchObject({ weight: 'sold', split: { by: 'auto' } })
  })

  it('of a group is that of a series where there are windows', () => {
    const window = { steps: 4, horizon: 1, time: 'day', series: null }
    expect(withRole({ ...setup, window }, columns, 'town', 'group')).toMatchObject({
      split: { by: 'grouped', column: 'town' },
      window: { series: 'town' }
    })
  })

  it('of the only target cannot be taken from it', () => {
    expect(withRole(setup, columns, 'price', 'ignored')).toBe(setup)
    expect(withRole(setup, columns, 'price', 'target')).toBe(setup)
  })
})

describe('several targets', () => {
  it('are numbers together, or labels of two classes each', () => {
    expect(furtherTargets(setup, columns).map(({ name }) => name)).toEqual(['size'])
    expect(furtherTargets(binary, columns).map(({ name }) => name)).toEqual(['garden'])
    expect(taskWith(binary, columns, 'garden')).toBe('multi-label')
    const classes = setupWith({ target: 'town', task: 'multi-class', loss: 'cross-entropy' })
    expect(furtherTargets(classes, columns)).toEqual([])
  })

  it('join by the role Target for numbers, and take its place for classes', () => {
    const joined = withRole(setupWith({ target: 'price', ignored: ['size'] }), columns, 'size', 'target')
    expect(joined).toMatchObject({ target: 'price', moreTargets: ['size'], task: 'regression', ignored: [] })
    expect(withRole(setup, columns, 'sold', 'target')).toMatchObject({
      target: 'sold',
      moreTargets: [],
      task: 'binary'
    })
    expect(withRole(binary, columns, 'garden', 'target')).toMatchObject({
      target: 'garden',
      moreTargets: [],
      task: 'binary'
    })
  })

  it('of two classes become labels on request, and one of two classes again', () => {
    const labels = withFurtherTarget(binary, columns, 'garden')
    expect(labels).toMatchObject({
      target: 'sold',
      moreTargets: ['garden'],
      task: 'multi-label',
      loss: 'log',
      classWeights: 'none'
    })
    expect(withFurtherTarget(labels, columns, 'town')).toBe(labels)
    expect(withoutTarget(labels, 'sold')).toMatchObject({ target: 'garden', moreTargets: [], task: 'binary' })
    expect(withoutTarget(setup, 'price')).toBe(setup)
  })

  it('stay when another first one goes together with them', () => {
    const joined = withFurtherTarget(setup, columns, 'size')
    expect(withTarget(joined, columns, 'size')).toMatchObject({ target: 'size', moreTargets: [], task: 'regression' })
    const three = setupWith({ target: 'price', moreTargets: ['size', 'age'] })
    const all = [...columns, columnWith('age'), columnWith('tax')]
    expect(withTarget(three, all, 'tax')).toMatchObject({ target: 'tax', moreTargets: ['size', 'age'] })
    expect(withTarget(three, all, 'town')).toMatchObject({ target: 'town', moreTargets: [], task: 'multi-class' })
  })

  it('of classes look one row ahead at most', () => {
    const series = setupWith({ target: 'price', window: { steps: 9, horizon: 6, time: 'day', series: null } })
    expect(withTarget(series, columns, 'sold').window?.horizon).toBe(1)
    expect(withTarget(series, columns, 'day').window?.time).toBeNull()
  })
})
