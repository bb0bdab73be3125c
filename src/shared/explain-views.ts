/** What the Explain stage shows of one step of training: how its numbers came about, and what becomes of them. */
import type {
  DifferenceCheck,
  ExplainedLayer,
  ExplainedLine,
  ExplainedLoss,
  ExplainedWeight,
  GradientPath,
  SampledCheck
} from '../engine/catalog'

export type {
  DifferenceCheck,
  ExplainedLayer,
  ExplainedLine,
  ExplainedLoss,
  ExplainedWeight,
  GradientPath,
  SampledCheck
}

/** Which step the microscope is set on. */
export interface MicroscopeChoice {
  /** Epochs behind the run in view; null: where it stands now. */
  readonly epoch: number | null
  /** A row of the table by itself, from 0; or the batch that the next step takes, and which of its rows is shown. */
  readonly on: { readonly kind: 'row'; readonly row: number } | { readonly kind: 'batch'; readonly shown: number }
}

/** One step of the run in view, held still. */
export interface MicroscopeView {
  /** Of this microscope: what is asked of it later names it. */
  readonly id: number
  readonly runId: string
  /** Epochs behind the run there, and the number of the step that would come next. */
  readonly epoch: number
  readonly step: number
  readonly kind: 'row' | 'batch'
  /** Rows of the table that it is taken with, from 0, and which of them is shown. */
  readonly rows: readonly number[]
  readonly shown: number
  readonly optimizer: string
  readonly learningRate: number
  /** The row as it goes into the network, by the names of the features where they are columns. */
  readonly inputs: readonly { readonly name: string; readonly value: number; readonly gradient: number }[]
  /** Probabilities of the classes, or values in their own units, in the order of the outputs. */
  readonly answer: readonly { readonly name: string; readonly value: number }[]
  /** What stands in the target columns. */
  readonly actual: readonly string[]
  /** As the loss takes it: class index, standardised values, 0 or 1 of each label. */
  readonly target: readonly number[]
  readonly loss: ExplainedLoss
  /** In the order of the network. */
  readonly layers: readonly ExplainedLayer[]
  /** What one should know of these numbers. */
  readonly notes: readonly string[]
}

/** A unit's numbers, worked out. */
export interface UnitView {
  readonly forward: readonly ExplainedLine[]
  readonly backward: readonly ExplainedLine[]
}

/** All numbers of a parameter, for drawings and tables. */
export interface ParameterView {
  readonly name: string
  readonly shape: readonly number[]
  readonly before: Float64Array
  /** ∂E/∂w */
  readonly gradient: Float64Array
  readonly after: Float64Array
}
