import { describe, expect, it } from 'vitest'
import type { WeightsView } from '../../../shared/views'
import { BIAS } from './networkLayout'
import type { DiagramColumn } from './networkModel'
import { neuronLabel, readoutOf } from './networkReadout'

const column = (name: string, size: number, labels: readonly string[] = []): DiagramColumn => ({
  name,
  size,
  labels,
  note: '',
  family: 'linear',
  problem: false,
  unsized: false
})
const columns = [column('input', 2, ['width', 'height']), column('dense1', 2)]
const weights: WeightsView = {
  layers: [
    {
      name: 'dense1',
      weight: [
        [0.5, -2],
        [1, 1]
      ],
      bias: [0.25, 0]
    }
  ]
}

describe('readoutOf', () => {
  it('lists the bias, then the weights by their size', () => {
    expect(readoutOf(columns, weights, { column: 1, index: 0 }, '')).toEqual({
      title: 'dense1 neuron 1',
      text: '',
      weights: [
        { name: 'bias', weight: 0.25 },
        { name: 'height', weight: -2 },
        { name: 'width', weight: 0.5 }
      ],
      more: 0
    })
  })

  it('says why there are no weights', () => {
    const told = readoutOf(columns, null, { column: 1, index: 0 }, 'not trained')
    expect(told?.text).toBe('2 weights and a bias; not trained')
  })

  it('knows inputs and the constant', () => {
    expect(readoutOf(columns, weights, { column: 0, index: 1 }, '')?.title).toBe('height')
    expect(readoutOf(columns, weights, { column: 0, index: BIAS }, '')?.text).toBe(
      'its weights are the biases of dense1'
    )
    expect(readoutOf(columns, weights, { column: 7, index: 0 }, '')).toBeNull()
  })
})

describe('neuronLabel', () => {
  it('names a neuron for a screen reader', () => {
    expect(neuronLabel(columns, weights, { column: 0, index: 0 })).toBe('width, input')
    expect(neuronLabel(columns, weights, { column: 1, index: 0 })).toBe(
      'dense1 neuron 1, 2 incoming weights, bias +0.25'
    )
    expect(neuronLabel(columns, null, { column: 1, index: 1 })).toBe('dense1 neuron 2, 2 incoming weights and a bias')
  })
})
