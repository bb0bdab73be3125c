/** Images of a table, for showing. */
import type { ImagePageView } from '../shared/views'
import { cellText } from './profile'
import { imageSize, requireColumn, type Table } from './table'

/** Bytes sent at once at most. */
const mostBytes = 8 * 1024 * 1024

/**
 * A page of the images: at most `count` of them from the `from`-th on, with what stands in a column of their rows; no more than
 * 8 MB. Null when the table has none.
 * @param name of the column; null for no labels
 * @param value only rows with that text in the column; null for all rows
 * @throws DataFormatError `missing-column`
 */
export function imagePage(
  table: Table,
  from: number,
  count: number,
  name: string | null,
  value: string | null
): ImagePageView | null {
  const column = table.columns.find(({ type }) => type === 'image')
  if (column?.type !== 'image') return null
  const labels = name === null ? null : requireColumn(table, name)
  const text = (row: number) => (labels === null ? null : cellText(labels, row))
  const all = Array.from({ length: table.rows }, (_, row) => row)
  const wanted = value === null ? all : all.filter((row) => text(row) === value)
  const { width, height, channels } = column
  const size = imageSize(column)
  const rows = wanted.slice(from, from + Math.min(count, Math.max(1, Math.floor(mostBytes / size))))
  const pixels = new Uint8Array(rows.length * size)
  for (const [i, row] of rows.entries()) pixels.set(column.pixels.subarray(row * size, (row + 1) * size), i * size)
  return { total: wanted.length, rows, images: { width, height, channels, pixels }, labels: rows.map(text) }
}
