import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { encodeFeatures, encodeTargets } from './encode'
import { prepare } from './prepare'
import { featureNames, preparationSchema } from './preparation'
import type { Column } from './table'
import { column, table } from './testing'
import { codeOf, setupFor } from './testing-setup'
import { wholeTensor } from '../engine'

describe('prepare with numbers as they stand in the file', () => {
  const raw = { prepare: false, validation: 0 }
  const numbers = table([
    column('a', [0.1, -7, 16777217, 1e-50]),
    column('same', [5, 5, 5, 5]),
    column('y', [10, 2, 1, 10])
  ])

  it('changes features by rounding to float32 alone, and values of a target not at all', () => {
    const { training, preparation } = prepare(numbers, setupFor(numbers, 'y', { task: 'regression', ...raw }))
    expect([...wholeTensor(training.features).data]).toEqual([Math.fround(0.1), 5, -7, 5, 16777216, 5, 0, 5])
    expect([...training.targets.data]).toEqual([10, 2, 1, 10])
    expect(preparation.features).toEqual([
      { name: 'a', kind: 'raw' },
      { name: 'same', kind: 'raw' }
    ])
    expect(preparation.target).toEqual({ task: 'regression', values: [{ name: 'y', mean: 0, scale: 1 }] })
    expect(featureNames(preparation)).toEqual(['a', 'same'])
    expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(preparation)))).toEqual(preparation)
  })

  it('orders classes by their texts, numbers too', () => {
    const setup = setupFor(numbers, 'y', { task: 'multi-class', loss: 'cross-entropy', ...raw })
    const { preparation, training } = prepare(numbers, setup)
    expect(preparation.target).toMatchObject({ classes: ['1', '10', '2'] })
    expect([...training.targets.data]).toEqual([1, 2, 0, 1])
    expect([...encodeTargets(preparation, numbers, Int32Array.of(1, 2)).data]).toEqual([2, 0])
    expect(prepare(numbers, { ...setup, prepare: true }).preparation.target).toMatchObject({
      classes: ['1', '2', '10']
    })
  })

  const y = column('y', [1, 2, 3, 4])
  it.each<[string, string, Column[], RegExp]>([
    ['text', 'not-a-number', [column('a', [1, 2, 'x', 4]), y], /row 3, column "a".*"x".*--ignore.*--no-prepare/],
    ['text after a gap', 'missing-value', [column('a', [1, null, 'x', 4]), y], /row 2, column "a"/],
    [
      'a missing number',
      'missing-value',
      [column('a', [1, 2, 3, null]), y],
      /row 4, column "a".*got nothing.*--ignore/
    ],
    ['a number beyond float32', 'missing-value', [column('a', [1, 1e39, 3, 4]), y], /row 2.*1e\+39.*beyond float32/],
    [
      'a missing target',
      'missing-value',
      [column('a', [1, 2, 3, 4]), column('y', [1, 2, 3, null])],
      /row 4, column "y"/
    ],
    [
      'a missing first target',
      'missing-value',
      [column('a', [1, 2, 3]), column('y', [null, 2, 3])],
      /row 1, column "y"/
    ],
    [
      'a target beyond float32',
      'missing-value',
      [column('a', [1, 2, 3]), column('y', [1, -1e39, 3])],
      /row 2, column "y"/
    ]
  ])('refuses %s, with its row', (_what, code, columns, message) => {
    const data = table(columns)
    const open = () => prepare(data, setupFor(data, 'y', { task: 'regression', ...raw }))
    expect(codeOf(open)).toBe(code)
    expect(open).toThrow(message)
  })

  it('does not mind text in a column that is ignored', () => {
    const data = table([column('a', [1, 2, 3, 4]), column('b', ['x', null, 'y', 'z']), y])
    expect(codeOf(() => prepare(data, setupFor(data, 'y', { task: 'regression', ignored: ['b'], ...raw })))).toBe(
      'no error'
    )
  })

  it('asks for every number again when it is used', () => {
    const { preparation } = prepare(numbers, setupFor(numbers, 'y', { task: 'regression', ...raw }))
    const gap = table([column('a', [1, null]), column('same', [1, 2])])
    expect(codeOf(() => encodeFeatures(preparation, gap))).toBe('missing-value')
    const word = table([column('a', [1, 2]), column('same', [1, 'x'])])
    expect(codeOf(() => encodeFeatures(preparation, word))).toBe('not-a-number')
    expect([
      ...wholeTensor(encodeFeatures(preparation, table([column('same', [2]), column('a', [0.1])]))).data
    ]).toEqual([Math.fround(0.1), 2])
  })
})
