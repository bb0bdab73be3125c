import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openExperiment, evaluateRun } from './experiment'
import { loadRun } from './load-run'
import { predictTable } from './predict'
import { selectRows } from './sample'
import { saveRun } from './save-run'
import { trainedRun } from './testing/runs'
import { madeSeries, seriesSetup } from './testing/series'
import { numberColumn, tableOf } from './testing/tables'

const TAU = 2 * Math.PI

describe('runs of windows', () => {
  it('predict each row that has a whole window, the last ones too, alike after saving', async () => {
    const series = madeSeries(20)
    const run = await trainedRun(series, seriesSetup({ window: { steps: 5, horizon: 2, time: 'day', series: 'shop' } }))
    const predictions = await predictTable(run, series)
    expect(predictions.map(({ row }) => row)).toEqual(Array.from({ length: 32 }, (_, i) => i + 9))
    expect(predictions[0]?.values?.map(({ name }) => name)).toEqual(['sales +1', 'sales +2'])
    const folder = await mkdtemp(path.join(tmpdir(), 'backprop-studio-windows-'))
    try {
      await saveRun(path.join(folder, 'run'), run)
      const loaded = await loadRun(path.join(folder, 'run'))
      expect(loaded.record.preparation).toEqual(run.record.preparation)
      expect(await predictTable(loaded, series)).toEqual(predictions)
      // The sample holds what puts its rows in order.
      expect(loaded.sample?.columns.map(({ name }) => name)).toEqual(['sales', 'visits', 'sky', 'open', 'day', 'shop'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('answer a row by its own series and past alone, wherever the rows stand in the file', async () => {
    const series = madeSeries(20)
    const run = await trainedRun(series, seriesSetup())
    const all = await predictTable(run, series)
    const turned = selectRows(
      series,
      Int32Array.from({ length: 40 }, (_, i) => 39 - i)
    )
    const back = await predictTable(run, turned)
    expect(new Map(back.map(({ row, prediction }) => [41 - row, prediction]))).toEqual(
      new Map(all.map(({ row, prediction }) => [row, prediction]))
    )
    const last = selectRows(series, Int32Array.of(30, 32, 34, 36, 38))
    expect(await predictTable(run, last)).toEqual([
      { row: 5, prediction: all.find(({ row }) => row === 39)?.prediction }
    ])
    expect(await predictTable(run, selectRows(series, Int32Array.of(1, 3)))).toEqual([])
  })

  it('are judged on the windows of a table whose answers are known', async () => {
    const series = madeSeries(20)
    const run = await trainedRun(series, seriesSetup())
    const view = evaluateRun(run, series)
    expect(view.rows).toBe(30)
    const experiment = openExperiment(series, seriesSetup({ test: 0.2 }))
    expect((await experiment.evaluation('test')).rows).toBe(6)
    experiment.training.close()
  })

  it('forecast a wave far better than its last value does', async () => {
    const wave = tableOf([
      numberColumn(
        'height',
        Array.from({ length: 300 }, (_, i) => Math.sin((TAU * i) / 12) + 0.3 * Math.sin((TAU * i) / 5))
      )
    ])
    const run = await trainedRun(
      wave,
      seriesSetup({
        target: 'height',
        window: { steps: 12, horizon: 1, time: null, series: null },
        optimizer: { type: 'adam', config: { learningRate: 0.01 } },
        epochs: 60
      })
    )
    const { values } = wave.columns[0]?.type === 'number' ? wave.columns[0] : { values: new Float64Array(0) }
    const steps = Array.from({ length: 60 }, (_, i) => Math.abs((values[240 + i] ?? 0) - (values[239 + i] ?? 0)))
    const persistence = steps.reduce((sum, step) => sum + step, 0) / steps.length
    expect(run.record.final.metrics['mae']).toBeLessThan(persistence / 10)
  })
})
