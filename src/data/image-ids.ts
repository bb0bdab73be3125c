/** Which images of a column are the same, pixel for pixel. */
import { createHash } from 'node:crypto'
import { imageSize, type ImageColumn } from './table'

const made = new WeakMap<ImageColumn, Int32Array>()

/** A number for each row, from 0 up in the order of the first rows: equal where the pixels are. Worked out once. */
export function imageIds(column: ImageColumn): Int32Array {
  let ids = made.get(column)
  if (ids === undefined) {
    const size = imageSize(column)
    const seen = new Map<string, number>()
    ids = Int32Array.from({ length: column.pixels.length / size }, (_, row) => {
      const pixels = column.pixels.subarray(row * size, (row + 1) * size)
      const key = createHash('sha256').update(pixels).digest('base64')
      const id = seen.get(key) ?? seen.size
      seen.set(key, id)
      return id
    })
    made.set(column, ids)
  }
  return ids
}
