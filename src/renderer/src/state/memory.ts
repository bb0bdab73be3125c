/** What training takes of the memory, estimated before anything is made. */
import {
  leastTrainingNumbers,
  MAX_TRAINING_BYTES,
  optimizerSpecs,
  trainingBytes,
  type LayerDescription,
  type ModelDescription
} from '../../../engine/catalog'
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

const BYTES = 4

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
  const { trainRows, validationRows } = prepared
  const values = (trainRows + validationRows) * (prepared.features.length + 1)
  const { numbers, largest } = leastTrainingNumbers(description, rows, values)
  const least = BYTES * numbers
  const size = { batchSize: rows, trainingRows: trainRows, validationRows, stateSlots: state }
  return { about: Math.max(least, trainingBytes(description, size)), least, largest }
}

/** Why the network cannot be trained for want of memory; null when it may be. */
export function memoryProblem({ least, largest }: MemoryEstimate): string | null {
  if (least <= MAX_TRAINING_BYTES) return null
  const layer = largest === null ? '' : ` The largest layer is “${largest}”.`
  return `Training needs at least ${formatBytes(least)} of memory; it can have 4,096 MB.${layer} Use a smaller batch, fewer units or channels, or pool earlier.`
}
