/** The engine against PyTorch: forward, loss, every gradient, ten steps, a 200-step curve. See scripts/make-golden.py. */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ReferenceProgram } from './executors/reference/program'
import { parseConfig } from './fields'
import { losses } from '../shared/setup'
import { compileModel } from './model/model'
import { modelSpecOf } from './model/spec-of'
import { optimizerNamed } from './optimizers'
import { tasks } from './spec'
import { stateSource, scalarSource, stepGraph } from './train/step-graph'
import { denseNode } from './testing'

/**
 * Relative to the largest value of the tensor. Both sides compute in float64 (ε = 2e-16) and differ in the order of
 * sums: some tens of roundings in one pass, each step of training adding as many, and 200 steps letting them grow.
 */
const PASS_TOLERANCE = 1e-13
const TEN_STEPS_TOLERANCE = 1e-12
const CURVE_TOLERANCE = 1e-10

const tensorSchema = v.object({ shape: v.array(v.number()), data: v.array(v.number()) })
const namedSchema = v.object({ name: v.string(), ...tensorSchema.entries })
const problemEntries = {
  task: v.picklist(tasks),
  loss: v.picklist(losses),
  classes: v.number(),
  batches: v.array(v.object({ features: tensorSchema, targets: tensorSchema })),
  parameters: v.array(namedSchema)
}
const goldenSchema = v.object({
  source: v.string(),
  optimizer: v.object({ learningRate: v.number(), momentum: v.number() }),
  problems: v.array(
    v.object({
      ...problemEntries,
      results: v.array(
        v.object({
          activation: v.string(),
          outputs: tensorSchema,
          loss: v.number(),
          gradients: v.array(namedSchema),
          after: v.array(namedSchema)
        })
      )
    })
  ),
  curve: v.object({ ...problemEntries, activation: v.string(), losses: v.array(v.number()) })
})

const path = new URL('../../tests/golden/engine.json', import.meta.url)
const golden = v.parse(goldenSchema, JSON.parse(readFileSync(path, 'utf8')))
type Problem = Omit<(typeof golden)['curve'], 'activation' | 'losses'>

/** Trains on the batches in turn and gives what each step saw. */
function descend(problem: Problem, activation: string, steps: number) {
  const { task, loss, classes, batches, parameters } = problem
  const [features = 0] = batches[0]?.features.shape.slice(1) ?? []
  const hidden = parameters
    .filter(({ name }) => name.endsWith('.bias') && name !== 'output.bias')
    .map(({ name, shape }) => denseNode(name.split('.')[0] ?? '', shape[0] ?? 0, activation))
  const model = compileModel(modelSpecOf(hidden, features, task, loss, classes))
  const sgd = optimizerNamed('sgd')
  const config = parseConfig('SGD', sgd.fields, golden.optimizer)
  const graphs = batches.map(({ features }) => stepGraph(model, loss, task, sgd, config, features.shape[0] ?? 0))
  const programs = graphs.map(({ graph }) => new ReferenceProgram(graph))
  const feeds = new Map<string, Float64Array>(parameters.map(({ name, data }) => [name, Float64Array.from(data)]))
  for (const { name, shape } of model.parameters) {
    for (const slot of sgd.init(shape, config)) feeds.set(stateSource(slot.name, name), slot.initial.data)
  }
  sgd.scalars(config, 1).forEach(({ name, value }) => feeds.set(scalarSource(name), Float64Array.of(value)))
  return Array.from({ length: steps }, (_, step) => {
    const at = step % batches.length
    const [batch, graph, program] = [batches[at], graphs[at], programs[at]]
    if (batch === undefined || graph === undefined || program === undefined) throw new Error('no batch')
    feeds.set('input', Float64Array.from(batch.features.data)).set('targets', Float64Array.from(batch.targets.data))
    program.run(feeds)
    for (const { name, parameter, state } of graph.updates) {
      feeds.set(name, program.value(parameter).slice())
      for (const { source, node } of state) feeds.set(source, program.value(node).slice())
    }
    return {
      loss: program.value(graph.loss)[0] ?? NaN,
      outputs: program.tensor(graph.output).data,
      gradients: new Map(graph.updates.map(({ name, gradient }) => [name, program.tensor(gradient).data])),
      parameters: new Map(graph.updates.map(({ name }) => [name, feeds.get(name) ?? new Float64Array()]))
    }
  })
}

/** Says which tensor differs, and by how much. */
function expectClose(what: string, got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length, `${what}: number of values`).toBe(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - (got[i] ?? NaN)))) / (largest || 1)
  expect(difference, `${what} differs from PyTorch`).toBeLessThanOrEqual(tolerance)
}

const entries = golden.problems.flatMap((problem) =>
  problem.results.map((result) => ({
    problem,
    result,
    title: `${result.activation}, ${problem.loss} for ${problem.task}`
  }))
)

describe.each(entries)('$title equals PyTorch', ({ problem, result }) => {
  const [first, ...more] = descend(problem, result.activation, 10)

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

it('covers every loss with every task it serves', () => {
  expect(golden.problems).toHaveLength(6)
  expect(new Set(entries.map(({ title }) => title)).size).toBe(24)
})

it('follows PyTorch’s loss for 200 steps', () => {
  const { curve } = golden
  const got = descend(curve, curve.activation, curve.losses.length).map(({ loss }) => loss)
  expect(got).toHaveLength(200)
  got.forEach((loss, step) =>
    expectClose(`loss of step ${step + 1}`, [loss], [curve.losses[step] ?? NaN], CURVE_TOLERANCE)
  )
})
