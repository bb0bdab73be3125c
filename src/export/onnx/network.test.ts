/** Contract of the exporter: every primitive, layer and link on its own cases; a new one is tested here unasked. */
import { isDeepStrictEqual } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import {
  defaultsOf,
  GraphBuilder,
  layerSpecs,
  ops,
  RandomStream,
  ReferenceProgram,
  type Graph,
  type GraphNode,
  type LayerSpec,
  type NodeId,
  type Op,
  type OpName,
  type Shape
} from '../../engine'
import { applyLink } from '../../engine/losses/loss'
import { drawFor } from '../../engine/testing'
import { OnnxBuilder } from './builder'
import { fileOf } from './model'
import { addNetwork } from './network'
import { dataType } from './proto'
import { BATCH, rules } from './rules'

/** In each output; the file computes in float32. */
const TOLERANCE = 1e-5

/** Primitives that no network that answers has: gradients, random draws, classes to learn. */
const trainingOnly: readonly string[] = [
  'avgPool2dGradient',
  'conv2dInputGradient',
  'conv2dWeightGradient',
  'keepMask',
  'maxPool2dGradient',
  'maxPool2dTake',
  'oneHot',
  'scatterRows'
]

/** What is exported and compared. */
interface Subject {
  /** The graph for a number of rows. */
  readonly build: (rows: number) => { readonly graph: Graph; readonly output: NodeId }
  /** Values for a source of it. */
  readonly draw: (source: GraphNode) => Float64Array
}

type Values = ReadonlyMap<string, Float64Array>

function valuesFor(subject: Subject, graph: Graph, sources: readonly string[]): Values {
  return new Map(
    graph.nodes
      .filter(({ op }) => sources.includes(op))
      // As files hold them.
      .map((node) => [node.name, subject.draw(node).map(Math.fround)])
  )
}

function fileFor({ graph, output }: ReturnType<Subject['build']>, parameters: Values): Uint8Array {
  const builder = new OnnxBuilder()
  const dimensions = (shape: Shape) => shape.map((size) => (size === BATCH ? 'N' : size))
  const inputs = graph.nodes.filter(({ op }) => op === 'input')
  for (const { name, shape } of inputs) builder.input(name, dataType.float, dimensions(shape), 'of the graph')
  builder.output('y', dataType.float, dimensions(graph.nodes[output]?.shape ?? []), 'of the graph')
  const tensors = new Map([...parameters].map(([name, data]) => [name, { shape: [data.length], data }]))
  const names = new Map(inputs.map(({ name }) => [name, name]))
  builder.node('Identity', [addNetwork(builder, { graph, output }, tensors, names)], { output: 'y' })
  return fileOf(builder, 'a part of a network', [])
}

/** Exports the graph for any number of rows and compares file and reference on each of `rowCounts`. */
async function check(subject: Subject, rowCounts: readonly number[]): Promise<void> {
  const exported = subject.build(BATCH)
  const parameters = valuesFor(subject, exported.graph, ['parameter', 'buffer'])
  const session = await InferenceSession.create(fileFor(exported, parameters), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1
  })
  for (const rows of rowCounts) {
    const { graph, output } = subject.build(rows)
    const inputs = valuesFor(subject, graph, ['input'])
    const feeds = graph.nodes
      .filter(({ op }) => op === 'input')
      .map(
        ({ name, shape }) => [name, new Tensor('float32', Float32Array.from(inputs.get(name) ?? []), shape)] as const
      )
    const answer = (await session.run(Object.fromEntries(feeds)))['y']
    expect(answer?.dims, `${rows} rows`).toEqual(graph.nodes[output]?.shape)
    const program = new ReferenceProgram(graph, [output])
    program.run(new Map([...parameters, ...inputs]))
    const wrong = program.value(output).findIndex((value, i) => {
      const got = Number(answer?.data[i])
      return !Object.is(value, got) && !(Math.abs(value - got) <= TOLERANCE)
    })
    expect([program.value(output)[wrong], answer?.data[wrong]], `${rows} rows`).toEqual([undefined, undefined])
  }
  await session.release()
}

describe('every primitive', () => {
  const entries = ops.flatMap((op: Op<OpName>) => op.cases.map((opCase) => ({ op, opCase })))

  it.each(
    entries
      .filter(({ op }) => rules.has(op.name))
      .map(
        ({ op, opCase }) =>
          [`${op.name} ${JSON.stringify(opCase.shapes)} ${JSON.stringify(opCase.attributes)}`, op, opCase] as const
      )
  )('%s', async (_, op, opCase) => {
    const random = new RandomStream(5, 'export')
    const dilated = op.name === 'avgPool2d' && !isDeepStrictEqual(opCase.attributes?.['dilation'], [1, 1])
    const build = () => {
      const graph = new GraphBuilder()
      const inputs = opCase.shapes.map((shape, i) => graph.input(`x${i}`, shape))
      const output = graph.apply(op.name, inputs, opCase.attributes)
      return { graph: graph.graph, output }
    }
    const subject = {
      build,
      draw: ({ name, shape }: GraphNode) => drawFor(random, shape, opCase, Number(name.slice(1)))
    }
    // AveragePool has dilations from opset 19 on; no layer uses them.
    if (dilated) await expect(check(subject, [1])).rejects.toMatchObject({ code: 'export-unsupported' })
    else await check(subject, [1])
  })

  it('has a rule, or is met in training alone', () => {
    const without = ops.map(({ name }) => name).filter((name) => !rules.has(name))
    expect(without).toEqual(trainingOnly)
  })
})

/** A layer as the network answers with it. */
function layerSubject(
  layer: LayerSpec,
  { inputs: shapes, config: given, draw = {} }: LayerSpec['cases'][number]
): Subject {
  const config = { ...defaultsOf(layer.fields), ...given }
  const random = new RandomStream(6, 'export')
  const notNow = () => {
    throw new Error('the network is not being trained')
  }
  const build = (rows: number) => {
    const graph = new GraphBuilder()
    const inputs = shapes.map((shape, i) => graph.input(`x${i}`, [rows, ...shape]))
    const own = (add: (name: string, shape: Shape) => NodeId, specs: ReturnType<LayerSpec['parameters']>) => {
      const nodes = new Map(specs.map(({ name, shape }) => [name, add(name, shape)]))
      return (name: string) => nodes.get(name) ?? -1
    }
    const context = {
      graph,
      parameter: own((name, shape) => graph.parameter(name, shape), layer.parameters(shapes, config)),
      buffer: own((name, shape) => graph.buffer(name, shape), layer.buffers?.(shapes, config) ?? []),
      training: false,
      updateBuffer: notNow,
      preActivation: () => undefined,
      keepMask: notNow
    }
    const output = graph.within('layer', () => layer.build(context, inputs, config))
    return { graph: graph.graph, output }
  }
  // Variances are positive.
  const drawOf = { input: draw, parameter: {}, buffer: { range: [0.5, 2] as const } }
  return {
    build,
    draw: ({ op, shape }) =>
      drawFor(random, shape, op === 'input' ? drawOf.input : op === 'buffer' ? drawOf.buffer : {})
  }
}

describe('every layer', () => {
  const entries = layerSpecs.flatMap((layer) => layer.cases.map((layerCase) => ({ layer, layerCase })))

  it.each(
    entries.map(({ layer, layerCase }) => [`${layer.type} ${JSON.stringify(layerCase)}`, layer, layerCase] as const)
  )('%s', (_, layer, layerCase) => check(layerSubject(layer, layerCase), [0, 1, 7, 1000]))
})

it('gives NaN for indices that are no rows of a table, as the studio does', async () => {
  const build = () => {
    const graph = new GraphBuilder()
    const table = graph.parameter('table', [3, 2])
    const output = graph.apply('gatherRows', [table, graph.input('i', [7])])
    return { graph: graph.graph, output }
  }
  const indices = Float64Array.of(2, -1, 3, 0.5, NaN, Infinity, 0)
  await check({ build, draw: ({ op }) => (op === 'input' ? indices : Float64Array.of(1, 2, 3, 4, 5, 6)) }, [1])
})

it('expands over rows that only the input knows of', async () => {
  const build = (rows: number) => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [rows, 2])
    const repeated = graph.apply('broadcastTo', [graph.parameter('p', [2])], { shape: [rows, 2] })
    const output = graph.apply('multiply', [x, repeated])
    return { graph: graph.graph, output }
  }
  const random = new RandomStream(8, 'export')
  await check({ build, draw: ({ shape }) => drawFor(random, shape) }, [0, 1, 7, 1000])
})

it.each([
  ['joins rows', (graph: GraphBuilder, x: NodeId) => graph.apply('concat', [x, x], { axis: 0 })],
  ['has no rule', (graph: GraphBuilder, x: NodeId) => graph.apply('oneHot', [x], { classes: 3 })]
])('names the primitive and the layer that ONNX cannot have: it %s', (_, build) => {
  const graph = new GraphBuilder()
  const x = graph.input('x', [BATCH, 1])
  const output = graph.within('mystery', () => build(graph, x))
  const { op } = graph.node(output)
  const add = () => addNetwork(new OnnxBuilder(), { graph: graph.graph, output }, new Map(), new Map([['x', 'x']]))
  expect(add).toThrow(`"${op}", which layer "mystery" uses`)
  expect(add).toThrow(expect.objectContaining({ code: 'export-unsupported', details: { op, layer: 'mystery' } }))
})

describe('every link', () => {
  it.each(['identity', 'sigmoid', 'softmax'] as const)('%s', async (link) => {
    const random = new RandomStream(7, 'export')
    const build = (rows: number) => {
      const graph = new GraphBuilder()
      const output = applyLink(graph, link, graph.input('logits', [rows, 5]))
      return { graph: graph.graph, output }
    }
    await check({ build, draw: ({ shape }) => drawFor(random, shape, { range: [-30, 30] }) }, [0, 1, 7, 1000])
  })
})
