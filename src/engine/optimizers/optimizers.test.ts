/** Contract of every optimizer, and SGD's steps by hand. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../backprop/gradients'
import { ReferenceProgram } from '../executors/reference/program'
import { defaultsOf, parseConfig, type Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { zeros } from '../tensor/tensor'
import { optimizerNamed, optimizerSpecs, type OptimizerSpec } from '.'

/** Minimises f(x), a scalar of x [size]: the path of x, the start included. */
function descend(
  optimizer: OptimizerSpec,
  config: Config,
  start: readonly number[],
  f: (graph: GraphBuilder, x: NodeId) => NodeId,
  steps: number
): number[][] {
  const graph = new GraphBuilder()
  const shape = [start.length]
  const x = graph.parameter('x', shape)
  const [gradient = -1] = gradients(graph, f(graph, x), [x])
  const slots = optimizer.init(shape, config)
  const state = slots.map(({ name }) => graph.input(name, shape))
  const scalars = optimizer.scalars(config, 1).map(({ name }) => graph.input(name, []))
  const next = optimizer.apply(graph, { parameter: x, gradient, state, scalars }, config)
  const program = new ReferenceProgram(graph.graph, [next.parameter, ...next.state])
  const feeds = new Map([
    ['x', Float64Array.from(start)],
    ...slots.map(({ name, initial }) => [name, initial.data] as const)
  ])
  const path = [[...start]]
  for (let step = 1; step <= steps; step++) {
    optimizer.scalars(config, step).forEach(({ name, value }) => feeds.set(name, Float64Array.of(value)))
    program.run(feeds)
    feeds.set('x', program.value(next.parameter).slice())
    next.state.forEach((node, i) => feeds.set(slots[i]?.name ?? '', program.value(node).slice()))
    path.push([...program.value(next.parameter)])
  }
  return path
}

/** ½ Σ c·x², with curvatures c from 1 to 4: the gradient is c·x. */
function quadratic(graph: GraphBuilder, x: NodeId): NodeId {
  const size = graph.shapeOf(x)[0] ?? 1
  const curvature = graph.constant(
    [size],
    Array.from({ length: size }, (_, i) => (1 + i) / 2)
  )
  const terms = graph.apply('multiply', [curvature, graph.apply('square', [x])])
  return graph.apply('sum', [terms], { axes: [0], keepDims: false })
}

describe.each(optimizerSpecs)('$type', (optimizer) => {
  const config = defaultsOf(optimizer.fields)

  it('has defaults within their ranges and a type of its own', () => {
    expect(() => parseConfig(optimizer.label, optimizer.fields, config)).not.toThrow()
    expect(optimizerNamed(optimizer.type)).toBe(optimizer)
  })

  it('finds the minimum of a quadratic with its defaults', () => {
    const path = descend(optimizer, config, [3, -2, 1, 0.5], quadratic, 400)
    for (const value of path.at(-1) ?? [NaN]) expect(Math.abs(value)).toBeLessThan(1e-6)
  })

  it('keeps its state as plain tensors of the parameter’s shape, one node for each', () => {
    for (const { initial } of optimizer.init([2, 3], config)) expect(initial).toEqual(zeros([2, 3]))
    const names = (step: number) => optimizer.scalars(config, step).map(({ name }) => name)
    expect(names(100)).toEqual(names(1))
  })
})

describe('sgd by hand', () => {
  const sgd = optimizerNamed('sgd')
  // f = ½ x², so g = x.
  const bowl = (graph: GraphBuilder, x: NodeId) => quadratic(graph, x)

  it('without momentum: w ← w − η·g', () => {
    // 2 − 0.5·2 = 1, 1 − 0.5·1 = 0.5
    expect(descend(sgd, { learningRate: 0.5, momentum: 0 }, [2], bowl, 2)).toEqual([[2], [1], [0.5]])
    expect(sgd.init([2], { learningRate: 0.5, momentum: 0 })).toEqual([])
  })

  it('with momentum: v ← μ·v + g, w ← w − η·v', () => {
    // v = 2, w = 2 − 0.5·2 = 1; v = 0.5·2 + 1 = 2, w = 1 − 0.5·2 = 0; v = 0.5·2 + 0 = 1, w = −0.5
    expect(descend(sgd, { learningRate: 0.5, momentum: 0.5 }, [2], bowl, 3)).toEqual([[2], [1], [0], [-0.5]])
  })

  it('with momentum leaves a shallow minimum in which plain descent stays', () => {
    // f = (x² − 1)² + 0.3·x: a minimum near +0.96, a deeper one near −1.04, a rise between them.
    const hills = (graph: GraphBuilder, x: NodeId) => {
      const wells = graph.apply('square', [
        graph.apply('affine', [graph.apply('square', [x])], { scale: 1, offset: -1 })
      ])
      const tilted = graph.apply('add', [wells, graph.apply('affine', [x], { scale: 0.3, offset: 0 })])
      return graph.apply('sum', [tilted], { axes: [0], keepDims: false })
    }
    const end = (momentum: number) => descend(sgd, { learningRate: 0.01, momentum }, [2], hills, 500).at(-1)?.[0]
    expect(end(0)).toBeCloseTo(0.96, 2)
    expect(end(0.9)).toBeCloseTo(-1.04, 2)
  })

  it('refuses settings out of range', () => {
    const parse = (config: Config) => () => parseConfig('SGD', sgd.fields, config)
    expect(parse({ momentum: 1 })).toThrow('SGD: momentum must be a number from 0 below 1, got 1.')
    expect(parse({ learningRate: 0 })).toThrow('SGD: learning rate must be a number above 0')
    expect(parse({ learningRate: NaN })).toThrow('got nothing')
    expect(parse({ speed: 1 })).toThrow('SGD: unknown setting "speed"')
    expect(() => optimizerNamed('magic')).toThrow('There is no optimizer "magic"; known are')
  })
})
