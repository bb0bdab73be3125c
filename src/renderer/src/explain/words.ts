/** Words of the glossary that are met in each tab of the Explain stage. */
import type { ExplainTabId } from '../state/explainTarget'

export const tabWords: Readonly<Record<ExplainTabId, readonly string[]>> = {
  microscope: [
    'forward pass',
    'loss',
    'backpropagation',
    'chain rule',
    'δ',
    'gradient check',
    'learning rate',
    'momentum',
    'velocity',
    'moment estimates'
  ],
  flow: ['gradient', 'δ', 'vanishing gradient', 'exploding gradient'],
  check: ['gradient check', 'backpropagation', 'chain rule'],
  landscape: ['loss landscape', 'filter normalisation', 'local minimum', 'saddle', 'barrier'],
  race: ['optimizer', 'learning rate', 'momentum', 'velocity', 'moment estimates', 'local minimum', 'saddle'],
  'loss-lab': ['loss', 'squared', 'log', 'cross-entropy', 'δ'],
  metrics: ['confusion matrix', 'support', 'validation'],
  lessons: []
}
