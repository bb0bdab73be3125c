/** What the loss of a run is computed over, anywhere among its weights. */
import { copyRows, isRowSource, sizeOf, type Features, type ForwardProblem, type Samples } from '../../engine'
import type { Experiment } from '../experiment'
import { lossSettingsOf } from '../loss-settings'

export interface LossSubject {
  readonly problem: ForwardProblem
  readonly samples: Samples
  /** Rows in the samples, and training rows in all. */
  readonly rows: number
  readonly ofRows: number
}

/**
 * The loss that a run descends, as its settings are now, over at most so many of its training rows, spread evenly over them. Nothing
 * is augmented.
 */
export function lossSubjectOf({ trainOptions, setup, model }: Experiment, most: number): LossSubject {
  const { training, classWeights, task, loss } = trainOptions
  const { targets, weights, features } = training
  const [ofRows = 0] = targets.shape
  const rows = Math.max(1, Math.min(most, ofRows))
  const chosen = Int32Array.from({ length: rows }, (_, i) => Math.floor((i * ofRows) / rows))
  const width = sizeOf(targets.shape.slice(1))
  const answers = new Float64Array(rows * width)
  copyRows(targets, chosen, answers, 0, null)
  return {
    problem: { model, task, loss, lossSettings: lossSettingsOf(setup, classWeights ?? null) },
    samples: {
      features: chosenRows(features, chosen),
      targets: { shape: [rows, ...targets.shape.slice(1)], data: answers },
      weights: weights == null ? null : Float64Array.from(chosen, (row) => weights[row] ?? 0)
    },
    rows,
    ofRows
  }
}

/** Rows that are made when asked for stay so. */
function chosenRows(features: Features, chosen: Int32Array): Features {
  const shape = [chosen.length, ...features.shape.slice(1)]
  if (isRowSource(features)) {
    return {
      ...(features.image === undefined ? {} : { image: features.image }),
      shape,
      write: (rows, into, at, pass) => {
        features.write(
          rows.map((row) => chosen[row] ?? 0),
          into,
          at,
          pass
        )
      }
    }
  }
  const data = new Float64Array(sizeOf(shape))
  copyRows(features, chosen, data, 0, null)
  return { shape, data }
}
