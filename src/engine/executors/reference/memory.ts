/** What the reference executor takes of the memory: exactly, by its graphs, before anything of them is made. */
import { ConfigError } from '../../../shared/errors'
import { isSource, type Graph, type NodeId } from '../../graph/graph'
import { needed } from '../../graph/needed'
import { opNamed } from '../../ops'
import { sizeOf } from '../../tensor/tensor'

const FLOAT64_BYTES = 8
const INT32_BYTES = 4

/** Bytes by the scope they belong to: a layer, `loss`, `optimizer`. */
export type MemoryShares = ReadonlyMap<string, number>

/** Bytes that a `ReferenceProgram` takes: every needed node's own values and its kernel's tables. Sources are fed. */
export function programShares(graph: Graph, wanted: readonly NodeId[]): MemoryShares {
  const shares = new Map<string, number>()
  for (const node of needed(graph.nodes, wanted)) {
    if (isSource(node)) continue
    shares.set(node.scope, (shares.get(node.scope) ?? 0) + FLOAT64_BYTES * sizeOf(node.shape))
    if (node.op === 'constant') continue
    const inputs = node.inputs.map((input) => graph.nodes[input]?.shape ?? [])
    const table = opNamed(node.op).tableSize?.(inputs, node.attributes, node.shape) ?? 0
    shares.set(node.scope, (shares.get(node.scope) ?? 0) + INT32_BYTES * table)
  }
  return shares
}

export function sumOf(parts: readonly MemoryShares[]): MemoryShares {
  const sum = new Map<string, number>()
  for (const part of parts) for (const [scope, bytes] of part) sum.set(scope, (sum.get(scope) ?? 0) + bytes)
  return sum
}

export function bytesOf(shares: MemoryShares): number {
  return [...shares.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** @throws ConfigError `model-too-large` when the shares are more than there is */
export function requireBytes(shares: MemoryShares, available: number): void {
  const megabytes = Math.floor(available / 2 ** 20)
  if (bytesOf(shares) > available) throw tooLarge(shares, `more than the ${megabytes} MB of this computer`)
}

/**
 * What `work` gives.
 * @param shares what it takes, asked for when it fails
 * @throws ConfigError `model-too-large` when it gets no memory
 */
export function withinMemory<T>(shares: () => MemoryShares, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!isOutOfMemory(thrown)) throw thrown
    throw tooLarge(shares(), 'more than this computer has free')
  }
}

/** Engines say in words alone that an array found no place, or is longer than any may be. */
function isOutOfMemory(thrown: unknown): boolean {
  return thrown instanceof RangeError && /array buffer|array length|allocation/i.test(thrown.message)
}

function tooLarge(shares: MemoryShares, why: string): ConfigError {
  const megabytes = Math.ceil(bytesOf(shares) / 2 ** 20)
  const layers = [...shares].filter(([scope]) => scope !== 'loss' && scope !== 'optimizer')
  const [layer] = layers.reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0])
  const largest = layer === '' ? '' : ` The largest layer is "${layer}".`
  return new ConfigError(
    'model-too-large',
    `The reference executor needs ${megabytes} MB of memory, ${why}.${largest} Use a smaller batch, fewer units or channels, fewer rows, or the wasm executor, which takes a fraction of it.`,
    { megabytes, layer: layer === '' ? null : layer }
  )
}
