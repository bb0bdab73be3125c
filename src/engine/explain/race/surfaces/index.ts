/** The surface registry: one line per surface; people choose from them in this order, the first is the default. */
import { ConfigError } from '../../../../shared/errors'
import { beale } from './beale'
import { bowl } from './bowl'
import { himmelblau } from './himmelblau'
import { ravine } from './ravine'
import { rosenbrock } from './rosenbrock'
import { saddle } from './saddle'
import type { SurfaceSpec } from './surface'
import { twoValleys } from './two-valleys'

export type { Minimum, Place, SurfaceSpec } from './surface'

export const surfaceSpecs: readonly SurfaceSpec[] = [twoValleys, bowl, ravine, rosenbrock, saddle, beale, himmelblau]

/** @throws ConfigError `unknown-surface` */
export function surfaceNamed(name: string): SurfaceSpec {
  const found = surfaceSpecs.find((surface) => surface.name === name)
  if (found === undefined) {
    const known = surfaceSpecs.map((surface) => surface.name).join(', ')
    throw new ConfigError('unknown-surface', `There is no surface "${name}"; known are ${known}.`)
  }
  return found
}
