/** Contract of every primitive: a new one is tested here without touching this file. */
import { describe, expect, it } from 'vitest'
import { gradientCheck } from '../backprop/gradient-check'
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import { RandomStream } from '../random/stream'
import { sizeOf } from '../tensor/tensor'
import { drawFor, isInteger } from '../testing'
import { opNamed, ops, type Op, type OpCase } from '.'

/** Relative error of central differences in float64 at h = 1e-5: near 1e-10, so 1e-6 leaves room and shows any real mistake. */
const GRADIENT_TOLERANCE = 1e-6

const entries = ops.flatMap((op: Op, index) =>
  op.cases.map((opCase, i) => ({
    op,
    opCase,
    seed: index * 100 + i,
    title: `${op.name} ${JSON.stringify(opCase.shapes)} ${JSON.stringify(opCase.attributes ?? {})}`
  }))
)

/** The op applied to inputs drawn from a stream, and Σ cotangent · y as a loss. */
function applied({ op, opCase, seed }: { op: (typeof ops)[number] | Op; opCase: OpCase; seed: number }) {
  const random = new RandomStream(seed, 'ops')
  const graph = new GraphBuilder()
  const feeds = new Map(opCase.shapes.map((shape, i) => [`x${i}`, drawFor(random, shape, opCase, i)]))
  const inputs = opCase.shapes.map((shape, i) => graph.input(`x${i}`, shape))
  const known = ops.find((known) => known.name === op.name)
  if (known === undefined) throw new Error(`${op.name} is not registered`)
  const output = graph.apply(known.name, inputs, opCase.attributes)
  return { graph, feeds, inputs, output, random }
}

it('has a case for every primitive, and no name twice', () => {
  for (const op of ops) expect(op.cases.length, op.name).toBeGreaterThan(0)
  expect(new Set(ops.map((op) => op.name)).size).toBe(ops.length)
  expect(() => opNamed('no-such-op')).toThrow('no-such-op')
})

describe.each(entries)('$title', (entry) => {
  it('fills exactly the shape of its shape rule', () => {
    const { graph, feeds, inputs, output } = applied(entry)
    const { op, opCase } = entry
    const shape = graph.shapeOf(output)
    expect(shape).toEqual(op.shape(opCase.shapes, opCase.attributes ?? {}))
    const kernel = op.kernel(opCase.shapes, opCase.attributes ?? {}, shape)
    const operands = inputs.map((_, i) => feeds.get(`x${i}`) ?? new Float64Array())
    // One value more on each side must stay as it was; every value between must be written.
    const guarded = new Float64Array(sizeOf(shape) + 2).fill(NaN)
    kernel(operands, guarded.subarray(1, -1))
    expect(guarded[0]).toBeNaN()
    expect(guarded.at(-1)).toBeNaN()
    expect(guarded.subarray(1, -1).every(Number.isFinite)).toBe(true)
  })

  it('gives the same bits again and leaves its inputs alone', () => {
    const { graph, feeds, output } = applied(entry)
    const before = [...feeds.values()].map((values) => values.slice())
    const program = new ReferenceProgram(graph.graph, [output])
    program.run(feeds)
    const first = program.tensor(output)
    program.run(feeds)
    expect(program.tensor(output)).toEqual(first)
    expect([...feeds.values()]).toEqual(before)
  })

  it('has the gradient that central differences see', () => {
    const { graph, feeds, inputs, output, random } = applied(entry)
    const shape = graph.shapeOf(output)
    const cotangent = graph.constant(shape, drawFor(random, shape))
    const axes = shape.map((_, axis) => axis)
    const weighted = graph.apply('multiply', [output, cotangent])
    const loss = axes.length === 0 ? weighted : graph.apply('sum', [weighted], { axes, keepDims: false })
    const wrt = inputs.filter((_, i) => !isInteger(entry.opCase, i))
    const check = gradientCheck(graph, loss, wrt, feeds)
    expect(check.relativeError, JSON.stringify(check.worst)).toBeLessThanOrEqual(GRADIENT_TOLERANCE)
  })
})
