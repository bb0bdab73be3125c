import { describe, expect, it } from 'vitest'
import type { ColumnView } from '../../../shared/views'
import { layerItemName, linkOf, outputNames, outputReason, proposedTask, taskChoices, taskReason } from './modelWords'

const column = (type: 'number' | 'category', distinct: number, integers = false): ColumnView => ({
  name: 'y',
  type,
  distinct,
  integers,
  missing: 0,
  min: null,
  max: null,
  mean: null,
  histogram: [],
  top: []
})

describe('words of the model', () => {
  it('says which tasks a column cannot serve', () => {
    expect(taskChoices(column('category', 3)).map((choice) => choice.unfit)).toEqual([
      'needs numbers',
      'needs exactly 2 different values',
      null
    ])
    expect(taskChoices(column('number', 2, true)).every((choice) => choice.unfit === null)).toBe(true)
  })

  it('explains the proposal in one line', () => {
    const target = column('category', 3)
    const { task, loss } = proposedTask(target)
    expect(taskReason(target, task, loss)).toBe(
      '“y” holds text with 3 different values, so the network chooses one of 3 classes and is trained on cross-entropy.'
    )
    expect(proposedTask(column('number', 129)).task).toBe('regression')
  })

  it('names the link and why', () => {
    expect(linkOf('multi-class', 'cross-entropy')).toBe('softmax')
    expect(linkOf('binary', 'log')).toBe('sigmoid')
    expect(linkOf('binary', 'cross-entropy')).toBe('softmax')
    expect(linkOf('regression', 'log')).toBe('identity')
    expect(outputReason('binary', 'log', ['no', 'yes'])).toContain('the probability of “yes”; the rest is “no”')
  })

  it('names output neurons', () => {
    expect(outputNames('regression', 'mpg', [], 1)).toEqual(['mpg'])
    expect(outputNames('binary', 'y', ['no', 'yes'], 1)).toEqual(['yes'])
    expect(outputNames('multi-class', 'y', ['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c'])
    expect(outputNames('multi-class', 'y', ['a', 'b', 'c'], 2)).toEqual([])
  })

  it('begins a layer with its type', () => {
    const layer = { name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 16, activation: 'relu' } }
    expect(layerItemName(layer, 'Dense')).toBe('Dense dense1, 16 units, relu')
    expect(layerItemName({ ...layer, config: { units: Number.NaN } }, 'Dense')).toBe('Dense dense1, no units yet')
  })
})
