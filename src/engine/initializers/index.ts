/** The initializer registry: one line per initializer. */
import { ConfigError } from '../../shared/errors'
import { constantWeights } from './constant'
import { glorotNormal, glorotUniform } from './glorot'
import { heNormal, heUniform } from './he'
import type { Initializer } from './initializer'
import { lecunNormal, lecunUniform } from './lecun'
import { ones } from './ones'
import { orthogonal } from './orthogonal'
import { zeros } from './zeros'

export { DEFAULT_CONSTANT } from './constant'
export type { Initializer } from './initializer'

/** What weights may be drawn by; forms list them in this order. */
export const weightInitializers: readonly Initializer[] = [
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
  constantWeights
]

export const initializers: readonly Initializer[] = [...weightInitializers, zeros, ones]

/** @throws ConfigError `unknown-initializer` */
export function initializerNamed(name: string): Initializer {
  const found = initializers.find((initializer) => initializer.name === name)
  if (found === undefined) {
    const known = initializers.map((initializer) => initializer.name).join(', ')
    throw new ConfigError('unknown-initializer', `There is no initializer "${name}"; known are ${known}.`)
  }
  return found
}
