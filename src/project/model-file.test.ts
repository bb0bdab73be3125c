import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../shared/errors'
import { readModelFile } from './model-file'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-model-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const dense = (name: string, units: unknown, inputs: unknown = ['input'], more: object = {}) => ({
  name,
  type: 'dense',
  inputs,
  config: { units, activation: 'identity', ...more }
})
const model = (layers: unknown, output: unknown = 'output', inputShape: unknown = [3]) => ({
  inputShape,
  layers,
  output
})
const small = model([dense('hidden', 4), dense('output', 2, ['hidden'])])

async function read(content: unknown): Promise<unknown> {
  const path = join(folder, 'net.json')
  await writeFile(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content)
  )
  return readModelFile(path)
}

async function failureOf(content: unknown): Promise<StudioError> {
  const thrown: unknown = await read(content).catch((error: unknown) => error)
  if (thrown instanceof StudioError) return thrown
  throw new Error('expected a StudioError', { cause: thrown })
}

describe('readModelFile', () => {
  it('gives the network as it stands in the file', async () => {
    expect(await read(small)).toEqual(small)
    expect(await read(`\uFEFF${JSON.stringify(small, null, 2)}`)).toEqual(small)
  })

  it('takes networks that branch and join', async () => {
    const join = { name: 'sum', type: 'add', inputs: ['left', 'right'], config: {} }
    const branching = model([dense('left', 4), dense('right', 4), join, dense('output', 1, ['sum'])])
    expect(await read(branching)).toEqual(branching)
  })

  it('has no activation at the output where the file names none', async () => {
    const bare = { name: 'output', type: 'dense', inputs: ['input'], config: { units: 2 } }
    expect(await read(model([bare]))).toEqual(model([{ ...bare, config: { units: 2, activation: 'identity' } }]))
  })

  it.each<[string, unknown, string, RegExp]>([
    ['no JSON', '{"inputShape": [3],', 'invalid-model', /cannot be read as JSON/],
    ['no text', Uint8Array.of(0xff, 0xfe, 0x00, 0xd8), 'invalid-model', /cannot be read as JSON/],
    ['an empty file', '', 'invalid-model', /cannot be read as JSON/],
    ['a list', [], 'invalid-model', /inputShape: it is missing/],
    ['null', 'null', 'invalid-model', /model: expected an object .*got null/],
    ['great depth', `{"layers":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'invalid-model', /deeper than 16/],
    ['an unknown key', { ...small, extra: 1 }, 'invalid-model', /extra: this key is not known here; remove it/],
    ['no output', { inputShape: [3], layers: small.layers }, 'invalid-model', /output/],
    ['no layers', model([]), 'invalid-model', /layers/],
    ['an output that is no layer', model([dense('a', 2)], 'b'), 'unknown-layer', /model: .*"b"/],
    ['an empty input shape', model([dense('output', 2)], 'output', []), 'invalid-model', /inputShape/],
    ['a size of 0', model([dense('output', 2)], 'output', [0]), 'invalid-model', /inputShape\.0/],
    ['a size past all numbers', '{"inputShape":[1e999],"layers":[],"output":"a"}', 'invalid-model', /inputShape\.0/],
    ['an absurd size', model([dense('output', 2)], 'output', [1e18]), 'invalid-model', /inputShape\.0/],
    [
      'shapes of absurd rank',
      model([dense('output', 2)], 'output', [1, 1, 1, 1, 1, 1, 1, 1, 1]),
      'invalid-model',
      /inputShape/
    ],
    [
      'a layer without inputs',
      model([{ name: 'output', type: 'dense', config: { units: 1 } }]),
      'invalid-model',
      /layers\.0\.inputs \(layer "output"\)/
    ],
    [
      'an empty list of inputs',
      model([dense('output', 2, [])]),
      'invalid-model',
      /layers\.0\.inputs \(layer "output"\)/
    ],
    [
      'an unknown layer type',
      model([{ ...dense('output', 2), type: 'magic' }]),
      'unknown-layer-type',
      /layer 1 "output".*"magic"/
    ],
    [
      'an input that is no layer',
      model([dense('output', 2, ['nowhere'])]),
      'unknown-layer',
      /layer 1 "output".*"nowhere"/
    ],
    ['a cycle', model([dense('a', 2, ['output']), dense('output', 2, ['a'])]), 'layer-order', /layer 1 "a".*"output"/],
    ['a layer that takes itself', model([dense('output', 2, ['output'])]), 'layer-order', /layer 1 "output"/],
    [
      'a name that stands twice',
      model([dense('output', 2), dense('output', 2)]),
      'duplicate-layer',
      /"output" 2 times/
    ],
    ['a name that is a path', model([dense('../x', 2)], '../x'), 'invalid-model', /layers\.0\.name/],
    ['a name with another meaning', model([dense('input', 2)], 'input'), 'invalid-layer-name', /"input"/],
    [
      'an unknown setting',
      model([dense('output', 2, ['input'], { speed: 1 })]),
      'invalid-config',
      /layer 1 "output".*"speed"/
    ],
    [
      'a setting of another kind',
      model([dense('output', 'many')]),
      'invalid-config',
      /layer 1 "output".*Units must be/
    ],
    [
      'a setting that is a list',
      model([dense('output', [2])]),
      'invalid-model',
      /layers\.0\.config\.units \(layer "output"\)/
    ],
    ['no setting that makes sense', model([dense('output', null)]), 'invalid-model', /layers\.0\.config\.units/],
    [
      'an infinite setting',
      '{"inputShape":[3],"layers":[{"name":"output","type":"dense","inputs":["input"],"config":{"units":1e999}}],"output":"output"}',
      'invalid-config',
      /layer 1 "output".*Infinity/
    ],
    [
      'too many parameters',
      model([dense('a', 1_000_000), dense('output', 1_000_000, ['a'])]),
      'model-too-large',
      /layer 2 "output"/
    ],
    [
      'settings that are a list',
      model([{ ...dense('output', 2), config: [] }]),
      'invalid-model',
      /layers\.0\.config \(layer "output"\): expected an object .*got a list/
    ],
    ['a name of 10,000 characters', model([dense('x'.repeat(10_000), 2)]), 'invalid-model', /layers\.0\.name: .*xxx…/],
    [
      'an output with an activation',
      model([dense('output', 1, ['input'], { activation: 'softmax' })]),
      'output-activation',
      /layer "output".*without activation.*got "softmax"; set its activation to "identity"/
    ],
    ['too many layers', model(Array.from({ length: 1001 }, (_, i) => dense(`d${i}`, 1))), 'invalid-model', /layers/],
    [
      'a key that stands twice',
      '{"inputShape":[3],"inputShape":[4],"layers":[],"output":"a"}',
      'invalid-model',
      /"inputShape" stands twice/
    ],
    [
      '__proto__ as a key',
      JSON.stringify(small).replace('"units":2', '"__proto__":{"units":2}'),
      'invalid-model',
      /"__proto__" is not allowed/
    ],
    [
      'constructor as a key',
      JSON.stringify(small).replace('"units":2', '"constructor":2'),
      'invalid-model',
      /"constructor" is not allowed/
    ]
  ])('refuses %s, naming the file and the place', async (_what, content, code, message) => {
    const failure = await failureOf(content)
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
    expect(failure.message).toMatch(/^net\.json[: ]/)
    expect(failure.details['file']).toBe('net.json')
    expect(failure.message.length).toBeLessThan(1000)
    expect(Object.hasOwn(Object.prototype, 'units')).toBe(false)
  })

  it('names the layer and the field for programs', async () => {
    expect((await failureOf(model([dense('output', 0)]))).details).toMatchObject({ layer: 'output', field: 'units' })
    expect((await failureOf(model([dense('output', [])]))).details).toMatchObject({
      layer: 'output',
      field: 'layers.0.config.units'
    })
  })

  it('answers any JSON with a network or an error that has a code', async () => {
    const layer = fc.record(
      {
        name: fc.constantFrom('a', 'b', 'output', '__proto__', ''),
        type: fc.constantFrom('dense', 'add', 'flatten', 'reshape', 'toString'),
        inputs: fc.oneof(fc.array(fc.constantFrom('input', 'a', 'b')), fc.jsonValue()),
        config: fc.oneof(fc.dictionary(fc.constantFrom('units', 'shape', 'activation'), fc.jsonValue()), fc.jsonValue())
      },
      { requiredKeys: ['name'] }
    )
    const anyModel = fc.record({
      inputShape: fc.oneof(fc.array(fc.nat(5), { maxLength: 3 }), fc.jsonValue()),
      layers: fc.array(layer, { maxLength: 3 }),
      output: fc.constantFrom('a', 'b', 'output')
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyModel, fc.jsonValue()), async (content) => {
        const thrown: unknown = await read(JSON.stringify(content)).catch((error: unknown) => error)
        if (thrown instanceof Error) expect(thrown).toBeInstanceOf(StudioError)
      })
    )
  })

  it('reads no file that is no ordinary one, or too large', async () => {
    const code = (path: string) =>
      readModelFile(path).then(
        () => null,
        (error: unknown) => (error instanceof StudioError ? error.code : error)
      )
    expect(await code(join(folder, 'nowhere.json'))).toBe('file-not-found')
    expect(await code(folder)).toBe('unreadable-file')
    const large = join(folder, 'large.json')
    await writeFile(large, '')
    await truncate(large, 100_000_000)
    expect(await code(large)).toBe('file-too-large')
    if (process.platform === 'win32') return
    const pipe = join(folder, 'pipe.json')
    execFileSync('mkfifo', [pipe])
    expect(await code(pipe)).toBe('unreadable-file')
  })
})
