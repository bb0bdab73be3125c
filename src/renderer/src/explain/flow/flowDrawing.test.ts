import { describe, expect, it } from 'vitest'
import type { LayerFlow } from '../../../../shared/gradient-views'
import { arrivalStops, lookAt, placeOf, ratioText, referenceOf } from './arrival'
import { flowLayout, unitPx } from './flowLayout'

function layer(name: string, from: readonly string[], delta: number, units = 3): LayerFlow {
  const shown =
    units <= 6 ? Array.from({ length: units }, (_, unit) => unit) : [0, 1, 2, units - 3, units - 2, units - 1]
  return {
    ...{ layer: name, type: 'dense', inputs: from, activation: 'tanh', trained: true, delta, gradientNorm: delta },
    ...{ units, shownUnits: shown.map((unit) => ({ unit, delta: delta * (unit + 1) })) }
  }
}

describe('what arrives of the error', () => {
  it('is compared with what leaves the output', () => {
    expect(referenceOf([layer('dense1', ['input'], 5), layer('output', ['dense1'], 0.25)])).toBe(0.25)
    for (const delta of [0, Number.NaN, Infinity]) {
      expect(referenceOf([layer('output', ['input'], delta)])).toBeNull()
    }
    expect(referenceOf([])).toBeNull()
  })

  it('has its place on a scale of powers of ten, which ends', () => {
    expect([0.3, 0.003, 30, 3e-9, 3e9, 0, Infinity].map((delta) => placeOf(delta, 0.3))).toEqual([
      0,
      expect.closeTo(-0.5, 12),
      expect.closeTo(0.5, 12),
      ...[-1, 1, -1, 1]
    ])
    expect([placeOf(Number.NaN, 1), placeOf(1, null)]).toEqual([null, null])
  })

  it('fades where little arrives and swells where much does, at every place of the scale', () => {
    const looks = Array.from({ length: 41 }, (_, i) => lookAt((i - 20) / 20))
    looks.slice(1).forEach((look, i) => {
      const before = looks[i]
      if (before === undefined) throw new Error('no look')
      expect(look.widthPx).toBeGreaterThan(before.widthPx)
      if (i < 20) expect(look.opacity).toBeGreaterThan(before.opacity)
      else expect(look.size).toBeGreaterThan(before.size)
    })
    expect(lookAt(-1).opacity).toBeLessThan(0.1)
    expect(lookAt(0)).toMatchObject({ opacity: 1, size: 1 })
  })

  it('is told in numbers', () => {
    expect([1, 1 / 3400, 12, 0, 1 / 820_000, 2e-12].map((ratio) => ratioText(0.3 * ratio, 0.3))).toEqual([
      '×1',
      '1/3,400',
      '×12',
      'nothing',
      '1/8.2e5',
      '1/5.0e11'
    ])
    expect([ratioText(1, null), ratioText(Number.NaN, 1)]).toEqual(['–', '–'])
  })

  it('has a legend whose words are its scale', () => {
    expect(arrivalStops.map(({ place }) => place)).toEqual([1e-4, 1e-2, 1, 1e2, 1e4].map((ratio) => placeOf(ratio, 1)))
    expect(arrivalStops.map(({ text }) => text)).toEqual([
      '1/10,000 or less',
      '1/100',
      'as at the output',
      '×100',
      '×10,000 or more'
    ])
  })
})

describe('the drawing of the way back', () => {
  const layers = [
    layer('dense1', ['input'], 0.1, 40),
    layer('dense2', ['dense1'], 0.2),
    layer('output', ['dense2'], 0.4, 1)
  ]

  it('has a column for the input and each layer, and the numbers of what is not drawn', () => {
    const { columns, widthPx, heightPx } = flowLayout(layers, 20, 900)
    expect(columns.map(({ name, hidden, units }) => [name, hidden, units.length])).toEqual([
      ['input', 14, 6],
      ['dense1', 34, 6],
      ['dense2', 0, 3],
      ['output', 0, 1]
    ])
    for (const { x, units, gapY } of columns) {
      expect(x).toBeGreaterThan(20)
      expect(x).toBeLessThan(widthPx - 20)
      const heights = [...units.map(({ y }) => y), ...(gapY === null ? [] : [gapY])].toSorted((a, b) => a - b)
      heights.slice(1).forEach((y, i) => expect(y - (heights[i] ?? 0)).toBeCloseTo(unitPx.spacing, 9))
      expect(heights[0]).toBeGreaterThan(40)
      expect(heights.at(-1)).toBeLessThan(heightPx - 40)
    }
    expect(flowLayout(layers, null, 900).columns).toHaveLength(3)
    const low = flowLayout(layers, null, 900, 3)
    expect(low.heightPx).toBeLessThan(heightPx)
    expect(low.columns.map(({ hidden, units }) => [hidden, ...units.map(({ unit }) => unit)])).toEqual([
      [37, 0, 1, 39],
      [0, 0, 1, 2],
      [0, 0]
    ])
  })

  it('leads the error along every connection, by what arrives at its end', () => {
    const { edges } = flowLayout(layers, 2, 900)
    expect(edges).toHaveLength(2 * 6 + 6 * 3 + 3)
    expect(edges.filter(({ arrives }) => arrives === 0).every(({ delta }) => delta === null)).toBe(true)
    const toSecond = edges.filter(({ arrives }) => arrives === 2)
    expect(toSecond.map(({ delta }) => delta)).toEqual([0.2, 0.4, expect.closeTo(0.6, 12)])
    expect(new Set(edges.map(({ key }) => key)).size).toBe(edges.length)
  })

  it('draws connections that pass over layers, and closes the gap of layers that are left out', () => {
    const joined = [...layers.slice(0, 2), layer('add', ['dense2', 'dense1'], 0.3), layer('output', ['add'], 0.4, 1)]
    const over = flowLayout(joined, null, 900).edges.filter(({ leaves, arrives }) => leaves - arrives > 1)
    expect(over).toMatchObject([{ arrives: 0, leaves: 2, delta: 0.1 }])
    const cut = [layer('dense1', ['flatten'], 0.1), layer('output', ['dropout'], 0.4, 1)]
    expect(flowLayout(cut, null, 900).edges.map(({ arrives, leaves }) => [arrives, leaves])).toEqual(
      Array.from({ length: 3 }, () => [0, 1])
    )
  })

  it('is wider than its frame where a network is deep', () => {
    const deep = Array.from({ length: 20 }, (_, i) => layer(`dense${i + 1}`, [i === 0 ? 'input' : `dense${i}`], 1))
    const { columns, widthPx } = flowLayout(deep, null, 400)
    expect(widthPx).toBeGreaterThan(1100)
    expect((columns[1]?.x ?? 0) - (columns[0]?.x ?? 0)).toBe(60)
  })
})
