/** The chart registry: one line per chart, in the order of the Train stage. */
import type { ChartDefinition } from './chart'
import { learningRateChart } from './learning-rate'
import { lossChart } from './loss'
import { metricChart } from './metric'

export type { ChartContext, ChartDefinition, ChartLine, ChartSpec } from './chart'

export const charts: readonly ChartDefinition[] = [lossChart, metricChart, learningRateChart]
