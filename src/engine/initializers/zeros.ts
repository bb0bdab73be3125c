import type { Initializer } from './initializer'

/** All zeros: for biases, which break no symmetry. */
export const zeros: Initializer = {
  name: 'zeros',
  label: 'Zeros',
  formula: '0',
  fill(data) {
    data.fill(0)
  }
}
