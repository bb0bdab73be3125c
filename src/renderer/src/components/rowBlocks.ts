/** The rows of a long table that have been fetched: whole blocks, the oldest given up when there are many. */

export type Row = readonly (string | null)[]

const mostBlocks = 40

export class RowBlocks {
  /** In the order of their last use. */
  readonly #blocks = new Map<number, readonly Row[]>()
  readonly #asked = new Set<number>()

  /**
   * @param size rows of a block
   * @param rows rows of the table
   * @param fetch resolves to null when the rows cannot be had; they are asked for again when next wanted
   * @param changed called when rows have arrived
   */
  constructor(
    private readonly size: number,
    private readonly rows: number,
    private readonly fetch: (from: number, count: number) => Promise<readonly Row[] | null>,
    private readonly changed: () => void
  ) {}

  /** The cells of a row, or null while they are not there. */
  row(row: number): Row | null {
    return this.#blocks.get(Math.floor(row / this.size))?.[row % this.size] ?? null
  }

  /** Asks for those of the blocks that are neither there nor under way. */
  want(blocks: readonly number[]): void {
    for (const block of blocks) {
      const have = this.#blocks.get(block)
      if (have !== undefined) {
        this.#blocks.delete(block)
        this.#blocks.set(block, have)
      } else if (!this.#asked.has(block)) {
        this.#asked.add(block)
        void this.#load(block)
      }
    }
  }

  async #load(block: number): Promise<void> {
    const from = block * this.size
    const got = await this.fetch(from, Math.min(this.size, this.rows - from))
    this.#asked.delete(block)
    if (got === null) return
    this.#blocks.set(block, got)
    for (const old of this.#blocks.keys()) {
      if (this.#blocks.size <= mostBlocks) break
      this.#blocks.delete(old)
    }
    this.changed()
  }
}
