import { describe, expect, it } from 'vitest'
import { compileModel, initializeParameters, type Parameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import type { LayerNode } from '../../spec'
import { denseNode } from '../../testing'
import { dot, type Direction } from './plane'
import { randomPlane, randomPlaneInSlices } from './random-plane'

const node = (name: string, type: string, config: LayerNode['config'] = {}): LayerNode => {
  return { name, type, inputs: [], config }
}
const layers = [
  node('image', 'reshape', { size1: 1, size2: 6, size3: 6 }),
  node('conv', 'conv2d', { outChannels: 5, kernelSize: 3 }),
  node('norm', 'batch-norm'),
  node('flat', 'flatten'),
  denseNode('dense', 30)
]
const model = compileModel(modelSpecOf(layers, 36, 'multi-class', 'cross-entropy', 3))
const origin = initializeParameters(model, 1)
const [u, v] = randomPlane(model, origin, 7).directions

/** Lengths of what stands at each place of the first axis. */
function lengths(data: Float64Array, filters: number): number[] {
  const size = data.length / filters
  return Array.from({ length: filters }, (_, f) => Math.hypot(...data.subarray(f * size, (f + 1) * size)))
}

describe('randomPlane', () => {
  it('gives each filter the length of the network’s own', () => {
    for (const direction of [u, v]) {
      for (const [name, data] of direction) {
        const { shape, data: weights } = origin.get(name) ?? { shape: [], data: new Float64Array() }
        const expected = lengths(weights, shape[0] ?? 0)
        lengths(data, shape[0] ?? 0).forEach((length, f) => expect(length).toBeCloseTo(expected[f] ?? NaN, 12))
      }
    }
  })

  it('moves no bias, no scale and no running statistics', () => {
    for (const direction of [u, v]) {
      expect([...direction.keys()]).toEqual(['conv.weight', 'dense.weight', 'output.weight'])
    }
  })

  it('is the same for the same seed, and another one for another', () => {
    expect(randomPlane(model, origin, 7).directions).toEqual([u, v])
    expect(randomPlane(model, origin, 8).directions[0]).not.toEqual(u)
  })

  it('is drawn in slices, so that others can come in between', () => {
    const big = compileModel(modelSpecOf([denseNode('dense', 400)], 400, 'regression', 'squared', 1))
    const weights = initializeParameters(big, 1)
    const work = randomPlaneInSlices(big, weights, 7)
    const slices: unknown[] = []
    let next = work.next()
    for (; next.done !== true; next = work.next()) slices.push(next.value)
    expect(slices.length).toBeGreaterThan(1)
    expect(next.value).toEqual(randomPlane(big, weights, 7))
  })

  it('draws directions that are nearly orthogonal', () => {
    const cosine = (a: Direction, b: Direction) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
    expect(cosine(u, u)).toBeCloseTo(1, 12)
    expect(Math.abs(cosine(u, v))).toBeLessThan(0.1)
  })

  it('has no direction for a network whose weights are all 0', () => {
    const nothing: Parameters = new Map(
      [...origin].map(([name, { shape, data }]) => [name, { shape, data: new Float64Array(data.length) }])
    )
    expect(() => randomPlane(model, nothing, 7)).toThrow(expect.objectContaining({ code: 'no-direction' }))
  })
})
