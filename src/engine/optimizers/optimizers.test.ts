/** Contract of every optimizer, and SGD's steps by hand. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../backprop/gradients'
import { ReferenceProgram } from '../executors/reference/program'
import { defaultsOf, numberSetting, parseConfig, type Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import { namesIn } from '../explain/worked-line'
import type { NodeId } from '../graph/graph'
import { zeros } from '../tensor/tensor'
import { optimizerNamed, optimizerSpecs, type OptimizerSpec } from '.'
import { symbolsOf } from './symbols'
import { nextName } from './update-line'

/** Minimises f(x), a scalar of x [size]: the path of x, the start included. @param factor of the learning rate, as a schedule gives it */
function descend(
  optimizer: OptimizerSpec,
  given: Config,
  start: readonly number[],
  f: (graph: GraphBuilder, x: NodeId) => NodeId,
  steps: number,
  factor = 1
): number[][] {
  const config = parseConfig(optimizer.label, optimizer.fields, given)
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
  const scheduled = { ...config, learningRate: factor * numberSetting(config, 'learningRate') }
  const path = [[...start]]
  for (let step = 1; step <= steps; step++) {
    optimizer.scalars(scheduled, step).forEach(({ name, value }) => feeds.set(name, Float64Array.of(value)))
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

/** \hat m as m̂, \eta_t as ηₜ, and a new value without its prime. */
function plainLetter(symbol: string): string {
  return symbol
    .replace(/\\hat (\w)/, '$1\u0302')
    .replace('\\eta_t', 'ηₜ')
    .replace("'", '')
}

describe.each(optimizerSpecs)('$type', (optimizer) => {
  const config = defaultsOf(optimizer.fields)

  it('has defaults within their ranges and a type of its own', () => {
    expect(() => parseConfig(optimizer.label, optimizer.fields, config)).not.toThrow()
    expect(optimizerNamed(optimizer.type)).toBe(optimizer)
  })

  it('has helpful fields and equations for any settings, drafts too', () => {
    for (const field of optimizer.fields) expect(field.help.length, field.key).toBeGreaterThan(20)
    const emptied = Object.fromEntries(optimizer.fields.map(({ key }) => [key, NaN]))
    for (const given of [config, emptied, {}]) {
      const lines = optimizer.formula(given)
      expect(lines.at(-1)).toMatch(/^[a-z] ← /)
      expect(lines.some((line) => line.startsWith('w ← '))).toBe(true)
    }
  })

  it('has a line to work out for each of its equations, and a letter for all that these name', () => {
    const emptied = Object.fromEntries(optimizer.fields.map(({ key }) => [key, NaN]))
    const all = Object.fromEntries(optimizer.fields.map(({ key, kind }) => [key, kind === 'boolean' ? true : 0.5]))
    for (const given of [config, emptied, {}, all]) {
      // At the second step: at the first an equation may lack what is 0 then.
      const lines = optimizer.lines(given, 2)
      expect(lines.at(-1)?.name).toBe(nextName('w'))
      const letters = lines.map(({ symbol }) => plainLetter(symbol))
      expect(letters.sort()).toEqual(
        optimizer
          .formula(given)
          .map((line) => line.split(/ [←=] /)[0])
          .sort()
      )
      const known = new Set(symbolsOf(optimizer).keys())
      for (const { name, formula } of lines) {
        for (const term of namesIn(formula)) expect(known, `${term} in ${formula}`).toContain(term)
        expect(known).not.toContain(name)
        known.add(name)
      }
    }
    const names = optimizer.lines(all, 1).map(({ name }) => name)
    for (const { name } of optimizer.init([1], all)) expect(names).toContain(nextName(name))
    expect(Object.keys(optimizer.slotSymbols)).toEqual(
      expect.arrayContaining(optimizer.init([1], all).map(({ name }) => name))
    )
  })

  it('finds the minimum of a quadratic with its defaults', () => {
    const path = descend(optimizer, config, [3, -2, 1, 0.5], quadratic, 4000)
    // Steps of a steady size end up around the minimum, not in it.
    const near = numberSetting(config, 'learningRate')
    for (const value of path.at(-1) ?? [NaN]) expect(Math.abs(value)).toBeLessThan(near)
  })

  it('takes steps as small as a schedule wants them, and none at a factor of 0', () => {
    const start = [3, -2, 1, 0.5]
    const moved = (factor: number) => {
      const [before = [], after = []] = descend(optimizer, config, start, quadratic, 1, factor)
      return before.map((x, i) => (after[i] ?? NaN) - x)
    }
    expect(moved(0).map(Math.abs)).toEqual([0, 0, 0, 0])
    const whole = moved(1)
    // What is taken off a weight of about 1 is known to some units of its last place.
    moved(0.25).forEach((distance, i) => expect(Math.abs(distance - (whole[i] ?? NaN) / 4)).toBeLessThan(1e-15))
  })

  it('keeps its state as plain tensors of the parameter’s shape, one node for each', () => {
    const slots = optimizer.init([2, 3], config)
    for (const { initial } of slots) expect(initial).toEqual(zeros([2, 3]))
    expect(new Set(slots.map(({ name }) => name)).size).toBe(slots.length)
    const names = (step: number) => optimizer.scalars(config, step).map(({ name }) => name)
    expect(names(100)).toEqual(names(1))
  })
})

describe('equations', () => {
  const lines = (type: string, config: Config) => optimizerNamed(type).formula(config).join('; ')

  it('are those of the settings', () => {
    expect(lines('sgd', { momentum: 0 })).toBe('w ← w − η · g')
    expect(lines('sgd', { momentum: 0.9 })).toBe('v ← μ · v + g; w ← w − η · v')
    expect(lines('sgd', { momentum: 0.9, nesterov: true, dampening: 0.1, weightDecay: 0.1 })).toBe(
      'g ← g + λ · w; v ← μ · v + (1 − τ) · g; w ← w − η · (g + μ · v)'
    )
    expect(lines('adam', defaultsOf(optimizerNamed('adam').fields))).toBe(
      'm ← β₁ · m + (1 − β₁) · g; v ← β₂ · v + (1 − β₂) · g²; m̂ = m / (1 − β₁ᵗ); v̂ = v / (1 − β₂ᵗ); w ← w − η · m̂ / (√v̂ + ε)'
    )
    expect(lines('adamw', { weightDecay: 0.01 })).toContain('w ← (1 − η · λ) · w − η · m̂ / (√v̂ + ε)')
    expect(lines('rmsprop', { centered: true, momentum: 0.9 })).toBe(
      's ← α · s + (1 − α) · g²; m ← α · m + (1 − α) · g; v ← μ · v + g / (√(s − m²) + ε); w ← w − η · v'
    )
    expect(lines('adagrad', { learningRateDecay: 0.1 })).toContain('η / (1 + (t − 1) · ρ)')
  })
})

describe('centered RMSprop', () => {
  it('stays finite for a gradient that never changes, where rounding could make the spread negative', () => {
    const slope = (graph: GraphBuilder, x: NodeId) =>
      graph.apply('sum', [graph.apply('affine', [x], { scale: 0.1, offset: 0 })], { axes: [0], keepDims: false })
    const path = descend(optimizerNamed('rmsprop'), { centered: true, alpha: 0.5 }, [1], slope, 300)
    expect(path.flat().every(Number.isFinite)).toBe(true)
  })
})

describe('sgd by hand', () => {
  const sgd = optimizerNamed('sgd')
  // f = ½ x², so g = x.
  const bowl = (graph: GraphBuilder, x: NodeId) => quadratic(graph, x)

  it('without momentum: w ← w − η·g', () => {
    // 2 − 0.5·2 = 1, 1 − 0.5·1 = 0.5
    expect(descend(sgd, { learningRate: 0.5, momentum: 0 }, [2], bowl, 2)).toEqual([[2], [1], [0.5]])
    expect(sgd.init([2], { momentum: 0 })).toEqual([])
  })

  it('with momentum: v ← μ·v + g, w ← w − η·v', () => {
    // v = 2, w = 2 − 0.5·2 = 1; v = 0.5·2 + 1 = 2, w = 1 − 0.5·2 = 0; v = 0.5·2 + 0 = 1, w = −0.5
    expect(descend(sgd, { learningRate: 0.5, momentum: 0.5 }, [2], bowl, 3)).toEqual([[2], [1], [0], [-0.5]])
  })

  it('with dampening: the first gradient is taken whole', () => {
    // v = 2, w = 1; v = 0.5·2 + 0.25·1 = 1.25, w = 1 − 0.5·1.25 = 0.375
    const config = { learningRate: 0.5, momentum: 0.5, dampening: 0.75 }
    expect(descend(sgd, config, [2], bowl, 2)).toEqual([[2], [1], [0.375]])
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
