/** For tests: benches as lessons have them. */
import * as v from 'valibot'
import { benchSchema, type Bench } from './bench'

/** What is given, as the schema takes it. */
export function benchOf(given: unknown): Bench {
  return v.parse(benchSchema, given)
}

/** Two inputs, two sigmoid units, one output: small enough for paper. The second row is there for the target to differ. */
export const paperBench = {
  data: {
    kind: 'rows',
    columns: ['x1', 'x2', 'y'],
    rows: [
      [0.5, -1, 1],
      [1.5, 0.25, 0]
    ]
  },
  setup: {
    ...{ target: 'y', task: 'regression', loss: 'squared' },
    layers: [{ name: 'hidden', type: 'dense', config: { units: 2, activation: 'sigmoid' } }],
    optimizer: { type: 'sgd', config: { learningRate: 0.5 } }
  },
  weights: [
    { name: 'hidden.weight', values: [0.5, -0.25, 1, 0.75] },
    { name: 'hidden.bias', values: [0.1, -0.2] },
    { name: 'output.weight', values: [0.3, -0.6] },
    { name: 'output.bias', values: [0.05] }
  ]
}
