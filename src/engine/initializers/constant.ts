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

/** What `constant` fills with unless told otherwise. */
export const DEFAULT_CONSTANT = 0.1

/**
 * Every weight the number that is given. All units of a layer then compute the same and learn the same: good for checks by
 * hand and for showing why weights are drawn at random.
 */
export const constantWeights: Initializer = {
  name: 'constant',
  label: 'Constant',
  formula: 'the number given',
  fill(data, _shape, _random, value = DEFAULT_CONSTANT) {
    data.fill(value)
  }
}
