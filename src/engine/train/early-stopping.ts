/** Ending a run when it no longer gets better: settings of a run. */
import type { Field } from '../fields'

export const earlyStoppingFields: readonly Field[] = [
  {
    key: 'patience',
    label: 'Patience',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000,
    help: 'Stops training when the validation loss has not become better for so many epochs. 0 trains all epochs.'
  },
  {
    key: 'minDelta',
    label: 'Smallest gain',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    advanced: true,
    help: 'How much lower the validation loss must be to count as better.'
  },
  {
    key: 'restoreBest',
    label: 'Restore best',
    kind: 'boolean',
    default: true,
    help: 'Takes back the weights of the best epoch at the end of the run. Only of use with a patience.'
  }
]
