/**
 * What models say about shapes while they run, and ours when they are built. These have no tests of ours: they serve the
 * models that define one operator by others.
 */
import type { NodeId } from '../../../src/engine/graph/graph'
import { sizeOf } from '../../../src/engine/tensor/tensor'
import { filled } from '../compose'
import { NotCovered, type Rule, type RuleContext } from '../context'

/** A tensor, one number or several. */
function constant(context: RuleContext): NodeId {
  const { graph } = context
  const tensor = context.tensor('value')
  if (tensor !== null) return graph.constant(tensor.shape, tensor.data)
  const list = context.ints('value_ints')
  if (list !== null) return graph.constant([list.length], list)
  return graph.constant([], [context.number('value_float', context.number('value_int', NaN))])
}

/** Nothing changes for whole numbers, nor where real ones stay what they are. */
function cast(context: RuleContext): NodeId {
  // TensorProto.DataType: 1 is float32, 11 float64.
  const real = [1, 11].includes(context.number('to', 0))
  if (real || context.values(0)?.every(Number.isInteger) === true) return context.input()
  throw new NotCovered('rounds to another type')
}

export const building: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Constant', constant],
  [
    'ConstantOfShape',
    (context) => filled(context.graph, context.values(0) ?? [], context.tensor('value')?.data[0] ?? 0)
  ],
  ['Shape', (context) => context.graph.constant([context.shape().length], context.shape())],
  ['Size', (context) => context.graph.constant([], [sizeOf(context.shape())])],
  ['Cast', cast]
]
