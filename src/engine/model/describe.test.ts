import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, ShapeError, StudioError } from '../../shared/errors'
import type { Config, Field } from '../fields'
import { GraphBuilder } from '../graph/builder'
import { layerSpecs } from '../layers'
import type { LayerNode, ModelSpec } from '../spec'
import { denseNode, throughJson } from '../testing'
import { describeModel } from './describe'
import { buildModel, compileModel } from './model'
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

  it.each([NaN, Infinity, -1001, '1'])('refuses %s for the value of constant first weights', (initialWeight) => {
    expect(problemsOf(withConfig({ initializer: 'constant', initialWeight }))).toEqual([
      expect.stringMatching(
        /^dense1.initialWeight: Value of each weight must be a number from -1000 to 1000, got .*; for example 0.1\.$/
      )
    ])
  })

  it('knows settings, and none that objects inherit', () => {
    expect(problemsOf(withConfig({ activation: 'swish' }))[0]).toMatch(
      /^dense1.activation: Activation must be one of .*tanh.*, got "swish"/
    )
    expect(problemsOf(withConfig({ constructor: 1 }))).toEqual([
      'dense1.constructor: There is no setting "constructor"; known are units, activation, initializer, initialWeight. Remove it.'
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
      'b.inputs: Expected one input, got 2; connect it to one layer.'
    ])
    expect(problemsOf(spec(['input'], []))).toEqual(['b.inputs: Expected one input, got 0; connect it to one layer.'])
  })

  it('knows layer types, outputs and inputs that are not there', () => {
    const layer = { ...denseNode('a', 2), inputs: ['input'] }
    expect(problemsOf({ inputShape: [4], layers: [{ ...layer, type: 'magic' }], output: 'a' })).toEqual([
      expect.stringMatching(/^a.null: There is no layer type "magic"; known are .*dense/)
    ])
    expect(problemsOf({ inputShape: [4], layers: [layer], output: 'z' })).toEqual([
      'model: The output must be one of the layers ("a"), got "z"; name a layer of the model.'
    ])
    expect(problemsOf({ inputShape: [4], layers: [], output: 'z' })[0]).toContain('(there are none)')
    expect(problemsOf({ inputShape: [0], layers: [layer], output: 'a' })[0]).toContain('got shape [0]')
    expect(problemsOf({ inputShape: [4, 4], layers: [layer], output: 'a' })).toEqual([
      "a.null: Expected an input [N, F], got [N, 4, 4]; add a Flatten layer before it, which makes one list of a row's numbers."
    ])
  })

  it('says when the model would not fit in memory, before any memory is taken', () => {
    const wide = iris([denseNode('dense1', 1_000_000), denseNode('dense2', 1_000_000)])
    expect(problemsOf(wide)[0]).toContain('dense2.null: The model must have at most 100000000 parameters')
  })

  it('gives the shapes of all inputs, and the numbers in a row', () => {
    const { layers } = describeModel(branching([2, 3, 4], 'add'))
    expect(layers[2]).toMatchObject({
      inputShape: [24],
      inputShapes: [[24], [24]],
      outputShape: [24],
      activations: 24
    })
  })

  it.each(['add', 'multiply', 'concat'])('says which input of %s differs, and which layer it comes from', (type) => {
    const spec: ModelSpec = {
      inputShape: [2, 3],
      layers: [
        { name: 'flat', type: 'flatten', inputs: ['input'], config: {} },
        { name: 'wide', type: 'dense', inputs: ['flat'], config: { units: 7 } },
        { name: 'square', type: 'reshape', inputs: ['flat'], config: { size1: 3, size2: 2 } },
        { name: 'joined', type, inputs: ['flat', 'flat', type === 'concat' ? 'square' : 'wide'], config: {} }
      ],
      output: 'joined'
    }
    const [problem] = problemsOf(spec)
    expect(problem).toMatch(/^joined.inputs: Expected inputs .* got \[N, 6\] from input 1 and \[N, .*\] from input 3; /)
    expect(problem).toContain(`(Input 1 is "flat", input 3 is "${type === 'concat' ? 'square' : 'wide'}".)`)
    const alone = { ...spec, layers: spec.layers.map((layer) => ({ ...layer, inputs: layer.inputs.slice(0, 1) })) }
    expect(problemsOf(alone)).toEqual([
      'joined.inputs: Expected from 2 to 64 inputs, got 1; connect it to the layers it joins.'
    ])
  })

  it('wants one size per row from the output', () => {
    const spec = { ...branching([2, 3], 'add'), output: 'first' }
    const reshaped = {
      ...spec,
      layers: spec.layers.map((layer) => ({ ...layer, type: 'activation' })).slice(0, 1)
    }
    expect(problemsOf(reshaped)).toEqual([
      "first.null: The network's output must have one size per row, got [N, 2, 3]; put a Flatten and a Dense layer after it."
    ])
  })

  it('never throws, and compileModel throws exactly when it has a problem', () => {
    const name = fc.constantFrom('a', 'b', 'input', 'output', '__proto__', 'toString', '1')
    const value = fc.oneof(
      fc.integer({ min: -1, max: 3 }),
      fc.constantFrom(NaN, Infinity, 'tanh', 'row', '', true, false, 1e9, 0.5, 1e-5)
    )
    const keys = layerSpecs.flatMap(({ fields }) => fields.map(({ key }) => key))
    const config = fc.dictionary(fc.constantFrom(...keys, '__proto__', 'x'), value, { maxKeys: 2 })
    const type = fc.constantFrom(...layerSpecs.map((layer) => layer.type), 'constructor')
    const layer = fc.record({ name, type, inputs: fc.array(name, { maxLength: 3 }), config })
    const spec = fc.record({
      inputShape: fc.array(fc.constantFrom(0, 1, 2, 6, 1e9, NaN), { maxLength: 3 }),
      layers: fc.array(layer, { maxLength: 4 }),
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

  it('describes what hangs together: shapes, settings and connections that may fit', () => {
    const config = (type: string) =>
      fc.record(
        Object.fromEntries(
          (layerSpecs.find((layer) => layer.type === type)?.fields ?? []).map((field) => [field.key, settingFor(field)])
        ),
        { requiredKeys: [] }
      )
    const layer = fc.constantFrom(...layerSpecs.map(({ type }) => type)).chain((type) =>
      fc.record({
        type: fc.constant(type),
        config: config(type),
        reach: fc.array(fc.nat(), { minLength: 1, maxLength: 3 })
      })
    )
    const inputShape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
    let fitting = 0
    fc.assert(
      fc.property(inputShape, fc.array(layer, { minLength: 1, maxLength: 5 }), (inputShape, drafts) => {
        const names = ['input', ...drafts.map((_, i) => `layer${i}`)]
        const layers = drafts.map(({ type, config, reach }, i) => ({
          name: `layer${i}`,
          type,
          inputs: (isSeveral(type) ? [...reach, ...reach] : reach.slice(0, 1)).map(
            (far) => names[far % (i + 1)] ?? 'input'
          ),
          config
        }))
        const last = { name: 'flat', type: 'flatten', inputs: [names.at(-1) ?? ''], config: {} }
        const spec: ModelSpec = { inputShape, layers: [...layers, last], output: 'flat' }
        if (problemsOf(spec).length > 0) return
        fitting++
        const model = compileModel(spec)
        // What is described can be built, in both ways, with the shapes that were said.
        for (const training of [false, true]) {
          const graph = new GraphBuilder()
          const step = [graph.input('low', []), graph.input('high', [])]
          const pass = training ? { seed: 1, step, updateBuffer: () => undefined } : null
          const output = buildModel(graph, model, graph.input('input', [2, ...inputShape]), pass)
          expect(graph.shapeOf(output)).toEqual([2, ...(describeModel(spec).layers.at(-1)?.outputShape ?? [])])
        }
      }),
      { numRuns: 400 }
    )
    expect(fitting).toBeGreaterThan(50)
  })
})

function isSeveral(type: string): boolean {
  return layerSpecs.find((layer) => layer.type === type)?.inputs === 'several'
}

/** A value of the field, in its range or just outside. */
function settingFor(field: Field): fc.Arbitrary<Config[string]> {
  if (field.kind === 'boolean') return fc.boolean()
  if (field.kind === 'choice') return fc.constantFrom(...field.choices.map(({ value }) => value))
  return field.kind === 'number'
    ? fc.constantFrom(field.default, 0.5, 0, 2)
    : fc.constantFrom(field.default, -1, 0, 1, 2, 3)
}

/** input → first (flatten), second (flatten) → joined. */
function branching(inputShape: readonly number[], type: string): ModelSpec {
  return {
    inputShape,
    layers: [
      { name: 'first', type: 'flatten', inputs: ['input'], config: {} },
      { name: 'second', type: 'flatten', inputs: ['input'], config: {} },
      { name: 'joined', type, inputs: ['first', 'second'], config: {} }
    ],
    output: 'joined'
  }
}

describe('a network from outside', () => {
  const layer = (name: string, type: string, inputs: readonly string[], config: Config = {}): LayerNode => {
    return { name, type, inputs, config }
  }
  const codes = (spec: ModelSpec) => {
    const { layers, problems } = describeModel(spec)
    return [
      ...problems.map(({ code }) => `model ${code}`),
      ...layers.flatMap(({ name, problems }) => problems.map(({ code }) => `${name} ${code}`))
    ]
  }

  it('may not have rows beyond all measure', () => {
    const flat = [layer('a', 'flatten', ['input'])]
    for (const inputShape of [
      [2 ** 31, 2 ** 31],
      [1e15, 1e15, 1e15],
      [Number.MAX_VALUE, Number.MAX_VALUE],
      [100_000_001]
    ]) {
      expect(codes({ inputShape, layers: flat, output: 'a' }), String(inputShape)).toEqual(['model model-too-large'])
    }
    expect(codes({ inputShape: new Array<number>(100_000).fill(1), layers: flat, output: 'a' })).toEqual([
      'model too-many-axes'
    ])
    expect(
      codes({ inputShape: [1e5], layers: [layer('a', 'embedding', ['input'], { embeddingDim: 1e6 })], output: 'a' })
    ).toEqual(['a model-too-large'])
    const towers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, i, names) =>
      layer(name, 'embedding', [names[i - 1] ?? 'input'], { numEmbeddings: 1, embeddingDim: 1 })
    )
    expect(codes({ inputShape: [1], layers: towers, output: 'a' })).toContain('f too-many-axes')
  })

  it('may not ask for a Reshape that does not hold the row', () => {
    const reshaped = (config: Config) =>
      codes({ inputShape: [12], layers: [layer('a', 'reshape', ['input'], config)], output: 'a' })
    expect(reshaped({ size1: 1e8, size2: 1e8, size3: 1e8 })).toEqual(['a shape-mismatch'])
    expect(reshaped({ size1: -1, size2: -1 })).toEqual(['a shape-mismatch'])
    expect(reshaped({ size1: 0 })).toEqual(['a shape-mismatch'])
    expect(reshaped({ size1: 1e9 })).toEqual(['a invalid-config'])
    expect(reshaped({ size1: 2.5 })).toEqual(['a invalid-config'])
    expect(reshaped({ size1: 12 })).toEqual([])
  })

  it('may not have thousands of layers or connections, and long names do not fill the screen', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => layer(`a${i}`, 'flatten', [i === 0 ? 'input' : `a${i - 1}`]))
    const description = describeModel({ inputShape: [4], layers: many, output: 'a0' })
    expect(description.problems.map(({ code }) => code)).toEqual(['too-many-layers'])
    expect(description.layers).toHaveLength(1000)
    expect(() => compileModel({ inputShape: [4], layers: many, output: 'a0' })).toThrow(
      'at most 1000 layers, got 200000'
    )
    const inputs = new Array<string>(100_000).fill('input')
    expect(codes({ inputShape: [4], layers: [layer('a', 'add', inputs)], output: 'a' })).toEqual(['a input-count'])
    const unknown = problemsOf({
      inputShape: [4],
      layers: [layer('a', 'x'.repeat(1e6), ['y'.repeat(1e6)])],
      output: 'z'.repeat(1e6)
    })
    expect(unknown).toHaveLength(3)
    for (const message of unknown) expect(message.length).toBeLessThan(600)
  })

  it('may have a thousand layers: described and compiled at once', () => {
    const chain = Array.from({ length: 1000 }, (_, i) =>
      layer(`a${i}`, 'dense', [i === 0 ? 'input' : `a${i - 1}`], { units: 3 })
    )
    expect(compileModel({ inputShape: [3], layers: chain, output: 'a999' }).parameters).toHaveLength(2000)
  })

  it('may not set numbers that are none', () => {
    for (const [type, key] of [
      ['dropout', 'rate'],
      ['batch-norm', 'eps'],
      ['batch-norm', 'momentum'],
      ['group-norm', 'numGroups'],
      ['embedding', 'numEmbeddings'],
      ['reshape', 'size2']
    ] as const) {
      for (const value of [NaN, Infinity, -Infinity, '1', true]) {
        const got = codes({ inputShape: [4], layers: [layer('a', type, ['input'], { [key]: value })], output: 'a' })
        expect(got, `${type}.${key} = ${String(value)}`).toEqual(['a invalid-config'])
      }
    }
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
    expect(spec.layers[0]?.config).toEqual({
      units: 3,
      activation: 'identity',
      initializer: 'auto',
      initialWeight: 0.1
    })
    expect(compileModel(throughJson(spec)).spec).toEqual(spec)
  })
})
