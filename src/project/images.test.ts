/** Runs on images: what a run keeps of them, and how others are read for it. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { suggestSetup } from '../data'
import { madeImages } from '../data/features/testing-images'
import { column, table } from '../data/testing'
import { StudioError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import { openExperiment } from './experiment'
import { predictTable } from './predict'
import { readAsFor } from './read-as'
import type { Run } from './record'
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

describe('augmentation', () => {
  const setup = { ...suggestSetup(data), epochs: 2, threads: 1 }
  const augmentation = { flipHorizontal: true, shift: 0.2, rotate: 20, zoom: 0.1, brightness: 0.2 }

  it('changes what is trained on, the same by the same seed, and is kept with the run', async () => {
    const untimed = ({ metrics }: Run) => metrics.map((epoch) => ({ ...epoch, elapsedMs: null }))
    const changed = await trainedRun(data, { ...setup, augmentation })
    expect(changed.record.setup.augmentation).toEqual(augmentation)
    expect(untimed(await trainedRun(data, { ...setup, augmentation }))).toEqual(untimed(changed))
    expect(untimed(changed)).not.toEqual(untimed(run))
    expect(untimed(await trainedRun(data, { ...setup, augmentation: { shift: 0 } }))).toEqual(untimed(run))
  })

  it('is refused beyond its range, and for tables of other columns', () => {
    const refusal = (from: typeof data, wanted: Setup) => {
      try {
        openExperiment(from, wanted).training.close()
        return 'no error'
      } catch (thrown) {
        if (!(thrown instanceof StudioError)) throw thrown
        return [thrown.code, thrown.details['field']]
      }
    }
    const numbers = table([column('x', [1, 2, 3, 4, 5, 6]), column('label', ['a', 'b', 'a', 'b', 'a', 'b'])])
    expect(refusal(data, { ...setup, augmentation: { rotate: 200 } })).toEqual(['invalid-setup', 'rotate'])
    expect(refusal(data, { ...setup, augmentation: { turn: 1 } })).toEqual(['invalid-setup', 'turn'])
    expect(refusal(numbers, { ...suggestSetup(numbers), augmentation })).toEqual([
      'augmentation-without-images',
      'augmentation'
    ])
  })
})
