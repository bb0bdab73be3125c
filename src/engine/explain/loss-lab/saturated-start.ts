/** First weights with an output that is sure before it has learned anything, the same under every loss. */
import { ConfigError } from '../../../shared/errors'
import { lossFor, type LossName } from '../../losses'
import type { Parameters } from '../../model/model'
import type { ModelSpec, Task } from '../../spec'

/**
 * The network with as many outputs as a loss needs.
 * @throws ConfigError `output-not-dense` where another number of outputs is needed and the last layer is not a dense one
 */
export function withOutputsFor(spec: ModelSpec, loss: LossName, task: Task, answers: number): ModelSpec {
  const units = lossFor(loss, task).outputUnits(task, answers)
  return {
    ...spec,
    layers: spec.layers.map((layer) => {
      if (layer.name !== spec.output || layer.config['units'] === units) return layer
      if (layer.type !== 'dense') {
        throw new ConfigError(
          'output-not-dense',
          `The losses need different numbers of outputs, so the network must end with a Dense layer; "${layer.name}" is ${layer.type}. Put a Dense layer last.`
        )
      }
      return { ...layer, config: { ...layer.config, units } }
    })
  }
}

/**
 * Adds to the output's bias, so that the network begins sure of a class whatever the row.
 * @param towards number of the class; null: every label is on
 * @param shift in z; with one output for two classes it moves down for the first
 * @throws ConfigError `output-not-dense` where the last layer has no bias
 */
export function saturatedStart(
  first: Parameters,
  output: string,
  { towards, shift }: { readonly towards: number | null; readonly shift: number }
): Parameters {
  const name = `${output}.bias`
  const bias = first.get(name)
  if (bias === undefined) {
    throw new ConfigError(
      'output-not-dense',
      `The last layer "${output}" has no bias that could be moved. Put a Dense layer last.`
    )
  }
  const onlyOne = bias.data.length === 1
  const data = bias.data.map((value, k) => {
    if (towards === null) return value + shift
    if (onlyOne) return value + (towards === 1 ? shift : -shift)
    return k === towards ? value + shift : value
  })
  return new Map(first).set(name, { ...bias, data })
}

/**
 * The same answers by an output each for two classes: [w] becomes [−w/2, w/2], so z₂ − z₁ is what z was and softmax says what the
 * sigmoid said.
 */
export function asTwoOutputs(first: Parameters, output: string): Parameters {
  const next = new Map(first)
  for (const part of ['weight', 'bias']) {
    const name = `${output}.${part}`
    const tensor = first.get(name)
    if (tensor === undefined || tensor.shape[0] !== 1) continue
    const halves = tensor.data.map((value) => value / 2)
    const data = new Float64Array(2 * halves.length)
    data.set(halves.map((value) => -value))
    data.set(halves, halves.length)
    next.set(name, { shape: [2, ...tensor.shape.slice(1)], data })
  }
  return next
}
