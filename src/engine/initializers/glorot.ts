/**
 * Glorot (Xavier): variance 2 / (fanIn + fanOut), which keeps activations and gradients of a linear or tanh
 * layer at a steady size. Glorot and Bengio 2010, equation 16.
 */
import { fans, fillNormal, fillUniform, type Initializer } from './initializer'

export const glorotUniform: Initializer = {
  name: 'glorot-uniform',
  label: 'Glorot uniform',
  formula: 'uniform in ±√(6 / (fanIn + fanOut))',
  fill(data, shape, random) {
    const { fanIn, fanOut } = fans(shape)
    fillUniform(data, Math.sqrt(6 / (fanIn + fanOut)), random)
  }
}

export const glorotNormal: Initializer = {
  name: 'glorot-normal',
  label: 'Glorot normal',
  formula: 'normal with deviation √(2 / (fanIn + fanOut))',
  fill(data, shape, random) {
    const { fanIn, fanOut } = fans(shape)
    fillNormal(data, Math.sqrt(2 / (fanIn + fanOut)), random)
  }
}
