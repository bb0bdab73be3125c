import { describe, expect, it } from 'vitest'
import { layerSpecs, type Field } from '../../../engine/catalog'
import type { ColumnView } from '../../../shared/views'
import { proposedTask } from '../state/roleEdits'
import { columnWith } from '../state/testing'
import {
  batchShape,
  layerItemName,
  layerSettings,
  linkOf,
  listed,
  outputNames,
  outputReason,
  shapeText,
  taskChoices,
  taskReason
} from './modelWords'

const column = (type: 'number' | 'category', distinct: number, integers = false): ColumnView =>
  columnWith('y', { type, distinct, integers })

describe('words of the model', () => {
  it('says which tasks a column cannot serve', () => {
    expect(taskChoices([column('category', 3)]).map((choice) => choice.unfit)).toEqual([
      'needs numbers',
      'needs exactly 2 different values',
      null,
      'needs exactly 2 different values'
    ])
    expect(taskChoices([column('number', 2, true)]).map((choice) => choice.unfit)).toEqual([
      null,
      null,
      null,
      'needs another target of 2 different values'
    ])
  })

  it('says which tasks predict several columns', () => {
    const unfit = (...targets: ColumnView[]) => taskChoices(targets).map((choice) => choice.unfit)
    const one = 'predicts one column'
    expect(unfit(column('category', 2), column('number', 2))).toEqual(['needs numbers', one, one, null])
    expect(unfit(column('number', 2), column('number', 90))).toEqual([
      null,
      one,
      one,
      'needs exactly 2 different values in each column'
    ])
  })

  it('explains the proposal in one line', () => {
    const target = column('category', 3)
    const { task, loss } = proposedTask(target)
    expect(taskReason([target], task, loss)).toBe(
      '“y” holds text with 3 different values, so the network chooses one of 3 classes and is trained on cross-entropy.'
    )
    expect(proposedTask(column('number', 129)).task).toBe('regression')
    const several = ['a', 'b', 'c', 'd', 'e'].map((name) => columnWith(name, { distinct: 2 }))
    expect(taskReason(several.slice(0, 2), 'regression', 'squared')).toBe(
      '“a” and “b” hold numbers, so one network predicts both at once, each standardised so that all count alike, and is trained on squared error.'
    )
    expect(taskReason(several, 'multi-label', 'log')).toBe(
      '“a”, “b”, “c” and 2 more hold two classes each, so the network decides for each by itself, whatever the others are, and is trained on log loss.'
    )
  })

  it('names the link and why', () => {
    expect(linkOf('multi-class', 'cross-entropy')).toBe('softmax')
    expect(linkOf('binary', 'log')).toBe('sigmoid')
    expect(linkOf('binary', 'cross-entropy')).toBe('softmax')
    expect(linkOf('regression', 'log')).toBe('identity')
    expect(outputReason('binary', 'log', ['no', 'yes'])).toContain('the probability of “yes”; the rest is “no”')
    expect(outputReason('multi-label', 'log', ['a', 'b'])).toContain('each of the 2 outputs')
    expect(outputReason('regression', 'squared', ['a +1', 'a +2'])).toContain('each of the 2 outputs')
  })

  it('names output neurons', () => {
    expect(outputNames(['mpg'], 1)).toEqual(['mpg'])
    expect(outputNames(['no', 'yes'], 1)).toEqual(['yes'])
    expect(outputNames(['no', 'yes'], 2)).toEqual(['no', 'yes'])
    expect(outputNames(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c'])
    expect(outputNames(['a', 'b', 'c'], 2)).toEqual([])
  })

  it('begins a layer with its type', () => {
    const layer = { name: 'dense1', type: 'dense', inputs: [], config: { units: 16, activation: 'relu' } }
    const fields = layerSpecs.find((spec) => spec.type === 'dense')?.fields ?? []
    expect(layerItemName(layer, 'Dense', fields)).toBe('Dense dense1, 16 units, relu')
    expect(layerItemName({ ...layer, inputs: ['input'] }, 'Dense', fields)).toBe(
      'Dense dense1, 16 units, relu, takes input'
    )
    const emptied = { ...layer, config: { units: Number.NaN, activation: 'tanh', initializer: 'he-normal' } }
    expect(layerItemName(emptied, 'Dense', fields)).toMatch(/^Dense dense1, no units yet, tanh, first weights /)
  })

  it('tells the first two settings of a layer, and the others that were changed', () => {
    const layer = { name: 'c', type: 'c', inputs: [], config: { filters: 16, size: 3, same: false, mode: 'b' } }
    const number = (key: string, label: string): Field => {
      return { key, label, kind: 'integer', default: 1, min: 1, max: 9, help: '' }
    }
    const choices = [
      { value: 'a', label: 'As is' },
      { value: 'b', label: 'Both' }
    ]
    const fields: Field[] = [
      number('filters', 'Filters'),
      number('size', 'Kernel size'),
      number('stride', 'Stride'),
      { key: 'same', label: 'Bias', kind: 'boolean', default: true, help: '' },
      { key: 'mode', label: 'Mode', kind: 'choice', default: 'a', choices, help: '' }
    ]
    expect(layerSettings(layer, fields)).toBe('filters 16 · kernel size 3 · no bias · mode both')
  })

  it('tells nothing of a setting that does not matter beside the others', () => {
    const fields = layerSpecs.find((spec) => spec.type === 'dense')?.fields ?? []
    const withWeights = (initializer: string) => {
      const config = { units: 2, activation: 'relu', initializer, initialWeight: -0.5 }
      return layerSettings({ name: 'a', type: 'dense', inputs: [], config }, fields)
    }
    expect(withWeights('constant')).toBe('2 units · ReLU · first weights constant · value of each weight −0.5')
    expect(withWeights('he-normal')).toBe('2 units · ReLU · first weights he normal')
  })

  it('writes shapes and lists as people read them', () => {
    expect([shapeText([16, 14, 14]), batchShape([16, 14, 14]), batchShape([])]).toEqual([
      '16 × 14 × 14',
      '[N, 16, 14, 14]',
      '[N]'
    ])
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c'
    ])
  })
})
