import { describe, expect, it } from 'vitest'
import {
  augmentationFields,
  defaultsOf,
  earlyStoppingFields,
  layerSpecs,
  lossSpecs,
  optimizerSpecs,
  regularizationFields,
  scheduleSpecs,
  type Config,
  type Field,
  type FieldValue
} from '../engine/catalog'
import { differingSettings, settingsOf } from './setting-texts'
import { setupDefaults, setupSchema, trainingFields, type Setup } from './setup'
import * as v from 'valibot'

const plain: Setup = {
  ...setupDefaults,
  moreTargets: [],
  columns: [],
  target: 'species',
  task: 'multi-class',
  loss: 'cross-entropy',
  ignored: [],
  layers: [],
  optimizer: { type: 'adam', config: {} }
}

const dense = (name: string, config: Config) => ({ name, type: 'dense', inputs: [], config })

/** A value that is not the default and allowed. */
function another(field: Field): FieldValue {
  switch (field.kind) {
    case 'boolean':
      return !field.default
    case 'choice':
      return field.choices.find(({ value }) => value !== field.default)?.value ?? ''
    case 'integer':
      return field.default < field.max ? field.default + 1 : field.default - 1
    case 'number':
      return field.default < field.max ? (field.default + field.max) / 2 : (field.default + field.min) / 2
  }
}

/** Each field of the list: the config with it changed, and what makes it matter. */
function changes(
  fields: readonly Field[]
): { readonly key: string; readonly before: Config; readonly after: Config }[] {
  return fields.map((field) => {
    const before = {
      ...defaultsOf(fields),
      ...(field.when === undefined ? {} : { [field.when.key]: field.when.value })
    }
    return { key: field.key, before, after: { ...before, [field.key]: another(field) } }
  })
}

const withLayer = (type: string) => (config: Config) => ({ ...plain, layers: [{ ...dense('one', config), type }] })

const owners: readonly (readonly [string, readonly Field[], (config: Config) => Setup])[] = [
  ...layerSpecs.map(({ type, fields }) => [`layer ${type}`, fields, withLayer(type)] as const),
  ...optimizerSpecs.map(({ type, fields }) => {
    return [`optimizer ${type}`, fields, (config: Config) => ({ ...plain, optimizer: { type, config } })] as const
  }),
  ...scheduleSpecs.map(({ type, fields }) => {
    return [`schedule ${type}`, fields, (config: Config) => ({ ...plain, schedule: { type, config } })] as const
  }),
  ...lossSpecs.map(({ name, fields }) => {
    return [`loss ${name}`, fields, (lossConfig: Config) => ({ ...plain, loss: name, lossConfig })] as const
  }),
  ['regularization', regularizationFields, (regularization) => ({ ...plain, regularization })],
  [
    'early stopping',
    earlyStoppingFields,
    (config) => ({ ...plain, earlyStopping: { ...config, patience: Number(config['patience']) + 1 } })
  ],
  ['augmentation', augmentationFields, (augmentation) => ({ ...plain, augmentation })],
  ['training', trainingFields, (config) => v.parse(setupSchema, { ...plain, ...config })]
]

describe('settingsOf', () => {
  it.each(owners)('shows every field of %s, and each once', (_name, fields, setupOf) => {
    for (const { key, before, after } of changes(fields)) {
      const texts = settingsOf(setupOf(after))
      expect(differingSettings(settingsOf(setupOf(before)), texts), key).not.toEqual([])
      expect(new Set(texts.map((each) => each.key)).size).toBe(texts.length)
    }
  })

  it('says layers in one line each', () => {
    const layers = [
      dense('dense1', { units: 16, activation: 'relu' }),
      { ...dense('drop', { rate: 0.2 }), type: 'dropout' },
      { ...dense('sum', {}), type: 'add', inputs: ['dense1', 'drop'] }
    ]
    const texts = settingsOf({ ...plain, layers }).filter(({ key }) => key.startsWith('layers'))
    expect(texts).toEqual([
      { key: 'layers.1', label: 'Layer 1', value: 'Dense 16, ReLU' },
      { key: 'layers.2', label: 'Layer 2', value: 'Dropout 0.2, named drop' },
      { key: 'layers.3', label: 'Layer 3', value: 'Add, from dense1 and drop, named sum' }
    ])
  })

  it('tells apart everything else that a setup says', () => {
    const others: readonly Partial<Setup>[] = [
      { target: 'a' },
      { moreTargets: ['a'] },
      { weight: 'a' },
      { repeats: 'once' },
      { window: { steps: 4, horizon: 1, time: null, series: null } },
      { window: { steps: 4, horizon: 2, time: null, series: null } },
      { window: { steps: 4, horizon: 1, time: 'a', series: null } },
      { window: { steps: 4, horizon: 1, time: null, series: 'a' } },
      { task: 'binary' },
      { ignored: ['a'] },
      {
        model: { inputShape: [4], layers: [{ ...dense('dense1', { units: 3 }), inputs: ['input'] }], output: 'dense1' }
      },
      { classWeights: 'balanced' },
      { classWeights: [1, 2, 3] },
      { columns: [{ name: '__proto__', type: 'category' }] },
      { columns: [{ name: '__proto__', missing: 'constant', constant: 0.5 }] },
      { columns: [{ name: '__proto__', missing: 'constant', constant: 'x' }] },
      { columns: [{ name: '__proto__', indicator: true }] },
      { columns: [{ name: '__proto__', scaling: 'robust' }] },
      { columns: [{ name: '__proto__', encoding: 'embedding', size: 3 }] },
      { columns: [{ name: '__proto__', encoding: 'ordinal', order: ['a', 'b'] }] },
      { split: { by: 'grouped', column: 'a' } },
      { split: { by: 'fixed', column: 'a', validation: ['x'] } },
      { split: { by: 'fixed', column: 'a', test: ['x'] } }
    ]
    const shown = [plain, ...others.map((other) => ({ ...plain, ...other }))].map((setup) => {
      return JSON.stringify(settingsOf(setup))
    })
    expect(new Set(shown).size).toBe(shown.length)
  })

  it('says numbers without the noise of their last digits', () => {
    const optimizer = { type: 'adam', config: { learningRate: 0.1 * 0.3, eps: 1e-8 } }
    const texts = settingsOf({ ...plain, optimizer, batchSize: NaN })
    expect(texts).toContainEqual({ key: 'optimizer.learningRate', label: 'Learning rate', value: '0.03' })
    expect(texts).toContainEqual({ key: 'optimizer.eps', label: 'Epsilon', value: '1e-8' })
    expect(texts).toContainEqual({ key: 'batchSize', label: 'Batch size', value: 'none' })
  })
})

describe('differingSettings', () => {
  it('names what differs, and what one of them has alone', () => {
    const sgd = { ...plain, optimizer: { type: 'sgd', config: { learningRate: 0.5 } } }
    const found = differingSettings(settingsOf(plain), settingsOf(sgd))
    expect(found).toContainEqual({ label: 'Optimizer', before: 'Adam', after: 'SGD' })
    expect(found).toContainEqual({ label: 'Learning rate', before: '0.01', after: '0.5' })
    expect(found).toContainEqual({ label: 'Beta 1', before: '0.9', after: '–' })
    expect(found).toContainEqual({ label: 'Nesterov', before: '–', after: 'Off' })
    expect(differingSettings(settingsOf(plain), settingsOf(plain))).toEqual([])
  })
})
