import type { LayerSpec } from './layer'
import { equalCase, mergeLayer } from './merge'

/** Multiply: y = x₁ · x₂ · …, number by number, of inputs of one shape. One way as the gate of another. */
export const multiply: LayerSpec = {
  type: 'multiply',
  label: 'Multiply',
  summary: 'The product of two or more inputs of one shape, number by number: one way gates another.',
  ...mergeLayer('multiply'),
  cases: [equalCase(2, [3]), equalCase(3, [2, 5])]
}
