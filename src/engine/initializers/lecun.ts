/**
 * LeCun: variance 1 / fanIn, which keeps the variance of a linear layer's outputs that of its inputs. LeCun,
 * Bottou, Orr and Müller 1998, section 4.6. What SELU's fixed point is derived for.
 */
import { fans, fillNormal, fillUniform, type Initializer } from './initializer'

export const lecunUniform: Initializer = {
  name: 'lecun-uniform',
  label: 'LeCun uniform',
  formula: 'uniform in ±√(3 / fanIn)',
  fill(data, shape, random) {
    fillUniform(data, Math.sqrt(3 / fans(shape).fanIn), random)
  }
}

export const lecunNormal: Initializer = {
  name: 'lecun-normal',
  label: 'LeCun normal',
  formula: 'normal with deviation √(1 / fanIn)',
  fill(data, shape, random) {
    fillNormal(data, Math.sqrt(1 / fans(shape).fanIn), random)
  }
}
