/** The bends between layers. */
import type { Entry } from './term'

export const activations: readonly Entry[] = [
  [
    'activation',
    {
      title: 'Activation',
      text: 'The bend after the weighted sum. Without one, any stack of layers could only draw straight lines.',
      formula: 'a = f(z)'
    }
  ],
  [
    'relu',
    {
      title: 'ReLU',
      text: 'Passes positive sums on and turns negative ones into 0. Fast and a good first choice for hidden layers.',
      formula: 'f(z) = max(0, z)'
    }
  ],
  [
    'tanh',
    {
      title: 'Tanh',
      text: 'Squeezes any sum smoothly into −1 to 1. Steady in small networks; very large sums stop learning.',
      formula: 'f(z) = tanh(z)'
    }
  ],
  [
    'sigmoid',
    {
      title: 'Sigmoid',
      text: 'Squeezes any sum smoothly into 0 to 1, like a probability. In hidden layers it learns slowly.',
      formula: 'f(z) = 1 / (1 + e⁻ᶻ)'
    }
  ],
  [
    'leaky-relu',
    {
      title: 'Leaky ReLU',
      text: 'Like ReLU, but lets a hundredth of negative sums through. No unit can then fall silent for good.',
      formula: 'f(z) = z if z > 0, else 0.01·z'
    }
  ],
  [
    'elu',
    {
      title: 'ELU',
      text: 'Like ReLU above 0, and bends smoothly towards −1 below. Outputs are centred nearer to 0.',
      formula: 'f(z) = z if z > 0, else eᶻ − 1'
    }
  ],
  [
    'selu',
    {
      title: 'SELU',
      text: 'A scaled ELU whose outputs keep mean 0 and spread 1 from layer to layer. Made for deep stacks of dense layers with LeCun first weights.',
      formula: 'f(z) = 1.05·z if z > 0, else 1.76·(eᶻ − 1)'
    }
  ],
  [
    'gelu',
    {
      title: 'GELU',
      text: 'Passes each sum on in proportion to how large it is among normal ones. A smooth ReLU, common in large networks.',
      formula: 'f(z) = z·Φ(z)'
    }
  ],
  [
    'silu',
    {
      title: 'SiLU',
      text: 'The sum times its own sigmoid: a smooth ReLU that dips a little below 0. Also called swish.',
      formula: 'f(z) = z·σ(z)'
    }
  ],
  [
    'softplus',
    {
      title: 'Softplus',
      text: 'A ReLU without a kink: always above 0 and smooth everywhere.',
      formula: 'f(z) = log(1 + eᶻ)'
    }
  ],
  [
    'softmax',
    {
      title: 'Softmax',
      text: 'Turns the sums of a layer into shares that add up to 1: the largest takes most. In hidden layers it makes units compete.',
      formula: 'f(z)[k] = eᶻ[k] / Σ eᶻ'
    }
  ],
  [
    'identity',
    {
      title: 'Identity',
      text: 'Passes the sum on as it is, so the layer stays linear. Right for outputs that are plain numbers.',
      formula: 'f(z) = z'
    }
  ]
]
