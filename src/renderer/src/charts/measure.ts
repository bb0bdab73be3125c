/** What a run is measured along: the x axis of the charts. */
import type { StepSeries } from '../../../shared/run-views'
import type { EpochPoint } from '../../../shared/views'
import { formatCount } from '../state/format'
import { formatTick, niceStep } from './axis'
import { firstAtOrAfter } from './thinning'

export const measures = ['epoch', 'step', 'time'] as const
/** Epochs, steps, or ms of training. */
export type Measure = (typeof measures)[number]

export const measureLabels: Readonly<Record<Measure, string>> = { epoch: 'Epoch', step: 'Step', time: 'Time' }

/** Where an epoch has ended; NaN where that was not kept. */
export function measureOf(point: EpochPoint, measure: Measure): number {
  if (measure === 'epoch') return point.epoch
  return measure === 'step' ? point.step : (point.elapsedMs ?? Number.NaN)
}

/** The column of steps that the measure is. */
export function stepsAlong(steps: StepSeries, measure: Measure): readonly number[] {
  if (measure === 'epoch') return steps.position
  return measure === 'step' ? steps.step : steps.elapsedMs
}

/** The same place in another measure, between the steps that are known; all of them begin at 0. */
export function converted(steps: StepSeries, value: number, from: Measure, to: Measure): number {
  const xs = stepsAlong(steps, from)
  const ys = stepsAlong(steps, to)
  if (from === to || xs.length === 0) return value
  const after = Math.min(firstAtOrAfter(xs, value), xs.length - 1)
  const x0 = after === 0 ? 0 : (xs[after - 1] ?? 0)
  const y0 = after === 0 ? 0 : (ys[after - 1] ?? 0)
  const x1 = xs[after] ?? 0
  const y1 = ys[after] ?? 0
  return x1 === x0 ? y1 : y0 + ((value - x0) / (x1 - x0)) * (y1 - y0)
}

/** Parts of a minute and of an hour that people count in, in ms. */
const clockSteps = [1, 2, 5, 10, 15, 30].flatMap((part) => [part * 1000, part * 60_000, part * 3_600_000])

/** A step between labels that divides `range` into at most `most` parts. */
export function tickStep(range: number, most: number, measure: Measure): number {
  if (measure === 'time' && range / most > 500) {
    const sorted = clockSteps.sort((a, b) => a - b)
    return sorted.find((step) => step >= range / most) ?? 3_600_000 * niceStep(range / 3_600_000, most)
  }
  const step = niceStep(range, most)
  return measure === 'step' ? Math.max(1, step) : step
}

/** A value at the axis, where labels are so far apart. */
export function formatAlong(value: number, step: number, measure: Measure): string {
  if (measure !== 'time') return fixed(value, step)
  if (step < 1000 || value === 0) return `${fixed(value / 1000, step / 1000)} s`
  const seconds = Math.round(value / 1000)
  const pad = (part: number): string => String(part).padStart(2, '0')
  const minutes = Math.floor(seconds / 60) % 60
  if (seconds < 3600) return `${minutes}:${pad(seconds % 60)}`
  return `${Math.floor(seconds / 3600)}:${pad(minutes)}:${pad(seconds % 60)}`
}

/** With as many decimals as tell labels apart. */
function fixed(value: number, step: number): string {
  if (value >= 1e6 && step >= 1e4) return `${formatTick(value / 1e6)} M`
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return decimals > 0 ? value.toFixed(decimals) : value < 1e4 ? String(Math.round(value)) : formatCount(value)
}

/** Where a run that has come so far ends at the axis: a little ahead while it goes on, at a round number, so that the axis does not jump. */
export function roomyEnd(reached: number, planned: number, going: boolean, measure: Measure): number {
  const least = measure === 'epoch' ? 1 : measure === 'step' ? 10 : 1000
  // Within the first epoch single steps are to be seen.
  if (reached <= least) return least
  if (!going) return measure === 'epoch' ? Math.ceil(reached) : reached
  const step = tickStep(reached, 8, measure)
  const roomy = Math.max(5 * least, Math.ceil(reached / step) * step)
  return Math.max(least, reached, Math.min(Math.max(planned, reached), roomy))
}
