/**
 * The network in ONNX: the graph that trained, walked primitive by primitive.
 *
 * Weights keep PyTorch's names and layouts. Values are float32.
 */
import type { Graph, GraphNode, NodeId, Parameters } from '../../engine'
import { StudioError } from '../../shared/errors'
import type { OnnxBuilder } from './builder'
import { NoRule, rules } from './rules'

/** A part of a graph that was made for `BATCH` rows. */
export interface NetworkGraph {
  readonly graph: Graph
  readonly output: NodeId
}

/**
 * Adds what the output needs; the file runs with any number of rows.
 * @param parameters the values of parameters and buffers
 * @param inputs ONNX names by those of the graph's inputs; the first axis of each is the batch
 * @returns the ONNX name of the output
 * @throws StudioError `export-unsupported`, naming the primitive that cannot be expressed and its layer
 */
export function addNetwork(
  builder: OnnxBuilder,
  { graph, output }: NetworkGraph,
  parameters: Parameters,
  inputs: ReadonlyMap<string, string>
): string {
  const names = new Map<NodeId, string>()
  const rows = rowCounter(builder, inputs)
  for (const node of neededBy(graph, output)) names.set(node.id, nameFor(node))
  return lookUp(names, output)

  function nameFor(node: GraphNode): string {
    switch (node.op) {
      case 'input':
        return lookUp(inputs, node.name)
      case 'parameter':
      case 'buffer':
        return builder.float32(node.name, node.shape, lookUp(parameters, node.name).data)
      case 'constant':
        return builder.float32(`${node.scope}.constant`, node.shape, node.data ?? [])
    }
    const rule = rules.get(node.op)
    if (rule === undefined) throw unsupported(node, 'has no rule for')
    try {
      return rule({
        builder,
        node,
        inputs: node.inputs.map((id) => lookUp(names, id)),
        shapes: node.inputs.map((id) => graph.nodes[id]?.shape ?? []),
        hint: `${node.scope}.${node.op}`,
        rows
      })
    } catch (thrown) {
      throw thrown instanceof NoRule ? unsupported(node, 'cannot express', thrown.message) : thrown
    }
  }
}

/** The nodes that one needs, itself included, in the order of evaluation. */
function neededBy(graph: Graph, output: NodeId): GraphNode[] {
  const needed = new Set([output])
  for (const node of [...graph.nodes].reverse()) {
    if (needed.has(node.id)) node.inputs.forEach((input) => needed.add(input))
  }
  return graph.nodes.filter((node) => needed.has(node.id))
}

/** Adds the number of rows, int64 [1], when it is first asked for. */
function rowCounter(builder: OnnxBuilder, inputs: ReadonlyMap<string, string>): () => string {
  let name: string | null = null
  return () => {
    if (name !== null) return name
    const [first = ''] = inputs.values()
    const shape = builder.node('Shape', [first], { hint: 'rows.shape' })
    name = builder.node('Gather', [shape, builder.int64('rows.axis', [1], [0])], {
      attributes: [['axis', 0]],
      hint: 'rows'
    })
    return name
  }
}

function unsupported({ op, scope }: GraphNode, what: string, reason?: string): StudioError {
  const because = reason === undefined ? '' : ` (${reason})`
  return new StudioError(
    'export-unsupported',
    `ONNX export ${what} "${op}", which layer "${scope}" uses${because}. Choose another layer or another format.`,
    { op, layer: scope }
  )
}

function lookUp<Key, Value>(values: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = values.get(key)
  if (value === undefined) throw new Error(`the graph needs "${String(key)}", which is not there`)
  return value
}
