/** Contract of every kernel: its primitive's cases and awkward sizes against the reference, nothing written past an output. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allKernels } from '../../../../tests/kernels'
import { startCrew } from '../../../../tests/threads'
import { GraphBuilder } from '../../graph/builder'
import type { NodeId } from '../../graph/graph'
import { ops, type Op, type OpCase, type OpName } from '../../ops'
import { firstWithoutKernel } from '../../plan/lower'
import { RandomStream } from '../../random/stream'
import type { Shape } from '../../spec'
import { drawFor } from '../../testing'
import { ReferenceProgram } from '../reference/program'
import { WasmProgram, type WasmProgramOptions } from './program'

/** Relative to the largest value of a tensor: some tens of roundings of float32 (6e-8 each). */
const TOLERANCE = 3e-6
const GUARD = 16
const GUARD_VALUE = 12345

/** Numbers of values around which loops begin, end and change over: vectors of 4, blocks of 512. */
const lengths = [0, 1, 2, 3, 4, 5, 15, 16, 17, 511, 512, 513, 1027]
const matrixSizes: readonly (readonly [number, number, number])[] = [
  ...([
    [0, 3, 2],
    [2, 0, 3],
    [3, 2, 0],
    [1, 1, 1],
    [2, 3, 1],
    [4, 4, 4],
    [5, 7, 9]
  ] as const),
  ...([
    [8, 16, 8],
    [33, 5, 34],
    [37, 300, 41],
    [200, 33, 65],
    [13, 257, 2],
    [9, 6, 1],
    [7, 263, 3],
    [6, 9, 12]
  ] as const)
]

/** More shapes than the primitive's own cases have. */
function awkward(op: Op): readonly OpCase[] {
  const [first] = op.cases
  if (first === undefined) return []
  if (op.kernelCases !== undefined) return op.kernelCases
  if (op.name === 'matmul') {
    return [false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) =>
        matrixSizes.map(([m, k, n]) => ({
          shapes: [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]],
          attributes: { transposeA, transposeB }
        }))
      )
    )
  }
  if (op.name === 'reshape' || op.name === 'broadcastTo') return []
  if (op.name === 'oneHot') return [{ shapes: [[9, 1]], attributes: { classes: 17 }, integersBelow: 17 }]
  if (op.name === 'sum' || op.name === 'mean') {
    // Of one sign: sums that cancel leave nothing but rounding.
    const over = (shape: Shape, axes: readonly number[]): OpCase => ({
      shapes: [shape],
      attributes: { axes, keepDims: false },
      range: [0.5, 2]
    })
    const shapes = [
      [1, 1],
      [17, 33],
      [40, 3],
      [1, 100],
      [100, 1]
    ] as const
    return shapes.flatMap((shape) => [
      ...[[0], [1], [0, 1]].map((axes) => over(shape, axes)),
      over([...shape, 5], [0, 2]),
      over([3, ...shape], [1])
    ])
  }
  if (op.name === 'softmax' || op.name === 'logSoftmax') {
    return lengths.slice(1).map((size) => ({ shapes: [[3, size]], range: [-30, 30] }))
  }
  return lengths.map((size) => ({ ...first, shapes: first.shapes.map(() => [size]) }))
}

/** Shapes at which two operands are repeated in every way. */
const broadcasts: readonly OpCase[] = (
  [
    [[512, 4], [4]],
    [[300, 3], [3]],
    [
      [300, 3],
      [300, 1]
    ],
    [[700], []],
    [
      [2, 3, 1, 5],
      [3, 4, 1]
    ],
    [
      [3, 5, 7],
      [5, 1]
    ],
    [
      [3, 40, 50],
      [40, 1]
    ],
    [
      [3, 1, 2, 19],
      [4, 1, 1]
    ],
    [
      [9, 1],
      [1, 130]
    ]
  ] as const
).map((shapes) => ({ shapes, range: [0.5, 2] }))

const binary = new Set<string>(['add', 'subtract', 'multiply', 'divide'])

const entries = ops
  .filter((op: Op) => firstWithoutKernel({ nodes: [nodeNamed(op.name)] }) === null)
  .flatMap((op: Op) => {
    const cases = [...op.cases, ...awkward(op), ...(binary.has(op.name) ? broadcasts : [])]
    return cases.map((opCase, i) => ({
      op,
      opCase,
      seed: i,
      title: `${op.name} ${JSON.stringify(opCase.shapes)} ${JSON.stringify(opCase.attributes ?? {})}`
    }))
  })

function nodeNamed(op: string) {
  return { id: 0, op, inputs: [], attributes: {}, shape: [], name: '', scope: '' }
}

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  const crews: ReturnType<typeof startCrew>[] = []
  beforeAll(() => void crews.push(startCrew(kernels, 2), startCrew(kernels, 3)))
  afterAll(() => crews.forEach(({ end }) => end()))

  it.each(entries)('$title', ({ op, opCase, seed }) => {
    const random = new RandomStream(seed, op.name)
    const graph = new GraphBuilder()
    // Both executors begin with the same numbers: those that float32 has.
    const feeds = new Map(
      opCase.shapes.map((shape, i) => [`x${i}`, drawFor(random, shape, opCase, i).map(Math.fround)] as const)
    )
    const inputs = opCase.shapes.map((shape, i) => graph.input(`x${i}`, shape))
    const output = graph.apply(known(op.name), inputs, opCase.attributes)
    compare(graph, output, feeds)
  })

  it('computes chains of operations, their values also read outside', () => {
    const graph = new GraphBuilder()
    const [x, y, s] = [graph.input('x', [37, 19]), graph.input('y', [19]), graph.input('s', [])]
    const product = graph.apply('multiply', [x, y])
    const sum = graph.apply('add', [graph.apply('affine', [x], { scale: 0.5, offset: 0 }), product])
    const scaled = graph.apply('subtract', [sum, graph.apply('multiply', [s, graph.apply('tanh', [product])])])
    const shifted = graph.apply('affine', [graph.apply('multiply', [scaled, scaled])], { scale: 1, offset: 2 })
    const root = graph.apply('divide', [graph.apply('sqrt', [shifted]), graph.apply('exp', [sum])])
    const columns = graph.apply('sum', [root], { axes: [0], keepDims: false })
    const again = graph.apply('multiply', [root, columns])
    const random = new RandomStream(1, 'chain')
    const feeds = new Map(
      [['x', [37, 19]] as const, ['y', [19]] as const, ['s', []] as const].map(([name, shape]) => [
        name,
        drawFor(random, shape).map(Math.fround)
      ])
    )
    for (const output of [again, root, scaled]) compare(graph, output, feeds)
  })

  it('reads no row outside a table and adds to none: NaN, and nothing', () => {
    const indices = Float64Array.of(1, -1, 3, 0.5, NaN, 1e30, -Infinity, 2)
    const feeds = new Map([
      ['i', indices],
      ['table', Float64Array.of(1, 2, 3, 4, 5, 6)],
      ['x', new Float64Array(16).fill(1)]
    ])
    const graph = new GraphBuilder()
    const [i, table, x] = [graph.input('i', [8]), graph.input('table', [3, 2]), graph.input('x', [8, 2])]
    const rows = graph.apply('gatherRows', [table, i])
    expect([...run(graph, rows, feeds)[0]]).toEqual([3, 4, ...new Array<number>(12).fill(NaN), 5, 6])
    expect([...run(graph, rows, feeds)[1]]).toEqual([3, 4, ...new Array<number>(12).fill(NaN), 5, 6])
    const sums = graph.apply('scatterRows', [i, x], { rows: 3 })
    for (const values of run(graph, sums, feeds)) expect([...values]).toEqual([0, 0, 1, 1, 1, 1])
  })

  it('keeps NaN and infinity visible', () => {
    const values = Float64Array.of(NaN, Infinity, -Infinity, 1e38, -1e38, 0, -0, 200, -200)
    for (const name of [
      'relu',
      'exp',
      'tanh',
      'sigmoid',
      'softplus',
      'sqrt',
      'square',
      'step',
      'sign',
      'erf'
    ] as const) {
      const graph = new GraphBuilder()
      const output = graph.apply(name, [graph.input('x', [values.length])])
      const [wasm, reference] = run(graph, output, new Map([['x', values]]))
      const expected = reference.map(Math.fround)
      wasm.forEach((value, i) => {
        const close = Object.is(value, expected[i]) || Math.abs(value - (expected[i] ?? NaN)) <= TOLERANCE
        expect(close || value === expected[i], `${name}(${values[i] ?? 0}) = ${value}, not ${expected[i] ?? 0}`).toBe(
          true
        )
      })
    }
  })

  function run(graph: GraphBuilder, output: NodeId, feeds: ReadonlyMap<string, Float64Array>) {
    const reference = new ReferenceProgram(graph.graph, [output])
    reference.run(feeds)
    const values = runWith(graph, output, feeds, {})
    expect(runWith(graph, output, feeds, { compiled: true }), 'chains as code').toEqual(values)
    for (const { crew } of crews) {
      expect(runWith(graph, output, feeds, { crew }), `${crew.threads} threads`).toEqual(values)
    }
    return [values, reference.value(output)] as const
  }

  function runWith(
    graph: GraphBuilder,
    output: NodeId,
    feeds: ReadonlyMap<string, Float64Array>,
    options: WasmProgramOptions
  ): Float64Array {
    const wasm = new WasmProgram(kernels, graph.graph, [output], { guard: GUARD, ...options })
    const { numbers, buffers } = wasm.written
    const guards = buffers.flatMap(({ start, length }) => Array.from({ length: GUARD }, (_, i) => start + length + i))
    for (const at of guards) numbers[at] = GUARD_VALUE
    wasm.run(feeds)
    expect(guards.filter((at) => numbers[at] !== GUARD_VALUE)).toEqual([])
    const first = wasm.value(output)
    wasm.run(feeds)
    expect(wasm.value(output), 'the same bits again').toEqual(first)
    return first
  }

  function compare(graph: GraphBuilder, output: NodeId, feeds: ReadonlyMap<string, Float64Array>): void {
    const [wasm, reference] = run(graph, output, feeds)
    expect(wasm.length).toBe(reference.length)
    const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    const worst = wasm.reduce((max, value, i) => Math.max(max, Math.abs(value - (reference[i] ?? NaN))), 0)
    expect(worst).toBeLessThanOrEqual(TOLERANCE * largest)
  }
})

it('says which primitive has no kernel', () => {
  const shape: Shape = [1]
  const nodes = [
    { ...nodeNamed('input'), shape },
    { ...nodeNamed('no-such-op'), id: 1, inputs: [0], shape }
  ]
  expect(firstWithoutKernel({ nodes })).toBe('no-such-op')
})

function known(name: string): OpName {
  const found = ops.find((op) => op.name === name)
  if (found === undefined) throw new Error(`${name} is not registered`)
  return found.name
}
