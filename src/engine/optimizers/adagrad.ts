import { numberSetting } from '../fields'
import { sizeOf, tensor } from '../tensor/tensor'
import type { OptimizerSpec } from './optimizer'
import { epsField, learningRateField, weightDecayField } from './settings'
import { declared, decayLine, isSet, plus, stepped, withDecay } from './terms'
import { gradientLines, named, nextLine, scaled, steppedFrom, weightLine, type UpdateLine } from './update-line'

const slotSymbols = { squareSum: 's' } as const

/**
 * Adagrad (Duchi, Hazan and Singer 2011), as PyTorch's `Adagrad` computes it. With g the gradient (+ λ·w) and t the
 * step from 1; s starts at the initial accumulator:
 *
 * s ← s + g²,  w ← w − ηₜ · g / (√s + ε),  ηₜ = η / (1 + (t − 1)·ρ).
 *
 * Defaults are PyTorch's but for the learning rate (there 0.01): small tables give few steps.
 */
export const adagrad: OptimizerSpec = {
  type: 'adagrad',
  label: 'Adagrad',
  summary: 'Divides each gradient by the size of all gradients so far: weights that moved much move less and less.',
  formula(config) {
    const slows = isSet(config, 'learningRateDecay')
    const rate = slows ? ['ηₜ = η / (1 + (t − 1) · ρ)'] : []
    return [...decayLine(config), ...rate, 's ← s + g²', `w ← w − ${slows ? 'ηₜ' : 'η'} · g / (√s + ε)`]
  },
  lines(config) {
    const { lines, gradient } = gradientLines(config)
    const slowed: UpdateLine = {
      name: 'slowedRate',
      symbol: '\\eta_t',
      formula: '\\frac{@learningRate}{1 + (@t - 1) \\cdot @learningRateDecay}',
      value: (of) => of('learningRate') / (1 + (of('t') - 1) * of('learningRateDecay'))
    }
    const sum = nextLine('squareSum', slotSymbols.squareSum, {
      formula: `@squareSum + @${gradient}^2`,
      value: (of) => of('squareSum') + of(gradient) * of(gradient)
    })
    const direction = scaled(gradient, named(sum.name))
    return isSet(config, 'learningRateDecay')
      ? [...lines, slowed, sum, weightLine(steppedFrom(named('w'), direction, slowed.name))]
      : [...lines, sum, weightLine(steppedFrom(named('w'), direction))]
  },
  slotSymbols,
  fields: [
    learningRateField(0.1),
    {
      key: 'learningRateDecay',
      label: 'Learning rate decay',
      kind: 'number',
      default: 0,
      min: 0,
      max: 1e6,
      advanced: true,
      help: 'How fast the learning rate itself falls: at step t it is η / (1 + (t − 1) · ρ). 0 leaves it steady.'
    },
    {
      key: 'initialAccumulator',
      label: 'Initial accumulator',
      kind: 'number',
      default: 0,
      min: 0,
      max: 1e6,
      advanced: true,
      help: 'What the sum of squared gradients starts from. Above 0 the first steps are smaller.'
    },
    epsField(1e-10),
    weightDecayField(0)
  ],
  init(shape, config) {
    const initial = new Float64Array(sizeOf(shape)).fill(numberSetting(config, 'initialAccumulator'))
    return [{ name: 'squareSum', initial: tensor(shape, initial) }]
  },
  scalars(config, step) {
    const slower = 1 + (step - 1) * numberSetting(config, 'learningRateDecay')
    return [{ name: 'learningRate', value: numberSetting(config, 'learningRate') / slower }]
  },
  apply(graph, { parameter, gradient, state, scalars }, config) {
    const decayed = withDecay(graph, gradient, parameter, numberSetting(config, 'weightDecay'))
    const squareSum = graph.apply('add', [declared(state, 0), graph.apply('square', [decayed])])
    const divisor = plus(graph, graph.apply('sqrt', [squareSum]), numberSetting(config, 'eps'))
    const direction = graph.apply('divide', [decayed, divisor])
    return { parameter: stepped(graph, parameter, declared(scalars, 0), direction), state: [squareSum] }
  }
}
