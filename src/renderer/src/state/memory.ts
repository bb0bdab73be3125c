/** What training takes of the memory, estimated before anything is made. */
import { layerSpecs, optimizerSpecs, type LayerDescription, type ModelDescription } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import { formatBytes } from './format'
import { completePart } from './setupEdits'

export interface MemoryEstimate {
  /** Bytes that training takes about. */
  readonly about: number
  /** Bytes that it takes at least, whatever is kept twice. */
  readonly least: number
  /** The layer with the largest share. */
  readonly largest: string | null
}

/** All that 32-bit addresses reach: the most that a run in float32 can have. */
export const MOST_MEMORY = 4096 * 2 ** 20

const BYTES = 4

/** Layers that only give the numbers of a row another shape keep none of their own. */
const shaping = new Set(layerSpecs.filter(({ family }) => family === 'shape').map(({ type }) => type))

/** Null while the network has mistakes, or the batch is not known. */
export function trainingMemory(
  description: ModelDescription,
  setup: Setup,
  prepared: PreparedView
): MemoryEstimate | null {
  const layers: readonly LayerDescription[] = description.layers
  const isWhole = description.problems.length === 0 && layers.every(({ problems }) => problems.length === 0)
  const rows = Math.min(setup.batchSize, prepared.trainRows)
  if (!isWhole || !(rows >= 1)) return null
  const optimizer = optimizerSpecs.find(({ type }) => type === setup.optimizer.type)
  const state = optimizer?.init([1], completePart(setup, 'optimizer')).length ?? 0
  const outputs = layers.map(({ name, type, parameters, activations }) => {
    return { name, parameters, activations: shaping.has(type) ? 0 : rows * activations }
  })
  const values = (prepared.trainRows + prepared.validationRows) * (prepared.features.length + 1)
  const sum = (perParameter: number, perActivation: number): number =>
    BYTES *
    outputs.reduce(
      (total, { parameters, activations }) => total + perParameter * parameters + perActivation * activations,
      values
    )
  const [largest] = outputs.toSorted((a, b) => b.parameters + b.activations - (a.parameters + a.activations))
  return {
    // Each number with its gradient, and what the optimizer remembers of each parameter.
    about: sum(2 + state, 2),
    least: sum(2, 1),
    largest: largest?.name ?? null
  }
}

/** Why the network cannot be trained for want of memory; null when it may be. */
export function memoryProblem({ least, largest }: MemoryEstimate): string | null {
  if (least <= MOST_MEMORY) return null
  const layer = largest === null ? '' : ` The largest layer is “${largest}”.`
  return `Training needs at least ${formatBytes(least)} of memory; it can have 4,096 MB.${layer} Use a smaller batch, fewer units or channels, or pool earlier.`
}
