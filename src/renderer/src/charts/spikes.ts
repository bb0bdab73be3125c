/** Steps whose loss lies far above those around it. */
import type { StepSeries } from '../../../shared/run-views'

export interface Spike {
  readonly step: number
  readonly loss: number
  /** Where the step stands in the series. */
  readonly index: number
}

/** Steps on either side that a step is compared with; fewer than half of them on a side are too few. */
const AROUND = 12
/** Robust standard deviations above the median, by the median absolute deviation (1.4826 · MAD; Hampel 1974). */
const FAR = 12
/** Times the median: where all losses are nearly equal, a little more is no spike. */
const TIMES = 1.5
const MOST = 3

/** The highest of them, at most three, in order of their steps. A stretch of high steps is told by its highest. */
export function spikesOf({ step, loss }: Pick<StepSeries, 'step' | 'loss'>): readonly Spike[] {
  const found: (Spike & { readonly height: number })[] = []
  for (let index = AROUND / 2; index < loss.length - AROUND / 2; index += 1) {
    const own = loss[index] ?? Number.NaN
    const around = loss
      .slice(Math.max(0, index - AROUND), index)
      .concat(loss.slice(index + 1, index + 1 + AROUND))
      .filter(Number.isFinite)
    const middle = medianOf(around)
    if (!(own > TIMES * middle) || middle <= 0) continue
    const spread = 1.4826 * medianOf(around.map((value) => Math.abs(value - middle)))
    if (!(own - middle > FAR * spread)) continue
    found.push({ step: step[index] ?? Number.NaN, loss: own, index, height: own / middle })
  }
  const chosen: (typeof found)[number][] = []
  for (const spike of found.toSorted((one, other) => other.height - one.height)) {
    if (chosen.length < MOST && chosen.every(({ index }) => Math.abs(index - spike.index) > AROUND)) chosen.push(spike)
  }
  return chosen.toSorted((one, other) => one.step - other.step).map(({ height: _height, ...spike }) => spike)
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2
}
