import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { predictTable } from './predict'
import { madePictures, pictureSetup } from './testing/pictures'
import { madeRun, trainedRun } from './testing/runs'
import { madeSeries, seriesSetup } from './testing/series'
import { madeTable } from './testing/tables'

const wide = { outChannels: 200, kernelSize: 3, padding: 'same', activation: 'relu' }
const slow = {
  inputShape: [1, 4, 4],
  layers: [
    { name: 'conv', type: 'conv2d', inputs: ['input'], config: wide },
    { name: 'again', type: 'conv2d', inputs: ['conv'], config: wide },
    { name: 'flat', type: 'flatten', inputs: ['again'], config: {} },
    { name: 'output', type: 'dense', inputs: ['flat'], config: { units: 3, activation: 'identity' } }
  ],
  output: 'output'
}

describe('predictTable', () => {
  it('answers with kernels as it does without', async () => {
    const pictures = await trainedRun(madePictures(), pictureSetup())
    const values = await madeRun('regression', 'squared')
    const ask = async () => [
      await predictTable(pictures, madePictures(1300)),
      await predictTable(values, madeTable('regression'))
    ]
    const exact = await ask()
    provideKernels(kernelBytes)
    const fast = await ask()
    exact.forEach((rows, i) => {
      expect(fast[i]).toHaveLength(rows.length)
      rows.forEach(({ row, prediction, probabilities = [] }, at) => {
        const got = fast[i]?.[at]
        expect(got?.row).toBe(row)
        if (typeof prediction === 'string') expect(got?.prediction).toBe(prediction)
        else expect(Math.abs(Number(got?.prediction) / prediction - 1)).toBeLessThan(1e-6)
        probabilities.forEach(([name, value], k) => {
          expect(got?.probabilities?.[k]).toEqual([name, expect.closeTo(value, 6)])
        })
      })
    })
  })

  it('lets others have their turn, and ends when it is asked to', async () => {
    const run = await trainedRun(madePictures(), pictureSetup({ model: slow, epochs: 1 }))
    const table = madePictures(4000)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await predictTable(run, table)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
    const stop = new AbortController()
    setImmediate(() => stop.abort())
    await expect(predictTable(run, table, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('refuses rows without a finite answer, naming the first', async () => {
    const series = madeSeries(20)
    const run = await trainedRun(series, seriesSetup())
    const { preparation } = run.record
    // As somebody may have written it into run.json.
    const features = preparation.features.map((each) => (each.kind === 'number' ? { ...each, scale: 5e-324 } : each))
    const edited = { ...run, record: { ...run.record, preparation: { ...preparation, features } } }
    await expect(predictTable(edited, series)).rejects.toMatchObject({
      code: 'non-finite-prediction',
      details: { row: 9 }
    })
  })

  it('takes a table without rows', async () => {
    const run = await madeRun('binary', 'log')
    const table = madeTable('binary', 0)
    expect(await predictTable(run, table)).toEqual([])
  })
})
