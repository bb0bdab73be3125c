import { numberSetting } from '../fields'
import { byStep, type ScheduleSpec } from './schedule'

/**
 * One cycle (Smith and Topin 2018, "Super-Convergence"): up to the learning rate η₀, then down to next to nothing, each
 * along half a cosine wave. With d and D the divisors, p the rising share and T the steps of the run, the turning
 * point is t₁ = p·T − 1 and the end t₂ = T − 1. At t = s − 1:
 *
 * η rises from η₀/d to η₀ over t = 0 … t₁, then falls to η₀/(d·D) over t₁ … t₂, η = b + (a − b) · ½(1 + cos(π · share
 * of the phase that is over)) from a to b.
 *
 * PyTorch's `OneCycleLR(max_lr=η₀, total_steps=T, pct_start=p, div_factor=d, final_div_factor=D,
 * cycle_momentum=False)`, stepped once a step: the momentum stays as it is.
 */
export const oneCycle: ScheduleSpec = {
  type: 'one-cycle',
  label: 'One cycle',
  summary: 'Rises from a small learning rate to the full one, then falls far below: one wave over the whole run.',
  formula: () => ['η: η₀ / d → η₀ over the first p · T steps', 'η: η₀ → η₀ / (d · D) over the rest'],
  fields: [
    {
      key: 'risingShare',
      label: 'Rising share',
      kind: 'number',
      default: 0.3,
      min: 0,
      exclusiveMin: true,
      max: 1,
      exclusiveMax: true,
      help: 'Share p of the run in which the learning rate rises.'
    },
    {
      key: 'startDivisor',
      label: 'Start divisor',
      kind: 'number',
      default: 25,
      min: 1,
      max: 1e9,
      advanced: true,
      help: 'The run starts with the learning rate divided by this: d.'
    },
    {
      key: 'endDivisor',
      label: 'End divisor',
      kind: 'number',
      default: 10_000,
      min: 1,
      max: 1e9,
      advanced: true,
      help: 'The run ends with its first learning rate divided by this: D.'
    }
  ],
  create(config, { steps }) {
    const first = 1 / numberSetting(config, 'startDivisor')
    const last = first / numberSetting(config, 'endDivisor')
    // A run too short to rise begins at the top.
    const turn = Math.max(0, numberSetting(config, 'risingShare') * steps - 1)
    const end = steps - 1
    return byStep((step) => {
      const at = step - 1
      return at < turn ? wave(first, 1, at / turn) : wave(1, last, (at - turn) / (end - turn || 1))
    })
  }
}

/** From a to b along half a cosine wave. @param share of the way, from 0 to 1 */
function wave(a: number, b: number, share: number): number {
  return b + ((a - b) * (1 + Math.cos(Math.PI * share))) / 2
}
