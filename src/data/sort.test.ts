import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortNumbers } from './sort'

describe('sortNumbers', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer().map((whole) => whole / 1000),
    fc.constantFrom(0, -0, Infinity, -Infinity, 5e-324, -5e-324, 1.7e308)
  )

  it('sorts as comparing does, few values and many', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 200 }), fc.constantFrom(1, 400), (some, times) => {
        // Often enough that comparing is not what is done.
        const values = Float64Array.from({ length: some.length * times }, (_, i) => some[(i * 7) % some.length] ?? 0)
        expect(sortNumbers(values)).toEqual(values.slice().sort())
      }),
      { numRuns: 50 }
    )
  })

  it('leaves the given values as they are', () => {
    const values = Float64Array.from({ length: 40_000 }, (_, i) => -i)
    expect(sortNumbers(values)[0]).toBe(-39_999)
    expect(values[1]).toBe(-1)
  })
})
