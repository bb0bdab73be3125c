/** Draws whose variance follows from the sizes of a weight. */
import { fans, fillNormal, fillUniform, type Fans, type Initializer } from './initializer'

/** What a variance is divided by. */
export interface Divisor {
  /** As formulas write it. */
  readonly text: string
  of(fans: Fans): number
}

export const byFanIn: Divisor = { text: 'fanIn', of: ({ fanIn }) => fanIn }
export const byBothFans: Divisor = { text: '(fanIn + fanOut)', of: ({ fanIn, fanOut }) => fanIn + fanOut }

/**
 * Two initializers of mean 0 and variance `numerator` / divisor: uniform in ±√(3 · variance), and normal.
 * @param name `he` for `he-uniform` and `he-normal`
 */
export function varianceScaling(
  name: string,
  label: string,
  numerator: number,
  divisor: Divisor
): readonly [uniform: Initializer, normal: Initializer] {
  return [
    {
      name: `${name}-uniform`,
      label: `${label} uniform`,
      formula: `uniform in ±√(${3 * numerator} / ${divisor.text})`,
      fill(data, shape, random) {
        fillUniform(data, Math.sqrt((3 * numerator) / divisor.of(fans(shape))), random)
      }
    },
    {
      name: `${name}-normal`,
      label: `${label} normal`,
      formula: `normal with deviation √(${numerator} / ${divisor.text})`,
      fill(data, shape, random) {
        fillNormal(data, Math.sqrt(numerator / divisor.of(fans(shape))), random)
      }
    }
  ]
}
