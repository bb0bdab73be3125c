/** The networks that are timed: each a chain of dense layers with ReLU between them, trained on cross-entropy. */
export interface Workload {
  readonly name: string
  /** Features, units of each hidden layer, classes. */
  readonly sizes: readonly [number, ...number[]]
  readonly batchSize: number
  readonly optimizer: 'sgd' | 'adam'
  /** Steps of one timing. */
  readonly steps: number
  /** How many times fewer a peer takes, so that its timing is about as long. */
  readonly peerFactor: number
}

export const workloads: readonly Workload[] = [
  { name: 'tiny', sizes: [2, 8, 8, 2], batchSize: 32, optimizer: 'sgd', steps: 20_000, peerFactor: 20 },
  { name: 'small', sizes: [13, 32, 16, 2], batchSize: 32, optimizer: 'adam', steps: 5_000, peerFactor: 15 },
  { name: 'mid', sizes: [784, 128, 10], batchSize: 32, optimizer: 'adam', steps: 400, peerFactor: 1 },
  { name: 'big', sizes: [784, 512, 256, 10], batchSize: 128, optimizer: 'adam', steps: 50, peerFactor: 1 },
  { name: 'huge', sizes: [784, 2048, 2048, 10], batchSize: 256, optimizer: 'adam', steps: 5, peerFactor: 1 }
]

/** Floating-point operations of the matrix products of a step: forward, gradient by weights, gradient by inputs. */
export function matrixFlops({ sizes, batchSize }: Workload): number {
  return sizes.slice(1).reduce((sum, units, layer) => {
    const weights = (sizes[layer] ?? 0) * units
    // Nobody needs the gradient by the network's input.
    return sum + 2 * batchSize * weights * (layer === 0 ? 2 : 3)
  }, 0)
}
