import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExplainedLayer, ExplainedWeight, MicroscopeView, ParameterView } from '../../../../shared/explain-views'
import { BIAS, networkLayout } from '../../components/networkLayout'
import { layerSpecs } from '../../../../engine/catalog'
import { unitCases, weightCase } from './cases'
import { columnsOf, edgeModeOf, EdgeNumbers, shownNumbers, underWay, unitName, wantedOf } from './columns'
import { edgeAt, lineBetween } from './edges'
import { matrixLines, matrixTex } from './formulas'
import { movers } from './movers'
import { errorText, shortNumber } from './numbers'
import { knownOf, phaseSentence, phasesOf, phaseSteps } from './phases'
import { rowOf, rowsNear, rowText } from './rows'
import { localRule } from './rules'
import { sameSelection, stillThere, weightAt } from './selection'

const numbers = (...values: number[]) => Float64Array.from(values)

/** 2 inputs → hidden (2 ReLU units) → output (3 classes); the numbers need not follow from each other. */
const hidden: ExplainedLayer = {
  ...{ layer: 'hidden', type: 'dense', activation: 'relu', inputs: ['input'], shape: [2] },
  ...{
    z: numbers(-1, 2),
    a: numbers(0, 2),
    slope: numbers(0, 1),
    gradient: numbers(0.4, -0.5),
    delta: numbers(0, -0.5)
  },
  parameters: [
    { name: 'hidden.weight', shape: [2, 2] },
    { name: 'hidden.bias', shape: [2] }
  ]
}
const output: ExplainedLayer = {
  ...{ layer: 'output', type: 'dense', activation: 'identity', inputs: ['hidden'], shape: [3] },
  ...{ z: numbers(1, 2, 3), a: numbers(0.1, 0.2, 0.7), slope: numbers(1, 1, 1) },
  ...{ gradient: numbers(0.1, 0.2, -0.3), delta: numbers(0.1, 0.2, -0.3) },
  parameters: [
    { name: 'output.weight', shape: [3, 2] },
    { name: 'output.bias', shape: [3] }
  ]
}
const view: MicroscopeView = {
  ...{
    id: 1,
    of: { kind: 'view', runId: 'run', title: 'run' },
    table: { fileName: 'made.csv', rows: 20 },
    task: 'multi-class',
    link: 'softmax',
    inputShape: [2],
    outputs: ['a', 'b', 'c'],
    epoch: 3,
    step: 7,
    kind: 'row',
    rows: [16],
    shown: 0,
    optimizer: 'Adam',
    learningRate: 0.01
  },
  inputs: [
    { name: 'length', value: 1.5, gradient: 0 },
    { name: 'width', value: -2, gradient: 0.25 }
  ],
  answer: [],
  actual: ['c'],
  target: [2],
  loss: { label: 'Cross-entropy', value: 0.36, law: 'E', why: [] },
  layers: [hidden, output],
  notes: []
}
function parameter(name: string, shape: readonly number[]): ParameterView {
  const size = shape.reduce((product, each) => product * each, 1)
  const of = (f: (i: number) => number) => Float64Array.from({ length: size }, (_, i) => f(i))
  return { name, shape, before: of((i) => i + 1), gradient: of((i) => -i), after: of((i) => i + 1 + 0.5 * i) }
}
const parameters = new Map(
  view.layers.flatMap((layer) => layer.parameters).map(({ name, shape }) => [name, parameter(name, shape)])
)
const columns = columnsOf(view)
const phases = phasesOf(view)
const at = (kind: string, layer: string | null) =>
  phases.findIndex((phase) => phase.kind === kind && phase.layer === layer)

describe('the walk', () => {
  it('goes forward, to the error, backward, to the descent', () => {
    expect(phases.map(({ kind, layer }) => `${kind} ${layer ?? ''}`.trim())).toEqual([
      ...['forward hidden', 'forward output', 'error', 'backward output', 'backward hidden', 'descent']
    ])
  })

  it('knows of a layer what the walk has come to', () => {
    expect(knownOf(phases, 0, 'output')).toEqual({ forward: false, backward: false, descent: false })
    expect(knownOf(phases, at('backward', 'output'), 'output')).toEqual({
      forward: true,
      backward: true,
      descent: false
    })
    expect(knownOf(phases, at('backward', 'output'), 'hidden').backward).toBe(false)
    expect(knownOf(phases, phases.length - 1, 'hidden').descent).toBe(true)
  })

  it('says how far it is, and what happens', () => {
    const steps = phaseSteps(phases, at('backward', 'hidden'))
    expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'current', 'ahead'])
    expect(steps[2]?.detail).toBe('hidden (2 of 2)')
    const sentences = phases.map((phase) => phaseSentence(view, phase, 'Dense'))
    expect(sentences[0]).toContain('what the input gave')
    expect(sentences[5]).toContain('Adam')
    expect(new Set(sentences).size).toBe(phases.length)
  })
})

describe('the drawing', () => {
  it('has a column for the input and for each layer, with the names of features and classes', () => {
    expect(columns.map(({ name, kind, size, note }) => [name, kind, size, note])).toEqual([
      ['input', 'neurons', 2, 'x'],
      ['hidden', 'neurons', 2, 'relu'],
      ['output', 'neurons', 3, 'softmax']
    ])
    expect(unitName(columns, 'output', 1)).toBe('b')
    expect(unitName(columns, 'hidden', 1)).toBe('hidden[2]')
    const image = columnsOf({ ...view, inputShape: [1, 28, 28], outputs: [], link: 'identity' })
    expect(image[0]).toMatchObject({ kind: 'box', size: 1, labels: [], shape: [1, 28, 28] })
  })

  it('shows x, then a, then δ, and nothing before it is computed', () => {
    expect(shownNumbers(view, phases, 0, 'input')).toEqual({ symbol: 'x', values: [1.5, -2] })
    expect(shownNumbers(view, phases, 0, 'output')).toEqual({ symbol: '', values: [] })
    expect(shownNumbers(view, phases, at('error', null), 'output')).toEqual({ symbol: 'a', values: output.a })
    expect(shownNumbers(view, phases, at('backward', 'hidden'), 'hidden')).toEqual({
      symbol: 'δ',
      values: hidden.delta
    })
  })

  it('edges carry the weight, its gradient once it is known, and at last its change', () => {
    const made = new EdgeNumbers(parameters)
    const shown = (phase: number) => made.of(columns, (layer) => edgeModeOf(phases, phase, layer)).layers
    expect(shown(0)[0]).toEqual({ name: 'hidden', weight: [[1, 2], [3, 4]], bias: [1, 2] }) // prettier-ignore
    expect(shown(at('backward', 'output')).map(({ bias }) => bias)).toEqual([[1, 2], [-0, -1, -2]]) // prettier-ignore
    expect(shown(phases.length - 1)[0]?.weight).toEqual([[0, 0.5], [1, 1.5]]) // prettier-ignore
  })

  it('tells what is under way', () => {
    const way = (phase: number) => underWay(columns, phases[phase] ?? null)
    expect(way(0)).toEqual({ into: [1], way: 'forward' })
    expect(way(at('backward', 'hidden'))).toEqual({ into: [2], way: 'backward' })
    expect(way(at('backward', 'output'))).toEqual({ into: [], way: 'backward' })
    expect(way(phases.length - 1)).toEqual({ into: [1, 2], way: 'none' })
  })

  it('knows what is wanted of each output', () => {
    expect(wantedOf(view, 3)).toEqual([0, 0, 1])
    expect(wantedOf({ ...view, link: 'identity', target: [0.25, 1] }, 1)).toEqual([0.25])
  })

  it('finds every edge by the points on its own line', () => {
    const layout = networkLayout(columns, 640, 380, { left: 80, right: 80 })
    const edges = layout.columns.flatMap((target, column) => {
      const source = layout.columns[column - 1]
      if (source === undefined) return []
      const from = [...source.neurons, { index: BIAS, y: source.biasY ?? NaN }]
      return target.neurons.flatMap((to) => from.map((each) => ({ column, source, target, from: each, to })))
    })
    fc.assert(
      fc.property(fc.constantFrom(...edges), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (edge, t) => {
        const [x1, x2] = [edge.source.x + layout.radiusPx, edge.target.x - layout.radiusPx]
        const middle = (x1 + x2) / 2
        const bezier = (a: number, b: number, c: number, d: number) =>
          (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d
        const x = bezier(x1, middle, middle, x2)
        const y = bezier(edge.from.y, edge.from.y, edge.to.y, edge.to.y)
        const found = edgeAt(layout, x, y, 0.5)
        // Lines cross: another one may be as near, so what is found must lead through the point too.
        expect(found).not.toBeNull()
        if (found === null) return
        expect(found.column).toBe(edge.column)
        expect(lineBetween(layout, found)).toMatch(/^M[\d.]+ [\d.]+C/)
      })
    )
    const [, second] = layout.columns
    expect(edgeAt(layout, second?.x ?? 0, 10)).toBeNull()
    expect(edgeAt(layout, -5, 100)).toBeNull()
  })
})

describe('numbers', () => {
  it('are short in circles', () => {
    const cases = [
      [0, '0'],
      [0.1234, '0.12'],
      [-1.14, '−1.1'],
      [0.0042, '0.004'],
      [1234.5, '1235'],
      [4.4e-8, '4e−8'],
      [-123456, '−1e5'],
      [NaN, 'NaN'],
      [-Infinity, '−∞']
    ] as const
    for (const [value, text] of cases) expect(shortNumber(value)).toBe(text)
    expect(shortNumber(0.18, true)).toBe('+0.18')
    fc.assert(fc.property(fc.double(), (value) => shortNumber(value, true).length <= 7))
  })

  it('say how far two gradients are apart', () => {
    expect(errorText(0)).toBe('< 1e−9')
    expect(errorText(3.2e-7)).toBe('3.2e−7')
  })
})

describe('rows', () => {
  it('are read as people write them', () => {
    expect(rowText(16, ['Adelie'])).toBe('Row 17 · Adelie')
    expect(rowText(16, [])).toBe('Row 17')
    for (const text of ['17', ' row 17', 'Row 17 · Adelie']) expect(rowOf(text, 150)).toEqual({ row: 16 })
    for (const text of ['0', '151', 'Adelie', '', '1.5', '-3']) {
      expect(rowOf(text, 150)).toEqual({ problem: 'Type the number of a row, from 1 to 150.' })
    }
  })

  it('near one are always inside the table', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (rows, any) => {
        const row = any % rows
        const { from, count } = rowsNear(row, rows)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(from + count).toBeLessThanOrEqual(rows)
        expect(row).toBeGreaterThanOrEqual(from)
        expect(row).toBeLessThan(from + count)
      })
    )
  })
})

describe('selections', () => {
  it('name a weight by its unit and input, a bias by its unit', () => {
    expect(weightAt('hidden', 1, 0, 2)).toEqual({ kind: 'weight', parameter: 'hidden.weight', index: 2 })
    expect(weightAt('hidden', 1, null, 2)).toEqual({ kind: 'weight', parameter: 'hidden.bias', index: 1 })
  })

  it('are kept where another step has them too', () => {
    const unit = { kind: 'unit', layer: 'output', unit: 2 } as const
    expect(stillThere(view, parameters, unit)).toBe(true)
    expect(stillThere(view, parameters, { ...unit, unit: 3 })).toBe(false)
    expect(stillThere(view, parameters, weightAt('hidden', 1, 1, 2))).toBe(true)
    expect(stillThere(view, parameters, weightAt('hidden', 2, 0, 2))).toBe(false)
    expect(sameSelection(unit, { ...unit })).toBe(true)
    expect(sameSelection(unit, weightAt('output', 2, null, 0))).toBe(false)
  })
})

describe('special cases', () => {
  const weight: ExplainedWeight = {
    ...{ name: 'hidden.weight', index: 0, symbol: 'w', before: 0.5, after: 0.4, place: null },
    ...{ gradient: [], paths: null, update: [] },
    check: { analytic: 0, numeric: 0, relativeError: 0 }
  }

  it('say why a ReLU lets nothing through, and why a sigmoid nearly nothing', () => {
    expect(unitCases(hidden, 0, 'hidden[1]')[0]?.text).toContain('z of hidden[1] is not above 0')
    expect(unitCases(hidden, 1, 'hidden[2]')).toEqual([])
    const flat = { ...hidden, activation: 'sigmoid', z: numbers(6), a: numbers(0.9975), slope: numbers(0.0025) }
    expect(unitCases(flat, 0, 'u')[0]).toMatchObject({ title: 'It is saturated' })
    expect(unitCases(flat, 0, 'u')[0]?.text).toContain('0.25 %')
  })

  it('say why a weight without gradient moves, or stays', () => {
    const source = { name: 'hidden[1]', value: 0 }
    expect(weightCase(weight, source, null, 1)?.title).toBe('Why zero, and why it still moves')
    expect(weightCase(weight, source, null, 1)?.text).toContain('hidden[1] gave 0')
    const off = { name: 'hidden[1]', value: 0 }
    expect(weightCase({ ...weight, after: 0.5 }, { ...source, value: 1 }, off, 1)?.text).toContain('δ = 0')
    expect(weightCase({ ...weight, check: { ...weight.check, analytic: 0.1 } }, source, off, 1)).toBeNull()
  })
})

describe('matrices', () => {
  it('are abridged where they are large', () => {
    expect(matrixTex([1, 2, 3, 4], 2, 2)).toBe('\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}')
    const large = matrixTex(new Float64Array(784 * 128), 128, 784)
    expect(large).toContain('\\cdots')
    expect(large).toContain('\\ddots')
    expect(large.length).toBeLessThan(400)
  })

  it('are those of the layer, in the order of the walk', () => {
    const lines = matrixLines(view, hidden, parameters, 'relu')
    expect(lines.map(({ law }) => law.slice(0, 9))).toHaveLength(5)
    expect(lines[0]?.numbers).toContain('1.5')
    expect(lines[2]?.law).toContain('W^{(2)\\top}')
    expect(matrixLines(view, { ...hidden, z: null }, parameters, 'relu')).toEqual([])
  })
})

describe('the rest', () => {
  it('finds what moves most', () => {
    const { largest, moved, all } = movers(parameters, 3)
    expect(all).toBe(4 + 2 + 6 + 3)
    expect(moved).toBe(all - 4)
    expect(largest.map(({ parameter: name, index, change }) => [name, index, change])).toEqual([
      ['output.weight', 5, 2.5],
      ['output.weight', 4, 2],
      ['hidden.weight', 3, 1.5]
    ])
  })

  it('has a rule for every layer that is no dense one', () => {
    for (const { type } of layerSpecs) expect(localRule(type) === null, type).toBe(type === 'dense')
  })
})
