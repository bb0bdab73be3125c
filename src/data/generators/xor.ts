import { classRows, type Generator } from './generator'

/** Uniform over [-1, 1]² without the axes; class `a` where x · y > 0. */
export const xor: Generator = {
  name: 'xor',
  label: 'XOR',
  summary: 'Opposite corners belong together: neither coordinate says anything alone, so a hidden layer is needed.',
  task: 'binary',
  columns: ['x', 'y', 'class'],
  fields: [],
  rows(config, random) {
    return classRows(config, random, 2, (side) => {
      const x = coordinate(random.uniform())
      const y = coordinate(random.uniform())
      const same = x * y > 0
      return same === (side === 0) ? [x, y] : [x, -y]
    })
  }
}

/** Keeps a little away from the axes, where the classes touch. */
function coordinate(uniform: number): number {
  const value = 2 * uniform - 1
  return value + 0.08 * Math.sign(value)
}
