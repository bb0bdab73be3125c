/** Reads golden values and trains on their networks. See scripts/make-golden.py. */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect } from 'vitest'
import { ReferenceProgram } from '../src/engine/executors/reference/program'
import { parseConfig, type Config } from '../src/engine/fields'
import { compileModel, type Model } from '../src/engine/model/model'
import { modelSpecOf } from '../src/engine/model/spec-of'
import { optimizerNamed } from '../src/engine/optimizers'
import { tasks } from '../src/engine/spec'
import { denseNode, lossDefaults } from '../src/engine/testing'
import { stateSource, stepGraph, stepScalars, type StepProblem } from '../src/engine/train/step-graph'
import { losses } from '../src/shared/setup'

export const tensorSchema = v.object({ shape: v.array(v.number()), data: v.array(v.number()) })
export const namedSchema = v.object({ name: v.string(), ...tensorSchema.entries })
export const problemEntries = {
  task: v.picklist(tasks),
  loss: v.picklist(losses),
  classes: v.number(),
  batches: v.array(v.object({ features: tensorSchema, targets: tensorSchema })),
  parameters: v.array(namedSchema)
}
export type Problem = v.InferOutput<v.ObjectSchema<typeof problemEntries, undefined>>

export function readGolden<Schema extends v.GenericSchema>(name: string, schema: Schema): v.InferOutput<Schema> {
  return v.parse(schema, JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')))
}

/** What one step saw. */
export interface GoldenStep {
  readonly loss: number
  readonly outputs: Float64Array
  readonly gradients: ReadonlyMap<string, Float64Array>
  /** Parameters and buffers after the step. */
  readonly parameters: ReadonlyMap<string, Float64Array>
}

/** What differs from a plain step: settings that were parsed. */
export type StepSettings = Partial<Pick<StepProblem, 'lossSettings' | 'regularization'>>

/** Trains on the batches in turn, by the reference executor. */
export function descend(
  problem: Problem,
  activation: string,
  optimizer: { readonly type: string; readonly config: Config },
  steps: number,
  settings: StepSettings = {}
): GoldenStep[] {
  const { task, loss, classes, batches, parameters } = problem
  const [features = 0] = batches[0]?.features.shape.slice(1) ?? []
  const hidden = parameters
    .filter(({ name }) => name.endsWith('.bias') && name !== 'output.bias')
    .map(({ name, shape }) => denseNode(name.split('.')[0] ?? '', shape[0] ?? 0, activation))
  const model = compileModel(modelSpecOf(hidden, features, task, loss, classes))
  return descendOn(model, problem, optimizer, steps, settings)
}

/** The same with a network of any layers. */
export function descendOn(
  model: Model,
  { task, loss, batches, parameters }: Problem,
  optimizer: { readonly type: string; readonly config: Config },
  steps: number,
  settings: StepSettings = {}
): GoldenStep[] {
  const spec = optimizerNamed(optimizer.type)
  const config = parseConfig(spec.label, spec.fields, optimizer.config)
  const step = { model, loss, lossSettings: lossDefaults(loss), task, optimizer: spec, config, seed: 1, ...settings }
  const graphs = batches.map(({ features }) => stepGraph(step, features.shape[0] ?? 0))
  const programs = graphs.map(({ graph }) => new ReferenceProgram(graph))
  const feeds = new Map<string, Float64Array>(parameters.map(({ name, data }) => [name, Float64Array.from(data)]))
  for (const { name, shape } of model.parameters) {
    for (const slot of spec.init(shape, config)) feeds.set(stateSource(slot.name, name), slot.initial.data)
  }
  return Array.from({ length: steps }, (_, step) => {
    const at = step % batches.length
    const [batch, graph, program] = [batches[at], graphs[at], programs[at]]
    if (batch === undefined || graph === undefined || program === undefined) throw new Error('no batch')
    feeds.set('input', Float64Array.from(batch.features.data)).set('targets', Float64Array.from(batch.targets.data))
    for (const { source, value } of stepScalars(spec, config, step + 1)) feeds.set(source, Float64Array.of(value))
    program.run(feeds)
    for (const { name, parameter, state } of graph.updates) {
      feeds.set(name, program.value(parameter).slice())
      for (const { source, node } of state) feeds.set(source, program.value(node).slice())
    }
    for (const { source, node } of graph.buffers) feeds.set(source, program.value(node).slice())
    return {
      loss: program.value(graph.loss)[0] ?? NaN,
      outputs: program.tensor(graph.output).data,
      gradients: new Map(graph.updates.map(({ name, gradient }) => [name, program.tensor(gradient).data])),
      parameters: new Map(parameters.map(({ name }) => [name, feeds.get(name) ?? new Float64Array()]))
    }
  })
}

/** Relative to the largest of the expected values. Says which tensor differs, and by how much. */
export function expectClose(
  what: string,
  got: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number
): void {
  expect(got.length, `${what}: number of values`).toBe(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - (got[i] ?? NaN)))) / (largest || 1)
  expect(difference, `${what} differs from the golden values`).toBeLessThanOrEqual(tolerance)
}
