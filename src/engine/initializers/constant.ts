import type { Initializer } from './initializer'

/** The same number everywhere. */
export function constant(name: string, label: string, value: number): Initializer {
  return {
    name,
    label,
    formula: String(value),
    fill(data) {
      data.fill(value)
    }
  }
}

/**
 * Every weight 0.1. All units of a layer then compute the same and learn the same: good for checks by hand and for showing
 * why weights are drawn at random.
 */
export const constantWeights = constant('constant', 'Constant', 0.1)
