/** In which order points are computed, so that a picture of the whole is there after a few percent of them. */

/** Points that together make a picture with one of them every `stride` in each direction. */
export interface Level {
  readonly stride: number
  /** How many points there are up to the end of this level. */
  readonly until: number
}

export interface CoarseToFine {
  /** Numbers of the points, each once: row · size + column. */
  readonly order: Int32Array
  readonly levels: readonly Level[]
}

/** Points on a side of the first picture, at least, where there are as many. */
const FIRST = 5

/**
 * A grid of `rows` × `columns` points with every 2ᵏ-th row and column first, then every 2ᵏ⁻¹-th, and so on: 6 × 6 points of 41 × 41,
 * then 11 × 11. The last row and column belong to every level, so that each picture reaches to the edge.
 * @param rows 1 for a line
 */
export function coarseToFine(rows: number, columns: number): CoarseToFine {
  const order = new Int32Array(rows * columns)
  const taken = new Uint8Array(rows * columns)
  const levels: Level[] = []
  let until = 0
  const side = Math.max(rows, columns) - 1
  let stride = 1
  while (side / (2 * stride) >= FIRST) stride *= 2
  for (; stride >= 1; stride /= 2) {
    for (const row of placesOf(rows, stride)) {
      for (const column of placesOf(columns, stride)) {
        const point = row * columns + column
        if (taken[point] === 1) continue
        taken[point] = 1
        order[until++] = point
      }
    }
    levels.push({ stride, until })
  }
  return { order, levels }
}

/** 0, stride, 2 · stride, …, and the last one. */
function placesOf(count: number, stride: number): number[] {
  const places = Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride)
  return places.at(-1) === count - 1 ? places : [...places, count - 1]
}
