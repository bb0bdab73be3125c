/** Whether a training can fit into this computer's memory at all, said before anything of it is made. */
import {
  describeModel,
  heldNumbers,
  leastTrainingNumbers,
  type ExecutorName,
  type LeastNumbers,
  type Model,
  type Samples
} from '../engine'
import { ConfigError } from '../shared/errors'

export interface MemoryProblem {
  readonly model: Model
  readonly batchSize: number
  /** Training and validation rows. */
  readonly samples: readonly Samples[]
  /** The reference executor holds float64 numbers, wasm float32. */
  readonly executor: ExecutorName
}

/** Bytes that training takes at least. What the wasm executor lays out is counted exactly when it is made. */
export function leastMemory(problem: MemoryProblem): number {
  return bytesOf(problem, least(problem))
}

function bytesOf({ executor }: MemoryProblem, { numbers }: LeastNumbers): number {
  return (executor === 'reference' ? 8 : 4) * numbers
}

function least({ model, batchSize, samples }: MemoryProblem): LeastNumbers {
  const rows = Math.min(batchSize, samples[0]?.targets.shape[0] ?? 0)
  const values = samples.reduce((sum, { features, targets }) => sum + heldNumbers(features) + targets.data.length, 0)
  return leastTrainingNumbers(describeModel(model.spec), rows, values)
}

/**
 * Refuses what cannot be trained by any executor. What the one that is chosen takes exactly, it says itself.
 * @param available bytes of memory
 * @throws ConfigError `model-too-large` with the estimate and the layer that is largest
 */
export function requireMemory(problem: MemoryProblem, available: number): void {
  const estimate = least(problem)
  const needed = bytesOf(problem, estimate)
  if (needed <= available) return
  const { largest } = estimate
  const megabytes = Math.ceil(needed / 2 ** 20)
  throw new ConfigError(
    'model-too-large',
    `Training needs at least ${megabytes} MB of memory, more than the ${Math.floor(available / 2 ** 20)} MB of this computer. The largest layer is "${largest ?? ''}". Use a smaller batch, fewer units or channels, or fewer rows.`,
    { megabytes, layer: largest }
  )
}
