import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileModel, initializeParameters, type Parameters, type Tensor } from '../engine'
import { initialParameters, readWeightsFile, type WeightsFile } from './initial-weights'
import { writeSafetensors } from './safetensors'

const model = compileModel({
  inputShape: [3],
  layers: [
    { name: 'hidden', type: 'dense', inputs: ['input'], config: { units: 2 } },
    { name: 'norm', type: 'batch-norm', inputs: ['hidden'], config: {} },
    { name: 'output', type: 'dense', inputs: ['norm'], config: { units: 1, activation: 'identity' } }
  ],
  output: 'output'
})
const whole = initializeParameters(model, 1)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-weights-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function fileOf(tensors: Parameters): WeightsFile {
  return { fileName: 'w.safetensors', sha256: '0'.repeat(64), tensors }
}
const withTensor = (name: string, tensor: Tensor) => fileOf(new Map([...whole, [name, tensor]]))
const without = (...names: string[]) => fileOf(new Map([...whole].filter(([name]) => !names.includes(name))))

describe('initial weights', () => {
  it('are every parameter and buffer, rounded to float32, in the order of the network', async () => {
    const path = join(folder, 'w.safetensors')
    await writeFile(path, writeSafetensors({ tensors: new Map([...whole].reverse()), metadata: new Map() }))
    const file = await readWeightsFile(path)
    expect(file.fileName).toBe('w.safetensors')
    expect(file.sha256).toMatch(/^[0-9a-f]{64}$/)
    const parameters = initialParameters(model, file)
    expect([...parameters.keys()]).toEqual([
      'hidden.weight',
      'hidden.bias',
      'norm.weight',
      'norm.bias',
      'output.weight',
      'output.bias',
      'norm.running_mean',
      'norm.running_var'
    ])
    for (const [name, { shape, data }] of parameters) {
      expect(shape).toEqual(whole.get(name)?.shape)
      expect([...data]).toEqual([...(whole.get(name)?.data ?? [])].map(Math.fround))
    }
  })

  it('may stand beside counters of batches, as in a state dict of PyTorch', () => {
    const counter = { shape: [], data: Float64Array.of(12) }
    expect(initialParameters(model, withTensor('norm.num_batches_tracked', counter)).size).toBe(whole.size)
  })

  const two = { shape: [2], data: Float64Array.of(1, 2) }
  it.each<[string, WeightsFile, RegExp]>([
    ['one that is missing', without('output.bias'), /: "output\.bias" \[1\] is missing\./],
    ['a buffer that is missing', without('norm.running_var'), /"norm\.running_var" \[2\] is missing/],
    ['one too many', withTensor('other.weight', two), /: "other\.weight" is not of this network\./],
    ['a counter that is another', withTensor('norm.num_batches', two), /"norm\.num_batches" is not of this network/],
    ['another shape', withTensor('output.weight', two), /"output\.weight" must be \[1, 2\], got \[2\]/],
    [
      'a shape turned around',
      withTensor('hidden.weight', { shape: [3, 2], data: new Float64Array(6) }),
      /must be \[2, 3\], got \[3, 2\]/
    ],
    [
      'NaN',
      withTensor('output.weight', { shape: [1, 2], data: Float64Array.of(1, NaN) }),
      /"output\.weight" holds NaN at place 1/
    ],
    [
      'infinity',
      withTensor('output.bias', { shape: [1], data: Float64Array.of(-Infinity) }),
      /holds -Infinity at place 0/
    ],
    ['a number beyond float32', withTensor('output.bias', { shape: [1], data: Float64Array.of(1e39) }), /holds 1e\+39/],
    [
      'several mistakes',
      without('hidden.weight', 'hidden.bias', 'output.weight'),
      /"hidden\.weight" \[2, 3\] is missing; "hidden\.bias" \[2\] is missing; "output/
    ],
    ['more than can be named', fileOf(new Map()), /; and 2 more\. Tensors are called/]
  ])('refuses %s', (_what, file, message) => {
    expect(() => initialParameters(model, file)).toThrow(
      expect.objectContaining({
        code: 'weights-mismatch',
        message: expect.stringMatching(message) as string,
        details: expect.objectContaining({ file: 'w.safetensors' }) as object
      })
    )
  })

  it('refuses what is no file of weights', async () => {
    const path = join(folder, 'notes.txt')
    await writeFile(path, 'these are no weights')
    await expect(readWeightsFile(path)).rejects.toMatchObject({ code: 'weights-damaged' })
    await expect(readWeightsFile(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'file-not-found' })
    await expect(readWeightsFile(folder)).rejects.toMatchObject({ code: 'unreadable-file' })
  })
})
