/**
 * Several values or labels at once, and rows that count differently, against PyTorch: gradients of the first step and whole
 * runs, by both executors. See scripts/golden/targets.py.
 */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { expectClose, namedSchema, readGolden, tensorSchema } from '../../../tests/golden'
import { allKernels, kernelBytes } from '../../../tests/kernels'
import { losses } from '../../shared/setup'
import { ReferenceExecutor } from '../executors/reference/training-executor'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { WasmExecutor } from '../executors/wasm/training-executor'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { tasks } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { denseNode } from '../testing'
import { checkOptions, type TrainOptions } from './options'
import type { Samples } from './samples'
import { stepScalars } from './step-graph'
import { createTraining, type TrainEvent } from './training'

const samplesSchema = v.object({
  features: tensorSchema,
  targets: tensorSchema,
  weights: v.optional(tensorSchema)
})
const golden = readGolden(
  'targets.json',
  v.object({
    batchSize: v.number(),
    epochs: v.number(),
    runs: v.array(
      v.object({
        task: v.picklist(tasks),
        loss: v.picklist(losses),
        answers: v.number(),
        config: v.record(v.string(), v.number()),
        classWeights: v.nullable(v.array(v.number())),
        optimizer: v.object({ type: v.string(), config: v.record(v.string(), v.number()) }),
        training: samplesSchema,
        validation: samplesSchema,
        parameters: v.array(namedSchema),
        gradients: v.array(namedSchema),
        losses: v.array(v.number()),
        validationLosses: v.array(v.number())
      })
    )
  })
)
type Run = (typeof golden.runs)[number]

/** Relative, of every single loss. The reference differs by roundings that 60 steps let grow; wasm is float32. */
const TOLERANCE: Readonly<Record<ExecutorName, number>> = { reference: 1e-10, wasm: 1e-4 }
/** Relative to the largest of a tensor: read as what one step of SGD takes off weights of about 1. */
const GRADIENT_TOLERANCE: Readonly<Record<ExecutorName, number>> = { reference: 1e-12, wasm: 1e-5 }

const tensorOf = ({ shape, data }: v.InferOutput<typeof tensorSchema>): Tensor => ({
  shape,
  data: Float64Array.from(data)
})
const samplesOf = ({ features, targets, weights }: v.InferOutput<typeof samplesSchema>): Samples => ({
  features: tensorOf(features),
  targets: tensorOf(targets),
  weights: weights === undefined ? null : Float64Array.from(weights.data)
})

function optionsOf(run: Run): TrainOptions {
  const { task, loss, answers, config, classWeights, optimizer, parameters } = run
  const [, features = 0] = run.training.features.shape
  const hidden = parameters
    .filter(({ name }) => name.endsWith('.bias') && name !== 'output.bias')
    .map(({ name, shape }) => denseNode(name.split('.')[0] ?? '', shape[0] ?? 0))
  return {
    model: compileModel(modelSpecOf(hidden, features, task, loss, answers)),
    ...{ task, answers, loss, lossConfig: config, optimizer, seed: 1, shuffle: false },
    ...(classWeights === null ? {} : { classWeights }),
    ...{ batchSize: golden.batchSize, epochs: golden.epochs },
    training: samplesOf(run.training),
    validation: samplesOf(run.validation),
    initial: new Map(parameters.map(({ name, ...tensor }) => [name, tensorOf(tensor)]))
  }
}

const runs = golden.runs.map((run) => {
  const { task, loss, answers, config, classWeights, optimizer, training } = run
  const weights = training.weights === undefined ? '' : ', weighted rows'
  const settings = `${JSON.stringify(config)} ${JSON.stringify(classWeights)} ${optimizer.type}`
  return { ...run, title: `${loss} for ${task}, ${answers} answers${weights}, ${settings}` }
})

describe.each(runs)('$title follows PyTorch', (run) => {
  const executors = [
    { name: 'reference' as const, kernels: null },
    ...allKernels.map((kernels) => ({ name: 'wasm' as const, kernels }))
  ]

  it.each(executors)('in every gradient by the $name executor', ({ name, kernels }) => {
    const plain = { type: 'sgd', config: { learningRate: 1, momentum: 0 } }
    const { problem } = checkOptions({ ...optionsOf(run), optimizer: plain })
    const executor = kernels === null ? new ReferenceExecutor(problem) : WasmExecutor.create(problem, kernels)
    if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
    const rows = Int32Array.from({ length: golden.batchSize }, (_, row) => row)
    const taken = executor.takeSteps([{ rows, epoch: 0, scalars: stepScalars(problem.optimizer, problem.config, 1) }])
    expectClose('loss', taken.losses, run.losses.slice(0, 1), GRADIENT_TOLERANCE[name])
    for (const { name: parameter, data } of run.gradients) {
      const before = run.parameters.find((each) => each.name === parameter)?.data ?? []
      const gradient = executor.read(parameter).map((after, i) => (before[i] ?? NaN) - after)
      expectClose(`gradient of ${parameter}`, gradient, data, GRADIENT_TOLERANCE[name])
    }
    executor.close()
  })

  it.each(['reference', 'wasm'] as const)('in every loss of a run by the %s executor', async (executor) => {
    provideKernels(kernelBytes)
    const training = createTraining({ ...optionsOf(run), executor })
    const events: TrainEvent[] = []
    for await (const event of training.events(undefined, { stepsAhead: Infinity })) events.push(event)
    training.close()
    expect(training.executor.name).toBe(executor)
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
    const ends = events.flatMap((event) => (event.type === 'epoch' ? [event.validationLoss ?? NaN] : []))
    const worst = (got: readonly number[], expected: readonly number[]) => {
      expect(got).toHaveLength(expected.length)
      return Math.max(...got.map((loss, i) => Math.abs(loss / (expected[i] ?? NaN) - 1)))
    }
    expect(worst(steps, run.losses)).toBeLessThanOrEqual(TOLERANCE[executor])
    expect(worst(ends, run.validationLosses)).toBeLessThanOrEqual(TOLERANCE[executor])
  })
})
