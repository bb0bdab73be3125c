import { numberSetting } from '../fields'
import { byStep, epochsBefore, type ScheduleSpec } from './schedule'

/**
 * Exponential decay: with e epochs ended, η = η₀ · γ^e. PyTorch's `ExponentialLR(gamma=γ)`, stepped once an epoch.
 */
export const exponential: ScheduleSpec = {
  type: 'exponential',
  label: 'Exponential decay',
  summary: 'Lowers the learning rate a little after every epoch, always by the same share.',
  formula: () => ['η = η₀ · γ^e, e epochs ended'],
  fields: [
    {
      key: 'epochDecay',
      label: 'Decay per epoch',
      kind: 'number',
      default: 0.97,
      min: 0,
      exclusiveMin: true,
      max: 1,
      help: 'What the learning rate is multiplied by after every epoch: γ. 0.97 halves it in about 23 epochs.'
    }
  ],
  create(config, horizon) {
    const decay = numberSetting(config, 'epochDecay')
    return byStep((step) => decay ** epochsBefore(step, horizon))
  }
}
