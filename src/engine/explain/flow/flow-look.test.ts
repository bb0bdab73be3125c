import { describe, expect, it } from 'vitest'
import { INPUT, type LayerNode } from '../../spec'
import { checkOptions, type TrainOptions } from '../../train/options'
import { TARGETS } from '../../train/step-graph'
import { givenTo, LayerWatch } from '../../train/layer-statistics'
import { compileModel, initializeParameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { RandomStream } from '../../random/stream'
import { Microscope } from '../microscope'
import { frozenStep } from '../../train/frozen-step'
import { createTraining } from '../../train/training'
import { FlowLook } from './flow-look'
import { flowSentence, readFlow } from './flow-words'

function deep(activation: string, initializer: string, hidden: number): TrainOptions {
  const layers = Array.from({ length: hidden }, (_, i): LayerNode => {
    return { name: `dense${i + 1}`, type: 'dense', inputs: [], config: { units: 6, activation, initializer } }
  })
  const random = new RandomStream(3, 'rows')
  const rows = 40
  const data = Float64Array.from({ length: rows * 3 }, () => random.normal())
  const targets = Float64Array.from({ length: rows }, (_, i) => Number((data[i * 3] ?? 0) > 0))
  const samples = { features: { shape: [rows, 3], data }, targets: { shape: [rows, 1], data: targets } }
  return {
    ...{ model: compileModel(modelSpecOf(layers, 3, 'binary', 'log', 2)), task: 'binary', loss: 'log', answers: 2 },
    ...{ optimizer: { type: 'sgd', config: {} }, batchSize: 40, epochs: 5, seed: 1, shuffle: false },
    training: samples,
    validation: {
      features: { shape: [0, 3], data: new Float64Array() },
      targets: { shape: [0, 1], data: new Float64Array() }
    }
  }
}

describe('FlowLook', () => {
  it('gives the mean |δ| of the microscope and the norms of the watch', () => {
    const options = deep('tanh', 'auto', 3)
    const look = new FlowLook(options)
    const first = initializeParameters(options.model, options.seed)
    const moment = look.look(first)
    expect(look.rows).toBe(40)
    expect(moment.layers.map(({ layer }) => layer)).toEqual(['dense1', 'dense2', 'dense3', 'output'])

    // The one batch is all rows, so the next step goes by the same numbers.
    const training = createTraining({ ...options, executor: 'reference' })
    const frozen = frozenStep({ ...options, from: training.state() })
    training.close()
    const microscope = new Microscope({ ...frozen, held: new Map([...frozen.held, ...held(first)]), asTraining: true })
    expect(moment.loss).toBe(microscope.loss)
    for (const { layer, delta, gradientNorm } of moment.layers) {
      let sum = 0
      let count = 0
      for (let row = 0; row < look.rows; row += 1) {
        for (const value of microscope.layer(layer, row).delta ?? []) {
          sum += Math.abs(value) * look.rows
          count += 1
        }
      }
      expect(delta).toBeCloseTo(sum / count, 14)
      const parts = ['weight', 'bias'].flatMap((part) => [...microscope.parameter(`${layer}.${part}`).gradient])
      expect(gradientNorm).toBeCloseTo(Math.hypot(...parts), 14)
    }

    const watch = new LayerWatch(checkOptions(options).problem, 'reference').look(first, null)
    expect(moment.layers.map(({ gradientNorm }) => gradientNorm)).toEqual(
      watch.map(({ weights }) => weights?.gradientNorm)
    )
    expect(moment.layers.map(({ delta }) => delta)).toEqual(watch.map(({ delta }) => delta))
    const fast = new LayerWatch(checkOptions(options).problem, 'wasm').look(first, null)
    fast.forEach(({ delta }, i) => expect((delta ?? NaN) / (moment.layers[i]?.delta ?? NaN)).toBeCloseTo(1, 5))
  })

  it('tells single units: all of a narrow layer, the first and the last of a wide one', () => {
    const options = deep('tanh', 'auto', 2)
    const [wide, ...others] = options.model.spec.layers
    if (wide === undefined) throw new Error('no layer')
    const layers = [{ ...wide, config: { ...wide.config, units: 9 } }, ...others]
    const model = compileModel({ ...options.model.spec, layers })
    const moment = new FlowLook({ ...options, model }).look(initializeParameters(model, 1))
    const [first, second, output] = moment.layers
    expect(first).toMatchObject({ units: 9, inputs: ['input'] })
    expect(first?.shownUnits.map(({ unit }) => unit)).toEqual([0, 1, 2, 6, 7, 8])
    expect(second).toMatchObject({ units: 6, inputs: ['dense1'] })
    const mean = (second?.shownUnits ?? []).reduce((sum, { delta }) => sum + delta / 6, 0)
    expect(mean).toBeCloseTo(second?.delta ?? NaN, 14)
    expect(output?.shownUnits).toEqual([{ unit: 0, delta: output?.delta }])
  })

  it('tells how many rows are right', () => {
    const options = deep('tanh', 'auto', 1)
    const look = new FlowLook(options)
    const { problem } = checkOptions(options)
    expect(givenTo(problem, 40).get(INPUT)).toHaveLength(120)
    const wanted = givenTo(problem, 40).get(TARGETS) ?? new Float64Array()
    const share = [...wanted].filter((value) => value === 0).length / 40
    const first = initializeParameters(options.model, options.seed)
    const sure = new Map(first).set('output.bias', { shape: [1], data: Float64Array.of(-50) })
    expect(look.look(sure).metrics['accuracy']).toBeCloseTo(share, 14)
  })

  it('sees the error vanish in a deep sigmoid network and arrive with ReLU and He', () => {
    const of = (activation: string, initializer: string) => {
      const options = deep(activation, initializer, 11)
      return new FlowLook(options).look(initializeParameters(options.model, 1)).layers
    }
    const sigmoid = of('sigmoid', 'glorot-uniform')
    expect(readFlow(sigmoid)?.verdict).toBe('vanishing')
    expect(flowSentence(sigmoid)).toMatch(
      /shrinks [\d,.e]+-fold .* over 11 layers, [\d.]+-fold each on average: vanishing/
    )
    const arrived = readFlow(of('relu', 'he-normal'))?.ratio ?? NaN
    expect(arrived).toBeGreaterThan(1e-3)
    expect(arrived / (readFlow(sigmoid)?.ratio ?? NaN)).toBeGreaterThan(1e3)
  })
})

function held(parameters: ReadonlyMap<string, { readonly data: Float64Array }>): [string, Float64Array][] {
  return [...parameters].map(([name, { data }]) => [name, data])
}
