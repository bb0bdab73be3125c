/** What training makes smaller. */
import type { Entry } from './term'

export const losses: readonly Entry[] = [
  [
    'loss',
    {
      title: 'Loss',
      text: 'One number for how wrong the network is; training makes it smaller. Training loss is over the rows it learns from, validation loss over rows it has never seen.'
    }
  ],
  [
    ['squared', 'squared error'],
    {
      title: 'Squared error',
      text: 'The mean of the squared differences between prediction and truth. One large miss costs more than many small ones.',
      formula: 'L = mean (ŷ − y)²'
    }
  ],
  [
    'log',
    {
      title: 'Log loss',
      text: 'For two classes: how surprised the network is by the true one. Sure and wrong costs most.',
      formula: 'L = −mean (y·log p + (1 − y)·log(1 − p))'
    }
  ],
  [
    'cross-entropy',
    {
      title: 'Cross-entropy',
      text: 'For several classes: how little probability the network gives to the true one. Sure and wrong costs most.',
      formula: 'L = −mean log p(true class)'
    }
  ],
  [
    'absolute',
    {
      title: 'Absolute error',
      text: 'The mean distance between prediction and truth. A few wild rows weigh less than with the squared error.',
      formula: 'L = mean |ŷ − y|'
    }
  ],
  [
    'huber',
    {
      title: 'Huber loss',
      text: 'Squared for small misses, straight for those beyond δ standard deviations of the target. Wild rows then do not rule the fit.',
      formula: 'L = mean (0.5·e² if |e| ≤ δ, else δ·(|e| − 0.5·δ)),  e = ŷ − y'
    }
  ],
  [
    'hinge',
    {
      title: 'Hinge loss',
      text: 'Asks only that the right class leads by a margin of 1; a larger lead earns nothing. The shares it shows for classes are no true probabilities.',
      formula: 'L = mean max(0, 1 − lead)'
    }
  ],
  [
    'delta',
    {
      title: 'Delta',
      text: 'The miss, in standard deviations of the target, from which the loss grows straight. Smaller values heed wild rows less.',
      formula: '|e| ≤ δ'
    }
  ]
]
