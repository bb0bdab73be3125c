/** One graph run by the wasm kernels, fed and read from outside: as the reference program, in float32. */
import { ShapeError } from '../../../shared/errors'
import type { Graph, NodeId } from '../../graph/graph'
import { layOut } from '../../plan/arena'
import { plan, type Plan } from '../../plan/lower'
import { scratchBytes, tapeOf, tapeWords } from '../../plan/tape'
import type { Feeds } from '../reference/program'
import { bindKernels, type BoundKernels, type Kernels } from './kernels'
import { Layout } from './layout'

export interface WasmProgramOptions {
  /** Numbers left free behind every buffer, which no kernel may touch: for tests. */
  readonly guard?: number
}

export class WasmProgram {
  readonly #plan: Plan
  readonly #kernels: BoundKernels
  readonly #numbers: Float32Array
  readonly #addressOf: (buffer: number) => number
  readonly #tape: number
  readonly #scratch: number

  /** All primitives of the graph must have kernels. @param wanted nodes whose values will be asked for */
  constructor(kernels: Kernels, graph: Graph, wanted: readonly NodeId[], { guard = 0 }: WasmProgramOptions = {}) {
    this.#plan = plan({ graph, wanted, gathered: [], updates: [] })
    const { instructions, sources, constants, sizes } = this.#plan
    const layout = new Layout()
    const arena = layOut(this.#plan, 4 * guard)
    const fixed = new Map(
      [...sources.keys(), ...constants.keys()].map(
        (id) => [id, layout.take(4 * ((sizes.get(id) ?? 0) + guard))] as const
      )
    )
    this.#tape = layout.take(4 * tapeWords(instructions))
    this.#scratch = layout.take(scratchBytes(instructions))
    const base = layout.take(arena.bytes)
    const flag = layout.take(4)
    const memory = layout.createMemory()
    this.#numbers = new Float32Array(memory.buffer)
    this.#addressOf = (id) => fixed.get(id) ?? base + (arena.offsets.get(id) ?? NaN)
    for (const [id, data] of constants) this.#numbers.set(data, this.#addressOf(id) / 4)
    const tape = tapeOf(instructions, { buffer: this.#addressOf, data: () => 0, scratch: this.#scratch, flag })
    new Int32Array(memory.buffer).set(tape, this.#tape / 4)
    this.#kernels = bindKernels(kernels, memory)
  }

  /** Computes the wanted nodes. @throws ShapeError `missing-feed` */
  run(feeds: Feeds): void {
    for (const [id, name] of this.#plan.sources) {
      const fed = feeds.get(name)
      if (fed === undefined) throw new ShapeError('missing-feed', `The graph needs a value for "${name}".`)
      this.#numbers.set(fed, this.#addressOf(id) / 4)
    }
    this.#kernels.runOnce(this.#tape, 0, this.#scratch)
  }

  /** A wanted node's values of the last run. */
  value(id: NodeId): Float64Array {
    const buffer = this.#plan.wanted.get(id)
    if (buffer === undefined) throw new Error(`Node ${id} is not computed: ask for it when making the program`)
    const at = this.#addressOf(buffer) / 4
    return new Float64Array(this.#numbers.subarray(at, at + (this.#plan.sizes.get(buffer) ?? 0)))
  }

  /** The whole memory as numbers, and where each buffer that is written lies in it: for tests. */
  get written(): { numbers: Float32Array; buffers: readonly { start: number; length: number }[] } {
    const ids = [...layOut(this.#plan).offsets.keys()]
    const buffers = ids.map((id) => ({ start: this.#addressOf(id) / 4, length: this.#plan.sizes.get(id) ?? 0 }))
    return { numbers: this.#numbers, buffers }
  }
}
