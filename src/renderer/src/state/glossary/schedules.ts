/** How the learning rate changes over a run. η₀ is the optimizer's own rate. */
import type { Entry } from './term'

export const schedules: readonly Entry[] = [
  [
    'schedule',
    {
      title: 'Schedule',
      text: 'How the learning rate changes over the run. Large steps find the way, small ones at the end settle in it.',
      formula: 'η = η₀ · factor(step)'
    }
  ],
  [
    'constant schedule',
    {
      title: 'Constant',
      text: 'The same learning rate from the first step to the last. A good beginning: there is nothing to tune.',
      formula: 'η = η₀'
    }
  ],
  [
    'step schedule',
    {
      title: 'Step decay',
      text: 'Lowers the learning rate by the same factor every few epochs. The loss often falls at once after each drop.',
      formula: 'η = η₀ · γ^⌊e / n⌋'
    }
  ],
  [
    'exponential schedule',
    {
      title: 'Exponential decay',
      text: 'Lowers the learning rate after every epoch by the same share. Smoother than dropping it in steps.',
      formula: 'η = η₀ · γ^e'
    }
  ],
  [
    'cosine schedule',
    {
      title: 'Cosine',
      text: 'Falls along half a cosine wave to the end of the run, after a warm-up if one is set. It needs to know how long the run is and works well with hardly any tuning.',
      formula: 'η = η₀ · (1 + cos(π · s / T)) / 2'
    }
  ],
  [
    'one-cycle schedule',
    {
      title: 'One cycle',
      text: 'Rises to the full learning rate and then falls far below where it began. A short run can so use a larger rate than it could from the start.',
      formula: 'η₀ / d → η₀ → η₀ / (d · D)'
    }
  ],
  [
    'plateau schedule',
    {
      title: 'Reduce on plateau',
      text: 'Lowers the learning rate whenever the validation loss has stopped falling. It watches the run instead of a plan.',
      formula: 'η ← γ · η'
    }
  ],
  [
    'dropEvery',
    {
      title: 'Drop every',
      text: 'Epochs n from one drop of the learning rate to the next.',
      formula: 'η = η₀ · γ^⌊e / n⌋'
    }
  ],
  [
    'dropFactor',
    {
      title: 'Drop factor',
      text: 'What the learning rate is multiplied by at each drop. 0.5 halves it, 0.1 takes it to a tenth.',
      formula: 'η ← γ · η'
    }
  ],
  [
    'epochDecay',
    {
      title: 'Decay per epoch',
      text: 'What the learning rate is multiplied by after every epoch. 0.97 halves it in about 23 epochs, 0.9 in about 7.',
      formula: 'η ← γ · η'
    }
  ],
  [
    'warmUpEpochs',
    {
      title: 'Warm-up epochs',
      text: 'Epochs over which the learning rate rises to its full size. First steps from random weights point anywhere, so small ones do less harm.',
      formula: 'η = η₀ · s / (W + 1)'
    }
  ],
  [
    'finalShare',
    {
      title: 'Final share',
      text: 'Share of the learning rate that is left at the end of the run. 0 ends with no steps at all.'
    }
  ],
  [
    'risingShare',
    {
      title: 'Rising share',
      text: 'Share of the run in which the learning rate rises; in the rest it falls. 0.3 is common.'
    }
  ],
  [
    'startDivisor',
    { title: 'Start divisor', text: 'The run begins with the learning rate divided by this.', formula: 'η = η₀ / d' }
  ],
  [
    'endDivisor',
    {
      title: 'End divisor',
      text: 'The run ends with the learning rate it began with divided by this. Large values let the weights come to rest.',
      formula: 'η = η₀ / (d · D)'
    }
  ],
  [
    'plateauPatience',
    { title: 'Plateau patience', text: 'Epochs without a gain that are borne. One more lowers the learning rate.' }
  ],
  [
    'plateauFactor',
    {
      title: 'Plateau factor',
      text: 'What the learning rate is multiplied by on a plateau. Near 1 lowers it gently.',
      formula: 'η ← γ · η'
    }
  ],
  [
    'plateauThreshold',
    {
      title: 'Plateau threshold',
      text: 'Share of the best loss by which the loss must fall to count as a gain.',
      formula: 'gain: L < (1 − θ) · best'
    }
  ],
  [
    'plateauCooldown',
    {
      title: 'Plateau cooldown',
      text: 'Epochs after a drop that do not count as being without a gain. They give the smaller rate time to work.'
    }
  ],
  ['leastShare', { title: 'Least share', text: 'Share of the first learning rate below which it is not lowered.' }]
]
