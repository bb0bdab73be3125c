/** The sample tables that come with the studio: a list (`samples.json`) beside the files it names. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { permutation } from '../engine/random/stream'
import { tasks } from '../engine/spec'
import { DataFormatError } from '../shared/errors'
import type { SampleView } from '../shared/views'
import { tableImages } from './images'
import { readTable } from './read'
import { requireColumn, type Column, type Table } from './table'

const text = v.pipe(v.string(), v.minLength(1))

const sampleSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
  file: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\.(csv|gz)$/)),
  name: text,
  caption: text,
  target: text,
  /** Columns that are no use as features. */
  ignored: v.optional(v.array(text), []),
  task: v.picklist(tasks),
  source: text,
  licence: text,
  licenceUrl: v.optional(v.pipe(v.string(), v.url())),
  /** Number columns drawn in the thumbnail; images are shown themselves. */
  thumbnail: v.optional(v.strictObject({ x: text, y: text }))
})

export const sampleListSchema = v.array(sampleSchema)

/** One entry of the list, with the path of its file. */
export type Sample = Readonly<v.InferOutput<typeof sampleSchema>> & { readonly path: string }

const thumbnailPoints = 120
const thumbnailPictures = 18

/**
 * The samples as the first screen shows them, thumbnails computed from the files themselves: at most 120 rows
 * drawn from those with both coordinates, the same ones each time; x to the right and y upwards, each from 0 to 1 over the whole
 * column; the group is the index of the class (categories sorted by code point), 0 for regression.
 *
 * @param folder holds `samples.json` and the files
 * @throws DataFormatError `samples-damaged`, and what `readTable` throws
 */
export async function listSamples(folder: string): Promise<SampleView[]> {
  const views: SampleView[] = []
  for (const sample of await readSamples(folder)) {
    const table = await readTable(sample.path)
    const { id, name, caption, task } = sample
    const pictures = tableImages(table, 0, thumbnailPictures)
    views.push({ id, name, caption, task, rows: table.rows, points: thumbnail(table, sample), pictures })
  }
  return views
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

async function readSamples(folder: string): Promise<Sample[]> {
  const damaged = (why: string): DataFormatError =>
    new DataFormatError('samples-damaged', `The list of samples cannot be read: ${why}. Install the studio again.`)
  let json: unknown
  try {
    json = JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8'))
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error))
  }
  const parsed = v.safeParse(sampleListSchema, json)
  if (!parsed.success) throw damaged(v.summarize(parsed.issues))
  return parsed.output.map((sample) => ({ ...sample, path: join(folder, sample.file) }))
}

function thumbnail(table: Table, sample: Sample): SampleView['points'] {
  if (sample.thumbnail === undefined) return []
  const x = coordinate(requireColumn(table, sample.thumbnail.x))
  const y = coordinate(requireColumn(table, sample.thumbnail.y))
  const target = requireColumn(table, sample.target)
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => x(row) >= 0 && y(row) >= 0)
  const count = Math.min(thumbnailPoints, rows.length)
  // Drawn, not every n-th: files are often sorted, or take turns between their classes.
  const drawn = permutation(0, 'thumbnail', 0, rows.length).subarray(0, count)
  return Array.from(drawn, (index) => {
    const row = rows[index] ?? 0
    const group = target.type === 'category' ? Math.max(0, target.codes[row] ?? 0) : 0
    return { x: x(row), y: y(row), group }
  })
}

/** A number column scaled to 0…1 with three decimals, NaN where missing. */
function coordinate(column: Column): (row: number) => number {
  if (column.type !== 'number') return () => NaN
  let min = Infinity
  let max = -Infinity
  for (const value of column.values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return (row) => {
    const share = ((column.values[row] ?? NaN) - min) / (max - min || 1)
    return Math.round(share * 1000) / 1000
  }
}
