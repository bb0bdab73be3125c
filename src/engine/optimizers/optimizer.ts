/** What an optimizer declares: config + init + apply; its state is a plain value. */
import type { Config, Field } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import type { Tensor } from '../tensor/tensor'
import type { UpdateLine } from './update-line'

/** What an optimizer remembers of one parameter between steps, for example its velocity. */
export interface StateSlot {
  readonly name: string
  readonly initial: Tensor
}

/** A number that may differ from step to step, given to the graph as an input `[]`. */
export interface ScalarInput {
  readonly name: string
  readonly value: number
}

export interface UpdateParts {
  readonly parameter: NodeId
  readonly gradient: NodeId
  /** One node for each slot of `init`, in its order. */
  readonly state: readonly NodeId[]
  /** One scalar node for each entry of `scalars`, in its order. */
  readonly scalars: readonly NodeId[]
}

export interface OptimizerSpec {
  readonly type: string
  readonly label: string
  readonly summary: string
  /** The update of one weight w by its gradient g as these settings make it, for people: one equation a line. */
  formula(config: Config): readonly string[]
  /**
   * The same as equations to be worked out, in the order of computation: each slot of the state has a line (`nextName`), and the
   * last is the new weight. Only lines that these settings need at this step.
   * @param step from 1, counted from when the state was new
   */
  lines(config: Config, step: number): readonly UpdateLine[]
  /** TeX of what it remembers, by the names of the slots. */
  readonly slotSymbols: Readonly<Record<string, string>>
  readonly fields: readonly Field[]
  /** The state of one parameter before the first step. */
  init(shape: Shape, config: Config): readonly StateSlot[]
  /** Inputs of the update at a step (counted from 1). Same names and order at every step. */
  scalars(config: Config, step: number): readonly ScalarInput[]
  /** Adds one parameter's update to the graph: the new value and the new state, slots in `init`'s order. */
  apply(graph: GraphBuilder, parts: UpdateParts, config: Config): { parameter: NodeId; state: readonly NodeId[] }
}
