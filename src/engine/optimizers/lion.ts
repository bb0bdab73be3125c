import { numberSetting } from '../fields'
import { zeros } from '../tensor/tensor'
import type { OptimizerSpec } from './optimizer'
import { betaField, learningRateField, weightDecayField } from './settings'
import { declared, isSet, keptShare, movedTowards, shrunk, stepped } from './terms'
import {
  average,
  keptWeight,
  named,
  nextLine,
  steppedFrom,
  weightLine,
  type Expression,
  type UpdateLine
} from './update-line'

const slotSymbols = { mean: 'm' } as const

/**
 * Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2); m starts at 0:
 *
 * w ← (1 − η·λ)·w − η · sign(β₁·m + (1 − β₁)·g),  then m ← β₂·m + (1 − β₂)·g.
 *
 * Every weight moves by η at every step, so the paper takes a learning rate 3 to 10 times smaller than AdamW's.
 */
export const lion: OptimizerSpec = {
  type: 'lion',
  label: 'Lion',
  summary: 'Moves every weight by the same amount, against the sign of its smoothed gradient.',
  formula: (config) => [
    'c = β₁ · m + (1 − β₁) · g',
    isSet(config, 'weightDecay') ? 'w ← (1 − η · λ) · w − η · sign(c)' : 'w ← w − η · sign(c)',
    'm ← β₂ · m + (1 − β₂) · g'
  ],
  lines(config) {
    const decided: UpdateLine = { name: 'decided', symbol: 'c', ...average('mean', named('g'), 'beta1') }
    const sign: Expression = {
      formula: `\\operatorname{sign}(@${decided.name})`,
      value: (of) => Math.sign(of(decided.name))
    }
    return [
      decided,
      nextLine('mean', slotSymbols.mean, average('mean', named('g'), 'beta2')),
      weightLine(steppedFrom(keptWeight(config), sign))
    ]
  },
  slotSymbols,
  fields: [
    learningRateField(0.002),
    betaField('beta1', 0.9, 'Share β₁ of the mean gradient in what decides the sign; the rest is the new gradient.'),
    betaField(
      'beta2',
      0.99,
      'Share β₂ of the mean gradient that is kept at each step: how long a direction is remembered.'
    ),
    weightDecayField(0)
  ],
  init: (shape) => [{ name: 'mean', initial: zeros(shape) }],
  scalars: (config) => [{ name: 'learningRate', value: numberSetting(config, 'learningRate') }, ...keptShare(config)],
  apply(graph, { parameter, gradient, state, scalars }, config) {
    const mean = declared(state, 0)
    const direction = graph.apply('sign', [movedTowards(graph, mean, gradient, numberSetting(config, 'beta1'))])
    return {
      parameter: stepped(graph, shrunk(graph, parameter, scalars[1]), declared(scalars, 0), direction),
      state: [movedTowards(graph, mean, gradient, numberSetting(config, 'beta2'))]
    }
  }
}
