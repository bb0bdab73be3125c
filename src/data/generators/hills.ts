import { setting, type Generator } from './generator'

/** Middle and height of each hill. */
const hillsOf: readonly (readonly [x: number, y: number, height: number])[] = [
  [-0.5, 0.5, 1],
  [0.5, -0.5, 1],
  [0.5, 0.5, -1],
  [-0.5, -0.5, -1]
]
const WIDTH = 0.3

/** z = Σ h · exp(−((x − a)² + (y − b)²) / (2 · 0.3²)) + noise, x and y uniform over [-1, 1]. */
export const hills: Generator = {
  name: 'hills',
  label: 'Hills',
  summary: 'Two hills and two hollows over a plane: regression with two features, drawn as a landscape.',
  task: 'regression',
  columns: ['x', 'y', 'z'],
  fields: [],
  rows(config, random) {
    const noise = setting(config, 'noise')
    return Array.from({ length: setting(config, 'points') }, () => {
      const x = 2 * random.uniform() - 1
      const y = 2 * random.uniform() - 1
      const height = hillsOf.reduce(
        (sum, [a, b, each]) => sum + each * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * WIDTH ** 2)),
        0
      )
      return [x, y, height + noise * random.normal()]
    })
  }
}
