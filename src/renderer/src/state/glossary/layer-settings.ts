/** Settings of layers. A word begins with the layer's type where another layer means something else by it. */
import type { Entry } from './term'

export const layerSettings: readonly Entry[] = [
  [
    ['initializer', 'first weights'],
    {
      title: 'First weights',
      text: 'How weights are drawn before training. Automatic takes the spread that suits the activation, so that signals neither die out nor grow from layer to layer.'
    }
  ],
  [
    'initialWeight',
    {
      title: 'Value of each weight',
      text: 'What every weight is before training. All units of the layer then compute the same and learn the same, which shows why weights are drawn at random.'
    }
  ],
  [
    'outChannels',
    {
      title: 'Channels',
      text: 'How many patterns the layer looks for, each with a kernel of its own. What it passes on has one channel for each.'
    }
  ],
  [
    ['conv1d kernelSize', 'conv2d kernelSize'],
    {
      title: 'Kernel size',
      text: 'How many places the kernel sees at a time along each side. Larger kernels see larger patterns and have more weights; 3 is common.'
    }
  ],
  [
    ['conv1d stride', 'conv2d stride'],
    {
      title: 'Stride',
      text: 'How far the kernel moves from one output to the next. 2 gives an output for every other place, so what comes out is half as large.'
    }
  ],
  [
    ['conv1d padding', 'conv2d padding'],
    {
      title: 'Padding',
      text: 'Zeros around the input, so that the kernel can stand at its edge too. Same size keeps as many outputs as inputs; without padding the output shrinks.',
      formula: 'out = ⌊(in + 2·p − d·(k − 1) − 1) / s⌋ + 1'
    }
  ],
  [
    'dilation',
    {
      title: 'Dilation',
      text: 'Distance from one weight of the kernel to the next. Above 1 the kernel sees a wider area with the same number of weights.'
    }
  ],
  [
    ['conv1d groups', 'conv2d groups'],
    {
      title: 'Groups',
      text: 'Parts into which the channels are divided, each convolved on its own. As many groups as channels is a depthwise convolution, which has few weights.'
    }
  ],
  [
    ['max-pool1d kernelSize', 'max-pool2d kernelSize', 'avg-pool1d kernelSize', 'avg-pool2d kernelSize'],
    {
      title: 'Window',
      text: 'How many values along each axis become one. 2 halves the size.'
    }
  ],
  [
    'batch-norm momentum',
    {
      title: 'Momentum of the averages',
      text: 'How far the running averages move towards those of each batch. It has nothing to do with the momentum of the optimizer.',
      formula: 'μ̄ ← (1 − m) · μ̄ + m · μ'
    }
  ],
  [
    ['batch-norm eps', 'layer-norm eps', 'group-norm eps'],
    {
      title: 'Epsilon',
      text: 'Added to the variance before dividing by its root. The division is then safe where numbers hardly differ.',
      formula: '√(σ² + ε)'
    }
  ],
  [
    'affine',
    {
      title: 'Scale and shift',
      text: 'Whether the layer learns a scale and a shift after bringing numbers to mean 0 and spread 1. With them it can undo what it does, where that is better.',
      formula: 'y ← γ · y + β·1'
    }
  ],
  [
    'numGroups',
    {
      title: 'Groups',
      text: 'Into how many groups the channels are split; it must divide their number. One group takes all channels together.'
    }
  ],
  [
    'dropout rate',
    {
      title: 'Dropout rate',
      text: 'Share of the numbers that is left out in each step. More holds learning by heart back and slows learning; 0.2 to 0.5 is common.',
      formula: 'p'
    }
  ],
  [
    'numEmbeddings',
    {
      title: 'Entries',
      text: 'How many different whole numbers there are: inputs go from 0 to one less. Each has a vector of its own in the table.'
    }
  ],
  [
    'embeddingDim',
    {
      title: 'Vector length',
      text: 'Numbers in each vector. More of them can tell more about an entry, and need more data to be learned.'
    }
  ]
]
