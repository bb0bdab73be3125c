import { booleanSetting, numberSetting, type Config } from '../fields'
import { zeros } from '../tensor/tensor'
import type { OptimizerSpec } from './optimizer'
import { epsField, learningRateField, momentumField, share, switchField, weightDecayField } from './settings'
import { declared, decayLine, isSet, movedTowards, plus, stepped, times, withDecay } from './terms'
import {
  average,
  gradientLines,
  named,
  nextLine,
  scaled,
  squareOf,
  steppedFrom,
  weightLine,
  type Expression
} from './update-line'

const slotSymbols = { meanSquare: 's', mean: 'm', velocity: 'v' } as const

/**
 * RMSprop (Tieleman and Hinton 2012, lecture 6.5; centered: Graves 2013, section 2.3), as PyTorch's `RMSprop`
 * computes it. With g the gradient (+ λ·w) and all state 0 at the start:
 *
 * s ← α·s + (1 − α)·g²,  w ← w − η · g / (√s + ε). Centered takes √(s − m²), m ← α·m + (1 − α)·g. With momentum:
 * v ← μ·v + g / (√s + ε),  w ← w − η·v.
 */
export const rmsprop: OptimizerSpec = {
  type: 'rmsprop',
  label: 'RMSprop',
  summary: 'Divides each gradient by its typical recent size, so that all weights move at a similar pace.',
  formula(config) {
    const centered = config['centered'] === true
    const step = centered ? 'g / (√(s − m²) + ε)' : 'g / (√s + ε)'
    return [
      ...decayLine(config),
      's ← α · s + (1 − α) · g²',
      ...(centered ? ['m ← α · m + (1 − α) · g'] : []),
      ...(isSet(config, 'momentum') ? [`v ← μ · v + ${step}`, 'w ← w − η · v'] : [`w ← w − η · ${step}`])
    ]
  },
  lines(config) {
    const { lines, gradient } = gradientLines(config)
    const centered = config['centered'] === true
    const meanSquare = nextLine(
      'meanSquare',
      slotSymbols.meanSquare,
      average('meanSquare', squareOf(gradient), 'alpha')
    )
    const mean = nextLine('mean', slotSymbols.mean, average('mean', named(gradient), 'alpha'))
    const averages = centered ? [meanSquare, mean] : [meanSquare]
    const direction = scaled(gradient, centered ? spread(meanSquare.name, mean.name) : named(meanSquare.name))
    if (!isSet(config, 'momentum')) {
      return [...lines, ...averages, weightLine(steppedFrom(named('w'), direction))]
    }
    const velocity = nextLine('velocity', slotSymbols.velocity, {
      formula: `@momentum \\cdot @velocity + ${direction.formula}`,
      value: (of) => of('momentum') * of('velocity') + direction.value(of)
    })
    return [...lines, ...averages, velocity, weightLine(steppedFrom(named('w'), named(velocity.name)))]
  },
  slotSymbols,
  fields: [
    learningRateField(0.01),
    {
      ...share('alpha', 'Alpha', 0.99),
      advanced: true,
      help: 'Share α of the mean squared gradient that is kept at each step: how slowly the step sizes adapt.'
    },
    epsField(1e-8),
    { ...momentumField(0), advanced: true },
    switchField('centered', 'Centered', 'Divides by the spread of the gradient around its mean instead of its size.'),
    weightDecayField(0)
  ],
  init: (shape, config) => slotNames(config).map((name) => ({ name, initial: zeros(shape) })),
  scalars: (config) => [{ name: 'learningRate', value: numberSetting(config, 'learningRate') }],
  apply(graph, { parameter, gradient, state, scalars }, config) {
    const slots = new Map(slotNames(config).map((name, i) => [name, declared(state, i)]))
    const alpha = numberSetting(config, 'alpha')
    const decayed = withDecay(graph, gradient, parameter, numberSetting(config, 'weightDecay'))
    const meanSquare = movedTowards(graph, declared(state, 0), graph.apply('square', [decayed]), alpha)
    const next = [meanSquare]
    let spread = meanSquare
    const meanBefore = slots.get('mean')
    if (meanBefore !== undefined) {
      const mean = movedTowards(graph, meanBefore, decayed, alpha)
      next.push(mean)
      // Never below 0 in exact numbers; rounding must not make a NaN of the root.
      spread = graph.apply('relu', [graph.apply('subtract', [meanSquare, graph.apply('square', [mean])])])
    }
    const divisor = plus(graph, graph.apply('sqrt', [spread]), numberSetting(config, 'eps'))
    let direction = graph.apply('divide', [decayed, divisor])
    const velocityBefore = slots.get('velocity')
    if (velocityBefore !== undefined) {
      direction = graph.apply('add', [times(graph, numberSetting(config, 'momentum'), velocityBefore), direction])
      next.push(direction)
    }
    return { parameter: stepped(graph, parameter, declared(scalars, 0), direction), state: next }
  }
}

/** s − m²: never below 0 in exact numbers, and not by rounding either. */
function spread(meanSquare: string, mean: string): Expression {
  return {
    formula: `\\max(0, @${meanSquare} - @${mean}^2)`,
    value: (of) => Math.max(0, of(meanSquare) - of(mean) * of(mean))
  }
}

/** PyTorch's square_avg, grad_avg and momentum_buffer, where the settings need them. */
function slotNames(config: Config): readonly string[] {
  return [
    'meanSquare',
    ...(booleanSetting(config, 'centered') ? ['mean'] : []),
    ...(numberSetting(config, 'momentum') === 0 ? [] : ['velocity'])
  ]
}
