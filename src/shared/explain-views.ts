/** What the Explain stage shows of one step of training: how its numbers came about, and what becomes of them. */
import type {
  DifferenceCheck,
  ExplainedLayer,
  ExplainedLine,
  ExplainedLoss,
  ExplainedWeight,
  GradientPath,
  Link,
  SampledCheck,
  Shape,
  Task
} from '../engine/catalog'
import type { Bench } from './bench'

export type {
  DifferenceCheck,
  ExplainedLayer,
  ExplainedLine,
  ExplainedLoss,
  ExplainedWeight,
  GradientPath,
  SampledCheck
}

/** What the microscope is set on a step of. */
export type MicroscopeSource =
  /** The run in view, after so many epochs; null: where it stands now. */
  | { readonly kind: 'view'; readonly epoch: number | null }
  /** A kept run by the name of its folder, at a moment that was kept of it; null: at its end. What is in view stays in view. */
  | { readonly kind: 'kept'; readonly name: string; readonly epoch: number | null }
  /** A bench, after so many steps. */
  | { readonly kind: 'bench'; readonly bench: Bench; readonly steps: number }

/** A row of the table by itself, from 0; or the batch that the next step takes, and which of its rows is shown. */
export type MicroscopeRows =
  { readonly kind: 'row'; readonly row: number } | { readonly kind: 'batch'; readonly shown: number }

/** Which step the microscope is set on. */
export interface MicroscopeChoice {
  readonly of: MicroscopeSource
  readonly on: MicroscopeRows
}

/** What the step is of, as people and later requests name it. */
export type ExplainedRun =
  | { readonly kind: 'view'; readonly runId: string; readonly title: string }
  | {
      readonly kind: 'kept'
      readonly runId: string
      readonly title: string
      /** Of its folder. */
      readonly name: string
      /** Epochs that can be gone back to, in order; 0 is before the first step. */
      readonly moments: readonly number[]
      /** The step is that of its end. */
      readonly isEnd: boolean
    }
  | { readonly kind: 'bench' }

/** One step of a training, held still. */
export interface MicroscopeView {
  /** Of this microscope: what is asked of it later names it. */
  readonly id: number
  readonly of: ExplainedRun
  /** The table that its rows are of. */
  readonly table: { readonly fileName: string; readonly rows: number }
  readonly task: Task
  /** What stands between the output layer and the answer. */
  readonly link: Link
  /** Of one row as the network takes it. */
  readonly inputShape: Shape
  /** Class names, or names of values, in the order of the outputs. */
  readonly outputs: readonly string[]
  /** Epochs behind it, and the number of the step that would come next. */
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

/** A row that the microscope can be set on. */
export interface ExplainedRow {
  /** Of the table, from 0. */
  readonly row: number
  /** What stands in the target columns. */
  readonly actual: readonly string[]
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
