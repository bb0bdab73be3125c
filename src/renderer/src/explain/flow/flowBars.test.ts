import { describe, expect, it } from 'vitest'
import type { LayerFlow } from '../../../../shared/gradient-views'
import { decadesOf, decadeTicks, lengthOf } from './flowBars'

const layer = (delta: number, gradientNorm: number | null): LayerFlow => {
  const told = { inputs: ['input'], units: 1, shownUnits: [] }
  return {
    layer: 'dense1',
    type: 'dense',
    activation: 'relu',
    trained: gradientNorm !== null,
    delta,
    gradientNorm,
    ...told
  }
}

describe('bars of gradients', () => {
  it('stand on whole powers of ten that hold all networks', () => {
    const decades = decadesOf([[layer(0.003, 0.2)], [layer(0.5, null), layer(0, 7)]])
    expect(decades).toEqual({ from: -3, to: 1 })
    expect(decadesOf([[layer(0, null)], [layer(Number.NaN, Number.POSITIVE_INFINITY)]])).toBeNull()
    // A power of ten itself is a bar that can be seen.
    expect(decadesOf([[layer(0.01, 1)]])).toEqual({ from: -3, to: 0 })
  })

  it('are as long as their power, and what is 0 has none', () => {
    const decades = { from: -4, to: 0 }
    expect(
      [1, 0.1, 1e-4, 0, null, Number.NaN, Number.POSITIVE_INFINITY].map((value) => lengthOf(value, decades))
    ).toEqual([1, 0.75, 0, 0, 0, 0, 0])
  })

  it('have few labels', () => {
    expect(decadeTicks({ from: -2, to: 0 }).map(({ at }) => at)).toEqual([0, 0.5, 1])
    expect(decadeTicks({ from: -6, to: 0 }).map(({ text }) => text)).toEqual(['1e−6', '0.0001', '0.01', '1'])
    const many = decadeTicks({ from: -20, to: 1 })
    expect(many.length).toBeLessThanOrEqual(6)
    expect(many.at(-1)?.at).toBe(1)
  })
})
