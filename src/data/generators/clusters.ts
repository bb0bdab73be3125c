import { classRows, setting, type Generator } from './generator'

/** Normal around K points on the unit circle. */
export const clusters: Generator = {
  name: 'clusters',
  label: 'Gaussian clusters',
  summary: 'A cloud of points for each class: the easiest case, which a network without hidden layers can learn.',
  task: 'multi-class',
  columns: ['x', 'y', 'class'],
  fields: [
    {
      key: 'clusters',
      label: 'Clusters',
      kind: 'integer',
      default: 3,
      min: 2,
      max: 8,
      help: 'How many clouds there are: one class each.'
    },
    {
      key: 'spread',
      label: 'Spread',
      kind: 'number',
      default: 0.2,
      min: 0.01,
      max: 1,
      help: 'Deviation of each cloud. Above about half the distance between two clouds they overlap.'
    }
  ],
  rows(config, random) {
    const count = setting(config, 'clusters')
    const spread = setting(config, 'spread')
    return classRows(config, random, count, (cluster) => {
      const angle = (2 * Math.PI * cluster) / count
      return [Math.cos(angle) + spread * random.normal(), Math.sin(angle) + spread * random.normal()]
    })
  }
}
