/** The activation registry: one line per activation; forms list them in this order. */
import { ConfigError } from '../../shared/errors'
import type { Activation } from './activation'
import { elu } from './elu'
import { gelu } from './gelu'
import { identity } from './identity'
import { leakyRelu } from './leaky-relu'
import { relu } from './relu'
import { selu } from './selu'
import { sigmoid } from './sigmoid'
import { silu } from './silu'
import { softmax } from './softmax'
import { softplus } from './softplus'
import { tanh } from './tanh'

export type { Activation } from './activation'

export const activations = [relu, tanh, sigmoid, gelu, silu, leakyRelu, elu, selu, softplus, softmax, identity] as const

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
