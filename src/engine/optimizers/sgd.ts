import { booleanSetting, numberSetting, type Config } from '../fields'
import { zeros } from '../tensor/tensor'
import type { OptimizerSpec } from './optimizer'
import { learningRateField, momentumField, share, switchField, weightDecayField } from './settings'
import { declared, decayLine, isSet, stepped, times, withDecay } from './terms'
import { gradientLines, named, nextLine, steppedFrom, weightLine, type Expression } from './update-line'

const slotSymbols = { velocity: 'v' } as const

/**
 * Stochastic gradient descent as PyTorch's `SGD` defines it. With g the gradient (+ λ·w):
 *
 * v ← μ·v + (1 − τ)·g, w ← w − η·v; the first step takes v = g whole, whatever the dampening τ. Nesterov steps by
 * g + μ·v instead of v. Without momentum (μ = 0): w ← w − η·g, and no state is kept.
 *
 * PyTorch refuses Nesterov with dampening or without momentum; here the same formula is computed.
 */
export const sgd: OptimizerSpec = {
  type: 'sgd',
  label: 'SGD',
  summary: 'Steps against the gradient; momentum keeps some of the direction of the steps before.',
  formula(config) {
    if (!isSet(config, 'momentum')) return [...decayLine(config), 'w ← w − η · g']
    const taken = isSet(config, 'dampening') ? '(1 − τ) · g' : 'g'
    const direction = config['nesterov'] === true ? '(g + μ · v)' : 'v'
    return [...decayLine(config), `v ← μ · v + ${taken}`, `w ← w − η · ${direction}`]
  },
  lines(config, step) {
    const { lines, gradient } = gradientLines(config)
    if (!isSet(config, 'momentum')) return [...lines, weightLine(steppedFrom(named('w'), named(gradient)))]
    const dampened = isSet(config, 'dampening') && step > 1
    const velocity = nextLine('velocity', slotSymbols.velocity, {
      formula: `@momentum \\cdot @velocity + ${dampened ? '(1 - @dampening) \\cdot ' : ''}@${gradient}`,
      value: (of) => of('momentum') * of('velocity') + (dampened ? 1 - of('dampening') : 1) * of(gradient)
    })
    const ahead: Expression = {
      formula: `(@${gradient} + @momentum \\cdot @${velocity.name})`,
      value: (of) => of(gradient) + of('momentum') * of(velocity.name)
    }
    const direction = config['nesterov'] === true ? ahead : named(velocity.name)
    return [...lines, velocity, weightLine(steppedFrom(named('w'), direction))]
  },
  slotSymbols,
  fields: [
    learningRateField(0.1),
    momentumField(0.9),
    switchField(
      'nesterov',
      'Nesterov',
      'Looks ahead: steps by g + μ · v, the gradient and where the momentum goes next. Only of use with momentum.'
    ),
    {
      ...share('dampening', 'Dampening', 0),
      advanced: true,
      help: 'Share τ of each gradient that is kept out of the velocity, which then grows by (1 − τ) · g. Only of use with momentum.'
    },
    weightDecayField(0)
  ],
  init: (shape, config) => (hasVelocity(config) ? [{ name: 'velocity', initial: zeros(shape) }] : []),
  scalars: (config, step) => [
    { name: 'learningRate', value: numberSetting(config, 'learningRate') },
    ...(isDampened(config) ? [{ name: 'intake', value: step === 1 ? 1 : 1 - numberSetting(config, 'dampening') }] : [])
  ],
  apply(graph, { parameter, gradient, state, scalars }, config) {
    const learningRate = declared(scalars, 0)
    const decayed = withDecay(graph, gradient, parameter, numberSetting(config, 'weightDecay'))
    if (!hasVelocity(config)) return { parameter: stepped(graph, parameter, learningRate, decayed), state: [] }
    const momentum = numberSetting(config, 'momentum')
    const taken = isDampened(config) ? graph.apply('multiply', [declared(scalars, 1), decayed]) : decayed
    const velocity = graph.apply('add', [times(graph, momentum, declared(state, 0)), taken])
    const direction = booleanSetting(config, 'nesterov')
      ? graph.apply('add', [decayed, times(graph, momentum, velocity)])
      : velocity
    return { parameter: stepped(graph, parameter, learningRate, direction), state: [velocity] }
  }
}

function hasVelocity(config: Config): boolean {
  return numberSetting(config, 'momentum') !== 0
}

function isDampened(config: Config): boolean {
  return hasVelocity(config) && numberSetting(config, 'dampening') !== 0
}
