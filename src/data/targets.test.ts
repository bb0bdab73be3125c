import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Setup } from '../shared/setup'
import { columnPreview } from './column-preview'
import { encodeTargets } from './encode'
import { outputCount, outputNames, preparationSchema, targetNames } from './preparation'
import { prepare } from './prepare'
import { labelSets, strataOf } from './strata'
import { suggestSetup } from './suggest'
import { readTargets } from './target'
import { column, table } from './testing'
import { codeOf, setupFor } from './testing-setup'

const rows = Array.from({ length: 40 }, (_, row) => row)
const data = table([
  column(
    'x',
    rows.map((row) => row % 7)
  ),
  column(
    'low',
    rows.map((row) => (row === 3 ? null : row / 10))
  ),
  column(
    'high',
    rows.map((row) => (row === 5 ? null : 1e6 + 1000 * row))
  ),
  column(
    'paid',
    rows.map((row) => (row % 3 === 0 ? 'yes' : 'no'))
  ),
  column(
    'kept',
    rows.map((row) => Number(row % 4 < 2))
  ),
  column(
    'kind',
    rows.map((row) => ['a', 'b', 'c'][row % 3] ?? null)
  )
])
const values = setupFor(data, 'low', { task: 'regression', loss: 'squared', moreTargets: ['high'] })
const labels = setupFor(data, 'paid', { task: 'multi-label', loss: 'log', moreTargets: ['kept'] })
const all = { byText: false, validated: true }

describe('several values', () => {
  it('are standardised each for itself, over rows that have all of them', () => {
    const { preparation, training, trainRows, validationRows, targets, notices } = prepare(data, values)
    expect([...trainRows, ...validationRows].sort((a, b) => a - b)).toEqual(
      rows.filter((row) => row !== 3 && row !== 5)
    )
    expect(targets.partly).toBe(2)
    expect(notices.find(({ code }) => code === 'missing-target')?.message).toMatch(
      /^2 of 40 rows have no usable value for "low" \(1\), "high" \(1\) and are left out; 2 of them have a value for another/
    )
    expect(training.targets.shape).toEqual([trainRows.length, 2])
    const { target } = preparation
    if (target.task !== 'regression') throw new Error('a regression')
    for (const [k, { mean, scale }] of target.values.entries()) {
      const z = Array.from(trainRows, (_, i) => training.targets.data[2 * i + k] ?? NaN)
      expect(z.reduce((sum, value) => sum + value, 0) / z.length).toBeCloseTo(0, 12)
      expect(z.reduce((sum, value) => sum + value ** 2, 0) / z.length).toBeCloseTo(1, 12)
      const first = k === 0 ? (trainRows[0] ?? 0) / 10 : 1e6 + 1000 * (trainRows[0] ?? 0)
      expect(mean + scale * (z[0] ?? NaN)).toBeCloseTo(first, 8)
    }
    expect([targetNames(preparation), outputNames(preparation), outputCount(preparation)]).toEqual([
      ['low', 'high'],
      ['low', 'high'],
      2
    ])
  })

  it('are no features, whichever comes first', () => {
    const names = (setup: Setup) => prepare(data, setup).preparation.features.map(({ name }) => name)
    expect(names(values)).toEqual(['x', 'paid', 'kept', 'kind'])
    expect(names({ ...values, target: 'high', moreTargets: ['low'] })).toEqual(['x', 'paid', 'kept', 'kind'])
  })

  it('are shown each as it is trained', () => {
    const prepared = prepare(data, values)
    const view = columnPreview(data, prepared, 'high')
    expect(view.inputs).toEqual(['high'])
    expect(view.rule).toMatch(/^\(x − 1\.\d+e\+?6\) \/ |^\(x − 10\d+\) \/ /)
    expect(view.cells[0]?.inputs[0]?.[1]).toBeLessThan(-1)
  })

  it('name the one that is at fault', () => {
    const refused = (target: string, more: string[], change: Partial<Setup> = {}) =>
      codeOf(() => prepare(data, { ...values, target, moreTargets: more, ...change }))
    expect(refused('low', ['low'])).toBe('duplicate-target')
    expect(refused('low', ['high'], { ignored: ['high'] })).toBe('ignored-target')
    expect(refused('low', ['nothing'])).toBe('unknown-target')
    expect(refused('low', ['kind'])).toBe('task-mismatch')
    expect(refused('paid', ['kept'], { task: 'binary' })).toBe('several-targets')
    expect(refused('kind', ['paid'], { task: 'multi-class' })).toBe('several-targets')
    expect(() => prepare(data, { ...values, moreTargets: ['kind'] })).toThrow(/"kind" holds text/)
    const constant = table([
      ...data.columns,
      column(
        'same',
        rows.map((row) => (row === 3 ? 2 : 1))
      )
    ])
    // Where the other target is known it is always 1.
    expect(() => prepare(constant, { ...values, moreTargets: ['same'] })).toThrow(
      expect.objectContaining({ code: 'constant-target', details: { file: 'test.csv', column: 'same' } })
    )
  })

  it('are numbers that float32 can tell apart', () => {
    const of = (values: number[]) => {
      const few = table([column('x', [1, 2, 3, 4, 5, 6]), column('y', values)])
      return () => prepare(few, setupFor(few, 'y', { task: 'regression', loss: 'squared' }))
    }
    const isConstant = (message: RegExp) => ({
      code: 'constant-target',
      message: expect.stringMatching(message) as string
    })
    const tiny = isConstant(/"y" has no value that float32 can tell from 0 \(all are nearer/)
    for (const values of [[0, 1e-320, 2e-320, 4e-320, 6e-320, 8e-320], [1, -2, 3, 4, 5, 6].map((each) => each * 1e-60)])
      expect(of(values)).toThrow(expect.objectContaining(tiny))
    expect(codeOf(of([0, 0, 0, 0, 0, 1e-44]))).toBe('no error')
    const huge = isConstant(/"y" is 0 in every row that can be used: .* 4 values are beyond what float32 holds/)
    expect(of([0, 0, 2e307, 4e307, 6e307, 8e307])).toThrow(expect.objectContaining(huge))
    expect(of([1, 2, 3, 4, 5, 6].map((each) => each * 1e300))).toThrow(
      /^The target "y" has no value in any row.* 6 values are beyond/
    )
    expect(of([3, 3, 3, 3, 3, 3])).toThrow(/"y" is 3 in every row: there is nothing to learn\. Choose/)
  })

  it('need rows that have all of them', () => {
    const apart = table([column('x', [1, 2, 3, 4]), column('a', [1, 2, null, null]), column('b', [null, 1, 2, 3])])
    const setup = setupFor(apart, 'a', { task: 'regression', loss: 'squared', moreTargets: ['b'] })
    expect(() => prepare(apart, setup)).toThrow(/^Only one row has a value in all of "a", "b"/)
    expect(codeOf(() => prepare(apart, { ...setup, prepare: false }))).toBe('too-few-rows')
    const gap = table([column('x', [1, 2, 3]), column('a', [1, 2, 3]), column('b', [5, null, 6])])
    expect(() => prepare(gap, { ...setup, prepare: false })).toThrow(/row 2, column "b"/)
  })
})

describe('labels', () => {
  it('are 0 or 1 each, the second of two classes in the order of binary ones', () => {
    const { preparation, training, trainRows } = prepare(data, labels)
    expect(preparation.target).toEqual({
      task: 'multi-label',
      labels: [
        { name: 'paid', classes: ['no', 'yes'] },
        { name: 'kept', classes: ['0', '1'] }
      ]
    })
    const expected = Array.from(trainRows, (row) => [Number(row % 3 === 0), Number(row % 4 < 2)]).flat()
    expect([...training.targets.data]).toEqual(expected)
    expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(preparation)))).toEqual(preparation)
    expect([...encodeTargets(preparation, data, Int32Array.of(0, 2)).data]).toEqual([1, 1, 0, 0])
  })

  it('have two classes each, and are two at least', () => {
    const refused = (change: Partial<Setup>) => codeOf(() => prepare(data, { ...labels, ...change }))
    expect(refused({ moreTargets: ['kind'] })).toBe('task-mismatch')
    expect(refused({ moreTargets: ['high'] })).toBe('task-mismatch')
    expect(refused({ moreTargets: [] })).toBe('single-label')
    expect(() => prepare(data, { ...labels, moreTargets: ['kind'] })).toThrow(/"kind" has 3: "a", "b", "c"/)
  })

  it('are as frequent together in each part as in the table', () => {
    const { targets, trainRows, validationRows, notices } = prepare(data, labels)
    const setOf = (row: number) => `${Number(row % 3 === 0)}${Number(row % 4 < 2)}`
    const count = (some: Int32Array, set: string) => some.filter((row) => setOf(row) === set).length
    for (const set of ['00', '01', '10', '11']) {
      const total = count(targets.rows, set)
      expect(Math.abs(count(validationRows, set) - (total * validationRows.length) / 40)).toBeLessThan(1)
      expect(count(trainRows, set)).toBe(total - count(validationRows, set))
    }
    expect(notices.find(({ code }) => code === 'label-sets')?.message).toBe(
      'The 4 combinations of labels that several rows have are as frequent in each part as their rows allow.'
    )
  })

  it('that no two rows share are parted at random', () => {
    const few = table([column('x', [1, 2, 3, 4]), column('a', [0, 0, 1, 1]), column('b', [0, 1, 0, 1])])
    const setup = setupFor(few, 'a', { task: 'multi-label', loss: 'log', moreTargets: ['b'], validation: 0.25 })
    const targets = readTargets(few, setup, all)
    expect(strataOf(targets)).toBeNull()
    expect(prepare(few, setup).notices.map(({ message }) => message)).toContainEqual(
      'Every row has a combination of labels of its own: the rows are parted at random.'
    )
    const some = table([column('x', [1, 2, 3, 4, 5]), column('a', [0, 0, 1, 1, 0]), column('b', [0, 1, 0, 1, 0])])
    expect(labelSets(readTargets(some, setup, all))).toEqual({
      of: Int32Array.of(0, 1, 1, 1, 0),
      shared: 1,
      single: 3
    })
  })
})

describe('suggestSetup for several targets', () => {
  it('takes columns of two classes for labels, others for values, and ignores none of them', () => {
    expect(suggestSetup(data, ['paid', 'kept'])).toMatchObject({
      target: 'paid',
      moreTargets: ['kept'],
      task: 'multi-label'
    })
    expect(suggestSetup(data, ['low', 'high'])).toMatchObject({ task: 'regression', moreTargets: ['high'] })
    expect(suggestSetup(data, ['paid', 'low']).task).toBe('regression')
    const keyed = table([...data.columns, column('id', rows)])
    expect(suggestSetup(keyed, 'low').ignored).toContain('id')
    expect(suggestSetup(keyed, ['low', 'id']).ignored).not.toContain('id')
  })
})

describe('a preparation as runs of the first format have it', () => {
  const base = { features: [{ kind: 'raw', name: 'x' }], trainRows: 1, validationRows: 0 }
  it('has one value under its old name', () => {
    const old = { ...base, target: { name: 'y', task: 'regression', mean: 1, scale: 2 } }
    const now = { ...base, target: { task: 'regression', values: [{ name: 'y', mean: 1, scale: 2 }] } }
    expect(v.parse(preparationSchema, old)).toEqual(now)
    expect(v.parse(preparationSchema, now)).toEqual(now)
  })

  it.each([
    { name: 'y', task: 'regression', mean: 1, scale: 0 },
    { name: 'y', task: 'regression', mean: 1 },
    { task: 'regression', values: [] },
    { task: 'multi-label', labels: [{ name: 'y', classes: ['no', 'yes'] }] },
    { task: 'multi-label', labels: ['a', 'b'].map((name) => ({ name, classes: ['no', 'yes', 'maybe'] })) }
  ])('is refused as %j', (target) => {
    expect(v.safeParse(preparationSchema, { ...base, target }).success).toBe(false)
  })
})
