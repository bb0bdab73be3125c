/** Contract of every activation, and PyTorch's values near and far from 0. See scripts/golden/functions.py. */
import katex from 'katex'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { expectClose, readGolden } from '../../../tests/golden'
import { valueOfTex } from '../../../tests/tex'
import { withNumbers, withSymbols } from '../../shared/formula'
import { gradients } from '../backprop/gradients'
import { ReferenceProgram } from '../executors/reference/program'
import { namesIn } from '../explain/worked-line'
import { GraphBuilder } from '../graph/builder'
import { initializers } from '../initializers'
import { activationNamed, activations } from '.'

const golden = readGolden(
  'functions.json',
  v.object({
    points: v.array(v.number()),
    activations: v.array(
      v.object({ activation: v.string(), values: v.array(v.number()), gradient: v.array(v.number()) })
    ),
    erf: v.array(v.tuple([v.number(), v.number()]))
  })
)
const { points } = golden

/** f of the points, all in one row, and the gradient of Σ cos(i)·f(z)[i]. */
function computed(name: string, z: readonly number[]) {
  const graph = new GraphBuilder()
  const input = graph.input('z', [1, z.length])
  const output = activationNamed(name).build(graph, input)
  const weights = graph.constant(
    [1, z.length],
    z.map((_, i) => Math.cos(i))
  )
  const total = graph.apply('sum', [graph.apply('multiply', [output, weights])], { axes: [0, 1], keepDims: false })
  const [gradient = -1] = gradients(graph, total, [input])
  const program = new ReferenceProgram(graph.graph, [output, gradient])
  program.run(new Map([['z', Float64Array.from(z)]]))
  return { shape: graph.shapeOf(output), values: program.value(output), gradient: program.value(gradient) }
}

describe.each(activations.map(({ name }) => name))('%s', (name) => {
  const expected = golden.activations.find(({ activation }) => activation === name)

  it('has words, an initializer that exists and a name of its own', () => {
    const { label, formula, derivative, initializer } = activationNamed(name)
    for (const words of [label, formula, derivative]) expect(words.length).toBeGreaterThan(0)
    expect(initializers.map((known) => known.name)).toContain(initializer)
    expect(activations.filter((known) => known.name === name)).toHaveLength(1)
  })

  it('has TeX that KaTeX can set, with symbols and with numbers', () => {
    const { tex } = activationNamed(name)
    for (const formula of [tex.value, tex.derivative]) {
      expect(formula.length).toBeGreaterThan(0)
      const terms = namesIn(formula).map((term) => ({ name: term, symbol: `${term}_1`, value: -0.25 }))
      for (const { name: term } of terms) expect(['z', 'a']).toContain(term)
      const line = { symbol: 'a_1', formula, terms, value: 0 }
      for (const side of [withSymbols(line), withNumbers(line, 4)]) {
        expect(() => katex.renderToString(side, { throwOnError: true, strict: 'error' })).not.toThrow()
      }
    }
    expect(namesIn(tex.value)).toEqual(['z'])
  })

  // Softmax’s holds sums over other units, which are written as letters; SELU’s constants are cut to seven digits.
  it.skipIf(name === 'softmax')('reads in TeX as what the graph computes', () => {
    const { tex } = activationNamed(name)
    const tolerance = name === 'selu' ? 1e-6 : 1e-13
    const around = [-3, -1.5, -0.2, 0, 0.2, 1.5, 3]
    around.forEach((z) => {
      const { values, gradient } = computed(name, [z])
      const [a = NaN] = values
      const of = (term: string) => (term === 'z' ? z : a)
      // cos(0) = 1: the gradient of the one point is f′ itself.
      expect(Math.abs(valueOfTex(tex.value, of) - a), `f(${z})`).toBeLessThanOrEqual(tolerance)
      expect(Math.abs(valueOfTex(tex.derivative, of) - (gradient[0] ?? NaN)), `slope at ${z}`).toBeLessThanOrEqual(
        tolerance
      )
    })
  })

  it('has the values and the derivative that PyTorch has, kinks and far ends too', () => {
    const { shape, values, gradient } = computed(name, points)
    expect(shape).toEqual([1, points.length])
    // Of each point on its own: a difference near 0 must not hide behind the value at 40.
    points.forEach((z, i) => {
      const [value = NaN, slope = NaN] = [expected?.values[i], expected?.gradient[i]]
      const close = (got: number | undefined, wanted: number) =>
        Math.abs((got ?? NaN) - wanted) <= 4e-16 * Math.max(1, Math.abs(z)) + 1e-14 * Math.abs(wanted)
      expect(close(values[i], value), `f(${z}) = ${values[i]}, expected ${value}`).toBe(true)
      expect(close(gradient[i], slope), `slope at ${z}: ${gradient[i]}, expected ${slope}`).toBe(true)
    })
  })

  it('stays finite at ±1000, and so does its gradient', () => {
    const { values, gradient } = computed(name, [-1000, 1000, 0])
    expect([...values, ...gradient].every(Number.isFinite)).toBe(true)
  })

  it('lets NaN through', () => {
    expect(computed(name, [NaN]).values[0]).toBeNaN()
  })
})

describe('erf', () => {
  it.each(golden.erf)('of %d', (x, expected) => {
    const graph = new GraphBuilder()
    const y = graph.apply('erf', [graph.constant([2], [x, -x])])
    const program = new ReferenceProgram(graph.graph, [y])
    program.run(new Map())
    const [plus = NaN, minus = NaN] = program.value(y)
    expect(minus).toBe(-plus)
    // Six units of the last place.
    expectClose('erf', [plus], [expected], 6 * 2 ** -52)
  })
})

it('names the known ones for an unknown name', () => {
  expect(() => activationNamed('swish')).toThrow('There is no activation "swish"; known are relu')
})
