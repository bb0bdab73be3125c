/** What the Explain stage has: one line for each tab, in their order. */
import type { Component } from 'svelte'
import Landscape from './landscape/Landscape.svelte'
import GradientCheck from './check/GradientCheck.svelte'
import GradientFlow from './flow/GradientFlow.svelte'
import Lessons from './lessons/Lessons.svelte'
import LossLab from './loss-lab/LossLab.svelte'
import Metrics from './metrics/Metrics.svelte'
import Microscope from './microscope/Microscope.svelte'
import Race from './race/Race.svelte'
import type { ExplainTabId } from '../state/explainTarget'

export interface ExplainTab {
  readonly id: ExplainTabId
  readonly label: string
  readonly component: Component
}

export const explainTabs: readonly ExplainTab[] = [
  { id: 'microscope', label: 'Microscope', component: Microscope },
  { id: 'flow', label: 'Gradient flow', component: GradientFlow },
  { id: 'check', label: 'Gradient check', component: GradientCheck },
  { id: 'landscape', label: 'Landscape', component: Landscape },
  { id: 'race', label: 'Race', component: Race },
  { id: 'loss-lab', label: 'Loss lab', component: LossLab },
  { id: 'metrics', label: 'Metrics', component: Metrics },
  { id: 'lessons', label: 'Lessons', component: Lessons }
]
