/** The microscope's numbers against PyTorch autograd. See scripts/golden/explain.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { expectClose, namedSchema, readGolden, tensorSchema } from '../../../tests/golden'
import { modelOf, networkEntries } from '../../../tests/golden-networks'
import { parseConfig } from '../fields'
import { optimizerNamed } from '../optimizers'
import { lossDefaults } from '../testing'
import { stateSource, stepScalars } from '../train/step-graph'
import { Microscope, type ExplainedLayer } from './microscope'
import { strongestPaths } from './paths'
import { unitLines } from './unit-lines'
import { explainedWeight } from './weight-lines'

/**
 * Relative to the largest value of the tensor. Both compute in float64 and differ in the order of their sums alone: some tens of
 * roundings of 1.1e-16.
 */
const TOLERANCE = 1e-13

/** Of one new weight by its own: Adam divides by √v, which rounds anew. */
const NUMBER_TOLERANCE = 1e-12

/** Of a gradient by differences, whose own error is near 1e-10. */
const DIFFERENCE_TOLERANCE = 1e-8

const stateSchema = v.array(v.object({ parameter: v.string(), slot: v.string(), data: v.array(v.number()) }))
const { steps } = readGolden(
  'explain.json',
  v.object({
    steps: v.array(
      v.object({
        ...networkEntries,
        optimizer: v.object({ type: v.string(), config: v.record(v.string(), v.number()) }),
        step: v.number(),
        value: v.number(),
        inputGradient: tensorSchema,
        passed: v.array(
          v.object({
            layer: v.string(),
            z: v.nullable(tensorSchema),
            a: tensorSchema,
            gradient: tensorSchema,
            delta: v.nullable(tensorSchema)
          })
        ),
        gradients: v.array(namedSchema),
        remembered: stateSchema,
        remembers: stateSchema,
        after: v.array(namedSchema)
      })
    )
  })
)
type Step = (typeof steps)[number]

const entries = steps.map((step) => ({ step, title: titleOf(step) }))

function titleOf({ layers, loss, optimizer }: Step): string {
  return `${layers.map(({ type, config }) => String(config['activation'] ?? type)).join(' ')}, ${loss}, ${optimizer.type}`
}

function microscopeOn(step: Step): Microscope {
  const { task, loss, batches, parameters } = step
  const [batch] = batches
  if (batch === undefined) throw new Error('no rows')
  const optimizer = optimizerNamed(step.optimizer.type)
  const config = parseConfig(optimizer.label, optimizer.fields, step.optimizer.config)
  const held = new Map(parameters.map(({ name, data }) => [name, Float64Array.from(data)]))
  for (const { parameter, slot, data } of step.remembered) {
    held.set(stateSource(slot, parameter), Float64Array.from(data))
  }
  const rows = batch.features.shape[0] ?? 0
  return new Microscope({
    problem: { ...{ model: modelOf(step), task, loss, optimizer, config, seed: 1 }, lossSettings: lossDefaults(loss) },
    ...{ held, scalars: stepScalars(optimizer, config, step.step), step: step.step, ofOptimizer: step.step },
    learningRate: step.optimizer.config['learningRate'] ?? NaN,
    input: { shape: [rows, ...step.inputShape], data: Float64Array.from(batch.features.data) },
    targets: { shape: batch.targets.shape, data: Float64Array.from(batch.targets.data) },
    asTraining: true
  })
}

/** What the rows of a batch have of a layer, one behind the other. */
function ofRows(microscope: Microscope, layer: string, of: (layer: ExplainedLayer) => Float64Array | null): number[] {
  return Array.from({ length: microscope.rows }, (_, row) => [...(of(microscope.layer(layer, row)) ?? [])]).flat()
}

describe.each(entries)('$title equals PyTorch', ({ step }) => {
  const microscope = microscopeOn(step)

  it('forward: z, a and the loss', () => {
    for (const { layer, z, a } of step.passed) {
      const { z: sums } = microscope.layer(layer, 0)
      expect(sums === null, layer).toBe(z === null)
      if (z !== null) {
        const got = ofRows(microscope, layer, (each) => each.z)
        expectClose(`z of ${layer}`, got, z.data, TOLERANCE)
      }
      const outputs = ofRows(microscope, layer, (each) => each.a)
      expectClose(`a of ${layer}`, outputs, a.data, TOLERANCE)
    }
    expectClose('loss', [microscope.loss], [step.value], TOLERANCE)
  })

  it('backward: δ, ∂E/∂a, ∂E/∂x and every gradient', () => {
    for (const { layer, delta, gradient } of step.passed) {
      const arrived = ofRows(microscope, layer, (each) => each.gradient)
      expectClose(`∂E/∂a of ${layer}`, arrived, gradient.data, TOLERANCE)
      if (delta === null) continue
      const got = ofRows(microscope, layer, (each) => each.delta)
      expectClose(`δ of ${layer}`, got, delta.data, TOLERANCE)
      // δ = ∂E/∂a · f′(z), except at the output: there ∂E/∂a is taken before the link, and f is the identity.
      const slopes = ofRows(microscope, layer, (each) => each.slope)
      const products = slopes.map((slope, i) => slope * (gradient.data[i] ?? NaN))
      expectClose(`f′ of ${layer}`, products, delta.data, TOLERANCE)
    }
    const inputs = Array.from({ length: microscope.rows }, (_, row) => [...microscope.inputGradient(row)]).flat()
    expectClose('∂E/∂x', inputs, step.inputGradient.data, TOLERANCE)
    for (const { name, data } of step.gradients) {
      expectClose(`gradient of ${name}`, microscope.parameter(name).gradient, data, TOLERANCE)
    }
  })

  it('update: what the optimizer remembers, and the new weights', () => {
    for (const { name } of step.gradients) {
      const { before, after, state } = microscope.parameter(name)
      expect([...before]).toEqual(step.parameters.find((each) => each.name === name)?.data)
      expectClose(name, after, step.after.find((each) => each.name === name)?.data ?? [], TOLERANCE)
      const remembers = step.remembers.filter(({ parameter }) => parameter === name)
      expect(state.map(({ slot }) => slot)).toEqual(remembers.map(({ slot }) => slot))
      for (const { slot, data } of remembers) {
        expectClose(`${slot} of ${name}`, state.find((each) => each.slot === slot)?.after ?? [], data, TOLERANCE)
      }
      const remembered = step.remembered.filter(({ parameter }) => parameter === name)
      expect(state.map((each) => [...each.before])).toEqual(remembered.map(({ data }) => data))
    }
  })

  it('line by line for every weight', () => {
    for (const { name, data } of step.gradients) {
      const after = step.after.find((each) => each.name === name)?.data ?? []
      data.forEach((gradient, index) => {
        const weight = explainedWeight(microscope, 0, name, index)
        const largest = Math.max(...data.map(Math.abs))
        const off = Math.abs((weight.gradient[0]?.value ?? NaN) - gradient)
        expect(off, `${name}[${index}]`).toBeLessThanOrEqual(TOLERANCE * largest)
        expect(Math.abs(weight.check.numeric - gradient), `${name}[${index}]`).toBeLessThan(DIFFERENCE_TOLERANCE)
        const moved = `${name}[${index}] after`
        expectClose(moved, [weight.update.at(-1)?.value ?? NaN], [after[index] ?? NaN], NUMBER_TOLERANCE)
      })
    }
  })

  it('line by line for every unit', () => {
    for (const { layer, z, a, delta } of step.passed) {
      if (z === null || delta === null) continue
      const { type } = microscope.nodeNamed(layer)
      const units = z.data.length / microscope.rows
      const lines = Array.from({ length: units }, (_, unit) => unitLines(microscope, 0, layer, unit))
      const answers = lines.map(({ forward }) => forward.at(-1)?.value ?? NaN)
      expectClose(`a of ${layer}`, answers, a.data.slice(0, units), TOLERANCE)
      const errors = lines.map(({ backward }) => backward.at(-1)?.value ?? NaN)
      expectClose(`δ of ${layer}`, errors, delta.data.slice(0, units), TOLERANCE)
      if (type !== 'dense') continue
      const sums = lines.map(({ forward }) => forward[0]?.value ?? NaN)
      expectClose(`z of ${layer}`, sums, z.data.slice(0, units), TOLERANCE)
    }
  })

  it('over all paths', () => {
    for (const { layer, delta } of step.passed) {
      const paths = strongestPaths(microscope, 0, layer, 0, Infinity)
      if (paths === null || delta === null) continue
      const [own = NaN] = delta.data
      const largest = Math.max(...paths.strongest.map(({ product }) => Math.abs(product)))
      const sum = paths.strongest.reduce((total, { product }) => total + product, 0)
      expect(Math.abs(sum - own), layer).toBeLessThanOrEqual(TOLERANCE * largest)
    }
  })
})

it('covers three losses, five activations and two optimizers with a memory', () => {
  const tried = new Set(entries.map(({ title }) => title))
  for (const loss of ['squared', 'log', 'cross-entropy']) {
    for (const activation of ['relu', 'tanh', 'sigmoid', 'gelu', 'softplus']) {
      for (const optimizer of ['sgd', 'adam']) {
        expect(tried).toContain(`${activation} ${activation} identity, ${loss}, ${optimizer}`)
      }
    }
  }
  for (const { remembered } of steps) {
    expect(remembered.some(({ data }) => data.some((value) => value !== 0))).toBe(true)
  }
})
