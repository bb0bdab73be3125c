/** Sums of sums, differences and products of tensors of which some are repeated: the planner takes them apart. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allKernels } from '../../../../tests/kernels'
import { GraphBuilder } from '../../graph/builder'
import type { NodeId } from '../../graph/graph'
import type { OpName } from '../../ops'
import { RandomStream } from '../../random/stream'
import { drawFor } from '../../testing'
import { ReferenceProgram } from '../reference/program'
import { WasmProgram } from './program'

const FULL = [3, 4, 5]
/** All of these broadcast to the full shape. */
const shapes = [FULL, FULL, [4, 5], [5], [3, 1, 1], [1, 4, 1], [4, 1], [1, 1, 5], [1]]

interface Step {
  readonly op: OpName | 'center' | 'total'
  readonly left: number
  readonly right: number
  readonly axes: readonly number[]
}

const steps = fc.array(
  fc.record<Step>({
    op: fc.constantFrom('add', 'subtract', 'multiply', 'square', 'affine', 'broadcastTo', 'center', 'total'),
    left: fc.nat(),
    right: fc.nat(),
    axes: fc.subarray([0, 1, 2], { minLength: 1 })
  }),
  { minLength: 1, maxLength: 10 }
)

function built(list: readonly Step[]) {
  const graph = new GraphBuilder()
  const random = new RandomStream(1, 'sums')
  const feeds = new Map(shapes.map((shape, i) => [`x${i}`, drawFor(random, shape).map(Math.fround)]))
  const nodes: NodeId[] = shapes.map((shape, i) => graph.input(`x${i}`, shape))
  const totals: NodeId[] = []
  for (const { op, left, right, axes } of list) {
    const [a = 0, b = 0] = [nodes[left % nodes.length], nodes[right % nodes.length]]
    const full = graph.apply('broadcastTo', [a], { shape: FULL })
    if (op === 'total') {
      totals.push(graph.apply('sum', [full], { axes, keepDims: left % 2 === 0 }))
      nodes.push(graph.apply('mean', [full], { axes, keepDims: true }))
    } else if (op === 'center') {
      nodes.push(graph.apply('subtract', [full, graph.apply('mean', [full], { axes, keepDims: true })]))
    } else if (op === 'affine') nodes.push(graph.apply('affine', [a], { scale: -0.5, offset: right % 2 }))
    else if (op === 'square') nodes.push(graph.apply('square', [a]))
    else if (op === 'broadcastTo') nodes.push(full)
    else nodes.push(graph.apply(op, [a, b]))
    const last = graph.apply('broadcastTo', [nodes.at(-1) ?? 0], { shape: FULL })
    totals.push(graph.apply('sum', [last], { axes, keepDims: true }))
  }
  return { graph: graph.graph, feeds, totals }
}

it.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels sum alike', ({ kernels }) => {
  fc.assert(
    fc.property(steps, (list) => {
      const { graph, feeds, totals } = built(list)
      const [wasm, reference] = [new WasmProgram(kernels, graph, totals), new ReferenceProgram(graph)]
      wasm.run(feeds)
      reference.run(feeds)
      // What cancels in a sum leaves rounding of the size of its terms.
      const terms = graph.nodes.flatMap(({ id }) => [...reference.value(id)].map(Math.abs))
      const size = terms.reduce((max, value) => Math.max(max, value), 1)
      for (const id of totals) {
        const expected = reference.value(id)
        const got = wasm.value(id)
        const worst = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - (got[i] ?? NaN))), 0)
        expect(worst).toBeLessThanOrEqual(1e-5 * size)
      }
    }),
    { numRuns: 150 }
  )
})
