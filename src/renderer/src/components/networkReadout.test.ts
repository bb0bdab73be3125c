import { describe, expect, it } from 'vitest'
import type { WeightsView } from '../../../shared/views'
import { BIAS } from './networkLayout'
import type { DiagramColumn } from './networkModel'
import { neuronLabel, readoutOf } from './networkReadout'

const column = (name: string, size: number, change: Partial<DiagramColumn> = {}): DiagramColumn => ({
  name,
  size,
  labels: [],
  note: '',
  typeLabel: 'Dense',
  shape: String(size),
  kind: 'neurons',
  sources: [],
  family: 'linear',
  problem: false,
  unsized: false,
  ...change
})
const input = column('input', 2, { labels: ['width', 'height'], family: 'input' })
const columns = [input, column('dense1', 2, { sources: [0] })]
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
        { name: 'bias', weight: 0.25, input: null },
        { name: 'height', weight: -2, input: 1 },
        { name: 'width', weight: 0.5, input: 0 }
      ],
      more: 0,
      unit: { layer: 'dense1', unit: 0, inputs: 2 }
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

describe('boxes', () => {
  const joined = [
    ...columns,
    column('add1', 2, { kind: 'box', typeLabel: 'Add', sources: [0, 1] }),
    column('dense2', 1, { sources: [2] })
  ]

  it('are told by their type, their inputs and their shape', () => {
    const text = 'Add, takes input and dense1, passes on 2'
    expect(readoutOf(joined, null, { column: 2, index: 0 }, '')).toMatchObject({ title: 'add1', text })
    expect(neuronLabel(joined, null, { column: 2, index: 0 })).toBe(`add1, ${text}`)
    const unknown = joined.with(2, column('add1', 1, { kind: 'box', typeLabel: 'Add', shape: null }))
    expect(neuronLabel(unknown, null, { column: 2, index: 0 })).toContain('its shape is not known yet')
  })

  it('number what they pass on, where neurons weigh it', () => {
    const trained: WeightsView = { layers: [{ name: 'dense2', weight: [[1, -2]], bias: [0] }] }
    const told = readoutOf(joined, trained, { column: 3, index: 0 }, '')
    expect(told?.weights.map(({ name }) => name)).toEqual(['bias', 'add1[2]', 'add1[1]'])
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
