import { ShapeError } from '../../shared/errors'
import { activations } from '../activations'
import { numberSetting } from '../fields'
import { weightInitializers } from '../initializers'
import type { Shape } from '../spec'
import { showBatchShape } from '../tensor/tensor'
import type { LayerSpec } from './layer'
import { activated, allActivations, unitFields, weightInitializer } from './unit'

/**
 * Dense (fully connected): y = activation(x · weightᵀ + 1 · bias).
 *
 * x [N, in] → y [N, units]; weight [units, in], bias [units]: PyTorch's `Linear` layout and names. The bias
 * is the weight of a constant input 1, so it learns by the same rule as every other weight.
 */
export const dense: LayerSpec = {
  type: 'dense',
  label: 'Dense',
  family: 'linear',
  inputs: 'one',
  summary:
    'Each unit weighs all inputs, adds its bias (the weight of a constant input 1) and applies the activation: y = f(x · Wᵀ + 1 · b).',
  fields: [
    {
      key: 'units',
      label: 'Units',
      kind: 'integer',
      default: 8,
      min: 1,
      max: 1_000_000,
      help: 'Outputs of the layer. Each unit has one weight for every input, and a bias: the weight of a constant input 1.'
    },
    ...unitFields(allActivations)
  ],
  inferShape(inputs, config) {
    featuresOf(inputs)
    return [numberSetting(config, 'units')]
  },
  parameters(inputs, config) {
    const units = numberSetting(config, 'units')
    return [
      {
        name: 'weight',
        shape: [units, featuresOf(inputs)],
        ...weightInitializer(config),
        help: 'One row for each unit, one column for each input.'
      },
      { name: 'bias', shape: [units], initializer: 'zeros', help: 'The weight of a constant input 1.' }
    ]
  },
  multiplyAdds(inputs, config) {
    // One more for each unit: the bias, times its constant input 1.
    return numberSetting(config, 'units') * (featuresOf(inputs) + 1)
  },
  build(context, [input], config) {
    const { graph, parameter } = context
    if (input === undefined) throw new ShapeError('shape-mismatch', 'Dense takes one input, got none.')
    const product = graph.apply('matmul', [input, parameter('weight')], { transposeA: false, transposeB: true })
    return activated(context, graph.apply('add', [product, parameter('bias')]), config)
  },
  cases: [
    { inputs: [[1]], config: { units: 1, activation: 'identity' } },
    ...activations.map(({ name }) => ({ inputs: [[5]], config: { units: 3, activation: name } })),
    ...weightInitializers.map(({ name }) => ({
      inputs: [[7]],
      config: { units: 2, activation: 'tanh', initializer: name }
    }))
  ]
}

/** The number of inputs of each unit. */
function featuresOf(inputs: readonly Shape[]): number {
  const [shape] = inputs
  if (inputs.length !== 1 || shape === undefined) {
    throw new ShapeError('shape-mismatch', `Expected one input, got ${inputs.length}; connect it to one layer.`)
  }
  const [features] = shape
  if (shape.length !== 1 || features === undefined) {
    throw new ShapeError(
      'shape-mismatch',
      `Expected an input [N, F], got ${showBatchShape(shape)}; add a Flatten layer before it, which makes one list of a row's numbers.`
    )
  }
  if (!(features >= 1)) {
    throw new ShapeError(
      'shape-mismatch',
      `Expected at least one input feature, got ${showBatchShape(shape)}; keep at least one feature column.`
    )
  }
  return features
}
