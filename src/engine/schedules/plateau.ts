import { numberSetting } from '../fields'
import type { ScheduleSpec } from './schedule'

/**
 * Reduce on plateau: when the loss has not become better for more than p epochs, the rate is multiplied by γ, down to a
 * smallest share of it. Better is below (1 − θ) · the best loss so far. After a drop, the next c epochs do not count.
 *
 * PyTorch's `ReduceLROnPlateau(mode='min', factor=γ, patience=p, threshold=θ, threshold_mode='rel', cooldown=c,
 * min_lr=η₀·share, eps=0)`, stepped once an epoch with the validation loss (with the training loss where there are no
 * validation rows). PyTorch's eps (no drop by less than 1e-8) is left out.
 */
export const plateau: ScheduleSpec = {
  type: 'plateau',
  label: 'Reduce on plateau',
  summary: 'Lowers the learning rate whenever the validation loss has stopped getting better.',
  formula: () => ['η ← max(γ · η, share · η₀) after more than p epochs without a gain'],
  fields: [
    {
      key: 'plateauPatience',
      label: 'Plateau patience',
      kind: 'integer',
      default: 10,
      min: 0,
      max: 1_000_000,
      help: 'Epochs p without a gain that are borne; one more lowers the learning rate.'
    },
    {
      key: 'plateauFactor',
      label: 'Plateau factor',
      kind: 'number',
      default: 0.3,
      min: 0,
      exclusiveMin: true,
      max: 1,
      exclusiveMax: true,
      help: 'What the learning rate is multiplied by on a plateau: γ.'
    },
    {
      key: 'plateauThreshold',
      label: 'Plateau threshold',
      kind: 'number',
      default: 1e-4,
      min: 0,
      max: 1,
      advanced: true,
      help: 'Share θ of the best loss by which it must fall to count as a gain.'
    },
    {
      key: 'plateauCooldown',
      label: 'Plateau cooldown',
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1_000_000,
      advanced: true,
      help: 'Epochs c after a drop that do not count as being without a gain.'
    },
    {
      key: 'leastShare',
      label: 'Least share',
      kind: 'number',
      default: 0,
      min: 0,
      max: 1,
      advanced: true,
      help: 'Share of the first learning rate below which it is not lowered.'
    }
  ],
  create(config) {
    const patience = numberSetting(config, 'plateauPatience')
    const gamma = numberSetting(config, 'plateauFactor')
    const threshold = numberSetting(config, 'plateauThreshold')
    const cooldown = numberSetting(config, 'plateauCooldown')
    const least = numberSetting(config, 'leastShare')
    let factor = 1
    let idle = 0
    let resting = 0
    let best: number | null = null
    return {
      factor: () => factor,
      epochEnded(loss) {
        if (best === null || loss < best * (1 - threshold)) {
          best = loss
          idle = 0
        } else idle++
        if (resting > 0) {
          resting--
          idle = 0
        }
        if (idle <= patience) return
        factor = Math.max(gamma * factor, least)
        resting = cooldown
        idle = 0
      },
      get state() {
        return [factor, idle, resting, ...(best === null ? [] : [best])]
      },
      restore(state) {
        ;[factor = 1, idle = 0, resting = 0] = state
        best = state[3] ?? null
      }
    }
  }
}
