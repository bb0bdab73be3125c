import { describe, expect, it } from 'vitest'
import { settingChanges, steeredSetup } from './run-changes'
import { setupDefaults, type Setup } from './setup'

const setup: Setup = {
  ...setupDefaults,
  ...{ target: 'kind', task: 'multi-class', loss: 'cross-entropy', ignored: [] },
  layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 8, activation: 'relu' } }],
  optimizer: { type: 'sgd', config: { learningRate: 0.01 } }
}
const labels = (changes: Partial<Setup>) => {
  const { changes: made, refused } = settingChanges(setup, { ...setup, ...changes })
  return { made: made.map(({ label }) => label), refused: refused.map(({ label }) => label) }
}

describe('settingChanges', () => {
  it('reads as people know it', () => {
    const optimizer = { type: 'sgd', config: { learningRate: 0.005 } }
    expect(settingChanges(setup, { ...setup, optimizer, batchSize: 64 })).toEqual({
      changes: [
        { label: 'Learning rate', before: '0.01', after: '0.005' },
        { label: 'Batch size', before: '32', after: '64' }
      ],
      refused: []
    })
  })

  it('is empty where nothing differs, however it is written', () => {
    expect(settingChanges(setup, { ...setup, optimizer: { ...setup.optimizer } })).toEqual({ changes: [], refused: [] })
  })

  it.each<[Partial<Setup>, string]>([
    [{ optimizer: { type: 'adam', config: {} } }, 'Optimizer'],
    [{ schedule: { type: 'cosine', config: {} } }, 'Schedule'],
    [{ regularization: { ...setup.regularization, l2: 0.5 } }, 'L2 penalty'],
    [{ earlyStopping: { ...setup.earlyStopping, patience: 4 } }, 'Patience'],
    [{ augmentation: { ...setup.augmentation, zoom: 0.2 } }, 'Zoom'],
    [{ classWeights: 'balanced' }, 'Class weights'],
    [{ lossConfig: { labelSmoothing: 0.25 } }, 'Label smoothing'],
    [{ batchSize: 8 }, 'Batch size'],
    [{ epochs: 8 }, 'Epochs'],
    [{ threads: 2 }, 'Threads']
  ])('%j may change', (changes, label) => {
    expect(labels(changes).made).toContain(label)
    expect(labels(changes).refused).toEqual([])
  })

  it.each<[Partial<Setup>, string]>([
    [{ target: 'other' }, 'Target'],
    [{ task: 'binary' }, 'Task'],
    [{ loss: 'squared' }, 'Loss'],
    [{ ignored: ['id'] }, 'Left out'],
    [{ weight: 'w' }, 'Row weights'],
    [{ repeats: 'once' }, 'Repeated rows'],
    [{ layers: [] }, 'Layer 1'],
    [{ layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 9, activation: 'relu' } }] }, 'Layer 1'],
    [{ split: { by: 'random', column: null } }, 'Split'],
    [{ columns: [{ name: 'age', scaling: 'min-max' }] }, 'Column age'],
    [{ validation: 0.5 }, 'Validation share'],
    [{ test: 0.5 }, 'Test share'],
    [{ seed: 5 }, 'Seed'],
    [{ shuffle: false }, 'Shuffle rows'],
    [{ prepare: false }, 'Prepare numbers']
  ])('%j may not', (changes, label) => {
    expect(labels({ ...changes, batchSize: 8 })).toMatchObject({ made: ['Batch size'] })
    expect(labels(changes).refused).toContain(label)
  })

  it('says of every setting whether it may change', () => {
    const other: Setup = { ...setup, target: 'other', seed: 9, epochs: 3, threads: 1 }
    expect(steeredSetup(setup, other)).toEqual({ ...setup, epochs: 3, threads: 1 })
  })
})
