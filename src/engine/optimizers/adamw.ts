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
import { isSet, keptShare, shrunk } from './terms'
import { keptWeight } from './update-line'

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch's `AdamW` computes it: w ← (1 − η·λ)·w, then Adam's
 * step with the gradient alone. The decay is the same for every weight, whatever the size of its gradients.
 *
 * Defaults are PyTorch's but for the learning rate (there 0.001): small tables give few steps.
 */
export const adamw: OptimizerSpec = {
  type: 'adamw',
  label: 'AdamW',
  summary: 'Adam with a weight decay that does not depend on the gradient: every weight shrinks by the same share.',
  formula: (config) => [
    ...momentLines,
    isSet(config, 'weightDecay') ? 'w ← (1 − η · λ) · w − η · m̂ / (√v̂ + ε)' : 'w ← w − η · m̂ / (√v̂ + ε)'
  ],
  lines: (config) => momentUpdate('g', keptWeight(config)),
  slotSymbols: momentSymbols,
  fields: [learningRateField(0.01), ...momentFields, weightDecayField(0.01)],
  init: (shape) => momentSlots(shape),
  scalars: (config, step) => [...momentScalars(config, step), ...keptShare(config)],
  apply(graph, parts, config) {
    const [, , kept] = parts.scalars
    return momentStep(graph, { ...parts, parameter: shrunk(graph, parts.parameter, kept) }, config)
  }
}
