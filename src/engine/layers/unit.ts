/** What layers of units share, dense or convolving: each weighs its inputs, adds a bias and applies an activation. */
import { activationNamed, activations } from '../activations'
import { textSetting, type Config, type Field } from '../fields'
import { weightInitializers } from '../initializers'

const AUTO = 'auto'

/** The settings `activation` and `initializer`. @param choices those of the activations that make sense for the layer */
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
    }
  ]
}

/** All activations: for layers whose units stand along the last axis, where softmax makes them compete. */
export const allActivations: readonly { readonly name: string; readonly label: string }[] = activations

/** Those that act on each number alone. */
export const elementwiseActivations = allActivations.filter(({ name }) => name !== 'softmax')

/** The name of the initializer that a config of `unitFields` chooses. */
export function weightInitializer(config: Config): string {
  const chosen = textSetting(config, 'initializer')
  return chosen === AUTO ? activationNamed(textSetting(config, 'activation')).initializer : chosen
}
