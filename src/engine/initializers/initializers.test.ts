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
    ['zeros', 0]
  ])('of %s is %d', (name, expected) => {
    // 10,000 draws: the relative standard error of the variance is 1.4 % (normal), 0.9 % (uniform); within five of them.
    expect(Math.abs(variance(filled(name)) - expected)).toBeLessThanOrEqual(0.07 * expected)
  })

  it('uniform draws stay within their bound and come near it', () => {
    const largest = Math.max(...filled('glorot-uniform').map(Math.abs))
    const bound = Math.sqrt(6 / 250)
    expect(largest).toBeLessThanOrEqual(bound)
    expect(largest).toBeGreaterThan(0.99 * bound)
  })
})

it('counts fans as PyTorch does', () => {
  expect(fans([8, 3])).toEqual({ fanIn: 3, fanOut: 8 })
  expect(fans([8, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 200 })
})

it('names the known ones for an unknown name', () => {
  expect(() => initializerNamed('best')).toThrow('There is no initializer "best"; known are glorot-uniform')
})
