import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import type { LossName } from '../losses'
import { compileModel, initializeParameters, type Model, type Parameters } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import type { LayerNode, Task } from '../spec'
import { answersFor, denseNode, drawTargets, drawWeights, lossDefaults, targetWidth } from '../testing'
import { evaluate, Evaluator, predict } from '../train/evaluator'
import { answersOf, type Samples } from '../train/samples'
import { ForwardPass } from './forward'
import { provideKernels } from './wasm/kernels'
import { wholeTensor } from '../train/row-source'

function layer(name: string, type: string, config: LayerNode['config'] = {}): LayerNode {
  return { name, type, inputs: [], config }
}

const pictures = [
  layer('image', 'reshape', { size1: 1, size2: 6, size3: 6 }),
  layer('conv', 'conv2d', { outChannels: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
  layer('norm', 'batch-norm'),
  layer('pool', 'max-pool2d', { kernelSize: 2 }),
  layer('flat', 'flatten'),
  denseNode('dense', 9)
]
const words = [
  layer('embedding', 'embedding', { numEmbeddings: 50, embeddingDim: 4 }),
  layer('flat', 'flatten'),
  denseNode('dense', 6)
]

interface Asked {
  readonly model: Model
  readonly task: Task
  readonly loss: LossName
  readonly parameters: Parameters
}

function asked(
  layers: readonly LayerNode[],
  features: number,
  task: Task,
  loss: LossName,
  answers = answersFor[task]
): Asked {
  const model = compileModel(modelSpecOf(layers, features, task, loss, answers))
  return { model, task, loss, parameters: initializeParameters(model, 1) }
}

const networks: readonly (readonly [string, Asked, integersBelow: number | null])[] = [
  ['pictures, multi-class', asked(pictures, 36, 'multi-class', 'cross-entropy'), null],
  ['pictures, binary', asked(pictures, 36, 'binary', 'log'), null],
  ['dense layers, regression', asked([denseNode('dense', 30, 'gelu')], 5, 'regression', 'huber'), null],
  ['several values', asked([denseNode('dense', 30, 'gelu')], 5, 'regression', 'huber', 4), null],
  ['labels', asked(pictures, 36, 'multi-label', 'log'), null],
  ['an embedding', asked(words, 3, 'binary', 'hinge'), 50]
]

function samplesOf({ model, task }: Asked, rows: number, integersBelow: number | null): Samples {
  const random = new RandomStream(2, 'rows')
  const [features = 1] = model.spec.inputShape
  const answers = answersOf(model, task)
  const data = new Float64Array(rows * features)
  const draw = () => (integersBelow === null ? Math.fround(random.normal()) : random.below(integersBelow))
  return {
    features: { shape: [rows, features], data: data.map(draw) },
    targets: { shape: [rows, targetWidth(task, answers)], data: drawTargets(random, task, answers, rows) }
  }
}

function problemOf({ model, task, loss }: Asked) {
  return { model, task, loss, lossSettings: lossDefaults(loss) }
}

const largest = (some: Float64Array, others: Float64Array) =>
  some.reduce((most, value, i) => Math.max(most, Math.abs(value - (others[i] ?? NaN))), 0)

// The first test of this file, since kernels that were provided stay.
it('takes the reference where there are no kernels', () => {
  const [, network] = networks[0] ?? []
  if (network === undefined) throw new Error('There are no networks')
  expect(new ForwardPass(network).executor).toBe('reference')
})

describe('ForwardPass with kernels', () => {
  beforeAll(() => provideKernels(kernelBytes))

  describe.each(networks)('%s', (_name, network, integersBelow) => {
    it.each([0, 1, 7, 1000, 1025, 2500])('answers and judges %d rows as the reference does', (rows) => {
      const samples = samplesOf(network, rows, integersBelow)
      const problem = problemOf(network)
      const exact = new Evaluator(problem, 'reference').forward(network.parameters, samples)
      const fast = new Evaluator(problem).forward(network.parameters, samples)
      expect(fast.outputs.shape).toEqual(exact.outputs.shape)
      expect(largest(fast.outputs.data, exact.outputs.data)).toBeLessThan(2e-6)
      expect(fast.nonFiniteScope).toBeNull()
      if (rows === 0) expect(fast.loss).toBeNaN()
      else expect(Math.abs(fast.loss - exact.loss)).toBeLessThan(2e-6 * (1 + exact.loss))
      const { model, loss, task, parameters } = network
      const answers = predict(model, parameters, loss, task, samples.features)
      expect(largest(answers.data, exact.outputs.data)).toBeLessThan(2e-6)
    })

    it('weighs rows as the reference does, and answers as without weights', () => {
      const plain = samplesOf(network, 1025, integersBelow)
      const samples = { ...plain, weights: drawWeights(new RandomStream(5, 'weights'), 1025) }
      const problem = problemOf(network)
      const exact = new Evaluator(problem, 'reference').forward(network.parameters, samples)
      const evaluator = new Evaluator(problem)
      const fast = evaluator.forward(network.parameters, samples)
      expect(Math.abs(fast.loss - exact.loss)).toBeLessThan(2e-6 * (1 + exact.loss))
      const alike = evaluator.forward(network.parameters, plain)
      expect(fast.outputs).toEqual(alike.outputs)
      expect(fast.loss).not.toBe(alike.loss)
      const ones = { ...plain, weights: new Float64Array(1025).fill(1) }
      expect(Math.abs(evaluator.forward(network.parameters, ones).loss / alike.loss - 1)).toBeLessThan(2e-6)
    })

    it('gives the same bits whenever it is asked', () => {
      const samples = samplesOf(network, 1500, integersBelow)
      const ask = () => new Evaluator(problemOf(network)).forward(network.parameters, samples)
      expect(ask()).toEqual(ask())
      const again = new Evaluator(problemOf(network))
      again.forward(initializeParameters(network.model, 2), samples)
      expect(again.forward(network.parameters, samples)).toEqual(ask())
    })
  })

  it('computes by the kernels unless the reference is asked for', () => {
    for (const [, network] of networks) {
      expect(new ForwardPass(network).executor).toBe('wasm')
      expect(new ForwardPass(problemOf(network)).executor).toBe('wasm')
      expect(new ForwardPass(network, 'reference').executor).toBe('reference')
    }
  })

  it('takes slices that are one size, but for the last, and end where the rows end', () => {
    const network = asked([denseNode('dense', 700), denseNode('again', 700)], 5, 'regression', 'squared')
    const { features } = samplesOf(network, 1001, null)
    const slices = [...new ForwardPass(network).slices(network.parameters, features)]
    expect(slices.length).toBeGreaterThan(2)
    expect(new Set(slices.slice(0, -1).map(({ rows }) => rows)).size).toBe(1)
    let next = 0
    for (const { start, rows } of slices) {
      expect(start).toBe(next)
      next += rows
    }
    expect(next).toBe(1001)
  })

  it('keeps what float64 knows of probabilities next to 0 and 1', () => {
    const network = asked([], 1, 'binary', 'log')
    const parameters = new Map(
      [...network.parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => (name.endsWith('weight') ? 1 : 0)) }
      ])
    )
    const features = { shape: [4, 1], data: Float64Array.of(-200, -30, 20, 30) }
    const { data } = predict(network.model, parameters, 'log', 'binary', features)
    expect([...data]).toEqual([-200, -30, 20, 30].map((z) => expect.closeTo(1 / (1 + Math.exp(-z)), 15) as number))
    expect(data[0]).toBeGreaterThan(0)
    expect(data[3]).toBeGreaterThan(data[2] ?? NaN)
    const targets = { shape: [4, 1], data: Float64Array.of(0, 0, 0, 1) }
    const { loss, metrics } = evaluate({ ...problemOf(network) }, parameters, { features, targets })
    expect(metrics['log-loss']).toBeCloseTo(loss, 6)
  })

  it('lets float64 decide where float32 ends', () => {
    const network = asked([denseNode('dense', 4, 'identity')], 2, 'regression', 'squared')
    const huge = new Map(
      [...network.parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => (name === 'dense.weight' ? 1e30 : name === 'output.weight' ? 1e-30 : 0)) }
      ])
    )
    const samples = samplesOf(network, 1500, null)
    // One row in the second slice is beyond float32 on the way.
    wholeTensor(samples.features).data.set([1e20, 1e20], 2 * 1200)
    const exact = new Evaluator(problemOf(network), 'reference').forward(huge, samples)
    const fast = new Evaluator(problemOf(network)).forward(huge, samples)
    expect(fast.outputs.data[1200]).toBe(exact.outputs.data[1200])
    expect(fast.outputs.data[1200]).toBeCloseTo(8e20, -15)
    expect(Math.abs(fast.loss / exact.loss - 1)).toBeLessThan(1e-6)
    expect(fast.nonFiniteScope).toBeNull()
  })

  it('names the layer of the first number that is none in float64 either', () => {
    const network = asked([denseNode('dense', 4, 'identity')], 2, 'regression', 'squared')
    const parameters = new Map(network.parameters).set('dense.weight', {
      shape: [4, 2],
      data: new Float64Array(8).fill(Infinity)
    })
    const samples = samplesOf(network, 30, null)
    const [fast, exact] = [
      new Evaluator(problemOf(network)).forward(parameters, samples),
      new Evaluator(problemOf(network), 'reference').forward(parameters, samples)
    ]
    expect(fast).toEqual(exact)
    expect(fast.nonFiniteScope).toBe('dense')
    expect(fast.loss).toBeNaN()
  })
})
