/** A card of the Train stage. */
import type { Component } from 'svelte'
import type { RunView } from '../../../shared/views'
import type { CardContext, ChartDefinition } from './chart'
import type { CardSize } from './grid'

export interface CardProps {
  /** Null before the first run. */
  readonly run: RunView | null
  /** The epoch that is looked at; null for now. */
  readonly moment: number | null
}

interface Placed {
  readonly size: CardSize
  /** Behind "More charts" unless it is pinned. */
  readonly folded?: boolean
}

/** Lines over the run. */
export interface LineCard extends Placed {
  readonly id: string
  readonly chart: ChartDefinition
}

/** Anything else: a component that draws itself within a `CardFrame` of the same id. */
export interface PictureCard extends Placed {
  readonly id: string
  readonly applies: (context: CardContext) => boolean
  readonly component: Component<CardProps>
}

export type Card = LineCard | PictureCard
