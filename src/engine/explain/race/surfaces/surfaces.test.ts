import { describe, expect, it } from 'vitest'
import { gradients } from '../../../backprop/gradients'
import { ReferenceProgram } from '../../../executors/reference/program'
import { GraphBuilder } from '../../../graph/builder'
import { RandomStream } from '../../../random/stream'
import { heightsAt, surfaceGrid } from '../heights'
import { minimumAt } from '../minimum'
import { surfaceNamed, surfaceSpecs, type Place, type SurfaceSpec } from '.'

type Slope = (x: number, y: number) => Place

/** Worked out by hand, of every surface there is. */
const byHand: ReadonlyMap<string, { f: (x: number, y: number) => number; slope: Slope }> = new Map([
  ['bowl', { f: (x, y) => (x * x + y * y) / 2, slope: (x, y) => [x, y] }],
  ['ravine', { f: (x, y) => (x * x + 40 * y * y) / 2, slope: (x, y) => [x, 40 * y] }],
  [
    'rosenbrock',
    {
      f: (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
      slope: (x, y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
    }
  ],
  ['saddle', { f: (x, y) => x ** 2 / 2 - y ** 2 / 2 + y ** 4 / 4, slope: (x, y) => [x, y ** 3 - y] }],
  [
    'beale',
    {
      f: (x, y) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2,
      slope: (x, y) => {
        const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y ** 2, 2.625 - x + x * y ** 3]
        return [
          2 * a * (y - 1) + 2 * b * (y ** 2 - 1) + 2 * c * (y ** 3 - 1),
          2 * a * x + 4 * b * x * y + 6 * c * x * y ** 2
        ]
      }
    }
  ],
  [
    'himmelblau',
    {
      f: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
      slope: (x, y) => {
        const [a, b] = [x * x + y - 11, x + y * y - 7]
        return [4 * x * a + 2 * b, 2 * a + 4 * y * b]
      }
    }
  ],
  [
    'two-valleys',
    {
      f: (x, y) => (x * x - 1) ** 2 + 0.3 * x + (y - x / 2) ** 2,
      slope: (x, y) => [4 * x * (x * x - 1) + 0.3 - (y - x / 2), 2 * (y - x / 2)]
    }
  ]
])

function slopeAt(surface: SurfaceSpec, [x, y]: Place): Place {
  const graph = new GraphBuilder()
  const sources = [graph.parameter('x', []), graph.parameter('y', [])] as const
  const slopes = gradients(graph, surface.build(graph, ...sources), sources)
  const program = new ReferenceProgram(graph.graph, slopes)
  program.run(
    new Map([
      ['x', Float64Array.of(x)],
      ['y', Float64Array.of(y)]
    ])
  )
  const [dx = NaN, dy = NaN] = slopes.map((node) => program.value(node)[0] ?? NaN)
  return [dx, dy]
}

function heightAt(surface: SurfaceSpec, [x, y]: Place): number {
  return heightsAt(surface, Float64Array.of(x), Float64Array.of(y))[0] ?? NaN
}

describe.each(surfaceSpecs)('$name', (surface) => {
  const { domain, minima, start } = surface
  const random = new RandomStream(7, 'surfaces')
  const places = Array.from({ length: 200 }, (): Place => {
    const [x, y] = [domain.x, domain.y].map(([from, to]) => from + (to - from) * random.uniform())
    return [x ?? NaN, y ?? NaN]
  })

  it('has the height and, by backpropagation, the gradient that are worked out by hand', () => {
    const hand = byHand.get(surface.name)
    if (hand === undefined) throw new Error(`The gradient of "${surface.name}" is not worked out here`)
    for (const place of places) {
      const f = hand.f(...place)
      expect(Math.abs(heightAt(surface, place) - f)).toBeLessThan(1e-12 * (1 + Math.abs(f)))
      const [dx, dy] = slopeAt(surface, place)
      const [x, y] = hand.slope(...place)
      expect(Math.hypot(dx - x, dy - y)).toBeLessThan(1e-11 * (1 + Math.hypot(x, y)))
    }
  })

  it('is flat and lowest at its minima, the lowest of which are global', () => {
    const lowest = Math.min(...minima.map(({ value }) => value))
    for (const { at, value, isGlobal } of minima) {
      expect(heightAt(surface, at)).toBeCloseTo(value, 10)
      expect(Math.hypot(...slopeAt(surface, at))).toBeLessThan(1e-9)
      for (let k = 0; k < 16; k++) {
        const angle = (2 * Math.PI * k) / 16
        expect(heightAt(surface, [at[0] + 1e-3 * Math.cos(angle), at[1] + 1e-3 * Math.sin(angle)])).toBeGreaterThan(
          value
        )
      }
      expect(isGlobal).toBe(Math.abs(value - lowest) < 1e-9)
    }
    expect(Math.min(...surfaceGrid(surface, 201))).toBeGreaterThan(lowest - 1e-9)
  })

  it('shows its minima and its start, which is none of them', () => {
    for (const at of [start, ...minima.map((each) => each.at)]) {
      expect(at[0]).toBeGreaterThan(domain.x[0])
      expect(at[0]).toBeLessThan(domain.x[1])
      expect(at[1]).toBeGreaterThan(domain.y[0])
      expect(at[1]).toBeLessThan(domain.y[1])
    }
    expect(minimumAt(surface, start)).toBeNull()
    minima.forEach(({ at }, i) => expect(minimumAt(surface, at)).toBe(i))
  })
})

describe('surfaces', () => {
  it('are found by their names', () => {
    expect(new Set(surfaceSpecs.map(({ name }) => name)).size).toBe(surfaceSpecs.length)
    for (const surface of surfaceSpecs) expect(surfaceNamed(surface.name)).toBe(surface)
    expect(() => surfaceNamed('moon')).toThrow('There is no surface "moon"; known are')
  })

  it('are laid out from the lowest corner, along x first', () => {
    const surface = surfaceNamed('ravine')
    const grid = surfaceGrid(surface, 3)
    expect([...grid]).toEqual([53, 45, 53, 8, 0, 8, 53, 45, 53])
  })
})
