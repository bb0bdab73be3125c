/** Proof of gradients: what backpropagation gives against what the function itself does. */
import { ReferenceProgram } from '../executors/reference/program'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { gradients } from './gradients'

/** h of (f(x + h) − f(x − h)) / 2h, relative to max(1, |x|): near the cube root of float64's ε, where rounding and truncation are both near 1e-10. */
const STEP = 1e-5

/** Gradients below this share of the largest one are compared by their absolute error: there rounding of f is all that is seen. */
const SMALL = 1e-3

/** Smaller ones too, where f may have kinks. */
export const STEP_SIZES: readonly number[] = [STEP, 1e-6, 1e-7]

/** f′(x) by central differences in float64: (f(x + h) − f(x − h)) / 2h. @param size h relative to max(1, |x|) */
export function centralDifference(f: (x: number) => number, x: number, size = STEP): number {
  const h = size * Math.max(1, Math.abs(x))
  return (f(x + h) - f(x - h)) / (x + h - (x - h))
}

export interface GradientCheck {
  /** max |analytic − numeric| / max(|analytic|, |numeric|, 1e-3 · largest gradient). */
  readonly relativeError: number
  /** The largest gradient, by its absolute value: a check at which all are 0 proves nothing. */
  readonly largest: number
  /** Where it is largest. */
  readonly worst: {
    readonly name: string
    readonly index: number
    readonly analytic: number
    readonly numeric: number
  } | null
}

/**
 * Compares the gradient of a scalar by backpropagation with central differences, in float64, at one point.
 * Adds the gradient's nodes to the graph. At a kink (relu at 0) the two differ rightly: choose another point.
 * @param wrt sources to differentiate by; each must be in `feeds`
 * @param feeds the point, by the sources' names; not changed
 */
export function gradientCheck(
  graph: GraphBuilder,
  loss: NodeId,
  wrt: readonly NodeId[],
  feeds: ReadonlyMap<string, Float64Array>
): GradientCheck {
  const forward = new ReferenceProgram(graph.graph, [loss])
  const nodes = gradients(graph, loss, wrt)
  const backward = new ReferenceProgram(graph.graph, nodes)
  backward.run(feeds)
  const entries = wrt.flatMap((id, i) => {
    const { name } = graph.node(id)
    const point = (feeds.get(name) ?? new Float64Array()).slice()
    const moved = new Map(feeds).set(name, point)
    const lossAt = (index: number) => (x: number) => {
      point[index] = x
      forward.run(moved)
      return forward.value(loss)[0] ?? NaN
    }
    return Array.from(backward.value(nodes[i] ?? -1), (analytic, index) => {
      const x = point[index] ?? NaN
      const numeric = centralDifference(lossAt(index), x)
      point[index] = x
      return { name, index, analytic, numeric }
    })
  })
  const largest = entries.reduce(
    (max, { analytic, numeric }) => Math.max(max, Math.abs(analytic), Math.abs(numeric)),
    0
  )
  let result: GradientCheck = { relativeError: 0, largest, worst: null }
  for (const entry of entries) {
    const scale = Math.max(Math.abs(entry.analytic), Math.abs(entry.numeric), SMALL * largest)
    const relativeError = scale === 0 ? 0 : Math.abs(entry.analytic - entry.numeric) / scale
    // NaN counts as the worst: it compares false with everything.
    if (!(relativeError <= result.relativeError)) result = { relativeError, largest, worst: entry }
    if (Number.isNaN(relativeError)) break
  }
  return result
}
