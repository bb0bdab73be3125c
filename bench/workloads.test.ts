import { describe, expect, it } from 'vitest'
import { inputSize, matrixFlops, type Workload } from './workloads'

const dense: Workload = { name: 'dense', sizes: [3, 5, 2], batchSize: 4, optimizer: 'sgd' }
const images: Workload = {
  name: 'images',
  convolution: { image: [1, 28, 28], filters: [16, 32], kernel: 3, pool: 2 },
  sizes: [32 * 7 * 7, 64, 10],
  batchSize: 32,
  optimizer: 'adam'
}

describe('matrixFlops', () => {
  it('counts two products at the first layer and three at the others', () => {
    expect(matrixFlops(dense)).toBe(2 * 4 * (2 * 15 + 3 * 10))
  })

  it('counts a convolution at the size that the pooling before it leaves', () => {
    const first = 28 * 28 * 16 * 9
    const second = 14 * 14 * 32 * 16 * 9
    expect(matrixFlops(images)).toBe(2 * 32 * (2 * first + 3 * (second + 1568 * 64 + 640)))
  })
})

describe('inputSize', () => {
  it('is the features, or the numbers of an image', () => {
    expect([inputSize(dense), inputSize(images)]).toEqual([3, 784])
  })
})
