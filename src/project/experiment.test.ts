import { describe, expect, it } from 'vitest'
import { prepare } from '../data'
import { metricSpecs } from '../engine/catalog'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import { evaluateRun, openExperiment } from './experiment'
import { predictTable } from './predict'
import { runRecordSchema } from './record'
import { selectRows } from './sample'
import { madePictures, pictureSetup } from './testing/pictures'
import { madeRun, trainedRun } from './testing/runs'
import { madeSetup, madeTable } from './testing/tables'
import * as v from 'valibot'

describe('openExperiment', () => {
  it('trains when its events are pulled and keeps every epoch', async () => {
    const experiment = openExperiment(madeTable('binary'), madeSetup('binary', 'log'))
    expect([experiment.epoch, experiment.steps, experiment.epochs.length]).toEqual([0, 0, 0])
    const seen = []
    for await (const event of experiment.training.events()) {
      if (event.type === 'epoch') seen.push(event.validationLoss)
    }
    expect(experiment.epochs.map((epoch) => epoch.validationLoss)).toEqual(seen)
    expect(experiment.epochs.map((epoch) => epoch.epoch)).toEqual([1, 2, 3, 4, 5])
    expect(experiment.steps).toBe(5 * experiment.training.stepsPerEpoch)
    expect(experiment.epoch).toBe(5)
  })

  it('goes on where it was left, and gives the same run as one that was never left', async () => {
    const table = madeTable('multi-class')
    const setup = madeSetup('multi-class', 'cross-entropy')
    const paused = openExperiment(table, setup)
    let pulled = 0
    for await (const _event of paused.training.events()) if (++pulled === 3) break
    expect(paused.steps).toBe(3)
    for await (const _event of paused.training.events()) pulled++
    const whole = await trainedRun(table, setup)
    const { record, parameters } = await paused.finish('completed')
    expect([...parameters]).toEqual([...whole.parameters])
    expect(record.final).toEqual(whole.record.final)
  })

  it('reports final numbers of exactly the weights it keeps', async () => {
    const table = madeTable('regression')
    const experiment = openExperiment(table, madeSetup('regression', 'squared'))
    for await (const _event of experiment.training.events()) void 0
    const run = await experiment.finish('completed')
    for (const tensor of run.parameters.values())
      expect(tensor.data.every((value) => Math.fround(value) === value)).toBe(true)
    expect(v.safeParse(runRecordSchema, run.record).success).toBe(true)
    expect(run.record.final.validationLoss).toBe((await experiment.evaluation()).loss)
    expect(run.record.final.metrics).toEqual(
      Object.fromEntries((await experiment.evaluation()).metrics.map(({ name, value }) => [name, value]))
    )
    expect(run.record.split.trainRows + run.record.split.validationRows).toBe(90)
  })

  it('counts every validation row once in the confusion matrix, in agreement with the accuracy', async () => {
    const experiment = openExperiment(madeTable('multi-class'), madeSetup('multi-class', 'cross-entropy'))
    for await (const _event of experiment.training.events()) void 0
    const { confusion, scatter, metrics, rows } = await experiment.evaluation()
    const counts = confusion?.counts ?? []
    expect(confusion?.classes).toEqual(['Adélie', 'chin strap', 'gentoo'])
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(rows)
    const right = counts.reduce((sum, ofActual, k) => sum + (ofActual[k] ?? 0), 0)
    expect(metrics.find(({ name }) => name === 'accuracy')?.value).toBeCloseTo(right / rows, 12)
    expect(scatter).toBeNull()
  })

  it('tells the rows of the table that were taken for another class, the surest first', async () => {
    const table = madeTable('multi-class')
    const experiment = openExperiment(table, madeSetup('multi-class', 'cross-entropy'))
    // Before the first step the network guesses.
    const { confusion } = await experiment.evaluation()
    const { classes = [], counts = [], mistakes = [] } = confusion ?? {}
    const wrong = counts.flatMap((ofActual, actual) => ofActual.filter((_, predicted) => predicted !== actual))
    expect(mistakes.length).toBe(wrong.reduce((sum, count) => sum + count, 0))
    expect(mistakes.length).toBeGreaterThan(3)
    expect(mistakes.map(({ share }) => share)).toEqual(mistakes.map(({ share }) => share).toSorted((a, b) => b - a))
    const column = table.columns.find(({ name }) => name === madeSetup('multi-class', 'cross-entropy').target)
    if (column?.type !== 'category') throw new Error('no classes')
    for (const { row, actual, predicted, share } of mistakes) {
      expect(column.categories[column.codes[row] ?? -1]).toBe(classes[actual])
      expect(predicted).not.toBe(actual)
      expect(share).toBeGreaterThan(1 / 3)
      expect(experiment.prepared.validationRows).toContain(row)
    }
  })

  it.each([
    ['multi-class', 'cross-entropy'],
    ['binary', 'log'],
    ['regression', 'squared']
  ] as const)('gives what every metric of %s is worked out of', async (task, loss) => {
    const experiment = openExperiment(madeTable(task), madeSetup(task, loss))
    for await (const _event of experiment.training.events()) void 0
    const { metrics, confusion } = await experiment.evaluation()
    expect(metrics.length).toBeGreaterThan(3)
    for (const { name, value, parts = [] } of metrics) {
      const lines = metricSpecs.find((spec) => spec.name === name)?.worked(parts, confusion?.classes ?? [])
      expect(lines?.at(-1)?.value, name).toBeCloseTo(value, 12)
    }
  })

  it('shows regression in raw units', async () => {
    const experiment = openExperiment(madeTable('regression'), madeSetup('regression', 'squared'))
    for await (const _event of experiment.training.events()) void 0
    const { scatter, confusion, metrics } = await experiment.evaluation()
    expect(confusion).toBeNull()
    expect(scatter?.actual.every((value) => value > 800 && value < 1300)).toBe(true)
    const mae = (scatter?.actual ?? []).reduce(
      (sum, actual, i) => sum + Math.abs(actual - (scatter?.predicted[i] ?? 0)),
      0
    )
    expect(metrics.map(({ name }) => name)).toEqual(['mae', 'rmse', 'r2', 'mape'])
    expect(metrics[0]?.value).toBeCloseTo(mae / (scatter?.actual.length ?? 1), 6)
    expect(scatter?.rows).toEqual([...experiment.prepared.validationRows])
  })

  it('gives small networks as weights to draw, large ones not', () => {
    const table = madeTable('binary')
    const small = openExperiment(table, madeSetup('binary', 'log')).weights()
    expect(
      small?.layers.map(({ name, weight, bias }) => [name, weight.length, weight[0]?.length, bias.length])
    ).toEqual([
      ['dense1', 5, 5, 5],
      ['output', 1, 5, 1]
    ])
    const wide = [{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 1000, activation: 'relu' } }]
    expect(openExperiment(table, madeSetup('binary', 'log', 'relu', { layers: wide })).weights()).toBeNull()
  })

  it('keeps weights of a diverging run inside the range of float32', async () => {
    const setup = madeSetup('regression', 'squared', 'identity', {
      optimizer: { type: 'sgd', config: { learningRate: 900, momentum: 0.9 } },
      epochs: 500
    })
    const experiment = openExperiment(madeTable('regression'), setup)
    const train = async () => {
      for await (const _event of experiment.training.events()) void 0
    }
    await expect(train()).rejects.toMatchObject({ code: 'diverged' })
    const run = await experiment.finish('failed')
    expect([...run.parameters.values()].every((tensor) => tensor.data.every(Number.isFinite))).toBe(true)
    expect(v.safeParse(runRecordSchema, run.record).success).toBe(true)
  })

  it.each<[string, Partial<Setup>, string]>([
    ['batchSize', { batchSize: 0 }, 'invalid-setup'],
    ['epochs', { epochs: NaN }, 'invalid-setup'],
    ['epochs', { epochs: 1.5 }, 'invalid-setup'],
    ['validation', { validation: -0.1 }, 'invalid-setup'],
    ['validation', { validation: NaN }, 'invalid-setup'],
    ['seed', { seed: -1 }, 'invalid-setup'],
    ['loss', { loss: 'cross-entropy', task: 'regression' }, 'invalid-setup'],
    ['optimizer', { optimizer: { type: 'magic', config: {} } }, 'invalid-setup'],
    ['learningRate', { optimizer: { type: 'sgd', config: { learningRate: -1 } } }, 'invalid-setup'],
    ['speed', { optimizer: { type: 'sgd', config: { speed: 1 } } }, 'invalid-setup'],
    ['schedule', { schedule: { type: 'magic', config: {} } }, 'invalid-setup'],
    ['dropEvery', { schedule: { type: 'step', config: { dropEvery: 0 } } }, 'invalid-setup'],
    ['dropEvery', { schedule: { type: 'cosine', config: { dropEvery: 3 } } }, 'invalid-setup'],
    ['labelSmoothing', { lossConfig: { labelSmoothing: 2 } }, 'invalid-setup'],
    ['delta', { lossConfig: { delta: 1 } }, 'invalid-setup'],
    ['l2', { regularization: { l2: -1 } }, 'invalid-setup'],
    ['l3', { regularization: { l3: 1 } }, 'invalid-setup'],
    ['patience', { earlyStopping: { patience: 1.5 } }, 'invalid-setup'],
    ['restoreBest', { earlyStopping: { restoreBest: 1 } }, 'invalid-setup'],
    ['threads', { threads: 17 }, 'invalid-setup'],
    ['classWeights', { classWeights: [1, 2, 3] }, 'invalid-setup'],
    ['classWeights', { task: 'regression', loss: 'squared', classWeights: 'balanced' }, 'invalid-setup'],
    ['target', { target: 'x'.repeat(1001) }, 'invalid-setup'],
    ['ignored.0', { ignored: ['x'.repeat(1001)] }, 'invalid-setup']
  ])('refuses a wrong %s', (field, changes, code) => {
    const open = () => openExperiment(madeTable('binary'), { ...madeSetup('binary', 'log'), ...changes })
    expect(open).toThrow(ConfigError)
    expect(open).toThrow(expect.objectContaining({ code, details: { field } }))
  })

  it('takes settings that are left out for their defaults', async () => {
    const none = { schedule: { type: 'step', config: {} }, regularization: {}, earlyStopping: {}, lossConfig: {} }
    const experiment = openExperiment(madeTable('binary'), madeSetup('binary', 'log', 'tanh', none))
    experiment.training.close()
    expect((await experiment.finish('stopped')).record.setup).toMatchObject(none)
  })

  it('names the layer that is wrong', () => {
    const layers = [{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 0, activation: 'relu' } }]
    const open = () => openExperiment(madeTable('binary'), madeSetup('binary', 'log', 'relu', { layers }))
    expect(open).toThrow(
      expect.objectContaining({ code: 'invalid-config', details: { layer: 'dense1', field: 'units' } })
    )
  })
})

describe('settings of a run', () => {
  it('weigh classes by how rare they are, and judge by the same weights again', async () => {
    const table = madeTable('multi-class')
    const plain = await trainedRun(table, madeSetup('multi-class', 'cross-entropy'))
    const balanced = await trainedRun(
      table,
      madeSetup('multi-class', 'cross-entropy', 'tanh', { classWeights: 'balanced' })
    )
    expect(plain.record.classWeights).toBeNull()
    const weights = balanced.record.classWeights ?? []
    const kind = table.columns[3]
    if (kind?.type !== 'category') throw new Error('made as a category')
    // Σ wₖ · Nₖ = N, and the rarest class weighs most.
    const { trainRows, validationRows } = prepare(table, balanced.record.setup)
    const counts = [0, 1, 2].map((code) => trainRows.filter((row) => kind.codes[row] === code).length)
    expect(weights.reduce((sum, weight, k) => sum + weight * (counts[k] ?? 0), 0)).toBeCloseTo(trainRows.length, 9)
    expect(weights.indexOf(Math.max(...weights))).toBe(counts.indexOf(Math.min(...counts)))
    expect([...balanced.parameters]).not.toEqual([...plain.parameters])
    // The weights are those of the training rows, whatever rows it is judged on.
    const view = evaluateRun(balanced, selectRows(table, validationRows))
    expect(view.loss).toBeCloseTo(balanced.record.final.validationLoss ?? NaN, 12)
  })

  it('reach the engine: each changes what is learned', async () => {
    const changes: Partial<Setup>[] = [
      {},
      { shuffle: false },
      { prepare: true, seed: 4 },
      { schedule: { type: 'exponential', config: { epochDecay: 0.5 } } },
      { regularization: { l1: 0.01 } },
      { regularization: { l2: 0.01 } },
      { regularization: { clipNorm: 0.01 } },
      { regularization: { clipValue: 0.001 } },
      { lossConfig: { labelSmoothing: 0.2 } },
      { classWeights: [1, 3] },
      { validation: 0 }
    ]
    const runs = []
    for (const change of changes)
      runs.push(await trainedRun(madeTable('binary'), madeSetup('binary', 'log', 'tanh', change)))
    const weights = runs.map(({ parameters }) => JSON.stringify([...(parameters.get('output.weight')?.data ?? [])]))
    expect(new Set(weights).size).toBe(changes.length)
  })

  it('stop early, and keep the weights of the best epoch and which they are', async () => {
    const setup = madeSetup('binary', 'log', 'tanh', {
      epochs: 200,
      earlyStopping: { patience: 3 },
      optimizer: { type: 'sgd', config: { learningRate: 1 } }
    })
    const experiment = openExperiment(madeTable('binary'), setup)
    for await (const _event of experiment.training.events()) void 0
    experiment.training.close()
    const { record, metrics } = await experiment.finish('completed')
    expect(record.epochs).toBeLessThan(200)
    expect(record.earlyStop).toEqual({ epoch: record.epochs, bestEpoch: record.restoredEpoch, restored: true })
    const best = metrics.findLast((point) => point.best)
    expect(best?.epoch).toBe(record.restoredEpoch)
    expect(record.final.validationLoss).toBeCloseTo(best?.validationLoss ?? NaN, 4)
    expect((await experiment.evaluation()).epoch).toBe(record.restoredEpoch)
    expect(v.safeParse(runRecordSchema, record).success).toBe(true)
  })

  it('without validation: no loss and no metrics of it, and an evaluation that says what it is of', async () => {
    const setup = madeSetup('binary', 'log', 'tanh', { validation: 0 })
    const experiment = openExperiment(madeTable('binary'), setup)
    for await (const _event of experiment.training.events()) void 0
    experiment.training.close()
    const { record, metrics } = await experiment.finish('completed')
    expect(record.final).toEqual({ validationLoss: null, metrics: {} })
    expect(metrics.map(({ validationLoss }) => validationLoss)).toEqual([null, null, null, null, null])
    expect(metrics.every((point) => Object.keys(point.metrics).length === 0)).toBe(true)
    expect(record.split).toEqual({ trainRows: 90, validationRows: 0, testRows: 0 })
    expect(await experiment.evaluation()).toMatchObject({ on: 'training', rows: 90 })
    expect(v.safeParse(runRecordSchema, record).success).toBe(true)
  })
})

describe('a whole network', () => {
  it('trains on rows in the shape it takes, predicts and is judged', async () => {
    const table = madePictures()
    const run = await trainedRun(table, pictureSetup({ epochs: 30 }))
    expect(run.record.model.inputShape).toEqual([1, 4, 4])
    expect([...run.parameters.keys()]).toContain('norm.running_mean')
    expect(run.record.parameters).toBe(30 + 6 + 245 + 18)
    const right = (await predictTable(run, table)).filter(({ row, prediction }) => {
      return prediction === ['across', 'down', 'none'][(row - 1) % 3]
    })
    expect(right.length).toBeGreaterThan(50)
    expect(evaluateRun(run, table)).toMatchObject({ on: 'table', rows: 60, epoch: 30 })
  })

  it.each<[string, Partial<Setup>, string, RegExp]>([
    ['another number of inputs', { ignored: ['p3'] }, 'model-input-mismatch', /\[1, 4, 4\], 16 numbers .* gives 15/],
    [
      'another task',
      { task: 'multi-class', model: narrow(2) },
      'output-units-mismatch',
      /"output".* needs 3 outputs, got 2/
    ],
    ['a layer that is wrong', { model: narrow(0) }, 'invalid-config', /layer 2 "output": Units must be/]
  ])('refuses %s', (_what, changes, code, message) => {
    expect(() => openExperiment(madePictures(), pictureSetup(changes))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string })
    )
  })

  it('begins with given weights', async () => {
    const table = madePictures()
    const setup = pictureSetup()
    const first = openExperiment(table, setup)
    const { parameters } = await first.finish('stopped')
    first.training.close()
    const initial = { fileName: 'w', sha256: '1'.repeat(64), tensors: parameters }
    const again = openExperiment(table, { ...setup, seed: 99 }, { initial })
    expect([...again.training.parameters]).toEqual([...parameters])
    expect((await again.finish('stopped')).record.initialWeights).toEqual({ fileName: 'w', sha256: '1'.repeat(64) })
    again.training.close()
  })
})

/** A network for the pictures whose last layer has so many units. */
function narrow(units: number): Setup['model'] {
  return {
    inputShape: [1, 4, 4],
    layers: [
      { name: 'flat', type: 'flatten', inputs: ['input'], config: {} },
      { name: 'output', type: 'dense', inputs: ['flat'], config: { units, activation: 'identity' } }
    ],
    output: 'output'
  }
}

describe('predictTable and evaluateRun', () => {
  it('gives a class and probabilities that add up to 1', async () => {
    for (const [task, loss] of [
      ['binary', 'log'],
      ['binary', 'cross-entropy'],
      ['binary', 'squared'],
      ['multi-class', 'cross-entropy']
    ] as const) {
      const run = await madeRun(task, loss)
      const rows = await predictTable(run, madeTable(task))
      expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 90 }, (_, i) => i + 1))
      for (const { prediction, probabilities = [] } of rows) {
        expect(probabilities.map(([name]) => name)).toEqual(run.record.classes)
        expect(probabilities.reduce((sum, [, probability]) => sum + probability, 0)).toBeCloseTo(1, 12)
        expect(Math.max(...probabilities.map(([, probability]) => probability))).toBe(
          probabilities.find(([name]) => name === prediction)?.[1]
        )
      }
    }
  })

  it('gives regression in raw units and without probabilities', async () => {
    const table = madeTable('regression')
    const rows = await predictTable(await madeRun('regression', 'squared'), table)
    expect(
      rows.every(
        ({ prediction, probabilities }) =>
          typeof prediction === 'number' && prediction > 500 && prediction < 1500 && probabilities === undefined
      )
    ).toBe(true)
  })

  it('names a column that is missing', async () => {
    const run = await madeRun('binary', 'log')
    const table = madeTable('binary')
    const without = { ...table, columns: table.columns.filter(({ name }) => name !== 'island') }
    await expect(predictTable(run, without)).rejects.toMatchObject({ code: 'missing-column' })
  })

  it('evaluates on any rows that have an answer', async () => {
    const run = await madeRun('binary', 'log')
    const table = madeTable('binary')
    const view = evaluateRun(run, table)
    expect(view.rows).toBe(90)
    expect(view.runId).toBe(run.record.id)
    const kind = table.columns[3]
    if (kind?.type !== 'category') throw new Error('made as a category')
    const right = (await predictTable(run, table)).filter(
      ({ prediction, row }) => prediction === kind.categories[kind.codes[row - 1] ?? -1]
    )
    expect(view.metrics[0]?.value).toBeCloseTo(right.length / 90, 12)
  })
})
