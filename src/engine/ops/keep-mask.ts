import { ShapeError } from '../../shared/errors'
import { philox4x32 } from '../random/philox'
import { numberAttribute, numbersAttribute, operand, type Op } from './op'

/**
 * y = 1 with probability p, else 0, each number on its own: Philox4x32-10 of the key and the step, which is given in
 * two parts, step mod 2²⁰ and ⌊step / 2²⁰⌋, that float32 holds exactly. y[i] is 1 where word i mod 4 of the block with the
 * counter (⌊i / 4⌋, 0, low, high) is below p · 2³². Nothing is remembered, so any step's mask can be drawn again.
 *
 * Attributes: `shape`, `probability` in (0, 1], `key` (two 32-bit numbers). No gradient: a draw depends on nothing.
 */
export const keepMask: Op<'keepMask'> = {
  name: 'keepMask',
  formula: '1 with probability p, else 0',
  shape(inputs, attributes) {
    if (inputs.length !== 2 || inputs.some((shape) => shape.length > 0)) {
      throw new ShapeError('shape-mismatch', 'expected the step as two numbers [] and []')
    }
    return numbersAttribute(attributes, 'shape')
  },
  kernel(_inputs, attributes) {
    const [k0 = 0, k1 = 0] = numbersAttribute(attributes, 'key')
    const limit = numberAttribute(attributes, 'probability') * 2 ** 32
    return (inputs, y) => {
      const low = operand(inputs, 0)[0] ?? NaN
      const high = operand(inputs, 1)[0] ?? NaN
      const block = new Uint32Array(4)
      for (let i = 0; i < y.length; i++) {
        if (i % 4 === 0) philox4x32(block, i / 4, 0, low, high, k0, k1)
        y[i] = (block[i % 4] ?? 0) < limit ? 1 : 0
      }
    }
  },
  vjp: () => [null, null],
  cases: [
    { shapes: [[], []], attributes: { shape: [1], probability: 1, key: [1, 2] }, integersBelow: 5 },
    { shapes: [[], []], attributes: { shape: [7, 5], probability: 0.5, key: [1, 4_294_967_295] }, integersBelow: 1000 },
    { shapes: [[], []], attributes: { shape: [2, 3, 3], probability: 0.25, key: [7, 9] }, integersBelow: 1_048_576 }
  ],
  kernelCases: [0, 1, 4, 15, 16, 17, 513].map((size) => ({
    shapes: [[], []],
    attributes: { shape: [size], probability: 0.7, key: [123, 2_654_435_761] },
    integersBelow: 1_048_576
  }))
}
