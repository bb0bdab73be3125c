/** The initializer registry: one line per initializer. */
import { ConfigError } from '../../shared/errors'
import { glorotNormal, glorotUniform } from './glorot'
import { heNormal, heUniform } from './he'
import type { Initializer } from './initializer'
import { zeros } from './zeros'

export type { Initializer } from './initializer'

export const initializers: readonly Initializer[] = [glorotUniform, glorotNormal, heUniform, heNormal, zeros]

/** @throws ConfigError `unknown-initializer` */
export function initializerNamed(name: string): Initializer {
  const found = initializers.find((initializer) => initializer.name === name)
  if (found === undefined) {
    const known = initializers.map((initializer) => initializer.name).join(', ')
    throw new ConfigError('unknown-initializer', `There is no initializer "${name}"; known are ${known}.`)
  }
  return found
}
