import { describe, expect, it } from 'vitest'
import { RandomStream } from '../random/stream'
import { initializerNamed, initializers } from '.'
import { fans } from './initializer'

const shape = [50, 200]

function filled(name: string, seed = 1): Float64Array {
  const data = new Float64Array(50 * 200).fill(NaN)
  initializerNamed(name).fill(data, shape, new RandomStream(seed, 'initialize'))
  return data
}

/** The mean square: the variance, where the mean is 0. */
const variance = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0) / values.length

describe.each(initializers.map(({ name }) => name))('%s', (name) => {
  it('fills every value, the same for the same stream', () => {
    expect(filled(name).every(Number.isFinite)).toBe(true)
    expect(filled(name)).toEqual(filled(name))
  })
})

describe('variance', () => {
  it.each([
    ['glorot-uniform', 2 / 250],
    ['glorot-normal', 2 / 250],
    ['he-uniform', 2 / 200],
    ['he-normal', 2 / 200],
    ['lecun-uniform', 1 / 200],
    ['lecun-normal', 1 / 200],
    // 50 rows of length 1, each of 200 values.
    ['orthogonal', 1 / 200],
    ['zeros', 0],
    ['ones', 1],
    ['constant', 0.01]
  ])('of %s is %d', (name, expected) => {
    // 10,000 draws: the relative standard error of the variance is 1.4 % (normal), 0.9 % (uniform); within five of them.
    expect(Math.abs(variance(filled(name)) - expected)).toBeLessThanOrEqual(0.07 * expected)
  })

  it.each([
    ['glorot-uniform', Math.sqrt(6 / 250)],
    ['he-uniform', Math.sqrt(6 / 200)],
    ['lecun-uniform', Math.sqrt(3 / 200)]
  ])('%s draws stay within their bound and come near it', (name, bound) => {
    const largest = Math.max(...filled(name).map(Math.abs))
    expect(largest).toBeLessThanOrEqual(bound)
    expect(largest).toBeGreaterThan(0.99 * bound)
  })
})

describe('orthogonal', () => {
  /** Largest distance of rows · rowsᵀ (or of columns, where those are fewer) from the identity. */
  function error(shape: readonly number[], data: Float64Array): number {
    const [rows = 1] = shape
    const columns = data.length / rows
    const wide = rows <= columns
    const [count, length] = wide ? [rows, columns] : [columns, rows]
    const at = (v: number, i: number) => data[wide ? v * columns + i : i * columns + v] ?? NaN
    let largest = 0
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let dot = 0
        for (let i = 0; i < length; i++) dot += at(a, i) * at(b, i)
        largest = Math.max(largest, Math.abs(dot - Number(a === b)))
      }
    }
    return largest
  }

  it.each([[[1, 1]], [[3, 3]], [[2, 7]], [[7, 2]], [[40, 40]], [[6, 3, 2, 2]], [[1, 5]], [[5, 1]]])(
    '%j has rows or columns of length 1 at right angles',
    (shape) => {
      const data = new Float64Array(shape.reduce((size, axis) => size * axis, 1))
      initializerNamed('orthogonal').fill(data, shape, new RandomStream(3, 'initialize'))
      expect(error(shape, data)).toBeLessThan(1e-14)
    }
  )

  it('is drawn evenly: no direction is preferred', () => {
    // The first column of 3×3 matrices: each coordinate has mean 0 and variance 1/3 over all directions.
    const sums = [0, 0, 0]
    const squares = [0, 0, 0]
    const draws = 3000
    for (let seed = 0; seed < draws; seed++) {
      const data = new Float64Array(9)
      initializerNamed('orthogonal').fill(data, [3, 3], new RandomStream(seed, 'initialize'))
      for (let row = 0; row < 3; row++) {
        sums[row] = (sums[row] ?? 0) + (data[row * 3] ?? 0) / draws
        squares[row] = (squares[row] ?? 0) + (data[row * 3] ?? 0) ** 2 / draws
      }
    }
    // Standard errors 0.0105 and 0.0054; within five of them.
    for (const mean of sums) expect(Math.abs(mean)).toBeLessThan(0.055)
    for (const square of squares) expect(Math.abs(square - 1 / 3)).toBeLessThan(0.028)
  })
})

it('counts fans as PyTorch does', () => {
  expect(fans([8, 3])).toEqual({ fanIn: 3, fanOut: 8 })
  expect(fans([8, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 200 })
})

it('names the known ones for an unknown name', () => {
  expect(() => initializerNamed('best')).toThrow('There is no initializer "best"; known are glorot-uniform')
})
