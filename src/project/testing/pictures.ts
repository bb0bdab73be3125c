/** Pictures of 4 × 4 pixels made for tests, and a network that looks at them. */
import type { Table } from '../../data'
import { setupDefaults, type Setup } from '../../shared/setup'
import { categoryColumn, numberColumn, tableOf } from './tables'

const SIZE = 4

/** Columns `p0` … `p15`, of which `p0` never changes, and `kind`: where the bright line is. */
export function madePictures(rows = 60): Table {
  const kinds = ['across', 'down', 'none']
  const line = (kind: number, place: number, y: number, x: number) =>
    (kind === 0 && y === place) || (kind === 1 && x === place) ? 1 : 0
  const pixels = Array.from({ length: SIZE * SIZE }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / SIZE), pixel % SIZE]
    return numberColumn(
      `p${pixel}`,
      Array.from({ length: rows }, (_, row) =>
        pixel === 0 ? 0.5 : line(row % 3, 1 + (row % 2), y, x) + 0.1 * Math.sin(row * 17 + pixel)
      )
    )
  })
  const answers = Array.from({ length: rows }, (_, row) => kinds[row % 3] ?? '')
  return tableOf([...pixels, categoryColumn('kind', answers)])
}

/** A convolution, a normalisation with running statistics and two dense layers, on pixels as they are. */
export function pictureSetup(changes: Partial<Setup> = {}): Setup {
  return {
    ...setupDefaults,
    target: 'kind',
    task: 'multi-class',
    loss: 'cross-entropy',
    ignored: [],
    layers: [],
    model: {
      inputShape: [1, SIZE, SIZE],
      layers: [
        {
          name: 'conv',
          type: 'conv2d',
          inputs: ['input'],
          config: { outChannels: 3, kernelSize: 3, padding: 'same', activation: 'relu' }
        },
        { name: 'norm', type: 'batch-norm', inputs: ['conv'], config: {} },
        { name: 'flat', type: 'flatten', inputs: ['norm'], config: {} },
        { name: 'dense', type: 'dense', inputs: ['flat'], config: { units: 5, activation: 'tanh' } },
        { name: 'output', type: 'dense', inputs: ['dense'], config: { units: 3, activation: 'identity' } }
      ],
      output: 'output'
    },
    optimizer: { type: 'adam', config: {} },
    batchSize: 16,
    epochs: 3,
    validation: 0.25,
    prepare: false,
    ...changes
  }
}
