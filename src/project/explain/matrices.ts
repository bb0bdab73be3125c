/** Vectors and matrices as TeX; of large ones the corners. */
import { numberTex } from '../../shared/formula'

/** Rows and columns that are written out. */
const MOST = 8
const DIGITS = 4

/** A column of numbers. */
export function vectorTex(values: ArrayLike<number>): string {
  return matrixTex(values, 1)
}

/** Row-major numbers, so many to a row. */
export function matrixTex(values: ArrayLike<number>, width: number): string {
  const height = width === 0 ? 0 : values.length / width
  const rows = places(height).map((row) =>
    places(width)
      .map((column) => entry(values, width, row, column))
      .join(' & ')
  )
  return `\\begin{pmatrix} ${rows.join(' \\\\ ')} \\end{pmatrix}`
}

/** What is left out of a matrix of that size, in words; null where nothing is. */
export function leftOut(height: number, width: number): string | null {
  if (height <= MOST && width <= MOST) return null
  return width === 1 ? `${height} numbers` : `${height} × ${width} numbers`
}

/** Indices that are written out, and null for those between. */
function places(count: number): readonly (number | null)[] {
  if (count <= MOST) return Array.from({ length: count }, (_, i) => i)
  const half = Math.floor((MOST - 1) / 2)
  const head = Array.from({ length: MOST - 1 - half }, (_, i) => i)
  return [...head, null, ...Array.from({ length: half }, (_, i) => count - half + i)]
}

function entry(values: ArrayLike<number>, width: number, row: number | null, column: number | null): string {
  if (row === null) return column === null ? '\\ddots' : '\\vdots'
  return column === null ? '\\cdots' : numberTex(values[row * width + column] ?? NaN, DIGITS)
}
