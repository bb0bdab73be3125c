/** The columns of numbers that a network's rows can be drawn over: one makes a line, two a plane. */
import { featureNames, hasWindow, type FeaturePreparation, type Preparation } from '../../data'
import { isRowSource, type Features } from '../../engine'
import type { Experiment } from '../experiment'

/** Share of the rows' range that is drawn beyond them: half of it on each side. */
const MARGIN = 0.05

export interface Axis {
  readonly column: string
  readonly min: number
  readonly max: number
}

type NumberFeature = Extract<FeaturePreparation, { kind: 'number' | 'raw' }>

/** The one or two features that all inputs come of; null where there are others, or rows are windows. */
export function drawnFeatures(preparation: Preparation): readonly NumberFeature[] | null {
  const { features } = preparation
  const numbers = features.filter((feature) => feature.kind === 'number' || feature.kind === 'raw')
  const drawn = numbers.length === features.length && numbers.length >= 1 && numbers.length <= 2
  return drawn && !hasWindow(preparation) ? numbers : null
}

/**
 * Where prepared rows stand in the units of their columns, [rows, axes]: the inverse of what `number.ts` says, x = mean + scale · z,
 * or exp(x) − 1 of that. A missing number stands where the network sees it.
 */
export function placesOf(preparation: Preparation, features: readonly NumberFeature[], rows: Features): Float64Array {
  if (isRowSource(rows)) return new Float64Array(0)
  const width = featureNames(preparation).length
  const count = rows.data.length / width
  const places = new Float64Array(count * features.length)
  let offset = 0
  for (const [axis, feature] of features.entries()) {
    for (let row = 0; row < count; row++) {
      places[row * features.length + axis] = rawOf(feature, rows.data[row * width + offset] ?? NaN)
    }
    offset += featureNames({ ...preparation, features: [feature] }).length
  }
  return places
}

function rawOf(feature: NumberFeature, z: number): number {
  if (feature.kind === 'raw') return z
  const value = feature.mean + feature.scale * z
  return feature.transform === 'log1p' ? Math.expm1(value) : value
}

/** What is drawn of each column: the range of training and validation rows and a little more. */
export function axesOf({ prepared }: Experiment, features: readonly NumberFeature[]): readonly Axis[] {
  const { preparation, training, validation } = prepared
  const parts = [training, validation].map((part) => placesOf(preparation, features, part.features))
  return features.map((feature, axis) => {
    let [least, most] = [Infinity, -Infinity]
    for (const places of parts) {
      for (let at = axis; at < places.length; at += features.length) {
        const value = places[at] ?? NaN
        if (value < least) least = value
        if (value > most) most = value
      }
    }
    // Of a column with a single value there is no range.
    const beyond = most > least ? (MARGIN / 2) * (most - least) : Math.max(1, Math.abs(least)) * MARGIN
    const isLogarithm = feature.kind === 'number' && feature.transform === 'log1p'
    const min = isLogarithm ? Math.max(0, least - beyond) : least - beyond
    return { column: feature.name, min, max: most + beyond }
  })
}
