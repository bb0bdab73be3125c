import { numberSetting } from '../fields'
import {
  momentFields,
  momentLines,
  momentScalars,
  momentSlots,
  momentStep,
  momentSymbols,
  momentUpdate
} from './moments'
import type { OptimizerSpec } from './optimizer'
import { learningRateField, weightDecayField } from './settings'
import { decayLine, withDecay } from './terms'
import { gradientLines, named } from './update-line'

/**
 * Adam (Kingma and Ba 2015, algorithm 1), as PyTorch's `Adam` computes it. With g the gradient (+ λ·w) and t the
 * step from 1, m and v start at 0:
 *
 * m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²,
 * w ← w − η · m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ).
 *
 * Defaults are PyTorch's but for the learning rate (there 0.001): small tables give few steps.
 */
export const adam: OptimizerSpec = {
  type: 'adam',
  label: 'Adam',
  summary:
    'Gives every weight a step size of its own: the mean of its recent gradients over their typical size. Works well with little tuning.',
  formula: (config) => [...decayLine(config), ...momentLines, 'w ← w − η · m̂ / (√v̂ + ε)'],
  lines(config) {
    const { lines, gradient } = gradientLines(config)
    return [...lines, ...momentUpdate(gradient, named('w'))]
  },
  slotSymbols: momentSymbols,
  fields: [learningRateField(0.01), ...momentFields, weightDecayField(0)],
  init: (shape) => momentSlots(shape),
  scalars: momentScalars,
  apply(graph, parts, config) {
    const gradient = withDecay(graph, parts.gradient, parts.parameter, numberSetting(config, 'weightDecay'))
    return momentStep(graph, { ...parts, gradient }, config)
  }
}
