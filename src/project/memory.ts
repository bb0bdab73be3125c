/** Whether a training can fit into this computer's memory at all, said before anything of it is made. */
import { totalmem } from 'node:os'
import { describeModel, layerSpecs, type ExecutorName, type Model, type Samples } from '../engine'
import { ConfigError } from '../shared/errors'

/** Numbers kept for each trained one at least: itself and its gradient. */
const NUMBERS_PER_PARAMETER = 2

export interface MemoryProblem {
  readonly model: Model
  readonly batchSize: number
  /** Training and validation rows. */
  readonly samples: readonly Samples[]
  /** The reference executor holds float64 numbers, wasm float32. */
  readonly executor: ExecutorName
}

/**
 * Bytes that training takes at least: the parameters with their gradients, the outputs that every layer keeps for the way
 * back, for each row of a batch, and the rows. What else an executor needs (the optimizer's state, gradients of outputs) is
 * not counted, so that nothing is refused that would run; the wasm executor counts its memory exactly.
 */
export function leastMemory({ model, batchSize, samples, executor }: MemoryProblem): number {
  const { parameters, layers } = describeModel(model.spec)
  const rows = Math.min(batchSize, samples[0]?.targets.data.length ?? 0)
  // Layers that only give rows another shape keep no numbers of their own.
  const shaping = new Set(layerSpecs.filter(({ family }) => family === 'shape').map(({ type }) => type))
  const outputs = layers.filter(({ type }) => !shaping.has(type)).reduce((sum, { activations }) => sum + activations, 0)
  const values = samples.reduce((sum, { features, targets }) => sum + features.data.length + targets.data.length, 0)
  const bytes = executor === 'reference' ? 8 : 4
  return bytes * (NUMBERS_PER_PARAMETER * parameters + rows * outputs + values)
}

/**
 * @param available bytes of memory; all that the computer has, unless said
 * @throws ConfigError `model-too-large` with the estimate and the layer that is largest
 */
export function requireMemory(problem: MemoryProblem, available = totalmem()): void {
  const needed = leastMemory(problem)
  if (needed <= available) return
  const rows = Math.min(problem.batchSize, problem.samples[0]?.targets.data.length ?? 0)
  const { layers } = describeModel(problem.model.spec)
  const sized = layers.map(({ name, parameters, activations }) => {
    return { name, numbers: NUMBERS_PER_PARAMETER * parameters + rows * activations }
  })
  const [largest] = sized.sort((a, b) => b.numbers - a.numbers)
  const megabytes = Math.ceil(needed / 2 ** 20)
  throw new ConfigError(
    'model-too-large',
    `Training needs at least ${megabytes} MB of memory, more than the ${Math.floor(available / 2 ** 20)} MB of this computer. The largest layer is "${largest?.name ?? ''}". Use a smaller batch, fewer units or channels, or fewer rows.`,
    { megabytes, layer: largest?.name ?? null }
  )
}
