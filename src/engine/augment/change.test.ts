import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageRows } from '../train/row-source'
import { changeImage, type Change } from './change'

const none: Change = {
  ...{ flipHorizontal: false, flipVertical: false, zoom: 1, rotate: 0, shift: [0, 0], brightness: 0 }
}

function imageOf(height: number, width: number, channels = 1): ImageRows {
  const each = (value: number) => new Array<number>(channels).fill(value)
  return { channels, height, width, black: each(0), white: each(100) }
}

/** @param rows of one channel */
function changed(rows: readonly (readonly number[])[], change: Partial<Change>): number[][] {
  const [height, width] = [rows.length, rows[0]?.length ?? 0]
  const into = new Float64Array(height * width)
  changeImage(imageOf(height, width), Float64Array.from(rows.flat()), { ...none, ...change }, into, 0)
  return rows.map((_, y) => [...into.subarray(y * width, (y + 1) * width)])
}

const wide = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12]
]
const square = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9]
]

describe('a changed image', () => {
  it('is the same to the bit when nothing is changed', () => {
    expect(changed(wide, {})).toEqual(wide)
  })

  it('is mirrored exactly', () => {
    expect(changed(wide, { flipHorizontal: true })).toEqual(wide.map((row) => row.toReversed()))
    expect(changed(wide, { flipVertical: true })).toEqual(wide.toReversed())
    expect(changed(wide, { flipHorizontal: true, flipVertical: true })).toEqual(
      wide.toReversed().map((row) => row.toReversed())
    )
  })

  it('is turned by right angles exactly, counter-clockwise', () => {
    const quarter = [
      [3, 6, 9],
      [2, 5, 8],
      [1, 4, 7]
    ]
    expect(changed(square, { rotate: 90 })).toEqual(quarter)
    expect(changed(square, { rotate: -90 })).toEqual(quarter.toReversed().map((row) => row.toReversed()))
    expect(changed(wide, { rotate: 180 })).toEqual(wide.toReversed().map((row) => row.toReversed()))
    expect(changed(square, { rotate: 180 })).toEqual(changed(square, { rotate: -180 }))
  })

  it('is moved by whole pixels exactly, to the right and down, and repeats its edges', () => {
    expect(changed(wide, { shift: [0.25, 0] })).toEqual(wide.map(([a = 0, b = 0, c = 0]) => [a, a, b, c]))
    expect(changed(wide, { shift: [-0.5, 0] })).toEqual(wide.map(([, , c = 0, d = 0]) => [c, d, d, d]))
    expect(changed(wide, { shift: [0, 1 / 3] })).toEqual([wide[0], wide[0], wide[1]])
    expect(changed(wide, { shift: [0.25, -1 / 3] })).toEqual([
      [5, 5, 6, 7],
      [9, 9, 10, 11],
      [9, 9, 10, 11]
    ])
  })

  it('lies between its pixels where it is moved by parts of one', () => {
    expect(changed([[0, 10, 40, 80]], { shift: [0.125, 0] })).toEqual([[0, 5, 25, 60]])
    // The place (x, y) of both images has the value of the plane there.
    const plane = (x: number, y: number) => 20 + 5 * x + 3 * y
    const grid = Array.from({ length: 7 }, (_, y) => Array.from({ length: 7 }, (__, x) => plane(x, y)))
    const turned = changed(grid, { rotate: 30, zoom: 1.25 })
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
    for (const [x, y] of [
      [3, 3],
      [4, 2],
      [2, 4],
      [5, 3]
    ] as const) {
      const [u, v] = [(x - 3) / 1.25, (y - 3) / 1.25]
      expect(turned[y]?.[x]).toBeCloseTo(plane(3 + cos * u - sin * v, 3 + sin * u + cos * v), 9)
    }
  })

  it('grows about its middle', () => {
    expect(changed([[0, 8, 16, 24, 32]], { zoom: 2 })).toEqual([[8, 12, 16, 20, 24]])
    expect(changed([[0, 8, 16, 24, 32]], { zoom: 0.5 })).toEqual([[0, 0, 16, 32, 32]])
  })

  it('is mirrored first, then turned, then moved', () => {
    const first = changed(square, { flipHorizontal: true })
    const second = changed(first, { rotate: 90 })
    const third = changed(second, { shift: [1 / 3, 0] })
    expect(changed(square, { flipHorizontal: true, rotate: 90, shift: [1 / 3, 0] })).toEqual(third)
  })

  it('becomes brighter in each channel’s own range, and stays within it', () => {
    const image: ImageRows = { channels: 2, height: 1, width: 2, black: [0, -1], white: [100, 3] }
    const pixels = Float64Array.of(0, 80, -1, 2)
    const into = new Float64Array(6)
    changeImage(image, pixels, { ...none, brightness: 0.25 }, into, 1)
    expect([...into]).toEqual([0, 25, 100, 0, 3, 0])
    changeImage(image, pixels, { ...none, brightness: -0.5 }, into, 1)
    expect([...into]).toEqual([0, 0, 30, -1, 0, 0])
  })

  it('never has a number beyond black, white and, but for brightness, its own pixels', () => {
    const change = fc.record({
      flipHorizontal: fc.boolean(),
      flipVertical: fc.boolean(),
      zoom: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
      rotate: fc.double({ min: -180, max: 180, noNaN: true }),
      shift: fc.tuple(fc.double({ min: -0.5, max: 0.5, noNaN: true }), fc.double({ min: -0.5, max: 0.5, noNaN: true })),
      brightness: fc.double({ min: -1, max: 1, noNaN: true })
    })
    const sides = fc.record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(sides, change, fc.infiniteStream(fc.integer({ min: 0, max: 100 })), (size, drawn, stream) => {
        const image = imageOf(size.height, size.width, 3)
        const length = 3 * size.height * size.width
        const pixels = Float64Array.from(stream.take(length))
        const into = new Float64Array(length)
        changeImage(image, pixels, drawn, into, 0)
        expect(into.every((value) => value >= 0 && value <= 100)).toBe(true)
        changeImage(image, pixels, { ...drawn, brightness: 0 }, into, 0)
        const plane = size.height * size.width
        for (let channel = 0; channel < 3; channel++) {
          const own = [...pixels.subarray(channel * plane, (channel + 1) * plane)]
          const got = [...into.subarray(channel * plane, (channel + 1) * plane)]
          expect(Math.min(...got)).toBeGreaterThanOrEqual(Math.min(...own) - 1e-12)
          expect(Math.max(...got)).toBeLessThanOrEqual(Math.max(...own) + 1e-12)
        }
      })
    )
  })
})
