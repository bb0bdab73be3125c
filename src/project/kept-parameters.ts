import { roundToFloat32, type Parameters } from '../engine'

const LARGEST_FLOAT32 = 3.4028234663852886e38

/**
 * Weights as they are kept: rounded to float32, and its largest values where they are beyond its range, as those of a
 * diverging run may be.
 */
export function keptParameters(parameters: Parameters): Parameters {
  return new Map(
    [...roundToFloat32(parameters)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => Math.min(LARGEST_FLOAT32, Math.max(-LARGEST_FLOAT32, value))) }
    ])
  )
}
