import { describe, expect, it } from 'vitest'
import { suggestSetup } from './suggest'
import { column, table } from './testing'
import { codeOf } from './testing-setup'

describe('suggestSetup', () => {
  it('prefers a column with a name that targets have, else the last one of use', () => {
    const a = column('a', [1, 2, 3])
    const kind = column('Species', ['p', 'q', 'p'])
    expect(suggestSetup(table([kind, a])).target).toBe('Species')
    expect(suggestSetup(table([a, column('b', [4, 5, 6])])).target).toBe('b')
    expect(suggestSetup(table([a, column('b', [4, 5, 6]), column('empty', [null, null, null])])).target).toBe('b')
    expect(suggestSetup(table([column('x', [1, 2, 3]), column('y', [4, 5, 6])])).target).toBe('y')
    expect(
      suggestSetup(table([column('x', [1, 2, 3]), column('y', [4, 5, 6]), column('arm', ['l', 'r', 'l'])])).target
    ).toBe('arm')
    expect(suggestSetup(table([column('y', [1, 2, 3]), column('y_2', [4, 5, 6]), a], ['y'])).target).toBe('a')
  })

  it('follows from the target that is given', () => {
    const data = table([column('a', [1.5, 2, 3]), column('b', ['p', 'q', 'p']), column('empty', [null, null, null])])
    expect(suggestSetup(data, 'a')).toMatchObject({
      target: 'a',
      task: 'regression',
      loss: 'squared',
      ignored: ['empty']
    })
    expect(suggestSetup(data, 'b')).toMatchObject({ target: 'b', task: 'binary', loss: 'log' })
    expect(codeOf(() => suggestSetup(data, 'c'))).toBe('unknown-target')
  })

  it('starts with two small layers', () => {
    const { layers, optimizer, batchSize, epochs, validation, seed } = suggestSetup(
      table([column('a', [1, 2]), column('b', ['p', 'q'])])
    )
    expect(layers.map(({ name, inputs, config }) => [name, inputs, config['units'], config['activation']])).toEqual([
      ['dense1', [], 16, 'relu'],
      ['dense2', [], 8, 'relu']
    ])
    expect(optimizer).toMatchObject({ type: 'sgd', config: { learningRate: 0.1, momentum: 0.9 } })
    expect([batchSize, epochs, validation, seed]).toEqual([32, 60, 0.2, 1])
  })
})
