/** What the Explain stage has: one line for each tab, in their order. */
import type { Component } from 'svelte'
import Landscape from './landscape/Landscape.svelte'
import GradientFlow from './flow/GradientFlow.svelte'
import LossLab from './loss-lab/LossLab.svelte'
import Microscope from './microscope/Microscope.svelte'
import Race from './race/Race.svelte'

export interface ExplainTab {
  readonly id: string
  readonly label: string
  readonly component: Component
}

export const explainTabs: readonly ExplainTab[] = [
  { id: 'microscope', label: 'Microscope', component: Microscope },
  { id: 'flow', label: 'Gradient flow', component: GradientFlow },
  { id: 'landscape', label: 'Landscape', component: Landscape },
  { id: 'race', label: 'Race', component: Race },
  { id: 'loss-lab', label: 'Loss lab', component: LossLab }
]
