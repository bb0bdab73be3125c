/** Time series made for tests: two shops whose sales and visits follow the week, the same at every run. */
import type { Table } from '../../data'
import { setupDefaults, type Setup } from '../../shared/setup'
import { categoryColumn, numberColumn, tableOf } from './tables'

const DAY = 86_400_000

/**
 * Columns `day` (a date), `shop`, `sales`, `visits`, `sky` (a category) and `open` (yes, no), each shop's days in turn; sales,
 * visits and sky are missing now and then.
 */
export function madeSeries(days = 80): Table {
  const rows = Array.from({ length: 2 * days }, (_, row) => ({ day: Math.floor(row / 2), shop: row % 2, row }))
  const wave = (day: number, shop: number) => 20 + 5 * Math.sin((2 * Math.PI * (day + 3 * shop)) / 7) + 0.05 * day
  const skies = ['clear', 'rain', 'snow']
  const times = numberColumn(
    'day',
    rows.map(({ day }) => Date.UTC(2024, 0, 1) + day * DAY)
  )
  return tableOf([
    { ...times, time: 'date' },
    categoryColumn(
      'shop',
      rows.map(({ shop }) => ['north', 'south'][shop] ?? null)
    ),
    numberColumn(
      'sales',
      rows.map(({ day, shop, row }) => (row % 61 === 40 ? null : wave(day, shop)))
    ),
    numberColumn(
      'visits',
      rows.map(({ day, shop, row }) => (row % 37 === 20 ? null : 3 * wave(day + 1, shop) + Math.cos(day)))
    ),
    categoryColumn(
      'sky',
      rows.map(({ day, row }) => (row % 29 === 7 ? null : (skies[(day * 5) % 3] ?? null)))
    ),
    categoryColumn(
      'open',
      rows.map(({ day, shop }) => ((day + 3 * shop) % 7 < 2 ? 'no' : 'yes'))
    )
  ])
}

/** Windows of five days over both shops. */
export function seriesSetup(changes: Partial<Setup> = {}): Setup {
  return {
    ...setupDefaults,
    target: 'sales',
    task: 'regression',
    loss: 'squared',
    ignored: [],
    window: { steps: 5, horizon: 1, time: 'day', series: 'shop' },
    layers: [
      {
        name: 'conv1',
        type: 'conv1d',
        inputs: [],
        config: { outChannels: 4, kernelSize: 3, padding: 'same', activation: 'tanh' }
      },
      { name: 'flatten', type: 'flatten', inputs: [], config: {} }
    ],
    optimizer: { type: 'adam', config: {} },
    batchSize: 16,
    epochs: 3,
    validation: 0.2,
    ...changes
  }
}
