/** Windows as a network takes them, read out of the rows in their order whenever somebody asks: nothing is held T times. */
import type { RowSource } from '../../engine'

/** Prepared rows [places, F], row-major. */
export interface OrderedFeatures {
  readonly width: number
  readonly data: Float64Array
}

/**
 * x[f, k] = features[end − T + 1 + k, f]: [N, F, T], the oldest row first, channels × time as Conv 1D takes it.
 * @param ends the place of each window's last row
 */
export function windowSource({ width, data }: OrderedFeatures, ends: Int32Array, steps: number): RowSource {
  return {
    shape: [ends.length, width, steps],
    write(windows, into, at) {
      let to = at
      for (const window of windows) {
        const from = ((ends[window] ?? 0) - steps + 1) * width
        for (let feature = 0; feature < width; feature++) {
          for (let step = 0; step < steps; step++) into[to++] = data[from + step * width + feature] ?? 0
        }
      }
    }
  }
}
