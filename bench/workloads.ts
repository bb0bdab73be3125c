/**
 * The networks that are timed: a chain of dense layers with ReLU between them, behind blocks of convolution where there
 * are some, trained on cross-entropy.
 */
export interface Workload {
  readonly name: string
  readonly convolution?: ConvolutionBlocks
  /** What the first dense layer takes in (features, or what the blocks leave of an image), units of each hidden layer, classes. */
  readonly sizes: readonly [number, ...number[]]
  readonly batchSize: number
  readonly optimizer: 'sgd' | 'adam'
}

/** Each block: convolution with the image's size kept (stride 1, padding `(kernel − 1) / 2`), ReLU, max-pooling. */
export interface ConvolutionBlocks {
  /** Channels, height, width. */
  readonly image: readonly [channels: number, height: number, width: number]
  /** Filters of each block. */
  readonly filters: readonly number[]
  /** Rows and columns of a filter: odd. */
  readonly kernel: number
  /** Rows and columns pooled into one, and how far apart. */
  readonly pool: number
}

export const workloads: readonly Workload[] = [
  { name: 'tiny', sizes: [2, 8, 8, 2], batchSize: 32, optimizer: 'sgd' },
  { name: 'small', sizes: [13, 32, 16, 2], batchSize: 32, optimizer: 'adam' },
  { name: 'mid', sizes: [784, 128, 10], batchSize: 32, optimizer: 'adam' },
  { name: 'big', sizes: [784, 512, 256, 10], batchSize: 128, optimizer: 'adam' },
  { name: 'huge', sizes: [784, 2048, 2048, 10], batchSize: 256, optimizer: 'adam' },
  {
    name: 'cnn',
    convolution: { image: [1, 28, 28], filters: [16, 32], kernel: 3, pool: 2 },
    sizes: [1568, 64, 10],
    batchSize: 32,
    optimizer: 'adam'
  }
]

/** Numbers in one row of the data. */
export function inputSize({ convolution, sizes }: Workload): number {
  return convolution === undefined ? sizes[0] : convolution.image.reduce((product, extent) => product * extent)
}

/** Floating-point operations of the matrix products of a step: forward, gradient by weights, gradient by inputs. */
export function matrixFlops({ convolution, sizes, batchSize }: Workload): number {
  const dense = sizes.slice(1).map((units, layer) => (sizes[layer] ?? 0) * units)
  const products = [...(convolution === undefined ? [] : convolutionProducts(convolution)), ...dense]
  // Nobody needs the gradient by the network's input.
  return products.reduce((sum, product, layer) => sum + 2 * batchSize * product * (layer === 0 ? 2 : 3), 0)
}

/** Multiply-adds of each block's convolution, forward, for one image: as if the padding's zeros were multiplied too. */
function convolutionProducts({ image: [channels, height, width], filters, kernel, pool }: ConvolutionBlocks): number[] {
  return filters.map((count, block) => {
    const pixels = Math.floor(height / pool ** block) * Math.floor(width / pool ** block)
    return pixels * count * (filters[block - 1] ?? channels) * kernel ** 2
  })
}
