/** The course of a run. */
import type { Entry } from './term'

export const training: readonly Entry[] = [
  [
    'batchSize',
    {
      title: 'Batch size',
      text: 'Rows in one step of the descent. Smaller batches step more often and more noisily.'
    }
  ],
  [
    ['epochs', 'epoch'],
    {
      title: 'Epochs',
      text: 'Passes over all training rows. Stop any time and keep what was learned.'
    }
  ],
  [
    'step',
    {
      title: 'Step',
      text: 'One update of all weights, made from one batch of rows.'
    }
  ],
  [
    'learning rate test',
    {
      title: 'Learning rate test',
      text: 'Trains a copy of the network while the rate grows from step to step, and draws the loss over the rate. The advised rate is where the loss falls most steeply, well below where it runs away.'
    }
  ],
  [
    'training doctor',
    {
      title: 'Training doctor',
      text: 'Watches for a rate too high or too low, dead or saturated units, vanishing or exploding gradients, inputs that are not scaled, over- and underfitting, collapsed classes and plateaus. It says nothing while all is well.'
    }
  ],
  [
    'baselines',
    {
      title: 'Baselines',
      text: 'What the simplest answers reach on the same rows: always the same guess, and a model that is linear in the inputs. A network is worth its effort where it does better.'
    }
  ],
  [
    'test',
    {
      title: 'Test share',
      text: 'Rows kept aside from the start: the network is not trained on them, nothing is chosen by them. Looked at once, in the end, they say how well it does on rows that had no part in any decision.'
    }
  ],
  [
    'cross-validation',
    {
      title: 'Cross-validation',
      text: 'Deals the rows into k folds and trains k networks: each learns from all folds but one and is judged on that one. The mean says how well such a network does on new rows, the standard deviation how much a single split is off by.',
      formula: 's = √( Σ (x[i] − mean)² / (k − 1) )'
    }
  ],
  [
    'seed',
    {
      title: 'Seed',
      text: 'Start of every random choice: the split, the first weights, the order of the rows. The same seed gives the same run, number for number.'
    }
  ],
  [
    'smoothing',
    {
      title: 'Smoothing',
      text: 'Draws a running average so that the trend shows; the faint line behind it is what was measured. Tables, legends and tooltips always give the measured values.',
      formula: 's ← β·s + (1 − β)·x'
    }
  ],
  [
    'shuffle',
    {
      title: 'Shuffle rows',
      text: 'Takes the training rows in a new random order in each epoch. Rows that stand sorted in the file would otherwise pull the network one way for a while and then the other.'
    }
  ],
  [
    'prepare',
    {
      title: 'Prepare numbers',
      text: 'Standardises numbers, fills gaps and encodes text. Without it the network sees the numbers exactly as in the file, which then must have no gaps and no text.',
      formula: 'z = (x − mean) / std'
    }
  ],
  [
    'threads',
    {
      title: 'Threads',
      text: 'Processor threads that compute one step together; 0 takes as many as the network is worth. Small networks are fastest on one.'
    }
  ],
  [
    'gradientSamples',
    {
      title: 'Gradient check',
      text: 'After each epoch so many numbers of the network are moved a little to both sides, in float64, and how the error changes is compared with the gradient that backpropagation gives. Training itself is not changed by it; the result is kept with each epoch.',
      formula: '∂E/∂w ≈ (E(w + h) − E(w − h)) / 2h'
    }
  ]
]
