/** Several targets and row weights, from the setup to what is measured. */
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import type { Table } from '../data'
import { provideKernels } from '../engine'
import type { Setup } from '../shared/setup'
import { evaluateRun, openExperiment } from './experiment'
import { predictTable } from './predict'
import { selectRows } from './sample'
import { trainedRun } from './testing/runs'
import { madeSetup, madeTable, madeValues, madeValueTargets, numberColumn, tableOf } from './testing/tables'

describe('several targets', () => {
  it('gives several values in their own units, and judges each alone', async () => {
    const table = madeValues()
    const setup = madeSetup('regression', 'squared', 'tanh', { moreTargets: madeValueTargets, epochs: 20 })
    const run = await trainedRun(table, setup)
    expect(run.record.model.layers.at(-1)?.config).toMatchObject({ units: 3 })
    const rows = await predictTable(run, table)
    expect(rows).toHaveLength(90)
    const names = ['kind', ...madeValueTargets]
    for (const { prediction, values = [], probabilities } of rows) {
      expect(values.map(({ name }) => name)).toEqual(names)
      expect(prediction).toBe(values[0]?.value)
      expect(values[1]?.value).toBeGreaterThan(4.3e6)
      expect(probabilities).toBeUndefined()
    }
    const view = evaluateRun(run, table)
    // Three rows have no gap.
    expect(view).toMatchObject({ rows: 87, confusion: null, scatter: null })
    expect(view.targets.map(({ name }) => name)).toEqual(names)
    const mass = table.columns.find(({ name }) => name === 'mass')
    if (mass?.type !== 'number') throw new Error('made as numbers')
    const known = rows.filter(({ row }) => (row - 1) % 30 !== 7)
    expect(view.targets[1]?.scatter?.actual).toHaveLength(87)
    known.forEach(({ row, values = [] }, i) => {
      expect(view.targets[1]?.scatter?.actual[i]).toBeCloseTo(mass.values[row - 1] ?? NaN, 6)
      expect(view.targets[1]?.scatter?.predicted[i]).toBe(values[1]?.value)
    })
    const errors = known.map(({ row, values = [] }) =>
      Math.abs(Number(values[1]?.value) - (mass.values[row - 1] ?? NaN))
    )
    const mae = (metrics: readonly { name: string; value: number }[] = []) =>
      metrics.find(({ name }) => name === 'mae')?.value ?? NaN
    expect(mae(view.targets[1]?.metrics)).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 87, 6)
    const ofEach = view.targets.map(({ metrics }) => mae(metrics))
    expect(mae(view.metrics)).toBeCloseTo(ofEach.reduce((sum, error) => sum + error, 0) / 3, 6)
  })

  it('gives the class of each label with its probability, and judges each alone', async () => {
    const table = madeTable('multi-label')
    const run = await trainedRun(table, madeSetup('multi-label', 'log', 'tanh', { epochs: 30 }))
    expect(run.record).toMatchObject({ classes: [], setup: { moreTargets: ['large', 'rare'] } })
    const rows = await predictTable(run, table)
    for (const { values = [] } of rows) {
      expect(values.map(({ name }) => name)).toEqual(['kind', 'large', 'rare'])
      const large = values[1]
      expect(large?.value).toBe((large?.probability ?? NaN) > 0.5 ? 'yes' : 'no')
    }
    const view = evaluateRun(run, table)
    expect(view.targets.map(({ confusion }) => confusion?.classes)).toEqual([
      ['Adélie', 'chin strap'],
      ['no', 'yes'],
      ['0', '1']
    ])
    const column = table.columns.find(({ name }) => name === 'large')
    if (column?.type !== 'category') throw new Error('made as texts')
    const right = rows.filter(
      ({ row, values }) => values?.[1]?.value === column.categories[column.codes[row - 1] ?? -1]
    )
    const counts = view.targets[1]?.confusion?.counts ?? []
    expect((counts[0]?.[0] ?? NaN) + (counts[1]?.[1] ?? NaN)).toBe(right.length)
    expect(view.targets[1]?.metrics[0]).toMatchObject({ name: 'accuracy' })
    expect(view.targets[1]?.metrics[0]?.value).toBeCloseTo(right.length / 90, 12)
    expect(right.length).toBeGreaterThan(75)
    expect(view.metrics.map(({ name }) => name)).toContain('exact-match')
    expect(view.targets[1]?.metrics.map(({ name }) => name)).not.toContain('exact-match')
  })
})

describe('row weights', () => {
  const rows = Array.from({ length: 12 }, (_, row) => row)
  const twice = [2, 5, 9]
  const table = tableOf([
    numberColumn('x', rows.map(Math.sin)),
    numberColumn(
      'kind',
      rows.map((row) => Math.cos(row) + row / 10)
    ),
    numberColumn(
      'w',
      rows.map((row) => (twice.includes(row) ? 2 : 1))
    )
  ])
  const repeated = selectRows(table, Int32Array.from([...rows, ...twice].sort((a, b) => a - b)))
  const setup = madeSetup('regression', 'squared', 'tanh', {
    ...{ validation: 0, batchSize: 100, epochs: 6, shuffle: false, ignored: ['w'] },
    optimizer: { type: 'sgd', config: { learningRate: 0.05, momentum: 0 } },
    // What is standardised depends on how often a row stands there; the numbers of the file do not.
    prepare: false
  })

  it.each(['reference', 'wasm'] as const)('count a row of weight 2 as two rows (%s)', async (executor) => {
    if (executor === 'wasm') provideKernels(kernelBytes)
    const trained = async (data: Table, change: Partial<Setup> = {}) => {
      const experiment = openExperiment(data, { ...setup, ...change }, { executor })
      const losses: number[] = []
      for await (const event of experiment.training.events()) if (event.type === 'epoch') losses.push(event.trainLoss)
      experiment.training.close()
      const { parameters } = await experiment.finish('completed')
      return { losses, weights: [...parameters.values()].flatMap(({ data: numbers }) => [...numbers]) }
    }
    const byWeight = await trained(table, { weight: 'w' })
    const byRows = await trained(repeated)
    expect(byWeight.weights).toHaveLength(16)
    byWeight.weights.forEach((weight, i) => expect(weight).toBeCloseTo(byRows.weights[i] ?? NaN, 6))
    byWeight.losses.forEach((loss, i) => expect(loss).toBeCloseTo(byRows.losses[i] ?? NaN, 6))
    const alike = await trained(table)
    expect(Math.abs((alike.losses[5] ?? NaN) - (byRows.losses[5] ?? NaN))).toBeGreaterThan(1e-3)
  })

  it('judge validation rows too, and the metrics do not', () => {
    const plain = openExperiment(table, { ...setup, validation: 0.5 })
    const weighed = openExperiment(table, { ...setup, validation: 0.5, weight: 'w' })
    const { validation } = weighed.prepared
    expect(validation.weights).toHaveLength(6)
    return Promise.all([plain.evaluation(), weighed.evaluation()]).then(([a, b]) => {
      expect(b.metrics).toEqual(a.metrics)
      expect(b.loss).not.toBe(a.loss)
      plain.training.close()
      weighed.training.close()
    })
  })
})
