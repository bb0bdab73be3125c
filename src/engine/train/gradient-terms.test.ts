/** Penalties and bounded gradients: against PyTorch (scripts/golden/regularization.py), by hand, and when they are off. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descend, expectClose, namedSchema, problemEntries, readGolden } from '../../../tests/golden'
import { ReferenceProgram } from '../executors/reference/program'
import { defaultsOf, parseConfig, type Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import { optimizerNamed } from '../optimizers'
import { lossDefaults, smallModel } from '../testing'
import { regularized } from './gradient-terms'
import { regularizationFields } from './regularization'
import { stepGraph } from './step-graph'

/** As in the golden values of networks: relative to the largest value of the tensor. */
const TEN_STEPS_TOLERANCE = 1e-12

const golden = readGolden(
  'regularization.json',
  v.object({
    ...problemEntries,
    activation: v.string(),
    results: v.array(
      v.object({
        regularization: v.record(v.string(), v.number()),
        optimizer: v.string(),
        config: v.record(v.string(), v.number()),
        losses: v.array(v.number()),
        after: v.array(namedSchema)
      })
    )
  })
)
const entries = golden.results.map((result) => ({
  ...result,
  title: `${JSON.stringify(result.regularization)} with ${result.optimizer}`
}))

const parsed = (config: Config) => parseConfig('Regularization', regularizationFields, config)

describe('ten steps are as PyTorch takes them', () => {
  it.each(entries)('$title', ({ regularization, optimizer: type, config, losses, after }) => {
    const settings = { regularization: parsed(regularization) }
    const steps = descend(golden, golden.activation, { type, config }, 10, settings)
    steps.forEach(({ loss }, i) => expectClose(`loss ${i + 1}`, [loss], [losses[i] ?? NaN], TEN_STEPS_TOLERANCE))
    for (const { name, data } of after) {
      expectClose(name, steps.at(-1)?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
    }
    // Each setting does something, but for the bound that no gradient reaches.
    const plain = descend(golden, golden.activation, { type, config }, 10).at(-1)?.parameters
    const same = after.every(({ name }) =>
      steps
        .at(-1)
        ?.parameters.get(name)
        ?.every((value, i) => value === plain?.get(name)?.[i])
    )
    expect(same).toBe(regularization['clipNorm'] === 100)
  })

  it('cover every setting', () => {
    const tried = new Set(entries.flatMap(({ regularization }) => Object.keys(regularization)))
    expect([...tried].sort()).toEqual(regularizationFields.map(({ key }) => key).sort())
  })
})

/** What becomes of gradients [name, shape, parameter, gradient]. */
function adjusted(config: Config, ...tensors: (readonly [number[], number[], number[]])[]): number[][] {
  const graph = new GraphBuilder()
  const given = tensors.map(([shape], i) => ({
    parameter: graph.parameter(`w${i}`, shape),
    gradient: graph.input(`g${i}`, shape)
  }))
  const nodes = regularized(graph, given, parsed(config))
  const program = new ReferenceProgram(graph.graph)
  program.run(
    new Map(
      tensors.flatMap(([, w, g], i) => [
        [`w${i}`, Float64Array.from(w)] as const,
        [`g${i}`, Float64Array.from(g)] as const
      ])
    )
  )
  return nodes.map((node) => [...program.value(node)])
}

describe('by hand', () => {
  it('penalties pull weights, not what has one axis: biases, scales and shifts', () => {
    const config = { l1: 0.5, l2: 0.25 }
    expect(
      adjusted(
        config,
        [
          [1, 3],
          [2, -4, 0],
          [1, 1, 1]
        ],
        [[3], [2, -4, 0], [1, 1, 1]]
      )
    ).toEqual([
      [2, -0.5, 1],
      [1, 1, 1]
    ])
  })

  it('values within the bound stay exactly as they are', () => {
    const gradient = [1e-30, -0.3, 0.1, 7, -1e30, 0]
    expect(adjusted({ clipValue: 0.1 }, [[6], gradient, gradient])).toEqual([[1e-30, -0.1, 0.1, 0.1, -0.1, 0]])
  })

  it('infinite values are not hidden by a bound', () => {
    expect(adjusted({ clipValue: 0.1 }, [[1], [0], [Infinity]])).toEqual([[NaN]])
  })

  it('the norm is that of all gradients together, and short ones stay exactly as they are', () => {
    const [first, second] = adjusted({ clipNorm: 1 }, [[2], [0, 0], [3, 0]], [[1, 1], [0], [4]])
    expect(first?.[0]).toBeCloseTo(3 / (5 + 1e-6), 14)
    expect(second?.[0]).toBeCloseTo(4 / (5 + 1e-6), 14)
    expect(adjusted({ clipNorm: 6 }, [[2], [0, 0], [3, 0]], [[1, 1], [0], [4]])).toEqual([[3, 0], [4]])
  })

  it('gradients whose norm overflows are not taken for none', () => {
    expect(adjusted({ clipNorm: 1 }, [[2], [0, 0], [1e200, 1]])).toEqual([[NaN, NaN]])
    const [first] = adjusted({ clipNorm: 1 }, [[2], [0, 0], [3e150, 4e150]])
    expect(first?.[0]).toBeCloseTo(0.6, 14)
  })

  it('values are bounded before the norm', () => {
    const [first] = adjusted({ clipValue: 3, clipNorm: 10 }, [[2], [0, 0], [300, 4]])
    expect(first).toEqual([3, 3])
  })
})

it('adds nothing to the graph when all is off', () => {
  const model = smallModel('binary', 'log', 2)
  const optimizer = optimizerNamed('sgd')
  const config = defaultsOf(optimizer.fields)
  const problem = {
    model,
    task: 'binary',
    loss: 'log',
    lossSettings: lossDefaults('log'),
    optimizer,
    config,
    seed: 1
  } as const
  const off = stepGraph({ ...problem, regularization: defaultsOf(regularizationFields) }, 5)
  expect(off.graph).toEqual(stepGraph(problem, 5).graph)
  const plain = new GraphBuilder()
  const gradient = plain.input('g', [2, 2])
  const nodes = plain.nodes.length
  expect(regularized(plain, [{ parameter: gradient, gradient }], defaultsOf(regularizationFields))).toEqual([gradient])
  expect(plain.nodes).toHaveLength(nodes)
})
