import { classRows, setting, type Generator } from './generator'

/** Ring k of K has the radius (k + 1) / K; the innermost is a disc. */
export const circles: Generator = {
  name: 'circles',
  label: 'Circles',
  summary: 'A disc within rings: the distance from the middle decides, which no single straight line can see.',
  task: 'multi-class',
  columns: ['x', 'y', 'class'],
  fields: [
    {
      key: 'rings',
      label: 'Rings',
      kind: 'integer',
      default: 2,
      min: 2,
      max: 5,
      help: 'How many classes there are, the disc in the middle included.'
    }
  ],
  rows(config, random) {
    const rings = setting(config, 'rings')
    return classRows(config, random, rings, (ring) => {
      const angle = 2 * Math.PI * random.uniform()
      // The root spreads points evenly over the disc.
      const radius = ring === 0 ? (0.6 / rings) * Math.sqrt(random.uniform()) : (ring + 1) / rings
      return [radius * Math.cos(angle), radius * Math.sin(angle)]
    })
  }
}
