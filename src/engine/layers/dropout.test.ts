/** Dropout's draws: their distribution, their repeatability, the same in both executors, none when the network answers. */
import { beforeAll, describe, expect, it } from 'vitest'
import { allKernels, kernelBytes } from '../../../tests/kernels'
import { ReferenceProgram } from '../executors/reference/program'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { WasmProgram } from '../executors/wasm/program'
import { parseConfig } from '../fields'
import { compileModel, initializeParameters } from '../model/model'
import { optimizerNamed } from '../optimizers'
import { RandomStream } from '../random/stream'
import type { LayerNode } from '../spec'
import { denseNode, lossDefaults } from '../testing'
import { predict } from '../train/evaluator'
import { stepGraph, stepScalars } from '../train/step-graph'
import { createTraining } from '../train/training'

const RATE = 0.3
const ROWS = 40
const FEATURES = 50

const dropout = (name: string, inputs: readonly string[]): LayerNode => ({
  ...{ name, type: 'dropout', inputs },
  config: { rate: RATE }
})

/** input → drop → second → output; both drop. */
function modelWith(names: readonly [string, string] = ['drop', 'second']) {
  const layers = [
    dropout(names[0], ['input']),
    dropout(names[1], [names[0]]),
    { ...denseNode('output', 1, 'identity'), inputs: [names[1]] }
  ]
  return compileModel({ inputShape: [FEATURES], layers, output: 'output' })
}

const optimizer = optimizerNamed('sgd')
const config = parseConfig('sgd', optimizer.fields, {})

/** The masks of the layers at a step. */
function masks(seed: number, step: number, names?: readonly [string, string]): readonly (readonly number[])[] {
  const model = modelWith(names)
  const problem = { model, loss: 'squared', lossSettings: lossDefaults('squared'), task: 'regression' } as const
  const { graph } = stepGraph({ ...problem, optimizer, config, seed }, ROWS)
  const wanted = graph.nodes.filter(({ op }) => op === 'keepMask').map(({ id }) => id)
  const feeds = new Map(
    stepScalars(optimizer, config, step).map(({ source, value }) => [source, Float64Array.of(value)])
  )
  const reference = new ReferenceProgram(graph, wanted)
  reference.run(feeds)
  const values = wanted.map((id) => [...reference.value(id)])
  for (const kernels of allKernels) {
    const wasm = new WasmProgram(kernels, graph, wanted)
    wasm.run(feeds)
    expect(
      wanted.map((id) => [...wasm.value(id)]),
      kernels.build
    ).toEqual(values)
  }
  return values
}

describe('the mask of a step', () => {
  it('keeps each number with probability 1 − rate', () => {
    const kept = Array.from({ length: 10 }, (_, step) => masks(3, step + 1)).flat(2)
    expect(new Set(kept)).toEqual(new Set([0, 1]))
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
    expect(Math.abs(mean - (1 - RATE))).toBeLessThan(5 * Math.sqrt((RATE * (1 - RATE)) / kept.length))
    // Neighbours know nothing of each other: the share of equal pairs is that of independent draws.
    const equal = kept.slice(1).filter((value, i) => value === kept[i]).length / (kept.length - 1)
    expect(Math.abs(equal - (RATE ** 2 + (1 - RATE) ** 2))).toBeLessThan(5 * Math.sqrt(0.25 / kept.length))
  })

  it('is the same again, another one by seed, step and layer, also beyond 2²⁰ and 2³² steps', () => {
    const drawn = [masks(3, 1), masks(4, 1), masks(3, 2), masks(3, 2 ** 20 + 1), masks(3, 2 ** 32 + 1)]
    const all = [...drawn.flat(), ...masks(3, 1, ['a', 'b'])].map(String)
    expect(new Set(all).size).toBe(12)
    expect(masks(3, 1)).toEqual(drawn[0])
  })
})

describe('networks with dropout', () => {
  beforeAll(() => provideKernels(kernelBytes))

  const random = new RandomStream(1, 'dropout')
  const rows = 60
  const samples = {
    features: {
      shape: [rows, FEATURES],
      data: new Float64Array(rows * FEATURES).map(() => Math.fround(random.normal()))
    },
    targets: { shape: [rows, 1], data: new Float64Array(rows).map(() => Math.fround(random.normal())) }
  }

  async function lossesOf(executor: ExecutorName, pace: number): Promise<readonly number[]> {
    const training = createTraining({
      ...{ model: modelWith(), task: 'regression', answers: 1, loss: 'squared', seed: 5, executor },
      ...{ optimizer: { type: 'sgd', config: { learningRate: 0.002, momentum: 0 } }, batchSize: 16, epochs: 5 },
      ...{ training: samples, validation: samples }
    })
    const losses: number[] = []
    for await (const event of training.events(undefined, { stepsAhead: pace })) {
      if (event.type === 'step') losses.push(event.loss)
    }
    training.close()
    return losses
  }

  it('train alike in both executors, since they draw alike, and at every pace', async () => {
    const [wasm, reference] = [await lossesOf('wasm', Infinity), await lossesOf('reference', 1)]
    expect(wasm).toHaveLength(20)
    expect(await lossesOf('wasm', 1)).toEqual(wasm)
    wasm.forEach((loss, i) => expect(Math.abs(loss / (reference[i] ?? NaN) - 1)).toBeLessThan(1e-5))
  })

  it('answer as if it were not there', () => {
    const model = modelWith()
    const parameters = initializeParameters(model, 1)
    const without = compileModel({
      inputShape: [FEATURES],
      layers: [{ ...denseNode('output', 1, 'identity'), inputs: ['input'] }],
      output: 'output'
    })
    const answers = predict(model, parameters, 'squared', 'regression', samples.features)
    expect(answers).toEqual(predict(without, parameters, 'squared', 'regression', samples.features))
  })
})
