/** A plan placed in a memory that it shares with others: its tape, its constants and the words that control it. */
import type { Arena } from '../../plan/arena'
import { layOut } from '../../plan/arena'
import type { ChainCompiler } from '../../plan/chain-code'
import { plan, type Plan, type PlanRequest } from '../../plan/lower'
import { scratchBytes, tapeOf, tapeWords } from '../../plan/tape'
import type { NodeId } from '../../graph/graph'
import { sharingFor, workOf, type Sharing, type ThreadRequest } from '../../plan/shares'
import { CONTROL_BYTES, writeControl, writeThreads } from './control'
import type { Layout } from './layout'
import type { Tables } from './tables'

/** Addresses that programs of one memory share. */
export interface Shared {
  /** Of a source by name. */
  source(name: string): number
  /** Of resident data by the name of the input that takes its rows. */
  data(name: string): number
  readonly tables: Tables
  /** Where the optimizer's numbers stand, and how many there are. */
  readonly scalars: number
  readonly scalarCount: number
  /** Of the first thread; those of the others follow, each as large. */
  readonly scratch: number
  readonly scratchBytes: number
  readonly arena: number
  readonly flag: number
  readonly team: number
}

export class TapeProgram {
  readonly control: number
  readonly #plan: Plan
  readonly #arena: Arena
  readonly #tape: number
  readonly #constants: ReadonlyMap<number, number>
  readonly #sharing: Sharing

  /** @param rows of a step @param loss the node of the loss @param output the node of the outputs */
  constructor(
    request: Omit<PlanRequest, 'wanted'>,
    readonly rows: number,
    readonly loss: NodeId,
    readonly output: NodeId,
    layout: Layout,
    threads: ThreadRequest
  ) {
    this.#plan = plan({ ...request, wanted: [loss, output] })
    this.#arena = layOut(this.#plan)
    this.#sharing = sharingFor(this.#plan.instructions, threads)
    this.control = layout.take(CONTROL_BYTES)
    this.#tape = layout.take(4 * tapeWords(this.#plan.instructions))
    this.#constants = new Map(
      [...this.#plan.constants.keys()].map((id) => [id, layout.take(4 * (this.#plan.sizes.get(id) ?? 0))] as const)
    )
  }

  get arenaBytes(): number {
    return this.#arena.bytes
  }

  get scratchBytes(): number {
    return scratchBytes(this.#plan.instructions)
  }

  /** Multiply-adds of a step, or as much other work, roughly. */
  get work(): number {
    return this.#plan.instructions.reduce((sum, instruction) => sum + workOf(instruction), 0)
  }

  /** Threads that take part. */
  get threads(): number {
    return this.#sharing.threads
  }

  /** Has the calling thread walk the tape alone from now on. */
  useOneThread(words: Int32Array): void {
    writeThreads(words, this.control, 1)
  }

  /** Writes the tape. @param compiler takes the chains that become code */
  write(buffer: SharedArrayBuffer, shared: Shared, compiler: ChainCompiler): void {
    const words = new Int32Array(buffer)
    const numbers = new Float32Array(buffer)
    const { instructions, sources, constants, sizes, wanted } = this.#plan
    const addressOf = (id: number): number => {
      const source = sources.get(id)
      if (source !== undefined) return shared.source(source)
      return this.#constants.get(id) ?? shared.arena + (this.#arena.offsets.get(id) ?? NaN)
    }
    for (const [id, data] of constants) numbers.set(data, addressOf(id) / 4)
    const { data, flag, tables, scalarCount } = shared
    const addresses = { buffer: addressOf, size: (id: number) => sizes.get(id) ?? 0, data, flag }
    words.set(tapeOf(instructions, addresses, this.#sharing, compiler), this.#tape / 4)
    const outputs = wanted.get(this.output) ?? -1
    writeControl(words, this.control, {
      ...shared,
      tape: this.#tape,
      rows: tables.rows,
      rowBytes: 4 * this.rows,
      scalarTable: tables.scalars,
      scalarBytes: 4 * scalarCount,
      loss: addressOf(wanted.get(this.loss) ?? -1),
      losses: tables.losses,
      outputs: addressOf(outputs),
      outputTable: tables.outputs,
      outputBytes: 4 * (sizes.get(outputs) ?? 0),
      threads: this.#sharing.threads
    })
  }
}
