/** One graph run by the wasm kernels, fed and read from outside: as the reference program, in float32. */
import { ShapeError } from '../../../shared/errors'
import type { Graph, NodeId } from '../../graph/graph'
import { layOut } from '../../plan/arena'
import { ChainCompiler } from '../../plan/chain-code'
import { plan, type Plan } from '../../plan/lower'
import { scratchBytes, tapeOf, tapeWords } from '../../plan/tape'
import type { Feeds } from '../reference/program'
import { CONTROL_BYTES, writeControl } from './control'
import { bindKernels, withChains, type BoundKernels, type Kernels } from './kernels'
import { Layout } from './layout'
import type { WasmMemory } from './webassembly'

export interface WasmProgramOptions {
  /** Numbers left free behind every buffer, which no kernel may touch: for tests. */
  readonly guard?: number
  /** Threads that run it, each instruction shared among all: for tests. */
  readonly crew?: Crew
  /** Whether chains become code, where they can. */
  readonly compiled?: boolean
}

/** Threads over a memory that programs use one after the other. */
export interface Crew {
  readonly memory: WasmMemory
  readonly kernels: BoundKernels
  readonly team: number
  readonly threads: number
  /** First address behind what the threads themselves need. */
  readonly free: number
}

export class WasmProgram {
  readonly #plan: Plan
  readonly #kernels: BoundKernels
  readonly #numbers: Float32Array
  readonly #addressOf: (buffer: number) => number
  readonly #control: number
  /** Sources that have been fed. */
  readonly #fed = new Set<number>()

  /** All primitives of the graph must have kernels. @param wanted nodes whose values will be asked for */
  constructor(kernels: Kernels, graph: Graph, wanted: readonly NodeId[], options: WasmProgramOptions = {}) {
    const { guard = 0, crew, compiled = false } = options
    this.#plan = plan({ graph, wanted, gathered: [], updates: [] })
    const { instructions, sources, constants, sizes } = this.#plan
    const layout = new Layout(crew?.free)
    const threads = crew?.threads ?? 1
    const arena = layOut(this.#plan, 4 * guard)
    const fixed = new Map(
      [...sources.keys(), ...constants.keys()].map(
        (id) => [id, layout.take(4 * ((sizes.get(id) ?? 0) + guard))] as const
      )
    )
    const tape = layout.take(4 * tapeWords(instructions))
    const scratch = layout.take(threads * scratchBytes(instructions))
    const base = layout.take(arena.bytes)
    const flag = layout.take(4)
    const loss = layout.take(8)
    this.#control = layout.take(CONTROL_BYTES)
    const memory = crew?.memory ?? layout.createMemory()
    this.#numbers = new Float32Array(memory.buffer)
    this.#addressOf = (id) => fixed.get(id) ?? base + (arena.offsets.get(id) ?? NaN)
    for (const [id, data] of constants) this.#numbers.set(data, this.#addressOf(id) / 4)
    const addresses = { buffer: this.#addressOf, size: (id: number) => sizes.get(id) ?? 0, data: () => 0, flag }
    const words = new Int32Array(memory.buffer)
    const compiler = compiled ? new ChainCompiler(kernels.build === 'relaxed') : null
    words.set(tapeOf(instructions, addresses, { threads, leastWork: 0 }, compiler), tape / 4)
    words[loss / 4] = 0
    writeControl(words, this.#control, {
      ...{ tape, scratch, scratchBytes: scratchBytes(instructions), flag, rows: 0, rowBytes: 0 },
      // One step without scalars and outputs, whose loss is 0.
      ...{
        scalars: 0,
        scalarTable: 0,
        scalarBytes: 0,
        loss,
        losses: loss + 4,
        outputs: 0,
        outputTable: 0,
        outputBytes: 0
      },
      ...{ team: crew?.team ?? 0, threads }
    })
    this.#kernels = crew?.kernels ?? bindKernels(withChains(kernels, compiler), memory)
  }

  /** Computes the wanted nodes. What is not fed keeps what it was fed before. @throws ShapeError `missing-feed` */
  run(feeds: Feeds): void {
    for (const [id, name] of this.#plan.sources) {
      const fed = feeds.get(name)
      if (fed !== undefined) this.#numbers.set(fed, this.#addressOf(id) / 4)
      else if (!this.#fed.has(id)) throw new ShapeError('missing-feed', `The graph needs a value for "${name}".`)
      this.#fed.add(id)
    }
    this.#kernels.takeSteps(this.#control, 1)
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
