import { numberSetting } from '../fields'
import { byStep, type ScheduleSpec } from './schedule'

/**
 * Cosine with warm-up (Loshchilov and Hutter 2017, "SGDR", without restarts; warm-up: Goyal et al. 2017). With W steps
 * of warm-up and T = steps − W after them, at step s (from 1):
 *
 * η = η₀ · s / (W + 1) for s ≤ W, then η = η₀ · (f + (1 − f) · ½(1 + cos(π · (s − 1 − W) / T))), which would come to
 * η₀ · f at the step after the last.
 *
 * PyTorch's `SequentialLR` of `LinearLR(start_factor=1/(W+1), total_iters=W)` and `CosineAnnealingLR(T_max=T,
 * eta_min=η₀·f)` with its milestone at W, stepped once a step (its `CosineAnnealingLR` is often stepped once an epoch).
 */
export const cosine: ScheduleSpec = {
  type: 'cosine',
  label: 'Cosine',
  summary: 'Rises over a few epochs, then falls along half a cosine wave to the end of the run.',
  formula: () => [
    'η = η₀ · s / (W + 1) for the first W steps s',
    'then η = η₀ · (f + (1 − f) · (1 + cos(π · (s − 1 − W) / T)) / 2), T steps'
  ],
  fields: [
    {
      key: 'warmUpEpochs',
      label: 'Warm-up epochs',
      kind: 'number',
      default: 0,
      min: 0,
      max: 1_000_000,
      help: 'Epochs over which the learning rate rises to its full size; parts of an epoch count. 0 starts with the full rate.'
    },
    {
      key: 'finalShare',
      label: 'Final share',
      kind: 'number',
      default: 0,
      min: 0,
      max: 1,
      advanced: true,
      help: 'Share f of the learning rate that is left at the end of the run.'
    }
  ],
  create(config, { steps, stepsPerEpoch }) {
    const warmUp = Math.min(steps, Math.round(numberSetting(config, 'warmUpEpochs') * stepsPerEpoch))
    const final = numberSetting(config, 'finalShare')
    return byStep((step) => {
      if (step <= warmUp) return step / (warmUp + 1)
      return final + ((1 - final) * (1 + Math.cos((Math.PI * (step - 1 - warmUp)) / (steps - warmUp)))) / 2
    })
  }
}
