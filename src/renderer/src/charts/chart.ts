/** What a chart of the Train stage declares. A new chart is one file with one of these, and one line in index.ts. */
import type { Task } from '../../../engine/catalog'
import type { EpochPoint } from '../../../shared/views'

export interface ChartLine {
  readonly label: string
  /** A custom property of app.css. */
  readonly colour: `--${string}`
  readonly dashed?: boolean
  /** The value at the end of an epoch; undefined where the epoch has none. */
  readonly value: (point: EpochPoint) => number | undefined
}

export interface ChartSpec {
  readonly id: string
  /** Heading of the card. */
  readonly title: string
  /** Accessible name of the picture, for example `Loss chart`. */
  readonly name: string
  readonly lines: readonly ChartLine[]
  /** Draws the losses of single steps as a faint line behind the curves. */
  readonly showsSteps: boolean
  /** What is set rather than measured is drawn as it is, never smoothed. */
  readonly exact?: boolean
  /** Offers a logarithmic y axis. */
  readonly offersLog: boolean
  /** Bounds of the y axis that the data cannot leave, such as 0 and 1 of a share. */
  readonly min?: number
  readonly max?: number
  /** A value in the legend, the tooltip and the table. */
  readonly format: (value: number) => string
  /** A value at the axis. */
  readonly formatTick: (value: number) => string
  /** Word of the glossary that the heading explains. */
  readonly term: string
}

/** What a run must be known by before its charts can be chosen. */
export interface ChartContext {
  readonly task: Task
  /** Rows are kept for validation. */
  readonly validated: boolean
  /** The learning rate changes over the run. */
  readonly scheduled: boolean
}

/** The chart for such a run; null when it has nothing to show for it. */
export type ChartDefinition = (context: ChartContext) => ChartSpec | null
