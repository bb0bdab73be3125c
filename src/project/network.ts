/** The network of a setup, and rows in the shape it takes. */
import { embeddedInputs, inputShape, outputCount, type Preparation } from '../data'
import {
  checkOutputActivation,
  compileModel,
  modelSpecOf,
  reshaped,
  sizeOf,
  withEmbeddings,
  type Features,
  type Model,
  type Samples
} from '../engine'
import { ShapeError } from '../shared/errors'
import type { Setup } from '../shared/setup'

/**
 * The setup's own network, or its hidden layers with the output layer that task and loss need and, before them, the
 * embeddings that the data asks for. A network of its own sees the entry of a category as a number like any other.
 * @throws ShapeError `model-input-mismatch` when a network of its own takes another number of inputs than the table gives
 * @throws ConfigError `output-activation`; ShapeError, ConfigError of `compileModel`, naming the layer
 */
export function networkOf(setup: Setup, preparation: Preparation): Model {
  const shape = inputShape(preparation)
  if (setup.model === null) {
    const spec = modelSpecOf(setup.layers, shape, setup.task, setup.loss, outputCount(preparation))
    return compileModel(withEmbeddings(spec, embeddedInputs(preparation)))
  }
  const model = compileModel(setup.model)
  checkOutputActivation(model)
  requireInputs(model.spec.inputShape, sizeOf(shape))
  return model
}

/** Rows [N, F] as the network takes them [N, …inputShape], row-major; the numbers are shared. */
export function shapedFeatures({ spec }: Model, features: Features): Features {
  return reshaped(features, spec.inputShape)
}

export function shapedSamples(model: Model, samples: Samples): Samples {
  return { ...samples, features: shapedFeatures(model, samples.features) }
}

function requireInputs(inputShape: readonly number[], features: number): void {
  const wanted = sizeOf(inputShape)
  if (wanted === features) return
  const shape = `[${inputShape.join(', ')}]`
  throw new ShapeError(
    'model-input-mismatch',
    `The model takes ${shape}, ${wanted} numbers a row; the table gives ${features} after its preparation. Change inputShape, or the columns that are ignored.`,
    { expected: wanted, got: features }
  )
}
