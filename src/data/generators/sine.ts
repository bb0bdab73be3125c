import { setting, type Generator } from './generator'

/** y = sin(2π · waves · x) + noise, x uniform over [-1, 1]. */
export const sine: Generator = {
  name: 'sine',
  label: 'Sine',
  summary: 'A wave to be fitted from points on it: regression with one feature, so the curve itself can be seen.',
  task: 'regression',
  columns: ['x', 'y'],
  fields: [
    {
      key: 'waves',
      label: 'Waves',
      kind: 'number',
      default: 1,
      min: 0.25,
      max: 5,
      help: 'How often the wave repeats between 0 and 1. More of them ask for more units.'
    }
  ],
  rows(config, random) {
    const waves = setting(config, 'waves')
    const noise = setting(config, 'noise')
    return Array.from({ length: setting(config, 'points') }, () => {
      const x = 2 * random.uniform() - 1
      return [x, Math.sin(2 * Math.PI * waves * x) + noise * random.normal()]
    })
  }
}
