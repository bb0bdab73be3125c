/** How all charts are drawn, for as long as the window is open. */
import type { Measure } from './measure'
import type { Range } from './zoom'

interface ChartPreferences {
  /** From 0 to below 1; 0.6 is where TensorBoard's users expect to start. */
  smoothing: number
  measure: Measure
  logX: boolean
  /** Values far away from all others are shown as well, however flat the rest becomes. */
  outliers: boolean
  /** The part of the run in sight, along the measure; null for all of it, as it grows. */
  range: Range | null
  /** The run that the range belongs to. */
  runId: string | null
}

export const chartPreferences: ChartPreferences = $state({
  smoothing: 0.6,
  measure: 'epoch',
  logX: false,
  outliers: false,
  range: null,
  runId: null
})
