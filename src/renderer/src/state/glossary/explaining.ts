/** How backpropagation is spoken of in the Explain stage. */
import type { Entry } from './term'

export const explaining: readonly Entry[] = [
  [
    'forward pass',
    {
      title: 'Forward pass',
      text: 'A row goes through the layers to an answer. Each unit adds up what comes in times its weights, with the bias as the weight of a constant 1, and passes the sum through its activation.',
      formula: 'z = Σ w·x + b·1,  a = f(z)'
    }
  ],
  [
    'chain rule',
    {
      title: 'Chain rule',
      text: 'How a change travels through steps that follow one another: the slopes along the way are multiplied, and where there are several ways they are added up. Backpropagation is this rule, from the loss back to every weight.',
      formula: '∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w'
    }
  ],
  [
    ['δ', 'delta of a unit'],
    {
      title: 'δ (delta)',
      text: 'How much the loss would change if the sum z of a unit grew a little: its share of the blame. Times what came in it is the gradient of a weight.',
      formula: 'δ = ∂L/∂z,  ∂L/∂w = δ·a'
    }
  ],
  [
    'velocity',
    {
      title: 'Velocity',
      text: 'What momentum remembers of each weight: the gradients so far, older ones counting less and less. The weight moves by it instead of by the gradient alone.',
      formula: 'v ← μ·v + ∂L/∂w,  w ← w − η·v'
    }
  ],
  [
    'moment estimates',
    {
      title: 'Moment estimates',
      text: 'What Adam remembers of each weight: the running mean of its gradients, and that of their squares. Both begin at 0 and are corrected for that, and the step is the one divided by the root of the other.',
      formula: 'm ← β₁·m + (1 − β₁)·g,  s ← β₂·s + (1 − β₂)·g²'
    }
  ],
  [
    'gradient check',
    {
      title: 'Gradient check',
      text: 'The same gradient found in another way: the weight is moved a little up and down, and the loss is computed each time. If both agree to many digits, the backward pass is right.',
      formula: '(L(w + h) − L(w − h)) / 2h'
    }
  ],
  [
    'vanishing gradient',
    {
      title: 'Vanishing gradient',
      text: 'On its way back the gradient is multiplied by a slope and by weights in each layer. Where those are below 1, as with sigmoids, little of it reaches the first layers and they hardly learn.',
      formula: 'σ′(z) ≤ 0.25'
    }
  ],
  [
    'exploding gradient',
    {
      title: 'Exploding gradient',
      text: 'The opposite: large weights make the gradient grow from layer to layer on its way back. Steps then throw the weights far away, and the loss jumps.'
    }
  ],
  [
    'loss landscape',
    {
      title: 'Loss landscape',
      text: 'The loss as a height over all weights; training walks downhill in it. A network has far more weights than a picture has directions, so what is drawn is a slice.'
    }
  ],
  [
    'local minimum',
    {
      title: 'Local minimum',
      text: 'A hollow of the landscape: all ways out of it go up, though somewhere else it is deeper. Plain descent stays in it; momentum may carry a network across its rim.'
    }
  ],
  [
    ['saddle', 'saddle point'],
    {
      title: 'Saddle',
      text: 'A place that is flat, goes up in some directions and down in others, as between two hills. Descent slows down there, and with many weights saddles are far more common than hollows.'
    }
  ],
  [
    ['filter normalisation', 'filter-normalised'],
    {
      title: 'Filter normalisation',
      text: 'Random directions of a slice are scaled, unit by unit, to the size of the weights there. Slices of different networks can then be compared.',
      formula: 'd ← d / ‖d‖ · ‖w‖'
    }
  ],
  [
    'barrier',
    {
      title: 'Barrier',
      text: 'How much higher the loss gets on the straight line between two trained networks than at its ends. None means that both lie in one valley.'
    }
  ]
]
