import { describe, expect, it } from 'vitest'
import { expectClose } from '../../../../tests/golden'
import { landscapes } from '../../../../tests/landscape'
import { RandomStream } from '../../random/stream'
import { symmetricEigen } from './symmetric-eigen'

describe('symmetricEigen', () => {
  it.each(landscapes.eigen.map((each) => [each.values.length, each] as const))(
    'gives the values and vectors of NumPy for %i × %i',
    (n, { matrix, values, vectors }) => {
      const got = symmetricEigen(Float64Array.from(matrix), n)
      expectClose('values', got.values, values, 1e-14)
      const largest = Math.max(...values.map(Math.abs))
      for (let k = 0; k < n; k++) {
        const isApart = values.every((value, i) => i === k || Math.abs(value - (values[k] ?? NaN)) > 1e-6 * largest)
        if (!isApart) continue
        const [mine, theirs] = [got.vectors.subarray(k * n, (k + 1) * n), vectors.slice(k * n, (k + 1) * n)]
        // A vector's sign is nobody's.
        const sign = Math.sign(mine.reduce((sum, value, i) => sum + value * (theirs[i] ?? 0), 0))
        expectClose(
          `vector ${k}`,
          mine.map((value) => sign * value),
          theirs,
          1e-12
        )
      }
    }
  )

  it('takes a matrix apart so that its parts add up to it', () => {
    const n = 40
    const random = new RandomStream(3, 'matrix')
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.normal()
    const before = matrix.slice()
    const { values, vectors } = symmetricEigen(matrix, n)
    expect(matrix).toEqual(before)
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
    const at = (k: number, i: number) => vectors[k * n + i] ?? NaN
    let worst = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [sum, unit] = [0, 0]
        for (let k = 0; k < n; k++) {
          sum += (values[k] ?? NaN) * at(k, i) * at(k, j)
          unit += at(i, k) * at(j, k)
        }
        worst = Math.max(worst, Math.abs(sum - (matrix[i * n + j] ?? NaN)), Math.abs(unit - (i === j ? 1 : 0)))
      }
    }
    expect(worst).toBeLessThan(1e-12)
  })
})
