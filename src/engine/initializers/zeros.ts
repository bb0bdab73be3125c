import { constant } from './constant'

/** All zeros: for biases, which break no symmetry. */
export const zeros = constant('zeros', 'Zeros', 0)
