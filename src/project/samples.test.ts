import path from 'node:path'
import { expect, it } from 'vitest'
import { readTable, sampleById, sampleSetup } from '../data'
import { trainedRun } from './testing/runs'

const folder = path.resolve(import.meta.dirname, '../../resources/samples')

it.each([1, 2, 3])('the forecast of CO₂ is far nearer than "as this month", seed %i', async (seed) => {
  const sample = await sampleById(folder, 'mauna-loa-co2')
  const table = await readTable(sample.path)
  const run = await trainedRun(table, { ...sampleSetup(table, sample), seed })
  const column = table.columns.find(({ name }) => name === 'co2')
  if (column?.type !== 'number') throw new Error('expected numbers')
  // All months have a value, so that the last windows end at the rows before the last.
  const { validationRows: count } = run.record.split
  const last = column.values.subarray(-count - 1)
  const persistence =
    last.reduce((sum, value, i) => sum + (i === 0 ? 0 : Math.abs(value - (last[i - 1] ?? NaN))), 0) / count
  expect(persistence).toBeCloseTo(1.23, 2)
  expect(run.record.final.metrics['mae']).toBeLessThan(0.5)
})
