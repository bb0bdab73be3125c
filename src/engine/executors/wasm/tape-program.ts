/** A plan placed in a memory that it shares with others: its tape, its constants and the words that control it. */
import type { Arena } from '../../plan/arena'
import { layOut } from '../../plan/arena'
import { plan, type Plan, type PlanRequest } from '../../plan/lower'
import { scratchBytes, tapeOf, tapeWords } from '../../plan/tape'
import type { NodeId } from '../../graph/graph'
import type { Layout } from './layout'
import type { Tables } from './tables'

/** Words at a program's control address, as src/engine/kernels/index.ts reads them. */
const CONTROL_WORDS = 13

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
  readonly scratch: number
  readonly arena: number
  readonly flag: number
}

export class TapeProgram {
  readonly control: number
  readonly #plan: Plan
  readonly #arena: Arena
  readonly #tape: number
  readonly #constants: ReadonlyMap<number, number>

  /** @param rows of a step @param loss the node of the loss @param output the node of the outputs */
  constructor(
    request: Omit<PlanRequest, 'wanted'>,
    readonly rows: number,
    readonly loss: NodeId,
    readonly output: NodeId,
    layout: Layout
  ) {
    this.#plan = plan({ ...request, wanted: [loss, output] })
    this.#arena = layOut(this.#plan)
    this.control = layout.take(4 * CONTROL_WORDS)
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

  /** Multiply-adds and other operations of a step, roughly. */
  get work(): number {
    return this.#plan.instructions.reduce((sum, instruction) => {
      if (instruction.kernel === 'matmul') return sum + instruction.rows * instruction.inner * instruction.columns
      if (instruction.kernel === 'chain') return sum + 2 * instruction.elements * instruction.operations.length
      return sum
    }, 0)
  }

  /** Writes the tape. */
  write(buffer: SharedArrayBuffer, shared: Shared): void {
    const words = new Int32Array(buffer)
    const numbers = new Float32Array(buffer)
    const { instructions, sources, constants, sizes, wanted } = this.#plan
    const addressOf = (id: number): number => {
      const source = sources.get(id)
      if (source !== undefined) return shared.source(source)
      return this.#constants.get(id) ?? shared.arena + (this.#arena.offsets.get(id) ?? NaN)
    }
    for (const [id, data] of constants) numbers.set(data, addressOf(id) / 4)
    const { data, scratch, flag, tables, scalars, scalarCount } = shared
    words.set(tapeOf(instructions, { buffer: addressOf, data, scratch, flag }), this.#tape / 4)
    const outputs = wanted.get(this.output) ?? -1
    words.set(
      [
        ...[this.#tape, scratch, flag, tables.rows, 4 * this.rows, scalars, tables.scalars, 4 * scalarCount],
        ...[addressOf(wanted.get(this.loss) ?? -1), tables.losses],
        ...[addressOf(outputs), tables.outputs, 4 * (sizes.get(outputs) ?? 0)]
      ],
      this.control / 4
    )
  }
}
