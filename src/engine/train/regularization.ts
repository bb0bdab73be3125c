/** What keeps weights small and steps bounded, whatever the optimizer: settings of a run. */
import type { Field } from '../fields'

/** 0 switches each of them off. */
export const regularizationFields: readonly Field[] = [
  {
    key: 'l1',
    label: 'L1 penalty',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1000,
    help: 'Pulls every weight towards 0 by the same amount: adds λ · sign(w) to its gradient. Weights that matter little become exactly small; biases are left alone.'
  },
  {
    key: 'l2',
    label: 'L2 penalty',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1000,
    help: 'Pulls every weight towards 0 in proportion to its size: adds λ · w to its gradient. Keeps the network smooth; biases are left alone.'
  },
  {
    key: 'clipNorm',
    label: 'Clip gradient norm',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    advanced: true,
    help: 'Scales all gradients together down to this length when they are longer. Tames exploding gradients without turning them; 0 for off.'
  },
  {
    key: 'clipValue',
    label: 'Clip gradient values',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    advanced: true,
    help: 'Cuts every single number of a gradient at plus and minus this value; 0 for off.'
  }
]
