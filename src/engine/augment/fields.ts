/** What is changed at random in images while a network is trained on them: settings of a run. */
import type { Field } from '../fields'

/** Everything is off unless it is chosen. */
export const augmentationFields: readonly Field[] = [
  {
    key: 'flipHorizontal',
    label: 'Flip left to right',
    kind: 'boolean',
    default: false,
    help: 'Mirrors every second training image, left to right. For pictures that mean the same in a mirror; not for digits or text.'
  },
  {
    key: 'flipVertical',
    label: 'Flip top to bottom',
    kind: 'boolean',
    default: false,
    help: 'Turns every second training image upside down as a mirror does. For pictures without an up and down, as seen from above.'
  },
  {
    key: 'shift',
    label: 'Shift',
    kind: 'number',
    default: 0,
    min: 0,
    max: 0.5,
    help: 'Moves each training image sideways and up or down by up to this share of its side, differently in each epoch; 0 for off.'
  },
  {
    key: 'rotate',
    label: 'Rotate',
    kind: 'number',
    default: 0,
    min: 0,
    max: 180,
    help: 'Turns each training image by up to this many degrees either way, differently in each epoch; 0 for off.'
  },
  {
    key: 'zoom',
    label: 'Zoom',
    kind: 'number',
    default: 0,
    min: 0,
    max: 0.5,
    help: 'Makes each training image larger or smaller by up to this share, differently in each epoch; 0 for off.'
  },
  {
    key: 'brightness',
    label: 'Brightness',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    help: 'Makes each training image brighter or darker by up to this share of the range from black to white; 0 for off.'
  }
]
