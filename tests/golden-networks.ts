/** Golden networks of any layers: their schema, and their losses by the wasm kernels. */
import * as v from 'valibot'
import { WasmExecutor } from '../src/engine/executors/wasm/training-executor'
import type { Kernels } from '../src/engine/executors/wasm/kernels'
import { parseConfig, type Config } from '../src/engine/fields'
import { compileModel, type Model } from '../src/engine/model/model'
import { optimizerNamed } from '../src/engine/optimizers'
import { INPUT, type LayerNode } from '../src/engine/spec'
import { lossDefaults } from '../src/engine/testing'
import { stepScalars } from '../src/engine/train/step-graph'
import { problemEntries } from './golden'

export const networkEntries = {
  ...problemEntries,
  inputShape: v.array(v.number()),
  layers: v.array(
    v.object({
      name: v.string(),
      type: v.string(),
      inputs: v.optional(v.array(v.string()), []),
      config: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]))
    })
  )
}
export type Network = v.InferOutput<v.ObjectSchema<typeof networkEntries, undefined>>

/** A layer without inputs takes the one before it. */
export function modelOf({ inputShape, layers }: Network): Model {
  const nodes = layers.map((layer, i): LayerNode =>
    layer.inputs.length > 0 ? layer : { ...layer, inputs: [layers[i - 1]?.name ?? INPUT] }
  )
  return compileModel({ inputShape, layers: nodes, output: 'output' })
}

/** Losses of so many steps of SGD over the batches in turn. */
export function lossesByKernels(
  kernels: Kernels,
  network: Network,
  settings: Config,
  steps: number
): readonly number[] {
  const { batches, loss, task, parameters } = network
  const optimizer = optimizerNamed('sgd')
  const config = parseConfig(optimizer.label, optimizer.fields, settings)
  const joined = (key: 'features' | 'targets') => {
    const parts = batches.map((batch) => batch[key])
    const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)
    const data = Float64Array.from(parts.flatMap((part) => part.data))
    return { shape: [rows, data.length / rows], data }
  }
  const samples = { features: joined('features'), targets: joined('targets') }
  const executor = WasmExecutor.create(
    {
      ...{ model: modelOf(network), loss, lossSettings: lossDefaults(loss), task, seed: 1, optimizer, config },
      batchSize: Math.max(...batches.map(({ targets }) => targets.data.length)),
      training: samples,
      validation: samples,
      parameters: new Map(parameters.map(({ name, shape, data }) => [name, { shape, data: Float64Array.from(data) }]))
    },
    kernels
  )
  if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
  let first = 0
  const rows = batches.map(({ targets }) => {
    const own = Int32Array.from(targets.data, (_, i) => first + i)
    first += own.length
    return own
  })
  const taken = executor.takeSteps(
    Array.from({ length: steps }, (_, step) => ({
      rows: rows[step % rows.length] ?? new Int32Array(),
      epoch: 0,
      scalars: stepScalars(optimizer, config, step + 1)
    }))
  )
  executor.close()
  return taken.losses
}
