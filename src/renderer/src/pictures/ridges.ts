/** Histograms of a layer over a run, as lines one behind the other. */
import type { Histogram, LayerStatistics } from '../../../shared/run-views'
import type { EpochPoint } from '../../../shared/views'

export type Watched = 'weights' | 'activations'

export interface Ridge {
  readonly epoch: number
  readonly histogram: Histogram
}

/** Epochs that were looked at closely, in order. */
export function milestonesOf(epochs: readonly EpochPoint[]): EpochPoint[] {
  return epochs.filter((point) => point.layers !== null)
}

/** Layers that have such histograms, in their order. */
export function watchedLayersOf(layers: readonly LayerStatistics[], what: Watched): string[] {
  return layers.filter((layer) => histogramOf(layer, what) !== null).map(({ layer }) => layer)
}

function histogramOf(layer: LayerStatistics, what: Watched): Histogram | null {
  const histogram = what === 'weights' ? layer.weights?.histogram : layer.activations.histogram
  return histogram === undefined || histogram.counts.length === 0 ? null : histogram
}

/**
 * At most so many milestones of a layer, spread over the run; the first, the last and the one that is looked at are among them.
 * @param moment the last milestone at or before it is looked at; null for the last one
 * @returns the ridges in order, and which is looked at (−1 where there is none yet)
 */
export function ridgesOf(
  milestones: readonly EpochPoint[],
  layer: string,
  what: Watched,
  moment: number | null,
  most: number
): { readonly ridges: readonly Ridge[]; readonly looked: number } {
  const all = milestones.flatMap(({ epoch, layers }) => {
    const own = layers?.find((each) => each.layer === layer)
    const histogram = own === undefined ? null : histogramOf(own, what)
    return histogram === null ? [] : [{ epoch, histogram }]
  })
  const looked = moment === null ? all.length - 1 : all.findLastIndex(({ epoch }) => epoch <= moment)
  const spread = Array.from({ length: Math.min(most, all.length) }, (_, i) =>
    Math.round((i * (all.length - 1)) / Math.max(1, Math.min(most, all.length) - 1))
  )
  const chosen = [...new Set(looked < 0 ? spread : [...spread, looked])].toSorted((a, b) => a - b)
  return { ridges: chosen.flatMap((place) => all[place] ?? []), looked: chosen.indexOf(looked) }
}

/** What the axis under all ridges shows: all of their values. */
export function rangeOf(ridges: readonly Ridge[]): { readonly min: number; readonly max: number } {
  const min = Math.min(...ridges.map(({ histogram }) => histogram.min))
  const max = Math.max(...ridges.map(({ histogram }) => histogram.max))
  if (!(max > min)) {
    const middle = Number.isFinite(min) ? min : 0
    return { min: middle - 1, max: middle + 1 }
  }
  return { min, max }
}

/**
 * The density of a histogram for the eye: share of the values for each unit of the axis, at the middles of its bins, each with a quarter of
 * its neighbours'; 0 at its ends. Where all values are the same, it is infinite.
 */
export function densityOf({ min, max, counts }: Histogram): { readonly x: number; readonly density: number }[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1
  const width = (max - min) / counts.length
  if (!(width > 0)) return [{ x: min, density: Infinity }]
  return [
    { x: min, density: 0 },
    ...counts.map((count, bin) => {
      const around = 2 * count + (counts[bin - 1] ?? count) + (counts[bin + 1] ?? count)
      return { x: min + (bin + 0.5) * width, density: around / 4 / total / width }
    }),
    { x: max, density: 0 }
  ]
}
