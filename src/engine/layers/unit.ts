/** What layers of units share, dense or convolving: each weighs its inputs, adds a bias and applies an activation. */
import { activationNamed, activations } from '../activations'
import { numberSetting, textSetting, type Config, type Field } from '../fields'
import type { NodeId } from '../graph/graph'
import { DEFAULT_CONSTANT, weightInitializers } from '../initializers'
import type { LayerContext, ParameterSpec } from './layer'

const AUTO = 'auto'
const CONSTANT = 'constant'

/** The settings `activation`, `initializer` and `initialWeight`. @param choices those of the activations that make sense for the layer */
export function unitFields(choices: readonly { readonly name: string; readonly label: string }[]): readonly Field[] {
  return [
    {
      key: 'activation',
      label: 'Activation',
      kind: 'choice',
      default: 'relu',
      choices: choices.map(({ name, label }) => ({ value: name, label })),
      help: 'Function applied to each unit. Without one (identity) stacked layers could do no more than a single one.'
    },
    {
      key: 'initializer',
      label: 'First weights',
      kind: 'choice',
      default: AUTO,
      choices: [
        { value: AUTO, label: 'Automatic' },
        ...weightInitializers.map(({ name, label }) => ({ value: name, label }))
      ],
      help: 'How the weights are drawn before training. Automatic takes what suits the activation (He for ReLU, Glorot for Tanh); biases start at 0.'
    },
    {
      key: 'initialWeight',
      label: 'Value of each weight',
      kind: 'number',
      default: DEFAULT_CONSTANT,
      min: -1000,
      max: 1000,
      when: { key: 'initializer', value: CONSTANT },
      help: 'What every weight is before training, where first weights are constant. All units then learn the same.'
    }
  ]
}

/** Adds f(z) to the graph, f the activation that a config of `unitFields` chooses. */
export function activated({ graph, preActivation }: LayerContext, z: NodeId, config: Config): NodeId {
  preActivation(z)
  return activationNamed(textSetting(config, 'activation')).build(graph, z)
}

/** All activations: for layers whose units stand along the last axis, where softmax makes them compete. */
export const allActivations: readonly { readonly name: string; readonly label: string }[] = activations

/** Those that act on each number alone. */
export const elementwiseActivations = allActivations.filter(({ name }) => name !== 'softmax')

/** The initializer that a config of `unitFields` chooses. */
export function weightInitializer(config: Config): Pick<ParameterSpec, 'initializer' | 'initialWeight'> {
  const initializer = textSetting(config, 'initializer')
  if (initializer === AUTO) return { initializer: activationNamed(textSetting(config, 'activation')).initializer }
  return initializer === CONSTANT
    ? { initializer, initialWeight: numberSetting(config, 'initialWeight') }
    : { initializer }
}
