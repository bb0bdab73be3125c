/** Layers, their settings and what they cost. */
import type { Entry } from './term'

export const layers: readonly Entry[] = [
  [
    'dense',
    {
      title: 'Dense layer',
      text: 'Every unit takes all numbers of the layer before, each times its own weight, adds a bias and passes the sum through the activation. More units can follow finer patterns and need more data.',
      formula: 'a = f(W·x + b·1)'
    }
  ],
  [
    'units',
    {
      title: 'Units',
      text: 'How many numbers the layer passes on. Each unit learns its own mixture of what comes in.'
    }
  ],
  [
    'parameters',
    {
      title: 'Parameters',
      text: 'The numbers that training changes: weights and biases. A bias is the weight of an input that is always 1.'
    }
  ],
  [
    'multiply-adds',
    {
      title: 'Multiply-adds',
      text: 'Multiplications with an addition that the layer makes for one row. They tell what the layer costs in time.'
    }
  ],
  [
    ['activations', 'activations a row'],
    {
      title: 'Activations',
      text: 'The numbers that the layer passes on for one row. Training keeps them until the error has travelled back, so they decide how much memory a batch takes.'
    }
  ],
  [
    'memory',
    {
      title: 'Memory for training',
      text: 'What training takes at once: weights, their gradients, what the optimizer remembers of them, and the activations of one batch. A smaller batch takes less.'
    }
  ],
  [
    'conv1d',
    {
      title: 'Conv 1D layer',
      text: 'Moves small kernels of weights along a signal; each says everywhere how well its pattern fits. The same few weights serve every place, so a pattern is found wherever it is.',
      formula: 'a[c, i] = f(Σ w[c, j, k] · x[j, i + k] + b[c]·1)'
    }
  ],
  [
    'conv2d',
    {
      title: 'Conv 2D layer',
      text: 'Moves small kernels of weights over an image; each says everywhere how well its pattern fits. First layers find edges, later ones put them together.',
      formula: 'a[c, i, j] = f(Σ w[c, …] · x[…] + b[c]·1)'
    }
  ],
  [
    ['max-pool1d', 'max-pool2d'],
    {
      title: 'Max pooling',
      text: 'Keeps the largest value of each window. What comes out is smaller, and it matters that a pattern is there, not where exactly.',
      formula: 'y = max over the window of x'
    }
  ],
  [
    ['avg-pool1d', 'avg-pool2d'],
    {
      title: 'Average pooling',
      text: 'Averages each window. What comes out is smaller and smoother.',
      formula: 'y = mean over the window of x'
    }
  ],
  [
    'global-avg-pool',
    {
      title: 'Global average pooling',
      text: 'Averages each channel into one number, whatever the size of the input. It takes the place of a large Dense layer at the end of a convolutional network.',
      formula: 'y[c] = mean x[c, …]'
    }
  ],
  [
    'global-max-pool',
    {
      title: 'Global max pooling',
      text: 'Keeps the largest value of each channel: whether its pattern is anywhere in the input.',
      formula: 'y[c] = max x[c, …]'
    }
  ],
  [
    'batch-norm',
    {
      title: 'Batch normalization',
      text: 'Brings each channel to mean 0 and spread 1 over the batch, then scales and shifts it as learned. Deep networks learn faster with it; once trained it uses averages gathered on the way.',
      formula: 'y = γ · (x − μ) / √(σ² + ε) + β·1'
    }
  ],
  [
    'layer-norm',
    {
      title: 'Layer normalization',
      text: 'Brings the numbers of each row to mean 0 and spread 1, then scales and shifts them as learned. It does not depend on the other rows of the batch.',
      formula: 'y = γ · (x − μ) / √(σ² + ε) + β·1'
    }
  ],
  [
    'group-norm',
    {
      title: 'Group normalization',
      text: 'Brings groups of channels of each row to mean 0 and spread 1, then scales and shifts them as learned. Made for images in batches too small for batch normalization.',
      formula: 'y = γ · (x − μ) / √(σ² + ε) + β·1'
    }
  ],
  [
    'dropout',
    {
      title: 'Dropout',
      text: 'While training, leaves out numbers at random and scales up the rest; a trained network uses all of them. Units then cannot rely on each other, so less is learned by heart.',
      formula: 'y = x · m / (1 − p)'
    }
  ],
  [
    'embedding',
    {
      title: 'Embedding layer',
      text: 'Looks up a learned vector for each whole number that comes in. Entries that act alike come to have vectors that are alike.',
      formula: 'y = W[x]'
    }
  ],
  [
    'flatten',
    {
      title: 'Flatten',
      text: 'Puts the numbers of a row, in their order, into one list. A Dense layer takes nothing else.',
      formula: '[C, H, W] → [C · H · W]'
    }
  ],
  [
    'reshape',
    {
      title: 'Reshape',
      text: 'Puts the numbers of a row, in their order, under other sizes: a list of 64 features becomes an image of 1 × 8 × 8. Nothing is computed.',
      formula: '[64] → [1, 8, 8]'
    }
  ],
  [
    'permute',
    {
      title: 'Permute',
      text: 'Swaps the two sizes of a row: a sequence of vectors becomes channels over time, which convolutions take. Nothing is computed.',
      formula: '[T, D] → [D, T]'
    }
  ],
  [
    'select',
    {
      title: 'Select',
      text: 'Passes on some of the features, or channels, one after the other, and leaves out the rest. So a part of the network can look at a part of each row. Nothing is computed.',
      formula: '[F] → [count]'
    }
  ],
  [
    'add',
    {
      title: 'Add',
      text: 'The sum of two or more inputs of one shape, number by number. In a residual network it brings back what a few layers were given, so that they only learn what to change.',
      formula: 'y = x₁ + x₂ + …'
    }
  ],
  [
    'multiply',
    {
      title: 'Multiply',
      text: 'The product of two or more inputs of one shape, number by number. With a sigmoid before it, one way opens and closes the other like a gate.',
      formula: 'y = x₁ · x₂ · …'
    }
  ],
  [
    ['concat', 'concatenate'],
    {
      title: 'Concatenate',
      text: 'Puts two or more inputs one after the other. The next layer sees the features, or channels, of all of them.',
      formula: '[A] and [B] → [A + B]'
    }
  ]
]
