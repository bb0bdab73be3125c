/** The activation registry: one line per activation. */
import { ConfigError } from '../../shared/errors'
import type { Activation } from './activation'
import { identity } from './identity'
import { relu } from './relu'
import { sigmoid } from './sigmoid'
import { tanh } from './tanh'

export type { Activation } from './activation'

export const activations = [relu, tanh, sigmoid, identity] as const

export type ActivationName = (typeof activations)[number]['name']

/** @throws ConfigError `unknown-activation` */
export function activationNamed(name: string): Activation {
  const found = activations.find((activation) => activation.name === name)
  if (found === undefined) {
    const known = activations.map((activation) => activation.name).join(', ')
    throw new ConfigError('unknown-activation', `There is no activation "${name}"; known are ${known}.`)
  }
  return found
}
