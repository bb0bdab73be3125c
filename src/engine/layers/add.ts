import type { LayerSpec } from './layer'
import { equalCase, mergeLayer } from './merge'

/** Add: y = x₁ + x₂ + …, number by number, of inputs of one shape. Where two ways meet, as in residual networks. */
export const add: LayerSpec = {
  type: 'add',
  label: 'Add',
  summary: 'The sum of two or more inputs of one shape, number by number: where a residual connection comes back.',
  ...mergeLayer('add'),
  cases: [equalCase(2, [3]), equalCase(3, [2, 5]), equalCase(2, [1, 3, 2])]
}
