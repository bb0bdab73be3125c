/**
 * Glorot (Xavier): variance 2 / (fanIn + fanOut), which keeps activations and gradients of a linear or tanh
 * layer at a steady size. Glorot and Bengio 2010, equation 16.
 */
import { byBothFans, varianceScaling } from './variance-scaling'

export const [glorotUniform, glorotNormal] = varianceScaling('glorot', 'Glorot', 2, byBothFans)
