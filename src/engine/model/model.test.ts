import { describe, expect, it } from 'vitest'
import { gradientCheck } from '../backprop/gradient-check'
import { ReferenceProgram } from '../executors/reference/program'
import { activations } from '../activations'
import { GraphBuilder } from '../graph/builder'
import { lossSpecs, type LossSpec } from '../losses'
import { RandomStream } from '../random/stream'
import { answersTried, denseNode, drawFor, drawTargets, lossDefaults, smallModel, targetWidth } from '../testing'
import { inferenceGraph } from './inference'
import { buildModel, checkParameters, compileModel, initializeParameters, roundToFloat32 } from './model'
import { modelSpecOf } from './spec-of'

describe('initializeParameters', () => {
  const model = smallModel('multi-class', 'cross-entropy', 3)

  it('is the same for the same seed and different for another', () => {
    expect(initializeParameters(model, 1)).toEqual(initializeParameters(model, 1))
    expect(initializeParameters(model, 1)).not.toEqual(initializeParameters(model, 2))
  })

  it('starts biases at 0 and no two tensors alike', () => {
    const parameters = initializeParameters(model, 1)
    expect([...parameters.keys()]).toEqual(['dense1.weight', 'dense1.bias', 'output.weight', 'output.bias'])
    expect(parameters.get('dense1.bias')?.data.every((value) => value === 0)).toBe(true)
    expect(parameters.get('dense1.weight')?.data[0]).not.toBe(parameters.get('output.weight')?.data[0])
  })

  it.each(['dense', 'conv1d'])('makes weights of %s the number that goes with constant, and no bias', (type) => {
    const config = { initializer: 'constant', initialWeight: -0.25 }
    const layers = [
      { name: 'a', type, inputs: ['input'], config },
      { name: 'flat', type: 'flatten', inputs: ['a'], config: {} }
    ]
    const constants = compileModel({ inputShape: type === 'dense' ? [4] : [2, 4], layers, output: 'flat' })
    // Settings survive a file.
    const parameters = initializeParameters(compileModel(constants.spec), 1)
    expect(parameters.get('a.weight')?.data.every((value) => value === -0.25)).toBe(true)
    expect(parameters.get('a.bias')?.data.every((value) => value === 0)).toBe(true)
  })

  it('does not change a layer’s weights when another layer is added', () => {
    const deeper = compileModel(
      modelSpecOf([denseNode('dense1', 4), denseNode('dense2', 4)], 3, 'multi-class', 'cross-entropy', 3)
    )
    const name = 'dense1.weight'
    expect(initializeParameters(deeper, 1).get(name)).toEqual(initializeParameters(model, 1).get(name))
  })
})

describe('inferenceGraph', () => {
  it('has one input, the parameters and primitives, in PyTorch’s layout', () => {
    const { graph, output, logits } = inferenceGraph(smallModel('binary', 'log', 2), 'log', 'binary', 5)
    expect(graph.nodes.map(({ op, name, scope }) => [op, name, scope])).toEqual([
      ['input', 'input', ''],
      ['parameter', 'dense1.weight', 'dense1'],
      ['parameter', 'dense1.bias', 'dense1'],
      ['matmul', '', 'dense1'],
      ['add', '', 'dense1'],
      ['tanh', '', 'dense1'],
      ['parameter', 'output.weight', 'output'],
      ['parameter', 'output.bias', 'output'],
      ['matmul', '', 'output'],
      ['add', '', 'output'],
      ['sigmoid', '', 'loss']
    ])
    expect([graph.nodes[output]?.shape, graph.nodes[logits]?.op]).toEqual([[5, 1], 'add'])
  })

  it('adds no link for regression', () => {
    const { output, logits } = inferenceGraph(smallModel('regression', 'squared', 1), 'squared', 'regression', 1)
    expect(output).toBe(logits)
  })

  it('takes a model that is a graph, unused layers included', () => {
    const model = compileModel({
      inputShape: [2],
      layers: [
        { ...denseNode('a', 3), inputs: ['input'] },
        { ...denseNode('unused', 3), inputs: ['input'] },
        { ...denseNode('b', 1), inputs: ['a'] }
      ],
      output: 'b'
    })
    const { graph, output } = inferenceGraph(model, 'squared', 'regression', 1)
    const program = new ReferenceProgram(graph, [output])
    const feeds = new Map([...initializeParameters(model, 1)].map(([name, { data }]) => [name, data]))
    program.run(feeds.set('input', Float64Array.of(1, 2)))
    expect(program.value(output)).toHaveLength(1)
  })
})

describe('gradients of whole networks agree with central differences', () => {
  /** As in the contract of primitives. */
  const GRADIENT_TOLERANCE = 1e-6
  const entries = lossSpecs.flatMap((loss: LossSpec) =>
    loss.tasks.flatMap((task) =>
      answersTried[task].flatMap((answers) =>
        activations.map(({ name }) => ({ loss, task, answers, activation: name }))
      )
    )
  )

  it.each(
    entries.map(
      (entry) => [`${entry.activation}, ${entry.loss.name} for ${entry.task}, ${entry.answers} answers`, entry] as const
    )
  )('%s', (_title, { loss, task, answers, activation }) => {
    const name = lossSpecs.find((known) => known.name === loss.name)?.name ?? 'squared'
    const hidden = [denseNode('dense1', 5, activation), denseNode('dense2', 3, activation)]
    const model = compileModel(modelSpecOf(hidden, 4, task, name, answers))
    const random = new RandomStream(9, 'network')
    const graph = new GraphBuilder()
    const rows = 6
    const logits = buildModel(graph, model, graph.input('input', [rows, 4]))
    const value = loss.build(
      graph,
      task,
      logits,
      graph.input('targets', [rows, targetWidth(task, answers)]),
      lossDefaults(name),
      null
    )
    const sources = graph.nodes.filter((node) => node.op === 'parameter')
    const feeds = new Map(sources.map(({ name, shape }) => [name, drawFor(random, shape, { range: [-1, 1] })]))
    feeds.set('input', drawFor(random, [rows, 4]))
    feeds.set('targets', drawTargets(random, task, answers, rows))
    const ids = sources.map(({ id }) => id)
    const check = gradientCheck(graph, value, ids, feeds)
    expect(check.relativeError, JSON.stringify(check.worst)).toBeLessThanOrEqual(GRADIENT_TOLERANCE)
    expect(check.largest).toBeGreaterThan(0)
  })
})

describe('parameters', () => {
  const model = smallModel('binary', 'log', 2)

  it('are rounded to float32 in new tensors', () => {
    const parameters = new Map([['w', { shape: [1], data: Float64Array.of(0.1) }]])
    expect(roundToFloat32(parameters).get('w')?.data[0]).toBe(Math.fround(0.1))
    expect(parameters.get('w')?.data[0]).toBe(0.1)
  })

  it('must be those of the model', () => {
    const parameters = new Map(initializeParameters(model, 1))
    expect(() => checkParameters(model, parameters)).not.toThrow()
    const short = new Map(parameters)
    short.delete('output.bias')
    expect(() => checkParameters(model, short)).toThrow('Parameter "output.bias" must be [1], got none')
    const reshaped = new Map(parameters).set('output.bias', { shape: [2], data: new Float64Array(2) })
    expect(() => checkParameters(model, reshaped)).toThrow('must be [1], got [2]')
    const more = new Map(parameters).set('extra', { shape: [], data: new Float64Array(1) })
    expect(() => checkParameters(model, more)).toThrow('The model has no parameter "extra"')
  })
})
