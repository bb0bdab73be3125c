/** The sample tables that come with the studio: a list (`samples.json`) beside the files it names. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { tasks } from '../engine/spec'
import { windowSettingSchema } from '../shared/column-setting'
import { DataFormatError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { SampleView } from '../shared/views'
import { shownThumbnail, thumbnailListSchema } from './sample-thumbnails'
import { suggestSetup } from './suggest'
import type { Table } from './table'
import { windowChange } from '../shared/window-change'

const text = v.pipe(v.string(), v.minLength(1))

const sampleSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
  file: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\.(csv|gz|parquet)$/)),
  name: text,
  caption: text,
  target: text,
  /** Columns that are no use as features. */
  ignored: v.optional(v.array(text), []),
  task: v.picklist(tasks),
  /** Of a time series: what one prediction is made from. */
  window: v.optional(windowSettingSchema),
  epochs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  source: text,
  licence: text,
  licenceUrl: v.optional(v.pipe(v.string(), v.url())),
  /** Number columns drawn in the thumbnail; images are shown themselves. */
  thumbnail: v.optional(v.strictObject({ x: text, y: text }))
})

export const sampleListSchema = v.array(sampleSchema)

/** One entry of the list, with the path of its file. */
export type Sample = Readonly<v.InferOutput<typeof sampleSchema>> & { readonly path: string }

/**
 * The samples as the first screen shows them, without reading one of them: `thumbnails.json` beside them keeps what
 * `sampleView` says of each.
 *
 * @param folder holds `samples.json`, `thumbnails.json` and the files
 * @throws DataFormatError `samples-damaged`
 */
export async function listSamples(folder: string): Promise<SampleView[]> {
  const samples = await readSamples(folder)
  const thumbnails = await readList(folder, 'thumbnails.json', thumbnailListSchema)
  return samples.flatMap(({ id, name, caption, task }) => {
    const found = thumbnails.find((each) => each.id === id)
    return found === undefined ? [] : [{ id, name, caption, task, ...shownThumbnail(found) }]
  })
}

/**
 * @param id of the sample, or the name of its file
 * @throws DataFormatError `unknown-sample`, `samples-damaged`
 */
export async function sampleById(folder: string, id: string): Promise<Sample> {
  const samples = await readSamples(folder)
  const found = samples.find((sample) => sample.id === id || sample.file === id)
  if (found !== undefined) return found
  const known = samples.map((sample) => sample.id).join(', ')
  throw new DataFormatError('unknown-sample', `There is no sample "${id}"; the samples are ${known}.`, { sample: id })
}

/** A first setup for a sample: it knows its target, and whether rows follow one another. */
export function sampleSetup(table: Table, { target, ignored, window, epochs }: Sample): Setup {
  const setup = suggestSetup(table, target)
  return {
    ...setup,
    ignored: [...new Set([...setup.ignored, ...ignored])],
    ...(window === undefined ? {} : windowChange(setup, window)),
    epochs: epochs ?? setup.epochs
  }
}

async function readSamples(folder: string): Promise<Sample[]> {
  const samples = await readList(folder, 'samples.json', sampleListSchema)
  return samples.map((sample) => ({ ...sample, path: join(folder, sample.file) }))
}

async function readList<Entry>(folder: string, file: string, schema: v.GenericSchema<unknown, Entry>): Promise<Entry> {
  const damaged = (why: string): DataFormatError =>
    new DataFormatError('samples-damaged', `The list of samples cannot be read: ${why}. Install the studio again.`)
  let json: unknown
  try {
    json = JSON.parse(await readFile(join(folder, file), 'utf8'))
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error))
  }
  const parsed = v.safeParse(schema, json)
  if (!parsed.success) throw damaged(v.summarize(parsed.issues))
  return parsed.output
}
