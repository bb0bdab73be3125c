/** ONNX's training operators, computed by the studio's optimizers. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { defaultsOf, type Config } from '../../../src/engine/fields'
import { optimizerNamed } from '../../../src/engine/optimizers'
import type { Rule, RuleContext } from '../context'

/** Of Adagrad and Adam in ONNX. */
const DEFAULT_EPSILON = 1e-6

/** How an ONNX operator says the same as one of our optimizers. */
interface Correspondence {
  readonly type: string
  readonly config: Config
  /** Tensors beside the weight and its gradient that it takes, and gives anew. */
  readonly states: number
  /** Its scalars at learning rate r and update count t. */
  readonly scalars: (rate: number, count: number) => readonly number[]
}

/** Inputs: r, t, then all weights, all gradients, all of each state; outputs: the weights, then the states, anew. */
function updates(context: RuleContext, { type, config, states, scalars }: Correspondence): readonly NodeId[] {
  const { graph } = context
  const optimizer = optimizerNamed(type)
  // Not checked against the studio's ranges: ONNX allows an ε of 0.
  const settings = { ...defaultsOf(optimizer.fields), ...config }
  const weights = (context.inputs.length - 2) / (2 + states)
  const entry = (kind: number, weight: number) => context.input(2 + kind * weights + weight)
  const values = scalars(context.values(0)?.[0] ?? NaN, context.values(1)?.[0] ?? NaN)
  const given = values.map((value) => graph.constant([], [value]))
  const results = Array.from({ length: weights }, (_, weight) =>
    optimizer.apply(
      graph,
      {
        parameter: entry(0, weight),
        gradient: entry(1, weight),
        state: Array.from({ length: states }, (_, state) => entry(2 + state, weight)),
        scalars: given
      },
      settings
    )
  )
  return [
    ...results.map(({ parameter }) => parameter),
    ...Array.from({ length: states }, (_, state) => results.map((result) => result.state[state] ?? -1)).flat()
  ]
}

function adagrad(context: RuleContext): readonly NodeId[] {
  const decay = context.number('decay_factor', 0)
  return updates(context, {
    type: 'adagrad',
    config: { eps: context.number('epsilon', DEFAULT_EPSILON), weightDecay: context.number('norm_coefficient', 0) },
    states: 1,
    scalars: (rate, count) => [rate / (1 + count * decay)]
  })
}

/** ONNX corrects the learning rate for the start at 0, and not at all at t = 0. */
function adam(context: RuleContext): readonly NodeId[] {
  const beta1 = context.number('alpha', 0.9)
  const beta2 = context.number('beta', 0.999)
  return updates(context, {
    type: 'adam',
    config: {
      beta1,
      beta2,
      eps: context.number('epsilon', DEFAULT_EPSILON),
      weightDecay: context.number('norm_coefficient', 0)
    },
    states: 2,
    scalars: (rate, count) => [count > 0 ? (rate * Math.sqrt(1 - beta2 ** count)) / (1 - beta1 ** count) : rate, 1]
  })
}

/** β, the share of a new gradient, is 1 at t = 0. */
function momentum(context: RuleContext): readonly NodeId[] {
  const beta = context.number('beta', 1)
  return updates(context, {
    type: 'sgd',
    config: {
      momentum: context.number('alpha', 0),
      dampening: 1 - beta,
      nesterov: context.text('mode', 'standard') === 'nesterov',
      weightDecay: context.number('norm_coefficient', 0)
    },
    states: 1,
    scalars: (rate, count) => [rate, count > 0 ? beta : 1]
  })
}

export const training: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Adagrad', adagrad],
  ['Adam', adam],
  ['Momentum', momentum]
]
