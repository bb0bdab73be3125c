import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExplainedLayer, ExplainedWeight, MicroscopeView } from '../../../../shared/explain-views'
import { BIAS, networkEdges, networkLayout } from '../../components/networkLayout'
import { columnsOf } from './columns'
import {
  colourOf,
  edgeOfWeight,
  edgeSelection,
  edgeText,
  halfUnit,
  linesOfPath,
  marginsOf,
  pulsesOf,
  shownColumns,
  thicknessText,
  tintOf,
  unitSelection,
  unitText,
  zoomOf
} from './drawing'
import { lineBetween } from './edges'
import { phasesOf } from './phases'

const numbers = (...values: number[]) => Float64Array.from(values)

function dense(layer: string, from: string, a: Float64Array, delta: Float64Array): ExplainedLayer {
  const parts = { layer, type: 'dense', activation: 'tanh', inputs: [from], shape: [a.length] }
  return { ...parts, z: a, a, slope: a, gradient: delta, delta, parameters: [] }
}

/** 2 inputs → 3 units → one value. */
const view: MicroscopeView = {
  ...{ id: 1, of: { kind: 'bench' }, table: { fileName: 'made', rows: 4 }, task: 'regression', link: 'identity' },
  ...{ inputShape: [2], outputs: ['price'], epoch: 0, step: 1, kind: 'row', rows: [0], shown: 0 },
  ...{ optimizer: 'SGD', learningRate: 0.1, answer: [], actual: [], target: [1], notes: [] },
  inputs: [
    { name: 'a rather long name', value: 0.5, gradient: 0 },
    { name: 'y', value: -2, gradient: 0 }
  ],
  loss: { label: 'Squared', value: 1, law: 'E', why: [] },
  layers: [
    dense('hidden', 'input', numbers(1, -0.5, 0), numbers(0.1, 0, -0.2)),
    dense('output', 'hidden', numbers(3), numbers(-0.4))
  ]
}
const columns = columnsOf(view)
const phases = phasesOf(view)
const layout = networkLayout(columns, 640, 380, { left: 80, right: 80 })
const weights = {
  layers: [
    { name: 'hidden', weight: [[1, -2], [3, 4], [0, 0.5]], bias: [0.1, 0.2, 0.3] }, // prettier-ignore
    { name: 'output', weight: [[1, -1, 2]], bias: [0] }
  ]
}
const edges = networkEdges(layout, weights)

describe('sizes of the drawing', () => {
  it('are larger where there is room, and never smaller than life', () => {
    expect(zoomOf(300, 100)).toBe(1)
    expect(zoomOf(770, 900)).toBeCloseTo(1.1, 12)
    expect(zoomOf(5000, 5000)).toBe(1.25)
  })

  it('leave room for labels, and for no more than are shown of them', () => {
    const { left, right } = marginsOf(columns)
    expect(left).toBeCloseTo(38 + 6.4 * 18, 12)
    expect(right).toBeCloseTo(38 + 6.4 * 5, 12)
    expect(marginsOf([])).toEqual({ left: 62, right: 62 })
  })

  it('make circles where a number has room in one', () => {
    expect(halfUnit({ ...layout, radiusPx: 15 })).toEqual({ width: 15, height: 15 })
    expect(halfUnit({ ...layout, radiusPx: 12 })).toEqual({ width: 20, height: 10 })
    expect(halfUnit({ ...layout, radiusPx: 7 })).toEqual({ width: 20, height: 7 })
  })
})

describe('units', () => {
  const shown = shownColumns(view, phases, 0, columns)

  it('have the colour of their sign, the stronger the larger they are', () => {
    expect([2, -1, 0].map(colourOf)).toEqual(['var(--positive)', 'var(--negative)', 'var(--text-3)'])
    const [, hidden, output] = shown
    if (hidden === undefined || output === undefined) throw new Error('no columns')
    expect([0, 1, 2].map((unit) => tintOf(hidden, unit))).toEqual([46, 27, 8])
    // Not computed yet.
    expect(tintOf(output, 0)).toBe(8)
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1 }), (values) => {
        const largest = Math.max(...values.map(Math.abs))
        for (const index of values.keys()) {
          const tint = tintOf({ symbol: 'a', values, largest }, index)
          expect(tint >= 8 && tint <= 46).toBe(true)
        }
      })
    )
  })

  it('are told with what is known of them', () => {
    expect(unitText(columns, shown, 0, 1)).toBe('input y, x −2')
    expect(unitText(columns, shown, 1, 1)).toBe('hidden[2], a −0.5')
    expect(unitText(columns, shown, 2, 0)).toBe('output price, not computed yet')
    const after = shownColumns(view, phases, phases.length - 1, columns)
    expect(unitText(columns, after, 1, 0)).toBe('hidden[1], δ +0.1')
    expect(unitText(columns, shownColumns(null, [], 0, columns), 0, 0)).toBe(
      'input a rather long name, not computed yet'
    )
    const boxed = columnsOf({ ...view, inputShape: [1, 28, 28] })
    expect(unitText(boxed, shown, 0, 0)).toMatch(/^input, Image, /)
  })

  it('stand for units of layers; inputs for none', () => {
    expect(unitSelection(columns, 1, 2)).toEqual({ kind: 'unit', layer: 'hidden', unit: 2 })
    expect(unitSelection(columns, 0, 1)).toBeNull()
    expect(unitSelection(columns, 9, 0)).toBeNull()
  })
})

describe('lines', () => {
  it('stand for weights and biases', () => {
    expect(edgeSelection(columns, { column: 1, from: 1, to: 2 })).toEqual({
      ...{ kind: 'weight', parameter: 'hidden.weight', index: 5 }
    })
    expect(edgeSelection(columns, { column: 2, from: BIAS, to: 0 })).toMatchObject({
      parameter: 'output.bias',
      index: 0
    })
    expect(edgeSelection(columns, { column: 0, from: 0, to: 0 })).toBeNull()
  })

  it('say which weight they are', () => {
    const read = (column: number, from: number, to: number) =>
      edgeText(columns, edges, { column, from, to }, (layer) => (layer === 'hidden' ? 'weight' : 'change'))
    expect(read(1, 1, 0)).toBe('y → hidden[1]: w = −2')
    expect(read(1, BIAS, 2)).toBe('constant 1 → hidden[3]: w = +0.3')
    expect(read(2, 2, 0)).toBe('hidden[3] → price: w′ − w = +2')
    expect(phases.map((phase) => thicknessText(phase).slice(0, 6))).toEqual([
      ...['w, the', 'w, the', 'w, the', '∂E/∂w ', '∂E/∂w ', 'w′ − w']
    ])
  })

  it('pulse where numbers travel, the strongest first', () => {
    const pulses = pulsesOf(edges, [1])
    expect(pulses).toHaveLength(9)
    expect(pulses.map(({ weight }) => weight).slice(0, 3)).toEqual([4, 3, -2])
    expect(pulsesOf(edges, [])).toEqual([])
  })

  it('are found for a weight, and for a way to the error', () => {
    const weight = (place: ExplainedWeight['place']): ExplainedWeight => ({
      ...{ name: 'w', index: 0, symbol: 'w', before: 0, after: 0, place, gradient: [], paths: null, update: [] },
      check: { analytic: 0, numeric: 0, relativeError: 0 }
    })
    expect(edgeOfWeight(columns, weight({ layer: 'output', unit: 0, input: 2 }))).toEqual({ column: 2, from: 2, to: 0 })
    expect(edgeOfWeight(columns, weight({ layer: 'hidden', unit: 1, input: null }))?.from).toBe(BIAS)
    expect(edgeOfWeight(columns, weight(null))).toBeNull()
    const units = [
      { layer: 'hidden', unit: 1 },
      { layer: 'output', unit: 0 }
    ]
    expect(linesOfPath(layout, columns, { units, factors: [], product: 1 })).toEqual([
      lineBetween(layout, { column: 2, from: 1, to: 0 })
    ])
  })
})
