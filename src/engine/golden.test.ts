/** The engine against PyTorch: forward, loss, every gradient, ten steps, a 200-step curve. See scripts/make-golden.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descend, expectClose, namedSchema, problemEntries, readGolden, tensorSchema } from '../../tests/golden'
import { activations } from './activations'
import { lossSpecs, type LossSpec } from './losses'

/**
 * Relative to the largest value of the tensor. Both sides compute in float64 (ε = 2e-16) and differ in the order of
 * sums: some tens of roundings in one pass, each step of training adding as many, and 200 steps letting them grow.
 */
const PASS_TOLERANCE = 1e-13
const TEN_STEPS_TOLERANCE = 1e-12
const CURVE_TOLERANCE = 1e-10

const resultSchema = v.object({
  activation: v.string(),
  outputs: tensorSchema,
  loss: v.number(),
  gradients: v.array(namedSchema),
  after: v.array(namedSchema)
})
const goldenSchema = v.object({
  source: v.string(),
  optimizer: v.object({ learningRate: v.number(), momentum: v.number() }),
  problems: v.array(v.object({ ...problemEntries, results: v.array(resultSchema) })),
  curve: v.object({ ...problemEntries, activation: v.string(), losses: v.array(v.number()) })
})

const golden = readGolden('engine.json', goldenSchema)
const sgd = { type: 'sgd', config: golden.optimizer }

const entries = golden.problems.flatMap((problem) =>
  problem.results.map((result) => ({
    problem,
    result,
    title: `${result.activation}, ${problem.loss} for ${problem.task}`
  }))
)

describe.each(entries)('$title equals PyTorch', ({ problem, result }) => {
  const [first, ...more] = descend(problem, result.activation, sgd, 10)

  it('in outputs, loss and every gradient', () => {
    expectClose('outputs', first?.outputs ?? [], result.outputs.data, PASS_TOLERANCE)
    expectClose('loss', [first?.loss ?? NaN], [result.loss], PASS_TOLERANCE)
    expect([...(first?.gradients.keys() ?? [])]).toEqual(result.gradients.map(({ name }) => name))
    for (const { name, data } of result.gradients) {
      expectClose(`gradient of ${name}`, first?.gradients.get(name) ?? [], data, PASS_TOLERANCE)
    }
  })

  it('in every parameter after ten steps with momentum', () => {
    for (const { name, data } of result.after) {
      expectClose(name, more.at(-1)?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
    }
  })
})

it('covers every loss with every task it serves, and every activation', () => {
  const titles = new Set(entries.map(({ title }) => title))
  expect(titles.size).toBe(entries.length)
  const served = lossSpecs.flatMap((loss: LossSpec) => loss.tasks.map((task) => `tanh, ${loss.name} for ${task}`))
  const bent = activations.map(({ name }) => `${name}, cross-entropy for multi-class`)
  expect([...served, ...bent].filter((title) => !titles.has(title))).toEqual([])
})

it('follows PyTorch’s loss for 200 steps', () => {
  const { curve } = golden
  const got = descend(curve, curve.activation, sgd, curve.losses.length).map(({ loss }) => loss)
  expect(got).toHaveLength(200)
  got.forEach((loss, step) =>
    expectClose(`loss of step ${step + 1}`, [loss], [curve.losses[step] ?? NaN], CURVE_TOLERANCE)
  )
})
