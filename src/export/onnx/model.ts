/** A run as an ONNX model: preparation, network and answers in one file that takes raw columns. */
import { classNames, outputNames } from '../../data'
import { INPUT, inferenceGraph, type InferenceGraph, type Model } from '../../engine'
import { studioVersion, type Run } from '../../project'
import { StudioError } from '../../shared/errors'
import { addAnswers, declareAnswers } from './answers'
import { ML_DOMAIN, OnnxBuilder } from './builder'
import { addNetwork } from './network'
import { addInputs, addPreparation, inputType, opsetFor } from './preparation'
import { encodeModel } from './proto'
import { BATCH } from './rules'

/**
 * Opset 13, IR 7 and ai.onnx.ml 2 are those of ONNX 1.8 (2020): the oldest in which every operator used for most models has
 * its present meaning (Softmax over one axis came with 13), so the widest range of runtimes reads the file: onnxruntime
 * since 1.6, and every later one, as opsets stay supported. Opset 20 and IR 9 are those of ONNX 1.15 (2023).
 */
const IR_VERSIONS = { 13: 7, 20: 9 } as const
const ML_OPSET = 2

/** Protobuf messages end at 2 GiB; the rest of the file is small against the margin. */
const MAX_PARAMETERS = 500_000_000

/** @throws StudioError `export-unsupported` when a primitive has no rule or the model is over the format's size */
export function onnxFile(run: Run): Uint8Array {
  const { preparation, setup, parameters, id } = run.record
  if (parameters > MAX_PARAMETERS) {
    throw new StudioError(
      'export-unsupported',
      `An ONNX file holds up to ${MAX_PARAMETERS} parameters, this model has ${parameters}. Use fewer units.`
    )
  }
  const builder = new OnnxBuilder(opsetFor(preparation))
  addInputs(builder, preparation)
  const answers = declareAnswers(builder, preparation)
  const graph = inferenceGraph(run.model, setup.loss, setup.task, BATCH)
  const prepared = addPreparation(builder, preparation)
  const features = shapedFeatures(builder, run.model, prepared, preparation.window !== undefined)
  const network = addNetwork(builder, graph, run.parameters, new Map([[INPUT, features]]))
  addAnswers(builder, preparation, answers, network, unitsOf(graph))
  const { target } = preparation
  const targets = 'classes' in target ? [target.name] : outputNames(preparation)
  const metadata: readonly (readonly [string, string])[] = [
    ['studio', studioVersion],
    ['run', id],
    ['task', setup.task],
    // The first one, for readers of the time when there was only one.
    ['target', targets[0] ?? ''],
    ['targets', JSON.stringify(targets)],
    ['classes', JSON.stringify(classNames(preparation))],
    ...(target.task === 'multi-label' ? [['labels', JSON.stringify(target.labels)] as const] : []),
    ['features', JSON.stringify(preparation.features.map((feature) => describeFeature(feature)))],
    ['outputs', JSON.stringify(answers)],
    ...(preparation.window === undefined ? [] : [['window', JSON.stringify(preparation.window)] as const])
  ]
  const window =
    preparation.window === undefined
      ? ''
      : ` with the ${preparation.window.steps} rows up to the present one, the oldest first`
  return fileOf(
    builder,
    `Predicts ${predicted(targets)} from the table's columns, one input each${window}; the help of each input says how a missing value is written.`,
    metadata
  )
}

/** What a builder holds, as the bytes of a file in the versions above. */
export function fileOf(
  builder: OnnxBuilder,
  description: string,
  metadata: readonly (readonly [key: string, value: string])[]
): Uint8Array {
  return encodeModel({
    ir_version: IR_VERSIONS[builder.opset],
    producer_name: 'Backprop Studio',
    producer_version: studioVersion,
    doc_string: description,
    opset_import: [
      { domain: '', version: builder.opset },
      { domain: ML_DOMAIN, version: ML_OPSET }
    ],
    graph: builder.graph('backprop-studio'),
    metadata_props: metadata.map(([key, value]) => ({ key, value }))
  })
}

/** Names for the description of a file. */
function predicted(targets: readonly string[]): string {
  const shown = targets.slice(0, 6).map((name) => `"${name}"`)
  return `${shown.join(', ')}${targets.length > shown.length ? ` and ${targets.length - shown.length} more` : ''}`
}

/** Features [N, F], or [N, F, T] of windows → [N, …inputShape], as the network takes them. */
function shapedFeatures(builder: OnnxBuilder, { spec }: Model, features: string, window: boolean): string {
  if (!window && spec.inputShape.length === 1) return features
  // 0 keeps N.
  const shape = [0, ...spec.inputShape]
  return builder.node('Reshape', [features, builder.int64('features.shape', [shape.length], shape)], {
    hint: 'features.shaped'
  })
}

/** K of an output [N, K]. */
function unitsOf({ graph, output }: InferenceGraph): number {
  const [, units] = graph.nodes[output]?.shape ?? []
  if (units === undefined) throw new Error('the graph has no output [N, K]')
  return units
}

/** A feature as it was fitted, with the type of its input: what a reader of the file may want to know. */
function describeFeature(feature: Run['record']['preparation']['features'][number]) {
  const { name, ...fitted } = feature
  return { name, type: inputType(feature), ...fitted }
}
