import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, ShapeError, StudioError } from '../../shared/errors'
import type { Config } from '../fields'
import type { LayerNode, ModelSpec } from '../spec'
import { denseNode, throughJson } from '../testing'
import { describeModel } from './describe'
import { compileModel } from './model'
import { modelSpecOf } from './spec-of'

const iris = (hidden: readonly LayerNode[]) => modelSpecOf(hidden, 4, 'multi-class', 'cross-entropy', 3)
const withConfig = (config: Config) => iris([{ name: 'dense1', type: 'dense', inputs: [], config }])

function problemsOf(spec: ModelSpec) {
  const { layers, problems } = describeModel(spec)
  const listed = layers.flatMap((layer) =>
    layer.problems.map((problem) => `${layer.name}.${problem.field}: ${problem.message}`)
  )
  return [...problems.map((problem) => `model: ${problem.message}`), ...listed]
}

describe('describeModel', () => {
  it('gives shapes, parameters and multiply-adds of every layer', () => {
    const description = describeModel(iris([denseNode('dense1', 16), denseNode('dense2', 8)]))
    expect(
      description.layers.map(({ name, inputShape, outputShape, parameters, multiplyAdds }) => ({
        name,
        inputShape,
        outputShape,
        parameters,
        multiplyAdds
      }))
    ).toEqual([
      { name: 'dense1', inputShape: [4], outputShape: [16], parameters: 80, multiplyAdds: 80 },
      { name: 'dense2', inputShape: [16], outputShape: [8], parameters: 136, multiplyAdds: 136 },
      { name: 'output', inputShape: [8], outputShape: [3], parameters: 27, multiplyAdds: 27 }
    ])
    expect(description.parameters).toBe(243)
    expect(problemsOf(iris([denseNode('dense1', 16)]))).toEqual([])
  })

  it.each([0, 1.5, NaN, -1, 1_000_001, Infinity])('says what units must be for %d', (units) => {
    expect(problemsOf(withConfig({ units }))).toEqual([
      `dense1.units: Units must be a whole number from 1 to 1000000, got ${Number.isNaN(units) ? 'nothing' : units}; for example 8.`
    ])
  })

  it('keeps a mistake on its layer: the layers after it have unknown shapes and no problems', () => {
    const { layers, parameters } = describeModel(withConfig({ units: 0 }))
    expect(layers[1]).toMatchObject({
      name: 'output',
      inputShape: null,
      outputShape: null,
      parameters: 0,
      problems: []
    })
    expect(parameters).toBe(0)
  })

  it('knows settings, and none that objects inherit', () => {
    expect(problemsOf(withConfig({ activation: 'swish' }))[0]).toMatch(
      /^dense1.activation: Activation must be one of .*tanh.*, got "swish"/
    )
    expect(problemsOf(withConfig({ constructor: 1 }))).toEqual([
      'dense1.constructor: There is no setting "constructor"; known are units, activation, initializer. Remove it.'
    ])
  })

  it('says which names are wrong', () => {
    const named = (name: string) => problemsOf(iris([denseNode(name, 2)]))
    for (const name of ['', '1st', 'a b', 'a.b', 'é', 'x'.repeat(65)]) {
      expect(named(name)[0], name).toContain(`.name: The name must be 1 to 64 letters, digits and _`)
    }
    for (const name of ['input', 'loss', 'optimizer', 'targets'])
      expect(named(name)[0]).toContain('has another meaning')
    expect(named('__proto__')).toEqual([])
    expect(named('output')).toEqual([
      'output.name: Each layer needs its own name, got "output" 2 times; rename one of them.',
      'output.name: Each layer needs its own name, got "output" 2 times; rename one of them.'
    ])
  })

  it('says where connections are wrong, cycles too', () => {
    const spec = (a: readonly string[], b: readonly string[]): ModelSpec => ({
      inputShape: [4],
      layers: [
        { ...denseNode('a', 2), inputs: a },
        { ...denseNode('b', 2), inputs: b }
      ],
      output: 'b'
    })
    expect(problemsOf(spec(['nowhere'], ['a']))).toEqual([
      'a.inputs: Its input must be one of "input", got "nowhere"; connect it to one of them.'
    ])
    expect(problemsOf(spec(['b'], ['a']))).toEqual([
      'a.inputs: Its input "b" must come before it; move the layer after "b".'
    ])
    expect(problemsOf(spec(['a'], ['input']))).toEqual([
      'a.inputs: Its input "a" must come before it; move the layer after "a".'
    ])
    expect(problemsOf(spec(['input'], ['input', 'a']))).toEqual([
      'b.null: Expected one input, got 2; connect it to one layer.'
    ])
    expect(problemsOf(spec(['input'], []))).toEqual(['b.null: Expected one input, got 0; connect it to one layer.'])
  })

  it('knows layer types, outputs and inputs that are not there', () => {
    const layer = denseNode('a', 2)
    expect(problemsOf({ inputShape: [4], layers: [{ ...layer, type: 'magic' }], output: 'a' })).toEqual([
      expect.stringMatching(/^a.null: There is no layer type "magic"; known are .*dense/)
    ])
    expect(problemsOf({ inputShape: [4], layers: [layer], output: 'z' })).toEqual([
      'model: The output must be one of the layers ("a"), got "z"; name a layer of the model.'
    ])
    expect(problemsOf({ inputShape: [4], layers: [], output: 'z' })[0]).toContain('(there are none)')
    expect(problemsOf({ inputShape: [0], layers: [layer], output: 'a' })[0]).toContain('got shape [0]')
    expect(problemsOf({ inputShape: [4, 4], layers: [layer], output: 'a' })).toEqual([
      'a.null: Expected an input [N, F], got [N, 4, 4]; connect it to a layer with one size per row.'
    ])
  })

  it('says when the model would not fit in memory, before any memory is taken', () => {
    const wide = iris([denseNode('dense1', 1_000_000), denseNode('dense2', 1_000_000)])
    expect(problemsOf(wide)[0]).toContain('dense2.null: The model must have at most 100000000 parameters')
  })

  it('never throws, and compileModel throws exactly when it has a problem', () => {
    const name = fc.constantFrom('a', 'b', 'input', 'output', '__proto__', 'toString', '1')
    const value = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(NaN, 'tanh', '', true, 1e9))
    const config = fc.dictionary(fc.constantFrom('units', 'activation', 'initializer', '__proto__', 'x'), value)
    const type = fc.constantFrom('dense', 'dense', 'constructor')
    const layer = fc.record({ name, type, inputs: fc.array(name, { maxLength: 2 }), config })
    const spec = fc.record({
      inputShape: fc.array(fc.constantFrom(0, 1, 2, NaN), { maxLength: 2 }),
      layers: fc.array(layer, { maxLength: 3 }),
      output: name
    })
    fc.assert(
      fc.property(spec, (spec) => {
        const problems = problemsOf(spec)
        const attempt = () => compileModel(spec)
        if (problems.length === 0) attempt()
        else expect(attempt).toThrow(StudioError)
      })
    )
  })
})

describe('compileModel', () => {
  it('lists parameters with PyTorch’s names and layouts', () => {
    expect(compileModel(iris([denseNode('dense1', 16, 'relu')])).parameters).toEqual([
      { name: 'dense1.weight', layer: 'dense1', shape: [16, 4], initializer: 'he-uniform' },
      { name: 'dense1.bias', layer: 'dense1', shape: [16], initializer: 'zeros' },
      { name: 'output.weight', layer: 'output', shape: [3, 16], initializer: 'glorot-uniform' },
      { name: 'output.bias', layer: 'output', shape: [3], initializer: 'zeros' }
    ])
  })

  it('names layer and place in its errors', () => {
    const compile = (spec: ModelSpec) => () => compileModel(spec)
    expect(compile(withConfig({ units: 0 }))).toThrow(ConfigError)
    expect(compile(withConfig({ units: 0 }))).toThrow('layer 1 "dense1": Units must be')
    const image = { ...iris([denseNode('dense1', 2)]), inputShape: [4, 4] }
    expect(compile(image)).toThrow(ShapeError)
    expect(compile(image)).toThrow('layer 1 "dense1": Expected an input [N, F]')
  })

  it('writes defaults out and survives JSON', () => {
    const { spec } = compileModel(iris([]))
    expect(spec.layers[0]?.config).toEqual({ units: 3, activation: 'identity', initializer: 'auto' })
    expect(compileModel(throughJson(spec)).spec).toEqual(spec)
  })
})
