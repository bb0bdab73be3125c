import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { booleanAttribute, operand, type Kernel, type Op } from './op'

/**
 * Y [M, N] = op(A) · op(B), where op transposes if `transposeA` / `transposeB` says so and op(A) is [M, K], op(B)
 * is [K, N]. With G = ∂L/∂Y: ∂L/∂op(A) = G · op(B)ᵀ and ∂L/∂op(B) = op(A)ᵀ · G.
 */
export const matmul: Op<'matmul'> = {
  name: 'matmul',
  formula: 'A · B',
  shape(inputs, attributes) {
    const { rows, columns } = sizesOf(inputs, attributes)
    return [rows, columns]
  },
  kernel(inputs, attributes) {
    const { rows, inner, columns } = sizesOf(inputs, attributes)
    const { transposeA, transposeB } = flagsOf(attributes)
    return transposeB ? dotKernel(rows, inner, columns, transposeA) : axpyKernel(rows, inner, columns, transposeA)
  },
  vjp({ graph, inputs, gradient, attributes, needs }) {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    const { transposeA, transposeB } = flagsOf(attributes)
    const product = (left: number, right: number, flags: readonly [boolean, boolean]) =>
      graph.apply('matmul', [left, right], { transposeA: flags[0], transposeB: flags[1] })
    return [
      // For a transposed operand the whole product is transposed: (G · Bᵀ)ᵀ = B · Gᵀ.
      !operand(needs, 0)
        ? null
        : transposeA
          ? product(b, gradient, [transposeB, true])
          : product(gradient, b, [false, !transposeB]),
      !operand(needs, 1)
        ? null
        : transposeB
          ? product(gradient, a, [true, transposeA])
          : product(a, gradient, [!transposeA, false])
    ]
  },
  cases: [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      [
        [1, 1, 1],
        [7, 5, 3],
        [1, 11, 2],
        [13, 1, 4]
      ].map(([m = 1, k = 1, n = 1]) => ({
        shapes: [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]],
        attributes: { transposeA, transposeB }
      }))
    )
  )
}

function flagsOf(attributes: Attributes): { transposeA: boolean; transposeB: boolean } {
  return {
    transposeA: booleanAttribute(attributes, 'transposeA'),
    transposeB: booleanAttribute(attributes, 'transposeB')
  }
}

function sizesOf(inputs: readonly Shape[], attributes: Attributes): { rows: number; inner: number; columns: number } {
  const [a, b] = inputs
  const { transposeA, transposeB } = flagsOf(attributes)
  if (inputs.length !== 2 || a?.length !== 2 || b?.length !== 2) {
    throw new ShapeError('shape-mismatch', 'expected two matrices')
  }
  const [rows = 0, inner = 0] = transposeA ? [...a].reverse() : a
  const [innerB = 0, columns = 0] = transposeB ? [...b].reverse() : b
  if (inner !== innerB) {
    const flags = transposeA || transposeB ? ' after transposition' : ''
    throw new ShapeError(
      'shape-mismatch',
      `expected inner sizes that are equal, but they are ${inner} and ${innerB}${flags}`
    )
  }
  return { rows, inner, columns }
}

/** B is stored [N, K]: each output is a dot product along contiguous rows of B (and of A, unless transposed). */
function dotKernel(rows: number, inner: number, columns: number, transposeA: boolean): Kernel {
  const rowStride = transposeA ? 1 : inner
  const innerStride = transposeA ? rows : 1
  return (inputs, y) => {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0
        for (let k = 0; k < inner; k++) sum += (a[i * rowStride + k * innerStride] ?? 0) * (b[j * inner + k] ?? 0)
        y[i * columns + j] = sum
      }
    }
  }
}

/** B is stored [K, N]: each row of the output gathers rows of B, weighted, along contiguous memory. */
function axpyKernel(rows: number, inner: number, columns: number, transposeA: boolean): Kernel {
  const rowStride = transposeA ? 1 : inner
  const innerStride = transposeA ? rows : 1
  return (inputs, y) => {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    y.fill(0)
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) {
        const weight = a[i * rowStride + k * innerStride] ?? 0
        for (let j = 0; j < columns; j++) {
          y[i * columns + j] = (y[i * columns + j] ?? 0) + weight * (b[k * columns + j] ?? 0)
        }
      }
    }
  }
}
