import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WeightsView } from '../../../shared/views'
import {
  abridge,
  BIAS,
  incomingWeights,
  networkEdges,
  networkLayout,
  networkSkips,
  shorten,
  stepNeuron,
  type NetworkColumn
} from './networkLayout'

const margins = { left: 100, right: 100 }
const column = (name: string, size: number, ...sources: number[]): NetworkColumn => {
  return { name, size, labels: [], kind: 'neurons', sources }
}
const box = (name: string, size: number, ...sources: number[]): NetworkColumn => {
  return { ...column(name, size, ...sources), kind: 'box' }
}
const small = [column('input', 2), column('dense1', 3, 0), column('output', 1, 1)]
/** input → conv1 → dense1 → add1 (conv1 and dense1) → output, which takes the input too. */
const branching = [
  column('input', 4),
  box('conv1', 8, 0),
  column('dense1', 8, 1),
  box('add1', 8, 1, 2),
  column('output', 2, 0, 3)
]
const weights: WeightsView = {
  layers: [
    {
      name: 'dense1',
      weight: [
        [1, -2],
        [0, 4],
        [0.5, 0.25]
      ],
      bias: [-1, 0, 2]
    },
    { name: 'output', weight: [[3, 1]], bias: [0] }
  ]
}

describe('abridge', () => {
  it('draws all that fit', () => {
    expect(abridge(4, 4)).toEqual({ head: [0, 1, 2, 3], tail: [] })
  })

  it('draws the first and the last and leaves a place for the ellipsis', () => {
    expect(abridge(16, 9)).toEqual({ head: [0, 1, 2, 3], tail: [12, 13, 14, 15] })
    expect(abridge(100, 4)).toEqual({ head: [0, 1], tail: [99] })
  })
})

describe('networkLayout', () => {
  it('keeps everything inside the drawing, in order, nothing overlapping', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 300, max: 1600 }),
        fc.integer({ min: 260, max: 1200 }),
        (sizes, width, height) => {
          const layout = networkLayout(
            sizes.map((size, i) => column(`l${i}`, size, ...(i === 0 ? [] : [i - 1]))),
            width,
            height,
            margins
          )
          for (const [index, drawn] of layout.columns.entries()) {
            const places = [...drawn.neurons.map((one) => one.y), drawn.gapY, drawn.biasY]
              .filter((y) => y !== null)
              .toSorted((a, b) => a - b)
            expect(places[0]).toBeGreaterThan(layout.radiusPx)
            expect(places.at(-1)).toBeLessThanOrEqual(height - 6)
            places.slice(1).forEach((y, i) => expect(y - (places[i] ?? 0)).toBeGreaterThan(layout.radiusPx * 1.9))
            expect(drawn.x - (layout.columns[index - 1]?.x ?? 0)).toBeGreaterThanOrEqual(
              Math.min(76, margins.left) - 0.01
            )
            expect(drawn.neurons.length === drawn.size).toBe(drawn.gapY === null)
          }
          expect(networkEdges(layout, null).length).toBeLessThan(3200)
        }
      ),
      { numRuns: 60 }
    )
  })

  it('stands a constant 1 under every column but the last', () => {
    const layout = networkLayout(small, 700, 400, margins)
    expect(layout.columns.map((one) => one.biasY !== null)).toEqual([true, true, false])
  })
})

describe('boxes and skips', () => {
  const layout = networkLayout(branching, 900, 420, margins)

  it('draws a box as one place, however many numbers it passes on', () => {
    expect(layout.columns.map((one) => one.neurons.length)).toEqual([4, 1, 8, 1, 2])
    expect(layout.columns[1]).toMatchObject({ kind: 'box', gapY: null })
  })

  it('stands a constant 1 only where the next column is neurons that take this column alone', () => {
    expect(layout.columns.map((one) => one.biasY !== null)).toEqual([false, true, false, false, false])
  })

  it('joins neighbours that are connected, and no others', () => {
    const pairs = new Set(networkEdges(layout, null).map((edge) => edge.column))
    expect([...pairs]).toEqual([1, 2, 3, 4])
    const apart = networkLayout([column('input', 2), column('a', 2, 0), column('b', 2, 0)], 700, 400, margins)
    expect(new Set(networkEdges(apart, null).map((edge) => edge.column))).toEqual(new Set([1]))
  })

  it('runs other inputs above the columns, the longer one further up', () => {
    const skips = networkSkips(layout)
    expect(skips.map(({ key }) => key)).toEqual(['1:3', '0:4'])
    const laneOf = (path: string): number => Number(/Q[\d.]+ ([\d.]+)/.exec(path)?.[1])
    const [short = '', long = ''] = skips.map(({ path }) => path)
    expect(laneOf(long)).toBeLessThan(laneOf(short))
    const first = Math.min(...layout.columns.flatMap((one) => one.neurons.map(({ y }) => y)))
    expect(laneOf(short)).toBeLessThan(first - layout.radiusPx)
    expect(laneOf(long)).toBeGreaterThan(40)
    expect(networkSkips(networkLayout(small, 700, 400, margins))).toEqual([])
  })

  it('keeps lanes apart wherever skips cross', () => {
    const dense = Array.from({ length: 7 }, (_, i) => box(`b${i}`, 4, ...Array.from({ length: i }, (_, j) => j)))
    const paths = networkSkips(networkLayout(dense, 1200, 500, margins))
    expect(paths).toHaveLength(15)
    expect(new Set(paths.map(({ path }) => path)).size).toBe(15)
  })

  it('gives the biases of neurons after a box their weight, and the line from the box none', () => {
    const two = networkLayout([box('conv1', 3), column('dense1', 1, 0)], 700, 400, margins)
    const trained: WeightsView = { layers: [{ name: 'dense1', weight: [[1, 2, 3]], bias: [-4] }] }
    const edges = networkEdges(two, trained).map(({ from, weight }) => [from, weight])
    expect(edges).toEqual([
      [0, null],
      [BIAS, -4]
    ])
  })
})

describe('networkEdges', () => {
  const layout = networkLayout(small, 700, 400, margins)

  it('joins neighbours and the constant, without weights before training', () => {
    const edges = networkEdges(layout, null)
    expect(edges).toHaveLength(3 * 3 + 1 * 4)
    expect(edges.every((edge) => edge.weight === null && edge.strength === 0)).toBe(true)
    expect(new Set(edges.map((edge) => edge.key)).size).toBe(edges.length)
  })

  it('reads weight[out][in] and the bias as the weight of the constant', () => {
    const edges = networkEdges(layout, weights)
    const find = (from: number, to: number): number | null | undefined =>
      edges.find((edge) => edge.column === 1 && edge.from === from && edge.to === to)?.weight
    expect(find(1, 0)).toBe(-2)
    expect(find(BIAS, 2)).toBe(2)
    expect(edges.find((edge) => edge.column === 1 && edge.from === 0 && edge.to === 0)?.strength).toBe(0.25)
  })

  it('leaves a layer plain whose sizes were changed after the run', () => {
    const edges = networkEdges(layout, weights)
    expect(edges.filter((edge) => edge.column === 2).every((edge) => edge.weight === null)).toBe(true)
  })
})

describe('keyboard and readout', () => {
  const layout = networkLayout(small, 700, 400, margins)

  it('moves within and between columns and stops at the edges', () => {
    expect(stepNeuron(layout, { column: 1, index: 0 }, 'ArrowDown')).toEqual({ column: 1, index: 1 })
    expect(stepNeuron(layout, { column: 1, index: 0 }, 'ArrowUp')).toBeNull()
    expect(stepNeuron(layout, { column: 1, index: 0 }, 'ArrowLeft')).toEqual({ column: 0, index: 0 })
    expect(stepNeuron(layout, { column: 2, index: 0 }, 'ArrowRight')).toBeNull()
  })

  it('lists the weights into a neuron with the bias last', () => {
    const layer = weights.layers[0]
    if (layer === undefined) throw new Error('the fixture has a layer')
    expect(incomingWeights(layer, 0, (index) => `x${index}`)).toEqual([
      { name: 'x0', weight: 1 },
      { name: 'x1', weight: -2 },
      { name: 'constant 1 (bias)', weight: -1 }
    ])
  })

  it('shortens names in their middle', () => {
    expect(shorten('island=Biscoe', 20)).toBe('island=Biscoe')
    expect(shorten('country_of_origin=USA', 12)).toBe('countr…n=USA')
    expect(shorten('😀😀😀😀😀😀', 4)).toBe('😀😀…😀')
  })
})
