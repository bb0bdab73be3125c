/** The optimizer registry: one line per optimizer. */
import { ConfigError } from '../../shared/errors'
import type { OptimizerSpec } from './optimizer'
import { sgd } from './sgd'

export type { OptimizerSpec } from './optimizer'

export const optimizerSpecs: readonly OptimizerSpec[] = [sgd]

/** @throws ConfigError `unknown-optimizer` */
export function optimizerNamed(type: string): OptimizerSpec {
  const found = optimizerSpecs.find((optimizer) => optimizer.type === type)
  if (found === undefined) {
    const known = optimizerSpecs.map((optimizer) => optimizer.type).join(', ')
    throw new ConfigError('unknown-optimizer', `There is no optimizer "${type}"; known are ${known}.`)
  }
  return found
}
