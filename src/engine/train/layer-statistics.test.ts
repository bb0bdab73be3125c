import { describe, expect, it } from 'vitest'
import { provideKernels } from '../executors/wasm/kernels'
import { kernelBytes } from '../../../tests/kernels'
import { ReferenceProgram } from '../executors/reference/program'
import type { TrainingProblem } from '../executors/training-executor'
import { parseConfig } from '../fields'
import { layerSpecs } from '../layers'
import { compileModel, type Parameters } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import { INPUT, type LayerNode } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { denseNode, drawFor, drawTargets, sourceOf } from '../testing'
import { activationOf, LayerWatch, watchOf } from './layer-statistics'
import { checkOptions } from './options'
import { createTraining, type TrainOptions } from './training'
import { stepScalars, TARGETS, watchedGraph } from './step-graph'

provideKernels(kernelBytes)

const ROWS = 12

function problemOf(layers: readonly LayerNode[], features: Tensor, changes: Partial<TrainOptions> = {}) {
  const [rows = 0, ...shape] = features.shape
  const targets = drawTargets(new RandomStream(4, 'targets'), 'multi-class', 3, rows)
  const options: TrainOptions = {
    model: compileModel(modelSpecOf(layers, shape, 'multi-class', 'cross-entropy', 3)),
    task: 'multi-class',
    answers: 3,
    loss: 'cross-entropy',
    optimizer: { type: 'sgd', config: {} },
    batchSize: 8,
    epochs: 1,
    seed: 5,
    training: { features, targets: { shape: [rows, 1], data: targets } },
    validation: {
      features: { shape: [0, ...shape], data: new Float64Array() },
      targets: { shape: [0, 1], data: new Float64Array() }
    },
    ...changes
  }
  return { options, problem: checkOptions(options).problem }
}

function drawn(shape: readonly number[], seed = 9): Tensor {
  return { shape, data: drawFor(new RandomStream(seed, 'features'), shape) }
}

/** ‖∂L/∂w‖₂ of each layer by central differences of the loss, with every row fed. */
function numericNorms(problem: TrainingProblem, parameters: Parameters): Map<string, number> {
  const { features, targets } = problem.training
  const [rows = 0] = targets.shape
  const { graph, loss } = watchedGraph(problem, rows)
  const program = new ReferenceProgram(graph, [loss])
  const { data } = 'data' in features ? features : { data: new Float64Array() }
  const feeds = new Map<string, Float64Array>([...parameters].map(([name, tensor]) => [name, tensor.data.slice()]))
  feeds.set(INPUT, data).set(TARGETS, targets.data)
  for (const { source, value } of stepScalars(problem.optimizer, problem.config, 1))
    feeds.set(source, Float64Array.of(value))
  const at = (values: Float64Array, i: number, value: number) => {
    values[i] = value
    program.run(feeds)
    return program.value(loss)[0] ?? NaN
  }
  const squares = new Map<string, number>()
  for (const { name, layer } of problem.model.parameters) {
    const values = feeds.get(name) ?? new Float64Array()
    values.forEach((value, i) => {
      const slope = (at(values, i, value + 1e-5) - at(values, i, value - 1e-5)) / 2e-5
      values[i] = value
      squares.set(layer, (squares.get(layer) ?? 0) + slope ** 2)
    })
  }
  return new Map([...squares].map(([layer, square]) => [layer, Math.sqrt(square)]))
}

/** Each layer that a network of one input can have, in the middle of one. */
const entries = layerSpecs.flatMap((layer) =>
  layer.cases.flatMap(({ inputs: shapes, config, draw }) => {
    const [first] = shapes
    if (first === undefined || first.length === 0) return []
    // Arms of one input have its shape.
    const inputs = shapes.map(() => first)
    return [{ layer, inputs, first, config, draw, title: `${layer.type} ${JSON.stringify({ inputs, config })}` }]
  })
)

describe('every layer', () => {
  it('is looked at', () => {
    expect([...new Set(entries.map(({ layer }) => layer.type))]).toEqual(layerSpecs.map(({ type }) => type))
  })

  it.each(entries)('$title', ({ layer, inputs, first, config, draw = {} }) => {
    const arms = inputs.map((_, i) => ({
      name: `arm${i}`,
      type: 'activation',
      inputs: [INPUT],
      config: { activation: 'identity' }
    }))
    const looked = { name: 'looked', type: layer.type, inputs: arms.map(({ name }) => name), config }
    const output = layer.inferShape(inputs, parseConfig(layer.type, layer.fields, config))
    const flat = { name: 'flat', type: 'flatten', inputs: ['looked'], config: {} }
    const features = { shape: [ROWS, ...first], data: drawFor(new RandomStream(9, 'x'), [ROWS, ...first], draw) }
    const { problem } = problemOf([...arms, looked, ...(output.length === 1 ? [] : [flat])], features)
    const parameters = problem.parameters
    const reference = new LayerWatch(problem, 'reference').look(parameters, null)
    const watch = new LayerWatch(problem)
    const wasm = watch.look(parameters, null)
    expect(watch.executor).toBe('wasm')
    expect(reference.map((each) => each.layer)).toEqual(problem.model.spec.layers.map(({ name }) => name))
    const numeric = numericNorms(problem, parameters)
    reference.forEach((exact, i) => {
      const fast = wasm[i]
      const { histogram } = exact.activations
      expect(histogram.counts.reduce((sum, count) => sum + count)).toBeGreaterThan(0)
      const scale = Math.max(1, Math.abs(histogram.min), Math.abs(histogram.max))
      expect(Math.abs((fast?.activations.histogram.min ?? NaN) - histogram.min) / scale).toBeLessThan(2e-5)
      expect(Math.abs((fast?.activations.histogram.max ?? NaN) - histogram.max) / scale).toBeLessThan(2e-5)
      expect(fast?.activations.dead).toBe(exact.activations.dead)
      expect(fast?.weights === null).toBe(exact.weights === null)
      const node = problem.model.spec.layers[i]
      const acts = node !== undefined && activationOf(node) !== undefined
      expect(exact.delta === null).toBe(exact.weights === null && !acts)
      if (exact.delta !== null) {
        expect(Math.abs((fast?.delta ?? NaN) - exact.delta)).toBeLessThan(1e-5 * Math.max(1, exact.delta))
      }
      if (exact.weights === null || fast === undefined || fast.weights === null) return
      expect(exact.weights.gradientNorm).toBeCloseTo(numeric.get(exact.layer) ?? NaN, 6)
      expect(fast.weights.gradientNorm).toBeCloseTo(exact.weights.gradientNorm, 5)
      expect(fast.weights.norm).toBe(exact.weights.norm)
    })
  })
})

describe('LayerWatch', () => {
  const weightsOf = (watch: LayerWatch, parameters: Parameters, before: Parameters | null, layer = 0) =>
    watch.look(parameters, before)[layer]?.weights

  it('tells weights and biases of a layer together, and how far the last step moved them', () => {
    const { problem } = problemOf([denseNode('dense1', 2)], drawn([ROWS, 2]))
    const set = (weight: number[], bias: number[]): Parameters =>
      new Map([
        ...problem.parameters,
        ['dense1.weight', { shape: [2, 2], data: Float64Array.from(weight) }],
        ['dense1.bias', { shape: [2], data: Float64Array.from(bias) }]
      ])
    const watch = new LayerWatch(problem)
    const now = set([1, 2, 4, 2], [0, 0])
    expect(weightsOf(watch, now, set([1, 2, 4, 2], [0, 1]))).toMatchObject({ norm: 5, updateRatio: 0.2 })
    expect(weightsOf(watch, now, null)).toMatchObject({ norm: 5, updateRatio: null })
    const { min, max, counts = [] } = weightsOf(watch, now, null)?.histogram ?? {}
    expect([min, max, counts[0], counts[8], counts[16], counts[31]]).toEqual([0, 4, 2, 1, 2, 1])
    const nothing = set([0, 0, 0, 0], [0, 0])
    expect(weightsOf(watch, nothing, now)).toMatchObject({ norm: 0, updateRatio: null })
  })

  it('counts units of ReLU that are 0 for every row, and channels where there are some', () => {
    const { problem } = problemOf([denseNode('dense1', 4, 'relu')], drawn([ROWS, 2]))
    const parameters: Parameters = new Map([
      ...problem.parameters,
      ['dense1.weight', { shape: [4, 2], data: new Float64Array(8) }],
      ['dense1.bias', { shape: [4], data: Float64Array.of(-1, 0, 1, 2) }]
    ])
    const [dense, output] = new LayerWatch(problem).look(parameters, null)
    expect(dense?.activations).toMatchObject({ dead: 0.5, saturated: null })
    expect(output?.activations).toMatchObject({ dead: null, saturated: null })
    const conv = { name: 'conv', type: 'conv2d', inputs: [], config: { outChannels: 4, kernelSize: 1 } }
    const flat = { name: 'flat', type: 'flatten', inputs: [], config: {} }
    const images = problemOf([conv, flat], drawn([ROWS, 1, 3, 3])).problem
    const filters: Parameters = new Map([
      ...images.parameters,
      ['conv.weight', { shape: [4, 1, 1, 1], data: Float64Array.of(1, 0, 0, 0) }],
      ['conv.bias', { shape: [4], data: Float64Array.of(0, -1, 0, 1) }]
    ])
    expect(new LayerWatch(images).look(filters, null)[0]?.activations.dead).toBe(0.5)
  })

  it.each([
    ['tanh', [0, 2.6, 2.7, -2.7], 0.5],
    ['sigmoid', [0, 4.5, 4.7, -4.7], 0.5],
    ['elu', [0, 4.5, 4.7, -4.7], null],
    ['softmax', [0, 4.5, 4.7, -4.7], null]
  ])('says how much of %s lies in its flat ends', (activation, bias, saturated) => {
    const { problem } = problemOf([denseNode('dense1', 4, activation)], drawn([ROWS, 2]))
    const parameters: Parameters = new Map([
      ...problem.parameters,
      ['dense1.weight', { shape: [4, 2], data: new Float64Array(8) }],
      ['dense1.bias', { shape: [4], data: Float64Array.from(bias) }]
    ])
    expect(new LayerWatch(problem).look(parameters, null)[0]?.activations).toMatchObject({ dead: null, saturated })
  })

  it('looks at rows spread evenly over all, the same each time, of a tensor and of a source', () => {
    const features = drawn([1000, 2])
    const { problem, options } = problemOf([denseNode('dense1', 3)], features)
    const watch = new LayerWatch(problem)
    expect(watch.rows).toBe(128)
    const rows = Array.from({ length: 128 }, (_, i) => Math.floor((i * 1000) / 128))
    const chosen = {
      shape: [128, 2],
      data: Float64Array.from(rows.flatMap((row) => [...features.data.subarray(2 * row, 2 * row + 2)]))
    }
    const targets = {
      shape: [128, 1],
      data: Float64Array.from(rows, (row) => options.training.targets.data[row] ?? NaN)
    }
    const alone = checkOptions({ ...options, training: { features: chosen, targets } }).problem
    const expected = new LayerWatch(alone).look(problem.parameters, null)
    expect(watch.look(problem.parameters, null)).toEqual(expected)
    expect(watch.look(problem.parameters, null)).toEqual(expected)
    const source = checkOptions({ ...options, training: { ...options.training, features: sourceOf(features) } }).problem
    expect(new LayerWatch(source).look(problem.parameters, null)).toEqual(expected)
  })

  it('leaves out penalties, counts row weights, and sees batch and masks as a step does', () => {
    const features = drawn([ROWS, 4])
    const plain = problemOf([denseNode('dense1', 3)], features)
    const look = (problem: TrainingProblem) => new LayerWatch(problem).look(plain.problem.parameters, null)
    expect(look(checkOptions({ ...plain.options, regularization: { l2: 1, clipNorm: 0.1 } }).problem)).toEqual(
      look(plain.problem)
    )
    const doubled = { ...plain.options.training, weights: new Float64Array(ROWS).fill(2) }
    const [once, twice] = [look(plain.problem), look(checkOptions({ ...plain.options, training: doubled }).problem)]
    expect(twice[0]?.weights?.gradientNorm).toBeCloseTo(2 * (once[0]?.weights?.gradientNorm ?? NaN), 5)
    const norm = { name: 'norm', type: 'batch-norm', inputs: [], config: { affine: false } }
    const normed = problemOf([norm], { ...features, data: features.data.map((value) => 100 + value) }).problem
    const { histogram } = new LayerWatch(normed).look(normed.parameters, null)[0]?.activations ?? {}
    expect(Math.max(Math.abs(histogram?.min ?? NaN), Math.abs(histogram?.max ?? NaN))).toBeLessThan(4)
    const dropped = problemOf([{ name: 'drop', type: 'dropout', inputs: [], config: { rate: 0.5 } }], features).problem
    const zeros = new LayerWatch(dropped).look(dropped.parameters, null)[0]?.activations.histogram
    const { min = NaN, max = NaN, counts = [] } = zeros ?? {}
    expect(counts[Math.floor((-min / (max - min)) * 32)]).toBeGreaterThan(ROWS)
  })

  it('takes fewer rows of large networks', () => {
    const wide = problemOf([denseNode('dense1', 1_000_000)], drawn([200, 2]), { batchSize: 4 }).problem
    expect(new LayerWatch(wide).rows).toBe(4)
  })

  it('tells in float64 what float32 cannot', () => {
    const { problem } = problemOf(
      [denseNode('dense1', 2, 'identity'), denseNode('dense2', 2, 'identity')],
      drawn([ROWS, 2])
    )
    const large = new Map(
      [...problem.parameters].map(
        ([name, { shape, data }]) => [name, { shape, data: data.map((value) => 1e20 * value) }] as const
      )
    )
    const [first] = new LayerWatch(problem).look(large, null)
    expect(first?.weights?.gradientNorm).toBe(
      new LayerWatch(problem, 'reference').look(large, null)[0]?.weights?.gradientNorm
    )
    expect(Number.isFinite(first?.weights?.gradientNorm)).toBe(true)
  })

  it('is not there where memory is not', () => {
    const { problem } = problemOf([denseNode('dense1', 3)], drawn([ROWS, 2]))
    expect(watchOf(problem, 'wasm')).toBeInstanceOf(LayerWatch)
    const manyRows = problemOf([], drawn([20, 2])).problem.training
    // Sixteen rows of 61 million numbers, and as many gradients.
    const layers = Array.from({ length: 60 }, (_, i) => denseNode(`t${i}`, 1)).map((node) => ({
      ...node,
      type: 'activation',
      config: { activation: 'tanh' }
    }))
    const huge = compileModel(
      modelSpecOf([denseNode('wide', 1_000_000), ...layers], 2, 'multi-class', 'cross-entropy', 3)
    )
    expect(watchOf({ ...problem, model: huge, batchSize: 16, training: manyRows }, 'wasm')).toBeNull()
  })

  it('sees training: gradients of a network that has learned are small', async () => {
    const { options, problem } = problemOf([denseNode('dense1', 16)], drawn([ROWS, 4]), { epochs: 300 })
    const training = createTraining(options)
    for await (const _event of training.events()) {
      // Pulling an event is what trains.
    }
    const watch = new LayerWatch(problem)
    const [before, after] = [weightsOf(watch, problem.parameters, null), weightsOf(watch, training.parameters, null)]
    expect(after?.gradientNorm).toBeLessThan(0.1 * (before?.gradientNorm ?? NaN))
    expect(after?.norm).toBeGreaterThan(before?.norm ?? NaN)
    training.close()
  })
})
