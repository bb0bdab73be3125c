import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { inputCells, inputRows } from '../../data'
import { predictTable } from '../../project'
import { trainedRun } from '../../project/testing/runs'
import { madeSeries, seriesSetup } from '../../project/testing/series'
import type { Setup } from '../../shared/setup'
import { onnx } from './onnx'
import { decodeModel } from './proto'

const series = madeSeries()
const window = { steps: 5, horizon: 3, time: 'day', series: 'shop' }

const cases: [string, Partial<Setup>][] = [
  ['three steps of two values', { window, moreTargets: ['visits'] }],
  ['the value of the last row', { window: { ...window, horizon: 0 } }],
  ['classes', { target: 'open', task: 'binary', loss: 'log' }],
  ['labels', { target: 'open', moreTargets: ['rain'], task: 'multi-label', loss: 'log' }],
  [
    'every kind of feature',
    {
      columns: [
        { name: 'day', type: 'date' },
        { name: 'shop', encoding: 'embedding' },
        { name: 'sales', missing: 'mean', indicator: true },
        { name: 'visits', scaling: 'log1p' },
        { name: 'sky', encoding: 'ordinal' },
        { name: 'open', type: 'boolean' }
      ]
    }
  ],
  ['a window of one row', { window: { ...window, steps: 1 } }],
  ['rows that are left out', { columns: [{ name: 'visits', missing: 'drop-row' }] }]
]

const [day, shop, sales, visits, sky, open] = series.columns
const rain = {
  type: 'number' as const,
  name: 'rain',
  values: Float64Array.from({ length: 160 }, (_, row) => (row % 3) % 2)
}
const labelled = { ...series, columns: [...series.columns, rain] }

describe('windows in an ONNX file', () => {
  it.each(cases)('answer as the studio does: %s', async (name, changes) => {
    const data = name === 'labels' ? labelled : series
    const run = await trainedRun(data, seriesSetup(changes))
    const bytes = await onnx.write(run)
    for (const rows of [data, run.sample]) {
      if (rows === null) throw new Error('a run has a sample')
      const verification = await onnx.verify(bytes, run, rows)
      expect(verification.wrongLabels).toBe(0)
      expect(verification.worstShare).toBeLessThan(0.5)
      expect(verification.rows).toBeGreaterThan(50)
    }
  })

  it('take the rows of a window as [N, T] of each column, the oldest first', async () => {
    const run = await trainedRun(series, seriesSetup({ window }))
    const bytes = await onnx.write(run)
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
    const { preparation } = run.record
    const cells = [...inputCells(preparation, series)]
    const shape = [inputRows(preparation, series).length, 5]
    const numbers = (column: typeof sales) => {
      if (column?.type !== 'number') throw new Error('expected numbers')
      return new Tensor(
        'float32',
        Float32Array.from(cells, (row) => column.values[row] ?? NaN),
        shape
      )
    }
    const texts = (column: typeof sales) => {
      if (column?.type !== 'category') throw new Error('expected text')
      return new Tensor(
        'string',
        cells.map((row) => column.categories[column.codes[row] ?? -1] ?? ''),
        shape
      )
    }
    const feeds = { sales: numbers(sales), visits: numbers(visits), sky: texts(sky), open: texts(open) }
    expect([day?.name, shop?.name, ...session.inputNames]).toEqual(['day', 'shop', ...Object.keys(feeds)])
    const { prediction } = await session.run(feeds)
    await session.release()
    const studio = await predictTable(run, series)
    expect(prediction?.dims).toEqual([studio.length, 3])
    const expected = studio.flatMap(({ values = [] }) => values.map(({ value }) => Number(value)))
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(prediction?.data[i]))), 0)
    expect(worst).toBeLessThan(1e-4)
    const { graph, metadata_props: entries } = decodeModel(bytes) as {
      graph: { input: { doc_string: string }[] }
      metadata_props: { key: string; value: string }[]
    }
    expect(graph.input[0]?.doc_string).toContain('the oldest first')
    expect(JSON.parse(entries.find(({ key }) => key === 'window')?.value ?? '')).toEqual(window)
  })
})
