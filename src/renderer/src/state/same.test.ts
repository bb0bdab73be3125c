import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onlyChangedLeaf, same } from './same'

describe('same', () => {
  it('holds for a copy of any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => same(value, structuredClone(value))),
      { seed: 20 }
    )
  })

  it('does not mind the order of keys, and takes NaN for NaN', () => {
    expect(same({ a: 1, b: Number.NaN }, { b: Number.NaN, a: 1 })).toBe(true)
  })

  it.each([
    [{ a: 1 }, { a: 1, b: undefined }],
    [
      [1, 2],
      [2, 1]
    ],
    [[], {}],
    [{ a: null }, { a: {} }],
    [1, '1']
  ])('tells %j from %j', (a, b) => {
    expect(same(a, b)).toBe(false)
  })
})

describe('onlyChangedLeaf', () => {
  const setup = { epochs: 10, layers: [{ name: 'dense1', config: { units: 8 } }] }

  it('is the path of a single changed value', () => {
    expect(onlyChangedLeaf(setup, { ...setup, layers: [{ name: 'dense1', config: { units: 9 } }] })).toBe(
      '/layers/0/config/units'
    )
  })

  it('is null when the form changes, two values change, or nothing does', () => {
    expect(onlyChangedLeaf(setup, { ...setup, layers: [] })).toBeNull()
    expect(onlyChangedLeaf(setup, { epochs: 11, layers: [{ name: 'dense2', config: { units: 8 } }] })).toBeNull()
    expect(onlyChangedLeaf(setup, structuredClone(setup))).toBeNull()
  })
})
