import { numberSetting } from '../fields'
import { byStep, epochsBefore, type ScheduleSpec } from './schedule'

/**
 * Step decay: after every n epochs the rate is multiplied by γ. With e epochs ended, η = η₀ · γ^⌊e / n⌋.
 * PyTorch's `StepLR(step_size=n, gamma=γ)`, stepped once an epoch.
 */
export const step: ScheduleSpec = {
  type: 'step',
  label: 'Step decay',
  summary: 'Lowers the learning rate by the same factor every few epochs.',
  formula: () => ['η = η₀ · γ^⌊e / n⌋, e epochs ended'],
  fields: [
    {
      key: 'dropEvery',
      label: 'Drop every',
      kind: 'integer',
      default: 20,
      min: 1,
      max: 1_000_000,
      help: 'Epochs n from one drop of the learning rate to the next.'
    },
    {
      key: 'dropFactor',
      label: 'Drop factor',
      kind: 'number',
      default: 0.5,
      min: 0,
      exclusiveMin: true,
      max: 1,
      help: 'What the learning rate is multiplied by at each drop: γ. Near 1 drops gently; small drops hard.'
    }
  ],
  create(config, horizon) {
    const [every, factor] = [numberSetting(config, 'dropEvery'), numberSetting(config, 'dropFactor')]
    return byStep((step) => factor ** Math.floor(epochsBefore(step, horizon) / every))
  }
}
