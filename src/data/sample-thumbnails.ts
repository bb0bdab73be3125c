/**
 * Thumbnails of the sample tables: computed from the files themselves when the samples are made, and kept beside them, so
 * that the first screen need not read a hundred thousand rows.
 */
import * as v from 'valibot'
import { permutation } from '../engine/random/stream'
import type { SampleView } from '../shared/views'
import { imagePage } from './images'
import { requireColumn, type Column, type Table } from './table'

const POINTS = 120
const PICTURES = 18

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

const thumbnailSchema = v.strictObject({
  id: v.string(),
  rows: count,
  /** x, y and group of each point. */
  points: v.array(v.strictTuple([share, share, count])),
  pictures: v.nullable(
    v.strictObject({
      width: count,
      height: count,
      channels: v.picklist([1, 3]),
      /** In base64. */
      pixels: v.string()
    })
  )
})

export const thumbnailListSchema = v.array(thumbnailSchema)
export type Thumbnail = Readonly<v.InferOutput<typeof thumbnailSchema>>

/** What of a table its thumbnail shows. */
export interface Drawn {
  readonly id: string
  readonly target: string
  /** Number columns; images are shown themselves. */
  readonly thumbnail?: { readonly x: string; readonly y: string } | undefined
}

/**
 * At most 120 rows drawn from those with both coordinates, the same ones each time; x to the right and y upwards, each from 0
 * to 1 over the whole column; the group is the index of the class (categories sorted by code point), 0 for regression. Or the first images.
 */
export function thumbnailOf(drawn: Drawn, table: Table): Thumbnail {
  const pictures = imagePage(table, 0, PICTURES, null, null)?.images ?? null
  return {
    id: drawn.id,
    rows: table.rows,
    points: pointsOf(table, drawn),
    pictures: pictures === null ? null : { ...pictures, pixels: Buffer.from(pictures.pixels).toString('base64') }
  }
}

export function shownThumbnail({
  rows,
  points,
  pictures
}: Thumbnail): Pick<SampleView, 'rows' | 'points' | 'pictures'> {
  return {
    rows,
    points: points.map(([x, y, group]) => ({ x, y, group })),
    pictures:
      pictures === null ? null : { ...pictures, pixels: Uint8Array.from(Buffer.from(pictures.pixels, 'base64')) }
  }
}

function pointsOf(table: Table, { thumbnail, target }: Drawn): [x: number, y: number, group: number][] {
  if (thumbnail === undefined) return []
  const x = coordinate(requireColumn(table, thumbnail.x))
  const y = coordinate(requireColumn(table, thumbnail.y))
  const answers = requireColumn(table, target)
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => x(row) >= 0 && y(row) >= 0)
  // Drawn, not every n-th: files are often sorted, or take turns between their classes.
  const chosen = permutation(0, 'thumbnail', 0, rows.length).subarray(0, Math.min(POINTS, rows.length))
  return Array.from(chosen, (index) => {
    const row = rows[index] ?? 0
    return [x(row), y(row), answers.type === 'category' ? Math.max(0, answers.codes[row] ?? 0) : 0]
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
