/**
 * The network in ONNX: one small rule for each primitive, walked over the graph that trained.
 *
 * Weights keep PyTorch's names and layouts. Values are float32.
 */
import type { GraphNode, InferenceGraph, NodeId, Parameters } from '../../engine'
import { StudioError } from '../../shared/errors'
import type { OnnxBuilder } from './builder'

/** What a rule is given: the node, the ONNX names of its inputs and a hint for the name of its output. */
interface RuleContext {
  readonly builder: OnnxBuilder
  readonly node: GraphNode
  readonly inputs: readonly string[]
  readonly hint: string
}

type Rule = (context: RuleContext) => string

/** An operator that takes the same inputs and needs no attributes. */
function same(operator: string): Rule {
  return ({ builder, inputs, hint }) => builder.node(operator, inputs, { hint })
}

/** scale · x + offset, each only where it does something. */
function affine({ builder, node, inputs: [x = ''], hint }: RuleContext): string {
  const scale = Number(node.attributes['scale'])
  const offset = Number(node.attributes['offset'])
  const scaled = scale === 1 ? x : builder.node('Mul', [x, builder.float32(`${hint}.scale`, [], [scale])], { hint })
  return offset === 0
    ? scaled
    : builder.node('Add', [scaled, builder.float32(`${hint}.offset`, [], [offset])], { hint })
}

/** By primitive. All are in the opset of `onnx.ts` with the meaning the primitive has. */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['add', same('Add')],
  ['subtract', same('Sub')],
  ['multiply', same('Mul')],
  ['exp', same('Exp')],
  ['erf', same('Erf')],
  ['relu', same('Relu')],
  ['tanh', same('Tanh')],
  ['sigmoid', same('Sigmoid')],
  ['softplus', same('Softplus')],
  ['affine', affine],
  // Both normalise over the last axis.
  ['softmax', ({ builder, inputs, hint }) => builder.node('Softmax', inputs, { attributes: [['axis', -1]], hint })],
  // Gemm, because MatMul cannot read a weight [out, in] as its transpose.
  [
    'matmul',
    ({ builder, node, inputs, hint }) =>
      builder.node('Gemm', inputs, {
        attributes: [
          ['transA', node.attributes['transposeA'] === true ? 1 : 0],
          ['transB', node.attributes['transposeB'] === true ? 1 : 0]
        ],
        hint
      })
  ]
])

/**
 * Adds the network after the features: features [N, F] → link(output) [N, K], both names of ONNX tensors; units is K.
 * Rules write nothing that depends on the number of rows the graph was made for: the exported batch is symbolic.
 * @throws StudioError `export-unsupported`, naming the primitive and the layer that have no rule
 */
export function addNetwork(
  builder: OnnxBuilder,
  { graph, output }: Pick<InferenceGraph, 'graph' | 'output'>,
  parameters: Parameters,
  features: string
): { name: string; units: number } {
  const names = new Map<NodeId, string>()
  for (const node of graph.nodes) names.set(node.id, nodeName(builder, node, names, features, parameters))
  const name = names.get(output)
  const units = graph.nodes[output]?.shape[1]
  if (name === undefined || units === undefined) throw new Error('the graph has no output [N, K]')
  return { name, units }
}

function nodeName(
  builder: OnnxBuilder,
  node: GraphNode,
  names: ReadonlyMap<NodeId, string>,
  features: string,
  parameters: Parameters
): string {
  switch (node.op) {
    case 'input':
      return features
    case 'parameter':
      return builder.float32(node.name, node.shape, parameterData(parameters, node.name))
    case 'constant':
      return builder.float32(`${node.scope}.constant`, node.shape, node.data ?? [])
  }
  const rule = rules.get(node.op)
  if (rule === undefined) {
    throw new StudioError(
      'export-unsupported',
      `ONNX export has no rule for "${node.op}", which layer "${node.scope}" uses. Choose another layer or another format.`,
      { op: node.op, layer: node.scope }
    )
  }
  const inputs = node.inputs.map((id) => {
    const name = names.get(id)
    if (name === undefined) throw new Error(`node ${node.id} uses node ${id} before it is computed`)
    return name
  })
  return rule({ builder, node, inputs, hint: `${node.scope}.${node.op}` })
}

function parameterData(parameters: Parameters, name: string): Float64Array {
  const tensor = parameters.get(name)
  if (tensor === undefined) throw new Error(`the run has no parameter "${name}"`)
  return tensor.data
}
