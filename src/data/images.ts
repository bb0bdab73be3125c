/** Images of a table, for showing. */
import type { ImagesView } from '../shared/views'
import { imageSize, type Table } from './table'

/** Bytes sent at once at most. */
const mostBytes = 8 * 1024 * 1024

/**
 * The images of rows `from`, `from + 1`, …: at most `count` of them, none beyond the end, and no more than 8 MB; null when
 * the table has none.
 */
export function tableImages(table: Table, from: number, count: number): ImagesView | null {
  const column = table.columns.find(({ type }) => type === 'image')
  if (column?.type !== 'image') return null
  const { width, height, channels, pixels } = column
  const size = imageSize(column)
  const first = Math.min(table.rows, Math.max(0, from))
  const shown = Math.min(count, table.rows - first, Math.max(1, Math.floor(mostBytes / size)))
  return { width, height, channels, pixels: pixels.slice(first * size, (first + shown) * size) }
}
