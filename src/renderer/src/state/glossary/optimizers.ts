/** How weights follow the gradient. */
import type { Entry } from './term'

export const optimizers: readonly Entry[] = [
  [
    'optimizer',
    {
      title: 'Optimizer',
      text: 'The rule by which the weights follow the gradient downhill, once for every batch.'
    }
  ],
  [
    'sgd',
    {
      title: 'SGD',
      text: 'Stochastic gradient descent: each step moves every weight a little against its gradient, measured on one batch.',
      formula: 'w ← w − η·v'
    }
  ],
  [
    'adam',
    {
      title: 'Adam',
      text: 'Gives every weight a step size of its own, from the mean and the typical size of its recent gradients. Works well with little tuning.',
      formula: 'w ← w − η·m̂ / (√v̂ + ε)'
    }
  ],
  [
    'adamw',
    {
      title: 'AdamW',
      text: 'Adam with weight decay apart from the gradient: every weight shrinks by the same share at each step.',
      formula: 'w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε)'
    }
  ],
  [
    'rmsprop',
    {
      title: 'RMSprop',
      text: 'Divides each gradient by its typical recent size, so that all weights move at a similar pace.',
      formula: 'w ← w − η·g / (√s + ε)'
    }
  ],
  [
    'adagrad',
    {
      title: 'Adagrad',
      text: 'Divides each gradient by the size of all gradients so far. Weights that moved much move less and less.',
      formula: 'w ← w − η·g / (√Σg² + ε)'
    }
  ],
  [
    'lion',
    {
      title: 'Lion',
      text: 'Moves every weight by the same amount against the sign of its smoothed gradient. It wants a smaller learning rate than Adam.',
      formula: 'w ← w − η·sign(c)'
    }
  ],
  [
    'weightDecay',
    {
      title: 'Weight decay',
      text: 'Pulls every weight a little towards 0 at each step. The network stays smoother and learns less by heart.'
    }
  ],
  [
    'learningRate',
    {
      title: 'Learning rate',
      text: 'How far one step goes. Too small learns slowly; too large overshoots and the loss grows.',
      formula: 'w ← w − η·v'
    }
  ],
  [
    'momentum',
    {
      title: 'Momentum',
      text: 'How much of the last step is carried into the next, as a rolling ball keeps its speed. 0 turns it off; 0.9 is common.',
      formula: 'v ← μ·v + ∂L/∂w'
    }
  ],
  [
    ['gradient', 'backpropagation'],
    {
      title: 'Gradient',
      text: 'For every weight, how much the loss would change if the weight grew a little. Backpropagation finds all of them in one pass from the output to the input.',
      formula: '∂L/∂w'
    }
  ]
]
