/** What keeps a network from learning by heart, and steps from growing too large. */
import type { Entry } from './term'

export const restraint: readonly Entry[] = [
  [
    'regularization',
    {
      title: 'Regularization',
      text: 'All that keeps a network from learning its training rows by heart. It gives up a little on those rows to do better on new ones.'
    }
  ],
  [
    ['l1', 'L1 penalty'],
    {
      title: 'L1 penalty',
      text: 'Pulls every weight towards 0 by the same amount at each step. Weights that matter little come to nothing, so the network uses few inputs.',
      formula: 'g ← g + λ · sign(w)'
    }
  ],
  [
    ['l2', 'L2 penalty'],
    {
      title: 'L2 penalty',
      text: 'Pulls every weight towards 0 in proportion to its size. Large weights shrink most, and the network stays smooth.',
      formula: 'g ← g + λ · w'
    }
  ],
  [
    'clipNorm',
    {
      title: 'Clip gradient norm',
      text: 'Scales all gradients down together when they are longer than this. A wild batch then still points the same way, in a step of bearable size; 0 is off.',
      formula: 'g ← g · min(1, c / ‖g‖)'
    }
  ],
  [
    'clipValue',
    {
      title: 'Clip gradient values',
      text: 'Cuts every single number of a gradient at plus and minus this value; 0 is off. Simpler than clipping the norm, but it turns the step.',
      formula: 'g ← max(−c, min(c, g))'
    }
  ],
  [
    ['patience', 'early stopping'],
    {
      title: 'Early stopping',
      text: 'Ends the run when the validation loss has not fallen for as many epochs as the patience says; 0 trains to the end. Beyond that point a network mostly learns its training rows by heart.'
    }
  ],
  [
    'minDelta',
    {
      title: 'Smallest gain',
      text: 'How much lower the loss must be to count as better. Above 0, tiny gains do not keep the run going.',
      formula: 'gain: L < best − δ'
    }
  ],
  [
    'restoreBest',
    {
      title: 'Restore best',
      text: 'At the end the run takes back the weights of its best epoch. Without it the run keeps those of the last step.'
    }
  ],
  [
    'augmentation',
    {
      title: 'Augmentation',
      text: 'Changes every training image a little at random, anew in each epoch, so that the network does not learn single pixels by heart. Images that are judged or predicted stay as they are.'
    }
  ],
  [
    'labelSmoothing',
    {
      title: 'Label smoothing',
      text: 'Spreads a small share of each answer evenly over all classes. The network is then not driven to be certain, and its probabilities are often more honest.',
      formula: 'y ← (1 − ε) · y + ε / K'
    }
  ],
  [
    'classWeights',
    {
      title: 'Class weights',
      text: 'How much the rows of each class count in the loss. Balanced gives a rare class the same say as a frequent one.',
      formula: 'balanced: w[k] = N / (K · N[k])'
    }
  ]
]
