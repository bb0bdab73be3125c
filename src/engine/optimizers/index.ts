/** The optimizer registry: one line per optimizer; forms list them in this order, the first is the default. */
import { ConfigError } from '../../shared/errors'
import { adagrad } from './adagrad'
import { adam } from './adam'
import { adamw } from './adamw'
import { lion } from './lion'
import type { OptimizerSpec } from './optimizer'
import { rmsprop } from './rmsprop'
import { sgd } from './sgd'

export type { OptimizerSpec } from './optimizer'

export const optimizerSpecs: readonly OptimizerSpec[] = [sgd, adam, adamw, rmsprop, adagrad, lion]

/** @throws ConfigError `unknown-optimizer` */
export function optimizerNamed(type: string): OptimizerSpec {
  const found = optimizerSpecs.find((optimizer) => optimizer.type === type)
  if (found === undefined) {
    const known = optimizerSpecs.map((optimizer) => optimizer.type).join(', ')
    throw new ConfigError('unknown-optimizer', `There is no optimizer "${type}"; known are ${known}.`)
  }
  return found
}
