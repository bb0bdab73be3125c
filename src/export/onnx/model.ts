/** A run as an ONNX model: preparation, network and answers in one file that takes raw columns. */
import { classNames } from '../../data'
import { inferenceGraph } from '../../engine'
import { studioVersion, type Run } from '../../project'
import { StudioError } from '../../shared/errors'
import { addAnswers, declareAnswers } from './answers'
import { ML_DOMAIN, OnnxBuilder } from './builder'
import { addInputs, addPreparation, inputType } from './preparation'
import { encodeModel } from './proto'
import { addNetwork } from './rules'

/**
 * IR 7, opset 13 and ai.onnx.ml 2 are those of ONNX 1.8 (2020): the oldest in which every operator used here
 * has its present meaning (Softmax over one axis came with 13), so the widest range of runtimes reads the file:
 * onnxruntime since 1.6, and every later one, as opsets stay supported.
 */
const IR_VERSION = 7
const OPSET = 13
const ML_OPSET = 2

/** Rows of the graph that is walked; the file does not depend on it. */
const ANY_ROWS = 1

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
  const builder = new OnnxBuilder()
  addInputs(builder, preparation)
  const answers = declareAnswers(builder, preparation)
  const graph = inferenceGraph(run.model, setup.loss, setup.task, ANY_ROWS)
  const network = addNetwork(builder, graph, run.parameters, addPreparation(builder, preparation))
  addAnswers(builder, preparation.target, answers, network.name, network.units)
  const metadata: readonly (readonly [string, string])[] = [
    ['studio', studioVersion],
    ['run', id],
    ['task', setup.task],
    ['target', preparation.target.name],
    ['classes', JSON.stringify(classNames(preparation))],
    ['features', JSON.stringify(preparation.features.map((feature) => describeFeature(feature)))],
    ['outputs', JSON.stringify(answers)]
  ]
  return encodeModel({
    ir_version: IR_VERSION,
    producer_name: 'Backprop Studio',
    producer_version: studioVersion,
    doc_string: `Predicts "${preparation.target.name}" from raw columns, one input each. Missing: NaN in numbers, empty text in categories.`,
    opset_import: [
      { domain: '', version: OPSET },
      { domain: ML_DOMAIN, version: ML_OPSET }
    ],
    graph: builder.graph('backprop-studio'),
    metadata_props: metadata.map(([key, value]) => ({ key, value }))
  })
}

function describeFeature(feature: Run['record']['preparation']['features'][number]) {
  const { name, fill } = feature
  const type = inputType(feature)
  return feature.kind === 'number' ? { name, type, fill } : { name, type, fill, categories: feature.categories }
}
