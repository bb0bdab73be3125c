import { describe, expect, it } from 'vitest'
import type { LayerFlow } from './flow-look'
import { arrivalWords, flowSentence, readFlow, shortNumber } from './flow-words'

function layers(...deltas: readonly number[]): LayerFlow[] {
  return deltas.map((delta, i) => {
    const layer = i === deltas.length - 1 ? 'output' : `dense${i + 1}`
    const told = { inputs: [], units: 1, shownUnits: [{ unit: 0, delta }] }
    return { layer, type: 'dense', activation: 'tanh', trained: true, delta, gradientNorm: delta, ...told }
  })
}

describe('flowSentence', () => {
  it.each([
    [
      [2e-4, 0.01, 0.26],
      'shrinks 1,300-fold (mean |δ| from 0.26 to 0.0002) over 2 layers, 36-fold each on average: vanishing'
    ],
    [[0.01, 0.26], 'shrinks 26-fold (mean |δ| from 0.26 to 0.01) over one layer: it fades'],
    [[0.2, 0.3], 'shrinks only 1.5-fold (mean |δ| from 0.3 to 0.2) over one layer: it arrives'],
    [[0.6, 0.3], 'grows only 2-fold'],
    [[6, 0.3], 'grows 20-fold'],
    [[6000, 0.3], 'grows 20,000-fold (mean |δ| from 0.3 to 6,000) over one layer: exploding'],
    [[0, 0.3], 'nothing of the gradient is left'],
    [[0, 0], 'makes no error'],
    [[Infinity, 0.3], 'do not stay finite'],
    [[0.3], 'only one layer']
  ])('reads %j', (deltas, expected) => {
    expect(flowSentence(layers(...deltas))).toContain(expected)
  })

  it('passes over layers without weights', () => {
    const [first, last] = layers(1, 2)
    if (first === undefined || last === undefined) throw new Error('no layers')
    const flatten = { ...first, layer: 'flatten', type: 'flatten', trained: false, delta: 1e-30 }
    expect(readFlow([flatten, first, last])).toMatchObject({ ratio: 0.5, passed: 1 })
  })
})

describe('arrivalWords', () => {
  it.each([
    [[0.1, 0.2], '1/2 of it'],
    [[0.4, 0.2], '2 times as much'],
    [[0, 0.2], 'nothing'],
    [[NaN, 0.2], 'numbers that are not finite'],
    [[0.1, 0], 'no error to send back']
  ])('of %j', (deltas, expected) => {
    expect(arrivalWords(layers(...deltas))).toBe(expected)
  })
})

describe('shortNumber', () => {
  it.each([
    [1312, '1,300'],
    [2.234, '2.23'],
    [0.000123, '0.000123'],
    [-0.5, '−0.5'],
    [3.14e-12, '3.1e−12'],
    [7.6e9, '7.6e9'],
    [0, '0'],
    [NaN, 'NaN']
  ])('%s', (value, expected) => expect(shortNumber(value)).toBe(expected))
})
