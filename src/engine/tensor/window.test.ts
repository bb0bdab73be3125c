import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outputsOnValues, samePadding, windowCount } from './window'

const sizes = fc.integer({ min: 1, max: 20 })
const steps = fc.integer({ min: 1, max: 6 })

it('pads so that there are ⌈size / stride⌉ outputs, the odd one at the end', () => {
  fc.assert(
    fc.property(sizes, steps, steps, steps, (size, kernel, stride, dilation) => {
      const [before, after] = samePadding(size, { kernel, stride, dilation })
      expect(windowCount({ size, kernel, stride, dilation, before, after })).toBe(Math.ceil(size / stride))
      expect([0, 1]).toContain(after - before)
    })
  )
})

it('finds the outputs whose tap stands on a value', () => {
  fc.assert(
    fc.property(sizes, steps, steps, steps, steps, steps, (size, kernel, stride, dilation, before, after) => {
      const axis = { size, kernel, stride, dilation, before, after }
      for (let tap = 0; tap < kernel; tap++) {
        const expected = Array.from({ length: windowCount(axis) }, (_, output) => output).filter((output) => {
          const at = output * stride + tap * dilation - before
          return at >= 0 && at < size
        })
        const { first, end } = outputsOnValues(axis, tap)
        expect(Array.from({ length: end - first }, (_, i) => first + i)).toEqual(expected)
      }
    })
  )
})
