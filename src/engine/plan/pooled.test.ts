/** What the plan makes of a convolution, ReLU and pooling on the way back, against the reference. */
import { describe, expect, it } from 'vitest'
import { allKernels } from '../../../tests/kernels'
import { startCrew } from '../../../tests/threads'
import { ReferenceProgram } from '../executors/reference/program'
import { WasmProgram } from '../executors/wasm/program'
import { gradients } from '../backprop/gradients'
import { GraphBuilder } from '../graph/builder'
import { RandomStream } from '../random/stream'
import type { Shape } from '../spec'
import { drawFor } from '../testing'
import { plan } from './lower'

/** Relative to the largest number of a tensor. */
const TOLERANCE = 3e-6
const GUARD = 16
const GUARD_VALUE = 12345

const window = { stride: [1, 1], dilation: [1, 1], groups: 1 }
const cases: readonly { readonly images: Shape; readonly filters: number; readonly padding: readonly number[] }[] = [
  { images: [3, 1, 28, 28], filters: 16, padding: [1, 1, 1, 1] },
  { images: [2, 3, 8, 12], filters: 5, padding: [1, 1, 1, 1] },
  { images: [4, 2, 12, 13], filters: 3, padding: [0, 0, 0, 1] },
  { images: [1, 4, 9, 9], filters: 2, padding: [2, 0, 1, 1] }
]

/** relu(conv2d(x, w) + b), pooled and flattened, times v: the gradients of its weighted sum. */
function network({ images, filters, padding }: (typeof cases)[number], values: (x: number) => number) {
  const random = new RandomStream(5, 'pooled')
  const graph = new GraphBuilder()
  const feeds = new Map<string, Float64Array>()
  const source = (name: string, shape: Shape) => {
    feeds.set(name, drawFor(random, shape).map(values).map(Math.fround))
    return graph.input(name, shape)
  }
  const x = source('x', images)
  const w = source('w', [filters, images[1] ?? 1, 3, 3])
  const b = source('b', [filters, 1, 1])
  const sums = graph.apply('add', [graph.apply('conv2d', [x, w], { ...window, padding }), b])
  const pooled = graph.apply('maxPool2d', [graph.apply('relu', [sums])], {
    kernel: [2, 2],
    stride: [2, 2],
    dilation: [1, 1],
    padding: [0, 0, 0, 0]
  })
  const [count = 0, ...rest] = graph.shapeOf(pooled)
  const features = rest.reduce((product, size) => product * size, 1)
  const v = source('v', [features, 3])
  const outputs = graph.apply('matmul', [graph.apply('reshape', [pooled], { shape: [count, features] }), v], {
    transposeA: false,
    transposeB: false
  })
  const factors = source('factors', [count, 3])
  const product = graph.apply('multiply', [outputs, factors])
  const loss = graph.apply('sum', [product], { axes: [0, 1], keepDims: false })
  const results = gradients(graph, loss, [w, b, v])
  return { graph: graph.graph, feeds, results }
}

it('sums only what pooling chose, and masks it while it is small', () => {
  const { graph, results } = network(cases[0] ?? { images: [], filters: 0, padding: [] }, (x) => x)
  const { instructions } = plan({ graph, wanted: results, gathered: [], updates: [] })
  const kernels = instructions.map(({ kernel }) => kernel)
  expect(kernels).toContain('unpooledWeightGradient')
  expect(kernels).not.toContain('maxPool2dGradient')
  expect(instructions.flatMap((each) => (each.kernel === 'matmul' ? [each.mask !== null] : []))).toContain(true)
})

const values = [
  { named: 'numbers', of: (x: number) => x },
  { named: 'many equal numbers', of: (x: number) => Math.round(x) / 2 }
]

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each(cases.flatMap((each) => values.map((drawn) => ({ ...each, ...drawn }))))(
    '$images, $filters filters, $named',
    ({ of, ...each }) => {
      const { graph, feeds, results } = network(each, of)
      const reference = new ReferenceProgram(graph, results)
      reference.run(feeds)
      const alone = computed({})
      results.forEach((id, i) => {
        const expected = reference.value(id)
        const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
        const given = alone[i] ?? new Float64Array()
        const worst = given.reduce((max, value, j) => Math.max(max, Math.abs(value - (expected[j] ?? NaN))), 0)
        expect(worst).toBeLessThanOrEqual(TOLERANCE * largest)
      })
      for (const threads of [2, 3]) {
        const { crew, end } = startCrew(kernels, threads)
        try {
          expect(computed({ crew })).toEqual(alone)
        } finally {
          end()
        }
      }

      function computed(options: ConstructorParameters<typeof WasmProgram>[3]): Float64Array[] {
        const wasm = new WasmProgram(kernels, graph, results, { guard: GUARD, ...options })
        const { numbers, buffers } = wasm.written
        const guards = buffers.flatMap(({ start, length }) =>
          Array.from({ length: GUARD }, (_, i) => start + length + i)
        )
        for (const at of guards) numbers[at] = GUARD_VALUE
        wasm.run(feeds)
        expect(guards.filter((at) => numbers[at] !== GUARD_VALUE)).toEqual([])
        return results.map((id) => wasm.value(id))
      }
    }
  )
})
