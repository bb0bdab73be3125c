/**
 * What poolings share: windows over the planes of [N, C, H, W], each plane on its own. Attributes: those of window.ts, and
 * `kernel` [kH, kW].
 */
import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { sameShape, showShape } from '../tensor/tensor'
import { outputsOnValues, windowCount, type WindowAxis } from '../tensor/window'
import { numbersAttribute, operand, type Kernel, type Op, type OpCase } from './op'
import { forEachRun, imagesOf, windowOf, type Window } from './window'

export interface Pooling {
  readonly planes: number
  readonly window: Window
  /** [N, C, rows, columns] */
  readonly output: Shape
}

/** @throws ShapeError when no window fits, or one holds padding alone */
export function poolingOf(images: Shape | undefined, attributes: Attributes): Pooling {
  const [count, channels, height, width] = imagesOf(images)
  const window = windowOf([height, width], numbersAttribute(attributes, 'kernel'), attributes)
  if ([window.vertical, window.horizontal].some((axis) => valuesInWindows(axis).includes(0))) {
    throw new ShapeError('shape-mismatch', 'expected a value in every window, not padding alone')
  }
  return { planes: count * channels, window, output: [count, channels, window.rows, window.columns] }
}

/** For each output along an axis, the taps of its window that stand on values. */
export function valuesInWindows(axis: WindowAxis): readonly number[] {
  const counts: number[] = []
  for (let tap = 0; tap < axis.kernel; tap++) {
    const { first, end } = outputsOnValues(axis, tap)
    for (let output = first; output < end; output++) counts[output] = (counts[output] ?? 0) + 1
  }
  return Array.from({ length: windowCount(axis) }, (_, output) => counts[output] ?? 0)
}

/** @throws ShapeError unless the second input has the shape */
export function checkShape(what: string, shape: Shape | undefined, expected: Shape): void {
  if (shape === undefined || !sameShape(shape, expected)) {
    throw new ShapeError('shape-mismatch', `expected ${what} ${showShape(expected)}`)
  }
}

/**
 * For each output the place of the largest value of its window: the first of equal ones in row-major order, the first NaN
 * where there is one.
 */
export function placesOfLargest({ planes, window }: Pooling): (x: Float64Array) => Int32Array {
  const { vertical, horizontal, rows, columns } = window
  const plane = vertical.size * horizontal.size
  const places = new Int32Array(planes * rows * columns)
  return (x) => {
    places.fill(-1)
    for (let at = 0; at < planes; at++) {
      forEachTap(window, (output, value, count, step) => {
        for (let i = 0; i < count; i++) {
          const to = at * rows * columns + output + i
          const place = at * plane + value + i * step
          const best = x[places[to] ?? -1]
          const here = x[place] ?? 0
          if (best === undefined || here > best || (Number.isNaN(here) && !Number.isNaN(best))) places[to] = place
        }
      })
    }
    return places
  }
}

/** Runs of outputs under each tap of the window in turn, within one plane. */
export function forEachTap(window: Window, visit: Parameters<typeof forEachRun>[3]): void {
  for (let row = 0; row < window.vertical.kernel; row++) {
    for (let column = 0; column < window.horizontal.kernel; column++) forEachRun(window, row, column, visit)
  }
}

/** y[o] = v[place of the largest x in the window of o] */
export function takeLargest(shapes: readonly Shape[], attributes: Attributes, from: 0 | 1): Kernel {
  const placesIn = placesOfLargest(poolingOf(shapes[0], attributes))
  return (inputs, y) => {
    const places = placesIn(operand(inputs, 0))
    const values = operand(inputs, from)
    for (let i = 0; i < y.length; i++) y[i] = values[places[i] ?? 0] ?? 0
  }
}

const plain = { stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1] }

/** Random draws hold no equal values, at which the largest one would have no derivative. */
const poolingCases: readonly { readonly images: Shape; readonly attributes: Attributes }[] = [
  { images: [1, 1, 1, 1], attributes: { ...plain, kernel: [1, 1], stride: [1, 1] } },
  { images: [2, 3, 4, 6], attributes: { ...plain, kernel: [2, 2] } },
  // Odd sizes: the last row and column are in no window.
  { images: [1, 2, 5, 7], attributes: { ...plain, kernel: [2, 2] } },
  { images: [2, 1, 6, 5], attributes: { ...plain, kernel: [3, 2], stride: [1, 1], padding: [1, 1, 1, 0] } },
  { images: [1, 2, 8, 7], attributes: { ...plain, kernel: [2, 1], stride: [3, 2] } },
  { images: [1, 2, 2, 3], attributes: { ...plain, kernel: [5, 4], stride: [1, 2], padding: [3, 2, 2, 3] } },
  { images: [1, 1, 7, 8], attributes: { ...plain, kernel: [2, 3], dilation: [3, 2], padding: [0, 1, 1, 2] } }
]

/** Around whole vectors of outputs. */
const kernelCases: typeof poolingCases = [
  { images: [0, 3, 4, 4], attributes: { ...plain, kernel: [2, 2] } },
  { images: [2, 3, 16, 16], attributes: { ...plain, kernel: [2, 2] } },
  { images: [3, 2, 14, 15], attributes: { ...plain, kernel: [2, 2] } },
  { images: [2, 2, 9, 8], attributes: { ...plain, kernel: [2, 2] } },
  { images: [1, 2, 10, 22], attributes: { ...plain, kernel: [2, 2], padding: [0, 0, 1, 1] } },
  { images: [2, 3, 13, 17], attributes: { ...plain, kernel: [3, 3], padding: [1, 1, 1, 1] } },
  { images: [2, 5, 7, 9], attributes: { ...plain, kernel: [7, 9], stride: [1, 1] } }
]

/** As cases of a primitive. */
export function poolingCasesOf(
  caseOf: (images: Shape, output: Shape, attributes: Attributes) => OpCase,
  settings: readonly Attributes[] = [{}]
): Pick<Op, 'cases' | 'kernelCases'> {
  const made = (cases: typeof poolingCases) =>
    settings.flatMap((setting) =>
      cases.map(({ images, attributes }) =>
        caseOf(images, poolingOf(images, attributes).output, { ...attributes, ...setting })
      )
    )
  return { cases: made(poolingCases), kernelCases: made(kernelCases) }
}
