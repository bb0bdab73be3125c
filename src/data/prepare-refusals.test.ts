import { describe, expect, it } from 'vitest'
import type { Setup } from '../shared/setup'
import { prepare } from './prepare'
import type { Column } from './table'
import { column, table } from './testing'
import { codeOf, setupFor } from './testing-setup'

describe('prepare refuses', () => {
  const a = column('a', [1, 2, 3, 4])
  const cases: [string, Column[], string, Partial<Setup>, string[]?][] = [
    ['unknown-target', [a, column('y', [1, 2, 3, 4])], 'z', { task: 'regression' }],
    [
      'ambiguous-target',
      [a, column('y', [1, 2, 3, 4]), column('y_2', [1, 2, 3, 4])],
      'y',
      { task: 'regression' },
      ['y']
    ],
    ['target-missing', [a, column('y', [null, null, null, null])], 'y', { task: 'regression' }],
    ['too-few-rows', [column('a', [1]), column('y', [1])], 'y', { task: 'regression' }],
    ['too-few-rows', [a, column('y', ['p', null, null, null])], 'y', { task: 'binary' }],
    ['too-few-rows', [a, column('y', ['p', 'q', 'r', 's'])], 'y', { task: 'multi-class' }],
    ['one-class', [a, column('y', ['p', 'p', 'p', 'p'])], 'y', { task: 'binary' }],
    ['one-class', [a, column('y', [1, 1, 1, 1])], 'y', { task: 'multi-class' }],
    ['constant-target', [a, column('y', [1, 1, 1, 1])], 'y', { task: 'regression' }],
    ['task-mismatch', [a, column('y', ['p', 'q', 'p', 'q'])], 'y', { task: 'regression' }],
    ['task-mismatch', [a, column('y', ['p', 'q', 'r', 'r'])], 'y', { task: 'binary' }],
    ['no-features', [a], 'a', { task: 'regression' }],
    ['no-features', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', ignored: ['a'] }],
    ['no-features', [column('a', [null, null, null, null]), column('y', [1, 2, 3, 4])], 'y', { task: 'regression' }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', validation: -0.1 }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', validation: NaN }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', seed: 0.5 }],
    ['no error', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', ignored: ['gone'] }]
  ]
  it.each(cases)('%s', (code, columns, target, change, duplicates = []) => {
    const data = table(columns, duplicates)
    expect(codeOf(() => prepare(data, setupFor(data, target, change)))).toBe(code)
  })

  it('refuses as classes what names rows, and inputs that do not fit in memory', () => {
    const names = Array.from({ length: 5000 }, (_, row) => `name ${row}`)
    const twice = [...names, ...names, ...names, ...names, ...names, ...names, ...names]
    const data = table([
      column('name', twice),
      column(
        'a',
        twice.map((_, row) => row % 7)
      )
    ])
    expect(codeOf(() => prepare(data, setupFor(data, 'name', { task: 'multi-class' })))).toBe('too-many-classes')
    expect(codeOf(() => prepare(data, setupFor(data, 'a', { task: 'multi-class' })))).toBe('too-many-features')
    const few = table([
      column('name', names.slice(0, 50)),
      column(
        'a',
        names.slice(0, 50).map((_, row) => row)
      )
    ])
    expect(codeOf(() => prepare(few, setupFor(few, 'name', { task: 'multi-class' })))).toBe('too-many-classes')
  })
})
