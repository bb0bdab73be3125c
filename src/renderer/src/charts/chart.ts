/** What a chart of lines declares: one file with one of these, and one line in index.ts. */
import type { Task } from '../../../engine/catalog'
import type { RunFacts } from '../../../shared/run-views'
import type { Setup } from '../../../shared/setup'
import type { EpochPoint, PreparedView } from '../../../shared/views'
import type { Term } from '../state/glossary'

/** A custom property of app.css. */
export type Token = `--${string}`

/** What the value of an epoch is read from. */
export interface Reading {
  readonly point: EpochPoint
  readonly before: EpochPoint | undefined
  /** That were trained on since the epoch before. */
  readonly rows: number
}

export interface ChartLine {
  readonly label: string
  readonly colour: Token
  /** Lengths of strokes and gaps in px; none for a whole line. */
  readonly dash: readonly number[]
  /** The value at the end of an epoch; undefined where the epoch has none. */
  readonly value: (reading: Reading) => number | undefined
}

/** A value that counts, drawn from side to side. */
export interface Level {
  readonly label: string
  readonly value: number
}

/** A stretch of values within which a line usually runs. */
export interface Band {
  readonly label: string
  readonly from: number
  readonly to: number
}

export interface ChartSpec {
  readonly id: string
  /** Heading of the card. */
  readonly title: string
  /** Accessible name of the picture, for example `Loss chart`. */
  readonly name: string
  readonly lines: readonly ChartLine[]
  /** What is known of every single step: the losses as a faint line behind the curves, the rates as the line itself. */
  readonly steps?: 'loss' | 'learningRate'
  /** What is set rather than measured is drawn as it is, never smoothed. */
  readonly exact?: boolean
  /** A line for each layer of the network: other networks have others. */
  readonly ofLayers?: boolean
  /** Offers a logarithmic y axis. */
  readonly offersLog: boolean
  /** Begins with it. */
  readonly logarithmic?: boolean
  /** Bounds of the y axis that the data cannot leave, such as 0 and 1 of a share. */
  readonly min?: number
  readonly max?: number
  readonly band?: Band
  readonly levels?: (facts: RunFacts) => readonly Level[]
  /** A value in the legend, the tooltip and the table. */
  readonly format: (value: number) => string
  /** A value at the axis. */
  readonly formatTick: (value: number) => string
  /** What the heading explains: a word of the glossary, or what is to be said. */
  readonly term: string | Term
  /** Said over the axes while there are no lines. */
  readonly empty?: string
}

/** A layer as the milestones of a run tell of it. */
export interface WatchedLayer {
  /** Its place among the layers of a milestone. */
  readonly index: number
  readonly name: string
  /** It has numbers that are trained. */
  readonly trained: boolean
  /** Its units can die. */
  readonly mortal: boolean
}

/** What the cards are chosen by: the run in view, or the draft before the first one. */
export interface CardContext {
  readonly setup: Setup
  readonly task: Task
  readonly prepared: PreparedView | null
  /** Rows are kept for validation. */
  readonly validated: boolean
  /** Empty before the first milestone, and for runs that were not watched. */
  readonly layers: readonly WatchedLayer[]
  /** Gradients are checked after each epoch, or were for a while. */
  readonly checked: boolean
}

/** The chart for such a run; null when it has nothing to show for it. */
export type ChartDefinition = (context: CardContext) => ChartSpec | null
