/**
 * The loss at any place θ₀ + Σ cₖ · dₖ as one graph: the coordinates cₖ are scalars that it is fed, beside θ₀ and the directions,
 * which stay the same from place to place.
 *
 * A product of rows with a weight that moves is linear in the coordinates, x · W = x · W₀ + Σ cₖ · (x · Dₖ). Where x does not
 * depend on them, as in a first dense layer, these products are the same at every place: they are computed once and fed. That
 * saves most of the work of a network whose first layer is the widest, and is the same number but for the order of roundings.
 */
import { GraphBuilder } from '../../graph/builder'
import { isSource, type Graph, type GraphNode, type NodeId } from '../../graph/graph'
import { needed } from '../../graph/needed'
import { ops } from '../../ops'
import { booleanAttribute } from '../../ops/op'
import type { ForwardGraph } from '../../train/step-graph'
import type { Direction } from './plane'

export interface PointGraph {
  /** Sources: those of the forward graph, as far as it still needs them, and the ones below. */
  readonly graph: Graph
  /** Mean loss of the rows: a scalar `[]`. */
  readonly loss: NodeId
  /** Of each coordinate, a scalar `[]`. */
  readonly coordinates: readonly string[]
  readonly products: readonly FixedProduct[]
}

/** A product that is computed once. */
export interface FixedProduct {
  /** In the forward graph: x · W₀; with a direction's numbers instead of W₀ it is x · D. */
  readonly node: NodeId
  /** The source that takes x · W₀. */
  readonly origin: string
  /** The sources that take x · Dₖ, of the directions that move W. */
  readonly moved: readonly { readonly direction: number; readonly source: string }[]
}

/** Numbers of a row from which its product is worth keeping: below, reading it takes as long as computing it. */
const LEAST_INNER = 64

/** The source of a direction's numbers for a tensor. */
export function directionSource(direction: number, tensor: string): string {
  return `direction${direction}.${tensor}`
}

/** @param forward graph of a network and its loss @param directions what the coordinates are of */
export function pointGraph(forward: ForwardGraph, directions: readonly Direction[]): PointGraph {
  const { nodes } = forward.graph
  const moving = movingNodes(nodes, directions)
  const kept = new Set(nodes.filter((node) => isFixedProduct(node, nodes, moving)).map(({ id }) => id))
  const wanted = needed(
    nodes.map((node) => ({ ...node, inputs: kept.has(node.id) ? [] : node.inputs })),
    [forward.loss]
  )
  const graph = new GraphBuilder()
  const coordinates = directions.map((_, k) => `coordinate${k}`)
  const scalars = coordinates.map((name) => graph.input(name, []))
  const products: FixedProduct[] = []
  /** from + Σ cₖ · sourceₖ */
  const placed = (from: NodeId, terms: readonly { direction: number; source: NodeId }[]) =>
    terms.reduce((sum, { direction, source }) => {
      const scalar = scalars[direction] ?? from
      return graph.apply('add', [sum, graph.apply('multiply', [scalar, source])])
    }, from)
  const movers = (tensor: string) => directions.flatMap((each, k) => (each.has(tensor) ? [k] : []))
  const added = new Map<NodeId, NodeId>()
  const input = (id: NodeId) => {
    const node = added.get(id)
    if (node === undefined) throw new Error(`Node ${id} comes after one that needs it`)
    return node
  }
  const build = ({ id, op, name, inputs, attributes, shape, data }: GraphNode): NodeId => {
    if (kept.has(id)) {
      const origin = `origin.product.${id}`
      const tensor = nodes[id]?.inputs
        .map((each) => nodes[each])
        .find((each) => each !== undefined && moving.has(each.id))
      const moved = movers(tensor?.name ?? '').map((k) => ({
        direction: k,
        source: directionSource(k, `product.${id}`)
      }))
      products.push({ node: id, origin, moved })
      const terms = moved.map(({ direction, source }) => ({ direction, source: graph.input(source, shape) }))
      return placed(graph.input(origin, shape), terms)
    }
    if (op === 'constant') return graph.constant(shape, data ?? [])
    if (op === 'input') return graph.input(name, shape)
    if (op === 'parameter' || op === 'buffer') {
      const from = op === 'parameter' ? graph.parameter(name, shape) : graph.buffer(name, shape)
      const terms = movers(name).map((k) => ({ direction: k, source: graph.input(directionSource(k, name), shape) }))
      return placed(from, terms)
    }
    const primitive = ops.find((each) => each.name === op)
    if (primitive === undefined) throw new Error(`There is no primitive "${op}"`)
    return graph.apply(primitive.name, inputs.map(input), attributes)
  }
  for (const node of wanted) {
    added.set(
      node.id,
      graph.within(node.scope, () => build(node))
    )
  }
  return { graph: graph.graph, loss: input(forward.loss), coordinates, products }
}

/** What depends on a tensor that some direction moves. */
function movingNodes(nodes: readonly GraphNode[], directions: readonly Direction[]): ReadonlySet<NodeId> {
  const moving = new Set<NodeId>()
  for (const node of nodes) {
    const isMoved = isSource(node) && directions.some((direction) => direction.has(node.name))
    if (isMoved || node.inputs.some((input) => moving.has(input))) moving.add(node.id)
  }
  return moving
}

/** A product of what stays the same with a trained tensor that moves. */
function isFixedProduct(
  { op, inputs, attributes }: GraphNode,
  nodes: readonly GraphNode[],
  moving: ReadonlySet<NodeId>
): boolean {
  if (op !== 'matmul') return false
  const [a, b] = inputs.map((id) => nodes[id])
  if (a === undefined || b === undefined || moving.has(a.id) || !moving.has(b.id) || !isSource(b)) return false
  const inner = a.shape[booleanAttribute(attributes, 'transposeA') ? 0 : 1] ?? 0
  return inner >= LEAST_INNER
}
