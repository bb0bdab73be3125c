/** Runs on images: what a run keeps of them, and how others are read for it. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { suggestSetup } from '../data'
import { madeImages } from '../data/features/testing-images'
import { column, table } from '../data/testing'
import { predictTable } from './predict'
import { readAsFor } from './read-as'
import { sampleFromFile, sampleSchema, sampleToFile } from './sample'
import { trainedRun } from './testing/runs'

const labels = ['a', 'b', 'c']
const data = table([
  madeImages(30),
  column(
    'label',
    Array.from({ length: 30 }, (_, row) => labels[row % 3] ?? '')
  )
])
const run = await trainedRun(data, { ...suggestSetup(data), epochs: 2, threads: 1 })

describe('a run on images', () => {
  it('takes them as [channels, height, width]', async () => {
    expect(run.model.spec.inputShape).toEqual([1, 4, 5])
    expect(await predictTable(run, data)).toHaveLength(30)
  })

  it('keeps some of them, byte for byte', () => {
    if (run.sample === null) throw new Error('no sample')
    const file = v.parse(sampleSchema, JSON.parse(JSON.stringify(sampleToFile(run.sample))))
    const read = sampleFromFile(file, run.record)
    expect(read.columns).toEqual(run.sample.columns)
    expect(read.rows).toBe(30)
  })

  it('refuses a sample with other pixels than its size says', () => {
    if (run.sample === null) throw new Error('no sample')
    const file = sampleToFile(run.sample)
    const change = (part: object) => ({ ...file, columns: file.columns.map((each) => ({ ...each, ...part })) })
    expect(v.is(sampleSchema, file)).toBe(true)
    expect(v.is(sampleSchema, change({ width: 6 }))).toBe(false)
    expect(v.is(sampleSchema, change({ channels: 2 }))).toBe(false)
    expect(v.is(sampleSchema, change({ values: Array.from({ length: 30 }, () => 'not base64') }))).toBe(false)
  })

  it('has others read in its own size', () => {
    expect(readAsFor(run.record)).toEqual({ image: { width: 5, height: 4, channels: 1 } })
    const said = { ...run.record, data: { ...run.record.data, readAs: { image: { fit: 'pad', width: 9 } } } } as const
    expect(readAsFor(said)).toEqual({ image: { width: 5, height: 4, channels: 1, fit: 'pad' } })
  })
})
