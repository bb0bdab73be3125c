import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../../tests/golden'
import { prepare, readTable, suggestSetup } from '../data'
import type { LossName, Task } from '../engine'
import { lossesFor, tasks } from '../engine/catalog'
import { Cancelled } from '../shared/errors'
import type { BaselineView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import { fitBaselines } from './baselines'
import { openExperiment } from './experiment'
import { loadKernels } from './kernels'
import { lossSettingsOf } from './loss-settings'
import {
  categoryColumn,
  madeSetup,
  madeTable,
  madeValues,
  madeValueTargets,
  numberColumn,
  tableOf
} from './testing/tables'
import { madeSeries, seriesSetup } from './testing/series'

const caseSchema = v.object({
  file: v.string(),
  target: v.string(),
  numbers: v.array(v.string()),
  categories: v.array(v.string()),
  rows: v.number(),
  constant: v.number(),
  loss: v.number(),
  metric: v.tuple([v.string(), v.number()])
})
const golden = readGolden('baselines.json', v.object({ cases: v.array(caseSchema) }))

// What trains them in the studio; the reference has a minute's work with the images.
loadKernels(new URL('../../resources/kernels', import.meta.url).pathname)

function sampleFile(name: string): string {
  return new URL(`../../resources/samples/${name}`, import.meta.url).pathname
}

function both([constant, linear]: readonly BaselineView[]): readonly [BaselineView, BaselineView] {
  if (constant?.kind !== 'constant' || linear?.kind !== 'linear') throw new Error('there is one of each')
  return [constant, linear]
}

const metricOf = ({ metrics }: BaselineView, name: string) => metrics.find((each) => each.name === name)?.value ?? NaN

async function fitted(table: Parameters<typeof prepare>[0], setup: Setup) {
  return both((await fitBaselines(setup, prepare(table, setup))).models)
}

describe.each(golden.cases)('$target of $file', ({ file, target, numbers, categories, ...expected }) => {
  it('has the losses of scikit-learn within 1 %', async () => {
    const read = await readTable(sampleFile(file))
    const part = Array.from({ length: read.rows }, (_, row) => (row % 5 === 0 ? 'held' : 'train'))
    const names = [target, ...numbers, ...categories]
    const table = { ...read, columns: [...read.columns, categoryColumn('part', part)] }
    const setup: Setup = {
      ...suggestSetup(read, [target]),
      ignored: read.columns.map(({ name }) => name).filter((name) => !names.includes(name)),
      columns: [...numbers, ...categories].map((name) => ({ name, missing: 'drop-row' as const })),
      split: { by: 'fixed', column: 'part', validation: ['held'] }
    }
    const prepared = prepare(table, setup)
    expect(prepared.trainRows).toHaveLength(expected.rows)
    const [constant, linear] = both((await fitBaselines(setup, prepared)).models)
    const [metric, value] = expected.metric
    expect(constant.loss / expected.constant).toBeCloseTo(1, 4)
    expect(Math.abs(linear.loss / expected.loss - 1)).toBeLessThan(0.01)
    expect(Math.abs(metricOf(linear, metric) / value - 1)).toBeLessThan(0.01)
  })
})

describe('fitBaselines', () => {
  const everyLoss = tasks.flatMap((task) => lossesFor(task).map((loss) => [task, loss] as const))

  it.each(everyLoss)(
    'serves %s with %s loss: the linear model beats the guess on the training rows',
    async (task: Task, loss: LossName) => {
      const [constant, linear] = await fitted(madeTable(task), madeSetup(task, loss, 'tanh', { validation: 0 }))
      expect(linear.loss).toBeLessThan(constant.loss)
      expect(constant.metrics.length).toBeGreaterThan(0)
      for (const { value } of [...constant.metrics, ...linear.metrics]) expect(value).not.toBeNaN()
    }
  )

  it('serves several values, weighted rows and class weights', async () => {
    const values = madeSetup('regression', 'squared', 'tanh', { moreTargets: madeValueTargets, weight: 'width' })
    const [constant, linear] = await fitted(madeValues(), {
      ...values,
      columns: [{ name: 'width', missing: 'drop-row' }],
      weight: null
    })
    expect(linear.loss).toBeLessThan(0.5 * constant.loss)
    const balanced = madeSetup('multi-class', 'cross-entropy', 'tanh', { classWeights: 'balanced' })
    const [guess, line] = await fitted(madeTable('multi-class'), balanced)
    expect(line.loss).toBeLessThan(guess.loss)
  })

  it('weighs rows: the guess is their weighted mean', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => row)
    const table = tableOf([
      numberColumn('x', rows),
      numberColumn(
        'w',
        rows.map((row) => (row < 20 ? 1 : 3))
      ),
      numberColumn(
        'y',
        rows.map((row) => (row < 20 ? 0 : 10))
      )
    ])
    const setup: Setup = { ...madeSetup('regression', 'squared'), target: 'y', weight: 'w', validation: 0 }
    const [constant] = await fitted(table, setup)
    // The mean by weights is 7.5: 7.5 from one half of the rows, 2.5 from the other.
    expect(metricOf(constant, 'mae')).toBeCloseTo(5, 4)
  })

  it('serves windows, with embeddings too', async () => {
    const [constant, linear] = await fitted(madeSeries(), seriesSetup())
    expect(linear.loss).toBeLessThan(0.7 * constant.loss)
    const columns: Setup['columns'] = [{ name: 'sky', encoding: 'embedding' }]
    const [, embedded] = await fitted(madeSeries(), seriesSetup({ columns }))
    expect(embedded.loss).toBeLessThan(0.7 * constant.loss)
  })

  it('learns embeddings, whose network begins with vectors that differ', async () => {
    const rows = Array.from({ length: 120 }, (_, row) => row)
    const table = tableOf([
      categoryColumn(
        'letter',
        rows.map((row) => 'abcdef'[row % 6] ?? '')
      ),
      numberColumn(
        'y',
        rows.map((row) => [4, -2, 7, 0, 1, -5][row % 6] ?? 0)
      )
    ])
    const setup: Setup = {
      ...madeSetup('regression', 'squared'),
      target: 'y',
      columns: [{ name: 'letter', encoding: 'embedding' }]
    }
    const [, linear] = await fitted(table, setup)
    expect(linear.loss).toBeLessThan(0.01)
  })

  it('serves images, which it takes as one list', async () => {
    const read = await readTable(sampleFile('mnist-images-idx3-ubyte.gz'))
    const setup: Setup = { ...suggestSetup(read), validation: 0.2 }
    const [constant, linear] = await fitted(read, setup)
    expect(metricOf(linear, 'accuracy')).toBeGreaterThan(metricOf(constant, 'accuracy') + 0.5)
    expect(linear.label).toBe('Logistic regression (not trained to its end)')
  })

  it('learns from numbers of any size as they stand in the file', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => row)
    const table = tableOf([
      numberColumn(
        'year',
        rows.map((row) => 1900 + (row % 50))
      ),
      numberColumn(
        'amount',
        rows.map((row) => 1e6 * ((row * 7) % 31))
      ),
      numberColumn(
        'share',
        rows.map((row) => 1e-4 * ((row * 11) % 17))
      ),
      numberColumn(
        'y',
        rows.map((row) => 0.1 * (row % 50) - 0.2 * ((row * 7) % 31) + 0.3 * ((row * 11) % 17))
      )
    ])
    const setup: Setup = { ...madeSetup('regression', 'squared'), target: 'y', prepare: false }
    const [constant, linear] = await fitted(table, setup)
    expect(linear.loss).toBeLessThan(0.001 * constant.loss)
  })

  it('takes 20,000 rows of more, spread evenly, and says so', async () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => row)
    const table = tableOf([
      numberColumn(
        'x',
        rows.map((row) => Math.sin(row))
      ),
      numberColumn(
        'y',
        rows.map((row) => 2 * Math.sin(row) + (row < 15_000 ? 1 : -1))
      )
    ])
    const setup: Setup = { ...madeSetup('regression', 'squared'), target: 'y', validation: 0.1, batchSize: 512 }
    const [, linear] = await fitted(table, setup)
    expect(linear.label).toBe('Linear model (of 20,000 training rows)')
    // What is left is the step in the middle, which both halves have.
    expect(metricOf(linear, 'mae')).toBeCloseTo(1, 1)
  })

  it('says how far differences are known: less where rows are fewer', async () => {
    const table = await readTable(sampleFile('iris.csv'))
    const errorOf = async (validation: number) => {
      const setup: Setup = { ...suggestSetup(table, ['species']), validation }
      const { prepared, trainOptions, training } = openExperiment(table, setup)
      training.close()
      const { model, loss, task } = trainOptions
      const fit = await fitBaselines(setup, prepared)
      const network = { model, loss, task, lossSettings: lossSettingsOf(setup, null) }
      return (await fit.errorsBeside(network, training.parameters)).get('constant') ?? NaN
    }
    const [many, few] = [await errorOf(0.6), await errorOf(0.1)]
    expect(many).toBeGreaterThan(0)
    expect(few).toBeGreaterThan(many)
  })

  it('is the same each time, whatever ran before', async () => {
    const setup = madeSetup('binary', 'log')
    const prepared = prepare(madeTable('binary'), setup)
    const [first, again] = [await fitBaselines(setup, prepared), await fitBaselines(setup, prepared)]
    expect(first.models).toEqual(again.models)
  })

  it('has the loss that a network without hidden layers comes to', async () => {
    const setup = madeSetup('multi-class', 'cross-entropy', 'tanh', { layers: [], epochs: 400, batchSize: 90 })
    const table = madeTable('multi-class')
    const experiment = openExperiment(table, setup)
    for await (const _event of experiment.training.events()) {
      // Pulling an event is what trains.
    }
    const [, linear] = both((await fitBaselines(setup, experiment.prepared)).models)
    const own = (await experiment.evaluation()).loss
    experiment.training.close()
    expect(Math.abs(linear.loss / own - 1)).toBeLessThan(0.1)
  })

  it('ends when it is told to, and waits when it is asked to', async () => {
    const setup = madeSetup('binary', 'log')
    const prepared = prepare(madeTable('binary'), setup)
    const ending = new AbortController()
    let asked = 0
    const hold = () => {
      if (++asked === 10) ending.abort()
      return null
    }
    await expect(fitBaselines(setup, prepared, { signal: ending.signal, hold })).rejects.toBeInstanceOf(Cancelled)
    expect(asked).toBeLessThan(12)
    let free = (): void => undefined
    const held = new Promise<void>((resolve) => (free = resolve))
    let isDone = false
    const fitting = fitBaselines(setup, prepared, { hold: () => held }).then(() => (isDone = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isDone).toBe(false)
    free()
    await fitting
    expect(isDone).toBe(true)
  })
})
