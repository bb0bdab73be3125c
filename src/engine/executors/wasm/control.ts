/** The words that control a call of the kernels' `takeSteps`, in the order in which src/engine/kernels/index.ts reads them. */
export interface Control {
  readonly tape: number
  /** Scratch memory of the first thread, and its bytes; those of the others follow. */
  readonly scratch: number
  readonly scratchBytes: number
  /** Set to 1 when a checked number is NaN or infinite. */
  readonly flag: number
  /** Row numbers of the first step, and bytes to the next one's. */
  readonly rows: number
  readonly rowBytes: number
  /** Where a step finds its scalars, where those of the first are, and bytes to the next one's. */
  readonly scalars: number
  readonly scalarTable: number
  readonly scalarBytes: number
  /** Where a step leaves its loss, and where the losses are kept. */
  readonly loss: number
  readonly losses: number
  /** Where a step leaves its outputs, where they are kept, and bytes to the next one's. */
  readonly outputs: number
  readonly outputTable: number
  readonly outputBytes: number
  readonly team: number
  /** How many threads of the team take part. */
  readonly threads: number
}

const order = [
  ...(['tape', 'scratch', 'scratchBytes', 'flag', 'rows', 'rowBytes', 'scalars', 'scalarTable'] as const),
  ...(['scalarBytes', 'loss', 'losses', 'outputs', 'outputTable', 'outputBytes', 'team', 'threads'] as const)
] satisfies readonly (keyof Control)[]

export const CONTROL_BYTES = 4 * order.length

export function writeControl(words: Int32Array, address: number, control: Control): void {
  words.set(
    order.map((key) => control[key]),
    address / 4
  )
}

/** Has as many threads take part from now on. */
export function writeThreads(words: Int32Array, address: number, threads: number): void {
  words[address / 4 + order.indexOf('threads')] = threads
}
