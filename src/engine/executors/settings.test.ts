/** Loss settings, class and row weights, several outputs, penalties and bounds of gradients: the wasm executor follows the reference for many steps. */
import { describe, expect, it } from 'vitest'
import { allKernels } from '../../../tests/kernels'
import { parseConfig, type Config } from '../fields'
import { lossSpecs, type LossSettings, type LossSpec } from '../losses'
import { compileModel, initializeParameters } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { optimizerNamed } from '../optimizers'
import { plan } from '../plan/lower'
import { RandomStream } from '../random/stream'
import type { Task } from '../spec'
import {
  answersFor,
  answersTried,
  denseNode,
  drawTargets,
  drawWeights,
  lossDefaults,
  lossVariants,
  targetWidth
} from '../testing'
import { regularizationFields } from '../train/regularization'
import { stepGraph, stepScalars } from '../train/step-graph'
import { ReferenceExecutor } from './reference/training-executor'
import type { Batch, TrainingProblem } from './training-executor'
import { WasmExecutor } from './wasm/training-executor'

/** Of a loss after so many steps, relative: what float32 may add up to. */
const TOLERANCE = 1e-4
const STEPS = 60
const ROWS = 50
const BATCH = 8
const FEATURES = 5

function problemFor(
  task: Task,
  loss: LossSpec,
  changes: Partial<TrainingProblem>,
  answers = answersFor[task]
): TrainingProblem {
  const { name } = lossSpecs.find((spec) => spec === loss) ?? lossSpecs[0]
  const hidden = [denseNode('dense1', 9), denseNode('dense2', 6)]
  const model = compileModel(modelSpecOf(hidden, FEATURES, task, name, answers))
  const random = new RandomStream(3, 'samples')
  const data = new Float64Array(ROWS * FEATURES).map(() => Math.fround(random.normal()))
  const targets = drawTargets(random, task, answers, ROWS).map(Math.fround)
  const samples = {
    features: { shape: [ROWS, FEATURES], data },
    targets: { shape: [ROWS, targetWidth(task, answers)], data: targets },
    weights: changes.rowWeights === true ? drawWeights(random, ROWS).map(Math.fround) : null
  }
  const optimizer = optimizerNamed('sgd')
  const first = [...initializeParameters(model, 1)]
  return {
    ...{ model, task, loss: name, lossSettings: lossDefaults(name), optimizer, seed: 1, batchSize: BATCH },
    config: parseConfig(optimizer.label, optimizer.fields, { learningRate: 0.05 }),
    ...{ training: samples, validation: samples },
    parameters: new Map(first.map(([each, { shape, data }]) => [each, { shape, data: data.map(Math.fround) }])),
    ...changes
  }
}

function batchesOf({ optimizer, config }: TrainingProblem): Batch[] {
  return Array.from({ length: STEPS }, (_, i) => {
    const at = (i % Math.ceil(ROWS / BATCH)) * BATCH
    const rows = Int32Array.from({ length: Math.min(BATCH, ROWS - at) }, (_, row) => at + row)
    return { rows, epoch: 0, scalars: stepScalars(optimizer, config, i + 1) }
  })
}

const lossCases = lossSpecs.flatMap((loss: LossSpec) =>
  loss.tasks.flatMap((task) =>
    answersTried[task].flatMap((answers) =>
      [false, true].flatMap((rowWeights) =>
        lossVariants(loss, task).map((lossSettings) => ({
          title: `${loss.name} for ${task}, ${answers} answers${rowWeights ? ', weighted rows' : ''}, ${JSON.stringify(lossSettings)}`,
          problem: problemFor(task, loss, { lossSettings, rowWeights }, answers)
        }))
      )
    )
  )
)
const crossEntropy = lossSpecs.find(({ name }) => name === 'cross-entropy') ?? lossSpecs[0]
const regularizations: readonly Config[] = [
  { l1: 0.01 },
  { l2: 0.02 },
  { clipValue: 0.01 },
  { clipNorm: 0.1 },
  { clipNorm: 1000, clipValue: 1000 },
  { l1: 0.01, l2: 0.02, clipValue: 0.02, clipNorm: 0.1 }
]
const regularizedCases = regularizations.map((config) => ({
  title: `regularization ${JSON.stringify(config)}`,
  problem: problemFor('multi-class', crossEntropy, {
    regularization: parseConfig('', regularizationFields, config)
  })
}))

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each([...lossCases, ...regularizedCases])('follow the reference: $title', ({ problem }) => {
    const fast = WasmExecutor.create(problem, kernels, { host: null })
    if ('op' in fast) throw new Error(`no kernel for ${fast.op}`)
    const slow = new ReferenceExecutor(problem)
    const batches = batchesOf(problem)
    const [got, expected] = [fast.takeSteps(batches), slow.takeSteps(batches)]
    expect(got.failure).toBeNull()
    expect(got.losses).toHaveLength(STEPS)
    // A hinge loss may be 0 in both.
    const errors = got.losses.map((loss, i) =>
      loss === expected.losses[i] ? 0 : Math.abs(loss / (expected.losses[i] ?? NaN) - 1)
    )
    expect(Math.max(...errors)).toBeLessThanOrEqual(TOLERANCE)
    expect(Math.abs(fast.validate().loss / slow.validate().loss - 1)).toBeLessThanOrEqual(TOLERANCE)
  })
})

describe('cross-entropy and its gradient', () => {
  const kernelsOf = (lossSettings: LossSettings) => {
    const problem = problemFor('multi-class', crossEntropy, { lossSettings })
    const { graph, loss, updates } = stepGraph(problem, BATCH)
    const wanted = [loss, ...updates.map(({ parameter }) => parameter)]
    return plan({ graph, wanted, gathered: [], updates: [] }).instructions.map(({ kernel }) => kernel)
  }

  it('are one kernel when no setting is on', () => {
    const [plain, ...changed] = lossVariants(crossEntropy, 'multi-class').map(kernelsOf)
    expect(plain).toContain('crossEntropy')
    expect(changed).not.toEqual([])
    for (const kernels of changed) expect(kernels).not.toContain('crossEntropy')
  })
})
