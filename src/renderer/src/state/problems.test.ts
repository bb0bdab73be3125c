import { describe, expect, it } from 'vitest'
import { describeModel, modelSpecOf } from '../../../engine/catalog'
import type { ErrorValue } from '../../../shared/errors'
import type { Setup } from '../../../shared/setup'
import type { Notice, SetupView } from '../../../shared/views'
import { problemOfField, problemsOf, type Problem } from './problems'
import { datasetWith, setupWith } from './testing'

const setup = setupWith()

function problems(
  draft: Setup,
  view: Partial<SetupView> = {},
  notices: readonly Notice[] = [],
  refusal: ErrorValue | null = null
): Problem[] {
  const dataset = datasetWith({ notices })
  const prepared = {
    features: ['x'],
    inputShape: [1],
    embedded: [],
    classes: [],
    outputs: [],
    trainRows: 8,
    validationRows: 2,
    testRows: 0,
    classCounts: [],
    notices
  }
  const spec = modelSpecOf(draft.layers, 1, 'regression', 'squared', 1)
  const description = describeModel(spec)
  const setupView = { setup: draft, prepared, findings: [], associations: [], checking: false, error: null, ...view }
  return problemsOf({ dataset, setup: draft, setupView, description, spec, refusal })
}

describe('problemsOf', () => {
  it('finds none in a sound setup, nor before a dataset is open', () => {
    expect(problems(setup)).toEqual([])
    expect(
      problemsOf({ dataset: null, setup: null, setupView: null, description: null, spec: null, refusal: null })
    ).toEqual([])
  })

  it('names the layer and the field of a mistake in the model', () => {
    const layers = [{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 0, activation: 'relu' } }]
    expect(problems({ ...setup, layers })).toMatchObject([
      { stage: 'model', severity: 'error', layer: 'dense1', field: 'units' }
    ])
  })

  it('warns of a layer that nothing takes', () => {
    const layers = [...setup.layers, { name: 'dense2', type: 'dense', inputs: ['input'], config: {} }]
    expect(problems({ ...setup, layers })).toMatchObject([
      { severity: 'warning', code: 'unused-layer', layer: 'dense1' }
    ])
  })

  it('finds a network that is too large to be trained, at its largest layer', () => {
    const wide = (name: string) => ({ name, type: 'dense', inputs: [], config: { units: 9_000 } })
    const found = problems({ ...setup, layers: [wide('a'), wide('b')], batchSize: 1 })
    expect(found).toEqual([])
    const view = {
      features: ['x'],
      inputShape: [1],
      embedded: [],
      classes: [],
      outputs: [],
      trainRows: 1e6,
      validationRows: 0,
      testRows: 0,
      classCounts: [],
      notices: []
    }
    const large = problems({ ...setup, layers: [wide('a')], batchSize: 1e6 }, { prepared: view })
    expect(large).toMatchObject([{ stage: 'model', code: 'model-too-large', layer: 'a' }])
  })

  it('finds settings out of their range, by field', () => {
    const found = problems({
      ...setup,
      epochs: Number.NaN,
      optimizer: { type: 'sgd', config: { learningRate: -1, momentum: 0.9 } }
    })
    expect(found.map((problem) => [problem.stage, problem.field])).toEqual([
      ['train', 'learningRate'],
      ['train', 'epochs']
    ])
    expect(problemOfField(found, 'learningRate')).toContain('-1')
    expect(problemOfField(found, 'momentum')).toBeNull()
  })

  it('says what an emptied field needs, without a word for programmers', () => {
    const [problem] = problems({ ...setup, batchSize: Number.NaN })
    expect(problem?.message).toBe('Batch size must be a whole number from 1 to 1048576, got nothing.')
  })

  it('finds mistakes in the settings of every part', () => {
    const wrong = {
      schedule: { type: 'cosine', config: { warmUpEpochs: -1 } },
      earlyStopping: { patience: 0.5 },
      regularization: { l2: Number.NaN },
      threads: 99
    }
    expect(problems({ ...setup, ...wrong }).map(({ field }) => field)).toEqual([
      'warmUpEpochs',
      'l2',
      'patience',
      'threads'
    ])
    expect(problems({ ...setup, schedule: { type: 'none', config: {} } })).toMatchObject([{ field: 'schedule' }])
  })

  it('refuses class weights of other classes', () => {
    const own = setupWith({ task: 'multi-class', loss: 'cross-entropy', classWeights: [1, 2] })
    const dataset = datasetWith()
    const found = (classes: string[]): Problem[] => {
      const prepared = {
        features: ['x'],
        inputShape: [1],
        embedded: [],
        classes,
        outputs: classes,
        trainRows: 8,
        validationRows: 2,
        testRows: 0,
        classCounts: [],
        notices: []
      }
      const setupView = { setup: own, prepared, findings: [], associations: [], checking: false, error: null }
      return problemsOf({ dataset, setup: own, setupView, description: null, spec: null, refusal: null })
    }
    expect(found(['a', 'b'])).toEqual([])
    expect(found(['a', 'b', 'c'])).toMatchObject([{ field: 'classWeights' }])
    expect(found(['a', 'b', 'c'])[0]?.message).toContain('2 class weights for 3 classes')
  })

  it('refuses a loss that does not serve the task', () => {
    expect(problems({ ...setup, loss: 'cross-entropy' })).toMatchObject([{ stage: 'train', field: 'loss' }])
  })

  it("passes on the trainer's error about the data, unless a setting says it already", () => {
    const error = { code: 'one-class', message: 'Only one class.', details: {} }
    expect(problems(setup, { error, prepared: null })).toMatchObject([{ stage: 'data', code: 'one-class' }])
    expect(problems({ ...setup, validation: 2 }, { error, prepared: null }).map((problem) => problem.code)).toEqual([
      'invalid-config'
    ])
  })

  it('makes a refused setup an error, unless it is known better what is wrong', () => {
    const refusal = { code: 'invalid-arguments', message: 'It was not understood.', details: {} }
    const [problem] = problems(setup, {}, [], refusal)
    expect(problem).toMatchObject({ stage: 'train', severity: 'error', code: 'invalid-arguments' })
    expect(problem?.message).toMatch(/not taken over.*not understood/)
    expect(problems({ ...setup, epochs: 0 }, {}, [], refusal).map(({ code }) => code)).toEqual(['invalid-config'])
    const stageOf = (argument: string): string | undefined =>
      problems(setup, {}, [], { ...refusal, details: { argument } })[0]?.stage
    expect(['0.layers', '0.ignored.3', '0.optimizer.type'].map(stageOf)).toEqual(['model', 'data', 'train'])
  })

  it('lists warnings once and after errors, and leaves mere information out', () => {
    const warning: Notice = { code: 'constant-column', severity: 'warning', message: 'a is constant', columns: ['a'] }
    const info: Notice = { code: 'missing-values', severity: 'info', message: 'b has gaps', columns: ['b'] }
    const found = problems({ ...setup, seed: -1 }, {}, [warning, info])
    expect(found.map((problem) => [problem.severity, problem.code])).toEqual([
      ['error', 'invalid-config'],
      ['warning', 'constant-column']
    ])
  })
})
