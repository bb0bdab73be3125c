import { describe, expect, it } from 'vitest'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import { evaluateRun, openExperiment } from './experiment'
import { predictTable } from './predict'
import { runRecordSchema } from './record'
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
    const { record, parameters } = paused.finish('completed')
    expect([...parameters]).toEqual([...whole.parameters])
    expect(record.final).toEqual(whole.record.final)
  })

  it('reports final numbers of exactly the weights it keeps', async () => {
    const table = madeTable('regression')
    const experiment = openExperiment(table, madeSetup('regression', 'squared'))
    for await (const _event of experiment.training.events()) void 0
    const run = experiment.finish('completed')
    for (const tensor of run.parameters.values())
      expect(tensor.data.every((value) => Math.fround(value) === value)).toBe(true)
    expect(v.safeParse(runRecordSchema, run.record).success).toBe(true)
    expect(run.record.final.validationLoss).toBe(experiment.evaluation().loss)
    expect(run.record.final.metrics).toEqual(
      Object.fromEntries(experiment.evaluation().metrics.map(({ name, value }) => [name, value]))
    )
    expect(run.record.split.trainRows + run.record.split.validationRows).toBe(90)
  })

  it('counts every validation row once in the confusion matrix, in agreement with the accuracy', async () => {
    const experiment = openExperiment(madeTable('multi-class'), madeSetup('multi-class', 'cross-entropy'))
    for await (const _event of experiment.training.events()) void 0
    const { confusion, scatter, metrics, rows } = experiment.evaluation()
    const counts = confusion?.counts ?? []
    expect(confusion?.classes).toEqual(['Adélie', 'chin strap', 'gentoo'])
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(rows)
    const right = counts.reduce((sum, ofActual, k) => sum + (ofActual[k] ?? 0), 0)
    expect(metrics.find(({ name }) => name === 'accuracy')?.value).toBeCloseTo(right / rows, 12)
    expect(scatter).toBeNull()
  })

  it('shows regression in raw units', async () => {
    const experiment = openExperiment(madeTable('regression'), madeSetup('regression', 'squared'))
    for await (const _event of experiment.training.events()) void 0
    const { scatter, confusion, metrics } = experiment.evaluation()
    expect(confusion).toBeNull()
    expect(scatter?.actual.every((value) => value > 800 && value < 1300)).toBe(true)
    const mae = (scatter?.actual ?? []).reduce(
      (sum, actual, i) => sum + Math.abs(actual - (scatter?.predicted[i] ?? 0)),
      0
    )
    expect(metrics.map(({ name }) => name)).toEqual(['mae', 'rmse', 'r2', 'mape'])
    expect(metrics[0]?.value).toBeCloseTo(mae / (scatter?.actual.length ?? 1), 6)
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
    const run = experiment.finish('failed')
    expect([...run.parameters.values()].every((tensor) => tensor.data.every(Number.isFinite))).toBe(true)
    expect(v.safeParse(runRecordSchema, run.record).success).toBe(true)
  })

  it.each<[string, Partial<Setup>, string]>([
    ['batchSize', { batchSize: 0 }, 'invalid-setup'],
    ['epochs', { epochs: NaN }, 'invalid-setup'],
    ['epochs', { epochs: 1.5 }, 'invalid-setup'],
    ['validation', { validation: 0 }, 'invalid-setup'],
    ['seed', { seed: -1 }, 'invalid-setup'],
    ['loss', { loss: 'cross-entropy', task: 'regression' }, 'invalid-setup'],
    ['optimizer', { optimizer: { type: 'magic', config: {} } }, 'invalid-setup'],
    ['learningRate', { optimizer: { type: 'sgd', config: { learningRate: -1 } } }, 'invalid-setup'],
    ['speed', { optimizer: { type: 'sgd', config: { speed: 1 } } }, 'invalid-setup']
  ])('refuses a wrong %s', (field, changes, code) => {
    const open = () => openExperiment(madeTable('binary'), { ...madeSetup('binary', 'log'), ...changes })
    expect(open).toThrow(ConfigError)
    expect(open).toThrow(expect.objectContaining({ code, details: { field } }))
  })

  it('names the layer that is wrong', () => {
    const layers = [{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 0, activation: 'relu' } }]
    const open = () => openExperiment(madeTable('binary'), madeSetup('binary', 'log', 'relu', { layers }))
    expect(open).toThrow(
      expect.objectContaining({ code: 'invalid-config', details: { layer: 'dense1', field: 'units' } })
    )
  })
})

describe('predictTable and evaluateRun', () => {
  it('gives a class and probabilities that add up to 1', async () => {
    for (const [task, loss] of [
      ['binary', 'log'],
      ['binary', 'cross-entropy'],
      ['binary', 'squared'],
      ['multi-class', 'cross-entropy']
    ] as const) {
      const run = await madeRun(task, loss)
      const rows = predictTable(run, madeTable(task))
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
    const rows = predictTable(await madeRun('regression', 'squared'), table)
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
    expect(() => predictTable(run, without)).toThrow(expect.objectContaining({ code: 'missing-column' }))
  })

  it('evaluates on any rows that have an answer', async () => {
    const run = await madeRun('binary', 'log')
    const table = madeTable('binary')
    const view = evaluateRun(run, table)
    expect(view.rows).toBe(90)
    expect(view.runId).toBe(run.record.id)
    const kind = table.columns[3]
    if (kind?.type !== 'category') throw new Error('made as a category')
    const right = predictTable(run, table).filter(
      ({ prediction, row }) => prediction === kind.categories[kind.codes[row - 1] ?? -1]
    )
    expect(view.metrics[0]?.value).toBeCloseTo(right.length / 90, 12)
  })
})
