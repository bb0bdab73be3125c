import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { GraphBuilder, provideKernels, ReferenceProgram, type LossName, type Task } from '../../engine'
import { buildLayers } from '../../engine/model/model'
import type { Table } from '../../data'
import type { Setup } from '../../shared/setup'
import type { SurfaceView } from '../../shared/run-views'
import { openExperiment, type Experiment, type Moment } from '../experiment'
import { predictTable } from '../predict'
import { madePictures, pictureSetup } from '../testing/pictures'
import { madeSeries, seriesSetup } from '../testing/series'
import { madeSetup, madeTable, madeValues, madeValueTargets, numberColumn, tableOf } from '../testing/tables'
import { activationsOf, filtersOf, surfaceOf, surfacePointsOf } from './index'

provideKernels(kernelBytes)

/** Trained to its end; the moment has the weights as the run keeps them. */
async function trained(table: Table, setup: Setup) {
  const experiment = openExperiment(table, setup)
  for await (const _event of experiment.training.events()) {
    // Pulling an event is what trains.
  }
  experiment.training.close()
  const run = await experiment.finish('completed')
  const moment: Moment = { epoch: experiment.epoch, step: experiment.steps, parameters: run.parameters }
  return { experiment, run, moment }
}

/** The made table's two columns of numbers as they are: some cells are missing. */
const twoColumns = (task: Task, loss: LossName, changes: Partial<Setup> = {}) =>
  trained(madeTable(task), madeSetup(task, loss, 'tanh', { ignored: ['island'], ...changes }))

/** The grid of a surface as a table. */
function gridOf({ axes, size }: SurfaceView): Table {
  const rows = size ** axes.length
  return tableOf(
    axes.map(({ column, min, max }, axis) => {
      const at = (row: number) => (axis === 0 ? row % size : Math.floor(row / size))
      const cells = Array.from({ length: rows }, (_, row) => min + ((max - min) * at(row)) / (size - 1))
      return numberColumn(column, cells)
    })
  )
}

function shown(view: SurfaceView | null): SurfaceView {
  if (view === null) throw new Error('there is a surface')
  return view
}

describe('surfaceOf', () => {
  it.each([
    ['binary', 'log', 1],
    ['multi-class', 'cross-entropy', 3]
  ] as const)('answers a plane of %s rows as prediction does', async (task, loss, width) => {
    const { experiment, run, moment } = await twoColumns(task, loss)
    const view = shown(surfaceOf(experiment, moment, 24))
    expect(view).toMatchObject({ epoch: 5, size: 24, kind: 'classes', outputs: experiment.classes })
    expect(view.axes.map(({ column }) => column)).toEqual(['length', 'width'])
    expect(view.values).toHaveLength(24 * 24 * width)
    const rows = await predictTable(run, gridOf(view))
    rows.forEach(({ probabilities = [] }, row) => {
      const wanted = probabilities.slice(-width).map(([, value]) => value)
      wanted.forEach((value, k) => expect(view.values[row * width + k]).toBeCloseTo(value, 5))
    })
    const spread = [Math.min(...view.values), Math.max(...view.values)]
    expect((spread[1] ?? 0) - (spread[0] ?? 0)).toBeGreaterThan(0.3)
  })

  it('answers a line with a value in its own units, with an indicator beside its column and a logarithm', async () => {
    const columns = [{ name: 'length', indicator: true, scaling: 'log1p' as const }]
    const { experiment, run, moment } = await twoColumns('regression', 'squared', {
      ignored: ['island', 'width'],
      columns
    })
    expect(experiment.features).toBe(2)
    const view = shown(surfaceOf(experiment, moment, 64))
    expect(view).toMatchObject({ kind: 'value', outputs: ['kind'], axes: [{ column: 'length' }] })
    const rows = await predictTable(run, gridOf(view))
    expect(view.values).toHaveLength(64)
    rows.forEach(({ prediction }, row) => expect(Number(prediction) / (view.values[row] ?? NaN)).toBeCloseTo(1, 5))
  })

  it('draws a little more than the rows, each of which stands where it is in the table', async () => {
    const { experiment, moment } = await twoColumns('binary', 'log')
    const { axes } = shown(surfaceOf(experiment, moment, 16))
    const points = surfacePointsOf(experiment)
    const rows = experiment.prepared.trainRows.length + experiment.prepared.validationRows.length
    expect(points?.parts).toHaveLength(rows)
    expect(points?.parts.filter((part) => part === 1)).toHaveLength(experiment.prepared.validationRows.length)
    const { columns } = madeTable('binary')
    const all = [...experiment.prepared.trainRows, ...experiment.prepared.validationRows]
    for (const [axis, name] of ['length', 'width'].entries()) {
      const column = columns.find((each) => each.name === name)
      const cells = all.map((row) => (column?.type === 'number' ? (column.values[row] ?? NaN) : NaN))
      cells.forEach((cell, i) => {
        if (!Number.isNaN(cell)) expect(points?.places[2 * i + axis]).toBeCloseTo(cell, 4)
      })
      const known = cells.filter((cell) => !Number.isNaN(cell))
      const [least, most] = [Math.min(...known), Math.max(...known)]
      expect((axes[axis]?.max ?? 0) - (axes[axis]?.min ?? 0)).toBeCloseTo(1.05 * (most - least), 4)
      expect(axes[axis]?.min).toBeLessThan(least)
    }
    expect(new Set(points?.targets)).toEqual(new Set([0, 1]))
  })

  it('shows weights of the moment that is asked for, on a program that it keeps', async () => {
    const { experiment, moment } = await twoColumns('binary', 'log')
    const before = new Map(
      [...moment.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }])
    )
    const now = shown(surfaceOf(experiment, moment, 16)).values
    expect(new Set(shown(surfaceOf(experiment, { ...moment, epoch: 0, parameters: before }, 16)).values)).toEqual(
      new Set([0.5])
    )
    expect(shown(surfaceOf(experiment, moment, 8)).values).toHaveLength(64)
    expect(shown(surfaceOf(experiment, moment, 16)).values).toEqual(now)
  })

  it('gives every value of several, and points of the first', async () => {
    const { experiment, moment } = await trained(
      madeValues(),
      madeSetup('regression', 'squared', 'tanh', { ignored: ['island'], moreTargets: madeValueTargets })
    )
    const view = shown(surfaceOf(experiment, moment, 8))
    expect(view.outputs).toEqual(['kind', ...madeValueTargets])
    expect(view.values).toHaveLength(64 * 3)
    const targets = surfacePointsOf(experiment)?.targets ?? []
    expect(Math.min(...targets)).toBeGreaterThan(800)
  })

  it('takes no more than 2,000 points of many rows, of both parts', () => {
    const table = tableOf([
      numberColumn(
        'x',
        Array.from({ length: 5000 }, (_, i) => i)
      ),
      numberColumn(
        'kind',
        Array.from({ length: 5000 }, (_, i) => 2 * i)
      )
    ])
    const experiment = openExperiment(table, madeSetup('regression', 'squared'))
    experiment.training.close()
    const points = surfacePointsOf(experiment)
    expect(points?.targets).toHaveLength(2000)
    points?.targets.forEach((value, i) => expect(value).toBeCloseTo(2 * (points.places[i] ?? NaN), 1))
    expect(points?.parts.filter((part) => part === 1)).toHaveLength(500)
  })

  it('is not there for categories, three columns, windows, labels and images', () => {
    const asked = (table: Table, setup: Setup) => {
      const experiment = openExperiment(table, setup)
      experiment.training.close()
      const moment = { epoch: 0, step: 0, parameters: experiment.training.parameters }
      return [surfaceOf(experiment, moment, 16), surfacePointsOf(experiment)]
    }
    const numbers = { ignored: ['island'] }
    expect(asked(madeTable('binary'), madeSetup('binary', 'log'))).toEqual([null, null])
    expect(asked(madeTable('multi-label'), madeSetup('multi-label', 'log', 'tanh', numbers))).toEqual([null, null])
    expect(asked(madeSeries(40), seriesSetup())).toEqual([null, null])
    expect(asked(madePictures(), pictureSetup())).toEqual([null, null])
  })
})

describe('filtersOf', () => {
  it('gives the weights of the first convolution, each filter by itself', async () => {
    const { experiment, moment } = await trained(madePictures(), pictureSetup({ epochs: 1 }))
    const view = filtersOf(experiment, moment)
    expect(view).toMatchObject({ layer: 'conv', epoch: 1, shape: [3, 1, 3, 3] })
    const { data } = moment.parameters.get('conv.weight') ?? { data: new Float64Array() }
    for (let filter = 0; filter < 3; filter++) {
      const own = [...data.subarray(9 * filter, 9 * filter + 9)]
      const largest = Math.max(...own.map(Math.abs))
      own.forEach((value, i) => expect(view?.values[9 * filter + i]).toBeCloseTo(value / largest, 6))
    }
  })

  it('is bounded, and not there without a convolution on the input', async () => {
    const wide = pictureSetup().model?.layers.map((layer) =>
      layer.name === 'conv' ? { ...layer, config: { ...layer.config, outChannels: 200 } } : layer
    )
    const model = pictureSetup().model
    if (model === null || wide === undefined) throw new Error('the setup has a model')
    const { experiment, moment } = await trained(
      madePictures(),
      pictureSetup({ epochs: 1, model: { ...model, layers: wide } })
    )
    expect(filtersOf(experiment, moment)?.shape).toEqual([64, 1, 3, 3])
    const dense = await twoColumns('binary', 'log')
    expect(filtersOf(dense.experiment, dense.moment)).toBeNull()
  })
})

describe('activationsOf', () => {
  /** All layers' outputs by the reference, on a graph of its own. */
  function byReference({ model, prepared }: Experiment, { parameters }: Moment, row: number) {
    const graph = new GraphBuilder()
    const nodes = buildLayers(graph, model, graph.input('input', [1, ...model.spec.inputShape]))
    const program = new ReferenceProgram(graph.graph)
    const { features } = prepared.training
    if ('write' in features) throw new Error('the features are numbers')
    const width = features.data.length / (features.shape[0] ?? 1)
    const place = prepared.trainRows.indexOf(row)
    program.run(
      new Map([
        ...[...parameters].map(([name, { data }]) => [name, data] as const),
        ['input', features.data.subarray(place * width, (place + 1) * width)]
      ])
    )
    return model.spec.layers.map(({ name }) => program.value(nodes.get(name) ?? NaN))
  }

  it('gives what the engine computes for a row of the table, layer by layer', async () => {
    const { experiment, moment, run } = await trained(madePictures(), pictureSetup())
    const table = madePictures()
    const row = experiment.prepared.trainRows[5] ?? 0
    const view = activationsOf(experiment, table, row, moment)
    expect(view?.layers.map(({ name, shape }) => [name, shape])).toEqual([
      ['conv', [3, 4, 4]],
      ['norm', [3, 4, 4]],
      ['flat', [48]],
      ['dense', [5]],
      ['output', [3]]
    ])
    byReference(experiment, moment, row).forEach((values, layer) => {
      values.forEach((value, i) => expect(view?.layers[layer]?.values[i]).toBeCloseTo(value, 4))
    })
    const { probabilities } = (await predictTable(run, table))[row] ?? {}
    expect(view?.answer.map(({ name }) => name)).toEqual(experiment.classes)
    probabilities?.forEach(([, value], k) => expect(view?.answer[k]?.value).toBeCloseTo(value, 5))
    expect(view?.actual).toEqual([['across', 'down', 'none'][row % 3]])
    expect(view?.image).toBeNull()
  })

  it('answers in raw units, with both classes of two, and the last row of a window', async () => {
    const table = madeTable('regression')
    const value = await twoColumns('regression', 'squared')
    const { prediction } = (await predictTable(value.run, table))[7] ?? {}
    const { answer = [], actual } = activationsOf(value.experiment, table, 7, value.moment) ?? {}
    expect(answer.map(({ name }) => name)).toEqual(['kind'])
    expect((answer[0]?.value ?? NaN) / Number(prediction)).toBeCloseTo(1, 5)
    expect(Number(actual?.[0])).toBeGreaterThan(800)
    const pair = await twoColumns('binary', 'log')
    const both = activationsOf(pair.experiment, madeTable('binary'), 3, pair.moment)?.answer ?? []
    expect(both.map(({ name }) => name)).toEqual(pair.experiment.classes)
    expect((both[0]?.value ?? NaN) + (both[1]?.value ?? NaN)).toBeCloseTo(1, 6)
    const series = await trained(madeSeries(40), seriesSetup())
    expect(activationsOf(series.experiment, madeSeries(40), 0, series.moment)).toBeNull()
    expect(activationsOf(series.experiment, madeSeries(40), 30, series.moment)?.row).toBe(30)
    expect(activationsOf(series.experiment, madeSeries(40), 400, series.moment)).toBeNull()
  })

  it('shows at most 64 channels of a layer, and says how many there are', async () => {
    const { model } = pictureSetup()
    if (model === null) throw new Error('the setup has a model')
    const layers = model.layers.map((layer) =>
      layer.name === 'conv' ? { ...layer, config: { ...layer.config, outChannels: 200 } } : layer
    )
    const { experiment, moment } = await trained(
      madePictures(),
      pictureSetup({ epochs: 1, model: { ...model, layers } })
    )
    const [conv] = activationsOf(experiment, madePictures(), 0, moment)?.layers ?? []
    expect(conv?.shape).toEqual([200, 4, 4])
    expect(conv?.values).toHaveLength(64 * 16)
  })
})
