import { numberSetting } from '../fields'
import { zeros } from '../tensor/tensor'
import type { OptimizerSpec } from './optimizer'

/**
 * Stochastic gradient descent with momentum, as PyTorch defines it: v ← μ·v + g, w ← w − η·v; v starts at 0.
 * Without momentum (μ = 0): w ← w − η·g, and no state is kept.
 */
export const sgd: OptimizerSpec = {
  type: 'sgd',
  label: 'SGD',
  summary: 'Steps against the gradient; momentum keeps some of the direction of the steps before.',
  formula: 'v ← μ · v + g,  w ← w − η · v',
  fields: [
    {
      key: 'learningRate',
      label: 'Learning rate',
      kind: 'number',
      default: 0.1,
      min: 0,
      exclusiveMin: true,
      max: 1e30,
      help: 'Size η of a step. Too small learns slowly; too large overshoots and may diverge.'
    },
    {
      key: 'momentum',
      label: 'Momentum',
      kind: 'number',
      default: 0.9,
      min: 0,
      max: 1,
      exclusiveMax: true,
      help: 'Share μ of the last velocity that is kept. It smooths the path and speeds up along steady slopes.'
    }
  ],
  init: (shape, config) =>
    numberSetting(config, 'momentum') === 0 ? [] : [{ name: 'velocity', initial: zeros(shape) }],
  scalars: (config) => [{ name: 'learningRate', value: numberSetting(config, 'learningRate') }],
  apply(graph, { parameter, gradient, state: [velocity], scalars: [learningRate] }, config) {
    if (learningRate === undefined) throw new Error('sgd: the learning rate is not in the graph')
    const momentum = numberSetting(config, 'momentum')
    const direction =
      velocity === undefined
        ? gradient
        : graph.apply('add', [graph.apply('affine', [velocity], { scale: momentum, offset: 0 }), gradient])
    const moved = graph.apply('subtract', [parameter, graph.apply('multiply', [learningRate, direction])])
    return { parameter: moved, state: velocity === undefined ? [] : [direction] }
  }
}
