/**
 * He (Kaiming): variance 2 / fanIn, which makes up for ReLU's zeroing of half of its inputs. He, Zhang, Ren
 * and Sun 2015, equation 10.
 */
import { fans, fillNormal, fillUniform, type Initializer } from './initializer'

export const heUniform: Initializer = {
  name: 'he-uniform',
  label: 'He uniform',
  formula: 'uniform in ±√(6 / fanIn)',
  fill(data, shape, random) {
    fillUniform(data, Math.sqrt(6 / fans(shape).fanIn), random)
  }
}

export const heNormal: Initializer = {
  name: 'he-normal',
  label: 'He normal',
  formula: 'normal with deviation √(2 / fanIn)',
  fill(data, shape, random) {
    fillNormal(data, Math.sqrt(2 / fans(shape).fanIn), random)
  }
}
