/** The vocabulary of a network as data: what is saved, sent between processes and shown in forms. */
import type { Config } from './fields'

/**
 * What the network is asked to do: one or more values; one of two classes; one of K classes; of each of one or more labels,
 * whether it is on. A label is two classes of its own: any of them can be on together.
 */
export const tasks = ['regression', 'binary', 'multi-class', 'multi-label'] as const
export type Task = (typeof tasks)[number]

/** Sizes of a tensor, outermost first, without the batch where the comment says so. */
export type Shape = readonly number[]

/** One layer in a network: a node of a graph, not a place in a list. */
export interface LayerNode {
  /** Unique in the model; `^[A-Za-z_][A-Za-z0-9_]*$`, because weights are saved as `<name>.weight`. */
  readonly name: string
  /** A name in the layer registry, for example `dense`. */
  readonly type: string
  /** Names of the layers (or `input`) whose outputs this layer takes. */
  readonly inputs: readonly string[]
  readonly config: Config
}

/** A whole network. Layers stand in an order in which every input comes before its use. */
export interface ModelSpec {
  /** Shape of one row, without the batch: `[F]` for tables. The input is referred to as `input`. */
  readonly inputShape: Shape
  readonly layers: readonly LayerNode[]
  /** The layer whose output is the network's raw output (logits, for classes). */
  readonly output: string
}

/** The name by which layers refer to the network's input. */
export const INPUT = 'input'
