import { describe, expect, it } from 'vitest'
import {
  activations,
  earlyStoppingFields,
  layerSpecs,
  metricSpecs,
  lossSpecs,
  optimizerSpecs,
  regularizationFields,
  scheduleSpecs,
  type NumberField
} from '../../../engine/catalog'
import { trainingFields, type Setup } from '../../../shared/setup'
import { checkDrop } from './drop'
import { failureAdvice } from './failure'
import { glossaryWords, lookUp, settingTerm } from './glossary'
import { nudge } from './nudge'

describe('checkDrop', () => {
  it('takes files and folders, and refuses too many and things that are neither', () => {
    expect(checkDrop(1)).toBeNull()
    expect(checkDrop(3)).toBeNull()
    expect([checkDrop(101)?.code, checkDrop(0)?.code]).toEqual(['several-files', 'nothing-dropped'])
  })
})

describe('nudge', () => {
  const rate: NumberField = {
    key: 'rate',
    label: 'Rate',
    help: '',
    kind: 'number',
    default: 0.1,
    min: 0,
    exclusiveMin: true,
    max: 1
  }

  it.each([
    [0.1, 1, 0.2],
    [0.2, 1, 0.3],
    [0.2, -1, 0.1],
    [0.1, -1, 0.09],
    [0.003, 1, 0.004],
    [0.001, -1, 0.0009],
    [1, 1, 1],
    [Number.NaN, 1, 0.1]
  ] as const)('%d nudged by %d is %d', (value, direction, next) => expect(nudge(rate, value, direction)).toBe(next))

  it('does not step onto bounds that are not allowed', () => {
    expect(nudge({ ...rate, exclusiveMax: true, max: 0.95 }, 0.9, 1)).toBe(0.9)
    expect(nudge({ ...rate, exclusiveMin: false, default: 0 }, 0, -1)).toBe(0)
  })
})

describe('failureAdvice', () => {
  const setup = { optimizer: { type: 'sgd', config: { learningRate: 0.5 } } } as unknown as Setup // The rest is not read.

  it('names layer and step of a run that diverged, and a rate to try', () => {
    const error = { code: 'diverged', message: 'Try 0.01.', details: { layer: 'dense1', step: 4, epoch: 1 } }
    const title = 'Training diverged in layer dense1 at step 4'
    expect(failureAdvice(error, setup, false)).toEqual({ title, text: 'Try 0.01.', saferRate: 0.01 })
    const left = failureAdvice(error, setup, true)
    expect(left).toMatchObject({ title, saferRate: null })
    expect(left.text).toContain('training doctor')
    expect(left.text).not.toContain('0.01')
  })

  it('advises no rate for other failures', () => {
    expect(failureAdvice({ code: 'internal-error', message: '', details: {} }, setup, true).saferRate).toBeNull()
  })
})

describe('the glossary', () => {
  it('explains every setting, layer, activation, loss, optimizer and metric that can be met', () => {
    const words = [
      ...trainingFields.map((field) => field.key),
      // Folded settings are explained by their own help.
      ...optimizerSpecs.flatMap((spec) => [
        spec.type,
        ...spec.fields.filter((field) => field.advanced !== true).map((field) => field.key)
      ]),
      ...activations.map((activation) => activation.name),
      ...layerSpecs.map((spec) => spec.type),
      ...lossSpecs.flatMap((spec) => [spec.name, ...spec.fields.map((field) => field.key)]),
      ...scheduleSpecs.flatMap((spec) => [`${spec.type} schedule`, ...spec.fields.map((field) => field.key)]),
      ...[...regularizationFields, ...earlyStoppingFields].map((field) => field.key),
      ...metricSpecs.map((spec) => spec.name)
    ]
    expect(words.filter((word) => lookUp(word) === undefined)).toEqual([])
  })

  it('means one thing by each word', () => {
    const plain = glossaryWords.map((word) => word.toLowerCase().replace(/[\s-]/g, ''))
    expect(plain.filter((word, index) => plain.indexOf(word) !== index)).toEqual([])
  })

  it('explains a setting of a layer by what that layer means by it', () => {
    expect(settingTerm('batch-norm', 'momentum')).toBe(lookUp('batch-norm momentum'))
    expect(settingTerm('dropout', 'rate')?.title).toBe('Dropout rate')
    // Its own help is better than the word of another part of the studio.
    expect(settingTerm('new-layer', 'momentum')).toBeUndefined()
    expect(settingTerm('dense', 'units')?.title).toBe('Units')
  })

  it('finds words by key and by label, in any case', () => {
    expect(lookUp('Learning rate')).toBe(lookUp('learningRate'))
    expect(lookUp('Validation share')?.title).toBe('Validation share')
    expect(lookUp('constructor')).toBeUndefined()
  })

  it('keeps to two sentences', () => {
    const sentences = (text: string): number => text.split(/[.!?](?:\s|$)/).filter((part) => part.trim() !== '').length
    expect(glossaryWords.filter((word) => sentences(lookUp(word)?.text ?? '') > 3)).toEqual([])
  })
})
