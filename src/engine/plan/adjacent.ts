/**
 * Chains that do the same to different tensors, as the updates of all parameters do, become one instruction when their
 * tensors lie one after the other.
 */
import type { ChainCode } from './chain-table'
import type { BufferId, Chain, ChainOperation, Instruction, Place } from './instructions'

/** Buffers that should lie one after the other, without gaps, for chains to merge. */
export function wishes(instructions: readonly Instruction[]): readonly (readonly BufferId[])[] {
  const runs: Chain[][] = []
  let previous: string | null = null
  for (const instruction of instructions) {
    const skeleton = instruction.kernel === 'chain' ? skeletonOf(instruction) : null
    if (instruction.kernel === 'chain' && skeleton !== null) {
      const run = runs.at(-1)
      if (skeleton === previous && run !== undefined) run.push(instruction)
      else runs.push([instruction])
    }
    previous = skeleton
  }
  return runs
    .filter(({ length }) => length > 1)
    .flatMap((run) => {
      const buffers = run.map(ownBuffers)
      return (buffers[0] ?? []).map((_, k) => buffers.flatMap((of) => of[k] ?? []))
    })
    .filter((row) => new Set(row).size === row.length)
}

/** Operations whose operand depends on the place in the tensor. */
const byPlace: ReadonlySet<ChainCode> = new Set<ChainCode>(['periodic', 'repeated', 'cycled', 'indexed'])

/** What two chains must share: everything but the tensors they go through. Null for one that cannot be continued. */
function skeletonOf({ setup, operations }: Chain): string | null {
  if (operations.some(({ code }) => byPlace.has(code))) return null
  if (setup.some(({ code }) => code === 'periodic')) return null
  const seen: BufferId[] = []
  const placeOf = (place: Place | null) => {
    if (place?.in !== 'memory') return place
    if (!seen.includes(place.buffer)) seen.push(place.buffer)
    return seen.indexOf(place.buffer)
  }
  const own = operations.map(({ code, result, operands, p, q }) => [code, placeOf(result), operands.map(placeOf), p, q])
  return JSON.stringify([setup, own])
}

function ownBuffers({ operations }: Chain): readonly BufferId[] {
  const places = operations.flatMap(({ result, operands }) => (result === null ? operands : [...operands, result]))
  return [...new Set(places.flatMap((place) => (place.in === 'memory' ? [place.buffer] : [])))]
}

/** The instructions with neighbouring chains merged where their tensors follow each other. */
export function merged(
  instructions: readonly Instruction[],
  addressOf: (buffer: BufferId) => number
): readonly Instruction[] {
  const result: Instruction[] = []
  for (const instruction of instructions) {
    const last = result.at(-1)
    if (last?.kernel === 'chain' && instruction.kernel === 'chain' && continues(last, instruction, addressOf)) {
      result[result.length - 1] = { ...last, elements: last.elements + instruction.elements }
    } else result.push(instruction)
  }
  return result
}

function continues(first: Chain, next: Chain, addressOf: (buffer: BufferId) => number): boolean {
  if (skeletonOf(first) === null || skeletonOf(first) !== skeletonOf(next)) return false
  return first.operations.every((operation, i) =>
    placesOf(operation).every((place, j) => {
      const other = placesOf(next.operations[i])[j]
      if (place?.in !== 'memory' || other?.in !== 'memory') return true
      return addressOf(other.buffer) === addressOf(place.buffer) + 4 * first.elements
    })
  )
}

function placesOf(operation: ChainOperation | undefined): readonly (Place | null)[] {
  return operation === undefined ? [] : [operation.result, ...operation.operands]
}
