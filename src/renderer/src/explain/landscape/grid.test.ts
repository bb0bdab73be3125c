import { describe, expect, it } from 'vitest'
import type { LandscapeView } from '../../../../shared/landscape-views'
import { projected, START_ORBIT, turned } from './drawRelief'
import { along, between, contour, filled, joined, lossAt, lowestPlace, onScale, scaleOf, type Landscape } from './grid'

const size = 21

function told(part: Partial<LandscapeView>): LandscapeView {
  return {
    ...{ id: 1, runId: 'run', epoch: 3, step: 9, state: 'running', error: null, ground: null, elapsedMs: 0 },
    choice: { epoch: null, plane: 'random', size, seed: 0, reach: 1 },
    ...{ done: 0, total: size ** 2, stride: 0, from: 0, places: new Int32Array(), losses: new Float64Array() },
    ...part
  }
}

const more = (from: number, places: readonly number[], part: Partial<LandscapeView> = {}): LandscapeView =>
  told({
    from,
    done: from + places.length,
    places: Int32Array.from(places),
    losses: Float64Array.from(places, (place) => place / 10),
    ...part
  })

describe('losses that are told bit by bit', () => {
  it('come together, whatever is told twice', () => {
    const one = joined(null, more(0, [5, 9]))
    const two = joined(one, more(2, [1]))
    const again = joined(two, more(0, [5, 9, 1]))
    for (const each of [two, again]) {
      expect(each?.view.done).toBe(3)
      expect([1, 5, 9].map((place) => each?.losses[place])).toEqual([0.1, 0.5, 0.9])
      expect(each?.known.reduce((sum, known) => sum + known, 0)).toBe(3)
    }
  })

  it('have to be asked for where some are missing', () => {
    const one = joined(null, more(0, [5]))
    expect(joined(one, more(2, [6]))).toBeNull()
    expect(joined(null, more(1, [6]))).toBeNull()
    expect(joined(one, more(1, [6], { id: 2 }))).toBeNull()
  })

  it('of another landscape take their place, and an older answer does not', () => {
    const two = joined(null, more(0, [5, 6]))
    expect(joined(two, told({}))).toBe(two)
    expect(joined(two, told({ id: 2 }))?.known.includes(1)).toBe(false)
  })
})

describe('a coarse picture', () => {
  const plane = (row: number, column: number) => 2 * row - 3 * column + 7
  const coarse = (stride: number): Landscape => {
    const places = Array.from({ length: size ** 2 }, (_, place) => place).filter((place) =>
      [place % size, Math.floor(place / size)].every((at) => at % stride === 0 || at === size - 1)
    )
    const view = told({
      ...{ places: Int32Array.from(places), done: places.length, stride },
      losses: Float64Array.from(places, (place) => plane(Math.floor(place / size), place % size))
    })
    const landscape = joined(null, view)
    if (landscape === null) throw new Error('nothing there')
    return landscape
  }

  it('is filled between its points, up to the edges', () => {
    // 3 does not divide 20: the last cells are narrower.
    for (const stride of [1, 2, 3, 4]) {
      filled(coarse(stride))?.forEach((loss, place) => {
        expect(loss).toBeCloseTo(plane(Math.floor(place / size), place % size), 10)
      })
    }
    expect(filled({ ...coarse(4), view: told({}) })).toBeNull()
  })
})

describe('the colour scale', () => {
  it('goes from the lowest to the highest loss, and is logarithmic where they are far apart', () => {
    const linear = scaleOf([2, 4, 3, NaN, Infinity], null)
    if (linear === null) throw new Error('no scale')
    expect(linear).toEqual({ low: 2, high: 4, logarithmic: false })
    expect([2, 3, 4].map((loss) => onScale(linear, loss))).toEqual([0, 0.5, 1])
    expect(onScale(linear, Infinity)).toBeNaN()
    const wide = scaleOf([0.01, 1, 100], null)
    if (wide === null) throw new Error('no scale')
    expect(wide.logarithmic).toBe(true)
    expect(onScale(wide, 1)).toBeCloseTo(0.5, 12)
    expect(lossAt(wide, 0.5)).toBeCloseTo(1, 12)
    expect(scaleOf([0.01, 100], false)?.logarithmic).toBe(false)
  })

  it('takes losses of 0, and one loss alone, and says where there is none', () => {
    const zero = scaleOf([0, 0.5, 2], true)
    if (zero === null) throw new Error('no scale')
    expect(onScale(zero, 0)).toBe(0)
    expect(onScale(zero, 2)).toBe(1)
    expect(onScale({ low: 1, high: 1, logarithmic: false }, 1)).toBe(0)
    expect(scaleOf([NaN, Infinity], null)).toBeNull()
  })
})

describe('contour lines', () => {
  it('lie where the level is', () => {
    const values = Array.from({ length: 25 }, (_, place) => (place % 5) + 0.5 * Math.floor(place / 5))
    const lines = contour(values, 5, 2.2)
    expect(lines.length).toBeGreaterThan(3)
    for (const [x0, y0, x1, y1] of lines) {
      expect(between(values, 5, x0, y0)).toBeCloseTo(2.2, 12)
      expect(between(values, 5, x1, y1)).toBeCloseTo(2.2, 12)
    }
  })

  it('part a saddle by its middle, and leave out what is no number', () => {
    const around = (lines: readonly (readonly number[])[], x: number, y: number) =>
      lines.some(([x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => Math.hypot((x0 + x1) / 2 - x, (y0 + y1) / 2 - y) < 0.4)
    // High at two corners that are opposite, and in the middle: the low corners are cut off.
    const high = contour([0, 3, 3, 0], 2, 1)
    expect(high).toHaveLength(2)
    expect([around(high, 0, 0), around(high, 1, 1)]).toEqual([true, true])
    const low = contour([0, 1.2, 1.2, 0], 2, 1)
    expect([around(low, 1, 0), around(low, 0, 1)]).toEqual([true, true])
    expect(contour([0, 3, NaN, 0], 2, 1)).toEqual([])
  })
})

it('the lowest loss is a number', () => {
  expect(lowestPlace([NaN, 3, 2, Infinity, -Infinity])).toBe(2)
  expect(lowestPlace([NaN])).toBe(-1)
})

it('a coordinate has a place among the points of its axis', () => {
  expect(along(Float64Array.of(-1, 0, 1), 0.5)).toBe(1.5)
})

it('the surface turns around its middle and stays above ground', () => {
  expect(projected({ yaw: 1, pitch: 0.5, zoom: 1 }, 0, 0, 0.5).slice(0, 2).map(Math.abs)).toEqual([0, 0])
  // From above it is a map.
  const [x, y] = projected({ yaw: 0, pitch: Math.PI / 2, zoom: 1 }, 0.3, 0.7, 1)
  expect([x, y]).toEqual([expect.closeTo(0.3, 12), expect.closeTo(-0.7, 12)])
  expect(turned(START_ORBIT, { pitch: 10 }).pitch).toBe(Math.PI / 2)
  expect(turned(START_ORBIT, { pitch: -10 }).pitch).toBeGreaterThan(0)
  expect(turned(START_ORBIT, { zoom: 1e9 }).zoom).toBe(3)
})
