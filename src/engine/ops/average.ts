/** What average pooling and its gradient share. */
import type { Attributes } from '../graph/graph'
import { booleanAttribute } from './op'
import { valuesInWindows, type Pooling } from './pooling'

/** For each output of a plane, 1 / the number of values it averages: padding counted or not. */
export function sharesOf({ window }: Pooling, attributes: Attributes): Float64Array {
  const { vertical, horizontal, rows, columns } = window
  const shares = new Float64Array(rows * columns)
  if (booleanAttribute(attributes, 'countIncludePad')) return shares.fill(1 / (vertical.kernel * horizontal.kernel))
  const [down, across] = [valuesInWindows(vertical), valuesInWindows(horizontal)]
  return shares.map((_, i) => 1 / ((down[Math.floor(i / columns)] ?? 1) * (across[i % columns] ?? 1)))
}

/** Both ways of counting. */
export const countings = [{ countIncludePad: true }, { countIncludePad: false }]
