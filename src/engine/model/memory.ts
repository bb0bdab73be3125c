/** How much memory a training will take, before anything is computed. */
import { layerSpecs } from '../layers'
import { sizeOf } from '../tensor/tensor'
import type { ModelDescription } from './describe'

/** 4096 MB: the most that training, in 32-bit WebAssembly, can address. */
export const MAX_TRAINING_BYTES = 2 ** 32

/** Of the rows of one call where rows are made when asked for, so that their memory does not grow with the images. */
export const MAX_STAGED_BYTES = 2 ** 26

/** Training counts in float32. */
const NUMBER_BYTES = 4
/** Validation rows that are computed at once, at most. */
const VALIDATION_ROWS = 256
/**
 * What networks of all kinds come to: for each number of a layer's output one and a half that are kept for the way back (an
 * activation keeps what it was applied to, a normalization the centered numbers), and two or three tensors of the size of
 * the largest that come and go.
 */
const KEPT = 1.5
const PASSING_BACK = 2
const PASSING = 2.5

/** What a training takes at least, in numbers, whatever computes it. */
export interface LeastNumbers {
  readonly numbers: number
  /** The layer with the largest share; null for a network without layers. */
  readonly largest: string | null
}

/** Numbers kept for each trained one at least: itself and its gradient. */
const NUMBERS_PER_PARAMETER = 2

/** Layers that only give the numbers of a row another shape keep none of their own. */
const shaping: ReadonlySet<string> = new Set(
  layerSpecs.filter(({ family }) => family === 'shape').map(({ type }) => type)
)

/**
 * The parameters with their gradients, the outputs that every layer keeps for the way back for each row of a batch, and the
 * rows. What else an executor needs (the optimizer's state, gradients of outputs) is not counted, so that nothing is
 * refused that would run.
 * @param batchRows rows of a step @param values numbers in all rows, targets included
 */
export function leastTrainingNumbers({ layers }: ModelDescription, batchRows: number, values: number): LeastNumbers {
  const shares = layers.map(({ name, type, parameters, activations }) => {
    const outputs = shaping.has(type) ? 0 : batchRows * activations
    return { name, numbers: NUMBERS_PER_PARAMETER * parameters + outputs }
  })
  const [largest] = [...shares].sort((a, b) => b.numbers - a.numbers)
  return { numbers: shares.reduce((sum, { numbers }) => sum + numbers, values), largest: largest?.name ?? null }
}

export interface TrainingSize {
  readonly batchSize: number
  readonly trainingRows: number
  readonly validationRows: number
  /** Tensors of a parameter's size that the optimizer keeps for each parameter: 2 for Adam, 1 for momentum. */
  readonly stateSlots: number
  /** Rows are made when asked for, as those of images are: of them only what one call takes is held. */
  readonly rowsAreMade?: boolean
}

/**
 * Bytes that training takes: all rows, the parameters with the optimizer's state, each twice so that a failed step can be
 * taken back, gradients, and the activations of one batch. An estimate within a factor of 2; what does not depend on
 * layers (rows, parameters, state, gradients) is exact. Above `MAX_TRAINING_BYTES` training is refused.
 */
export function trainingBytes(description: ModelDescription, size: TrainingSize): number {
  const { inputShape, layers, parameters } = description
  const { batchSize, trainingRows, validationRows, stateSlots, rowsAreMade = false } = size
  const features = sizeOf(inputShape)
  const buffers = layers.flatMap((layer) => layer.buffers).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const rows = [trainingRows, validationRows].reduce((sum, count) => {
    const values = count * (features + 1)
    return sum + (rowsAreMade ? Math.min(values, MAX_STAGED_BYTES / NUMBER_BYTES) : values)
  }, 0)
  const state = 2 * (parameters * (1 + stateSlots) + buffers)
  // A new shape alone takes no memory: the numbers stay where they are.
  const outputs = layers.flatMap(({ type, activations }) => (views.has(type) ? [] : [activations]))
  const all = outputs.reduce((sum, count) => sum + count, 0)
  const largest = outputs.reduce((most, count) => Math.max(most, count), features)
  const step = parameters + Math.min(batchSize, trainingRows) * (features + KEPT * all + PASSING_BACK * largest)
  const validation = Math.min(VALIDATION_ROWS, validationRows) * (features + PASSING * largest)
  return NUMBER_BYTES * (rows + state + Math.max(step, validation))
}

const views: ReadonlySet<string> = new Set(['flatten', 'reshape'])
