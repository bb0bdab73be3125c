/**
 * Whole runs of 200 steps against PyTorch: every optimizer and every schedule, from the same weights over the same
 * batches. See scripts/golden/curves.py.
 */
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { namedSchema, readGolden, tensorSchema } from '../../../tests/golden'
import { kernelBytes } from '../../../tests/kernels'
import { provideKernels } from '../executors/wasm/kernels'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { optimizerSpecs } from '../optimizers'
import { scheduleSpecs } from '../schedules'
import { denseNode } from '../testing'
import type { ExecutorName } from '../executors/training-executor'
import type { Tensor } from '../tensor/tensor'
import { createTraining, type TrainEvent } from './training'

const typed = v.object({ type: v.string(), config: v.record(v.string(), v.union([v.number(), v.boolean()])) })
const samplesSchema = v.object({ features: tensorSchema, targets: tensorSchema })
const golden = readGolden(
  'curves.json',
  v.object({
    batchSize: v.number(),
    epochs: v.number(),
    training: samplesSchema,
    validation: samplesSchema,
    parameters: v.array(namedSchema),
    runs: v.array(
      v.object({
        optimizer: typed,
        schedule: typed,
        regularization: v.record(v.string(), v.number()),
        losses: v.array(v.number()),
        validationLosses: v.array(v.number())
      })
    )
  })
)

/** Relative, of every single loss. The reference differs by roundings that 200 steps let grow; wasm is float32. */
const TOLERANCE: Readonly<Record<ExecutorName, number>> = { reference: 1e-10, wasm: 1e-4 }

const tensorOf = ({ shape, data }: v.InferOutput<typeof tensorSchema>): Tensor => ({
  shape,
  data: Float64Array.from(data)
})
const samplesOf = ({ features, targets }: v.InferOutput<typeof samplesSchema>) => ({
  features: tensorOf(features),
  targets: tensorOf(targets)
})

beforeAll(() => provideKernels(kernelBytes))

const runs = golden.runs.map((run) => {
  const { optimizer, schedule, regularization } = run
  const parts = [optimizer.type, optimizer.config, schedule.type, schedule.config, regularization]
  return { ...run, title: parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ') }
})

describe.each(runs)('$title follows PyTorch', (run) => {
  it.each(['reference', 'wasm'] as const)('by the %s executor', async (executor) => {
    const [, features = 0] = golden.training.features.shape
    const classes = 3
    const hidden = golden.parameters
      .filter(({ name }) => name.endsWith('.bias') && name !== 'output.bias')
      .map(({ name, shape }) => denseNode(name.split('.')[0] ?? '', shape[0] ?? 0))
    const training = createTraining({
      model: compileModel(modelSpecOf(hidden, features, 'multi-class', 'cross-entropy', classes)),
      ...{ task: 'multi-class', answers: classes, loss: 'cross-entropy', seed: 1, shuffle: false, executor },
      ...{ optimizer: run.optimizer, schedule: run.schedule, regularization: run.regularization },
      ...{ batchSize: golden.batchSize, epochs: golden.epochs },
      training: samplesOf(golden.training),
      validation: samplesOf(golden.validation),
      initial: new Map(golden.parameters.map(({ name, ...tensor }) => [name, tensorOf(tensor)]))
    })
    const events: TrainEvent[] = []
    for await (const event of training.events(undefined, { stepsAhead: Infinity })) events.push(event)
    training.close()
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
    const ends = events.flatMap((event) => (event.type === 'epoch' ? [event.validationLoss ?? NaN] : []))
    const worst = (got: readonly number[], expected: readonly number[]) => {
      expect(got).toHaveLength(expected.length)
      return Math.max(...got.map((loss, i) => Math.abs(loss / (expected[i] ?? NaN) - 1)))
    }
    expect(worst(steps, run.losses)).toBeLessThanOrEqual(TOLERANCE[executor])
    expect(worst(ends, run.validationLosses)).toBeLessThanOrEqual(TOLERANCE[executor])
    expect(steps).toHaveLength(200)
  })
})

it('covers every optimizer and every schedule', () => {
  const tried = new Set(golden.runs.flatMap(({ optimizer, schedule }) => [optimizer.type, schedule.type]))
  const known = [...optimizerSpecs, ...scheduleSpecs].map(({ type }) => type)
  expect(known.filter((type) => !tried.has(type))).toEqual([])
})
