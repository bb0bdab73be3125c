/** The network as the Model stage shows it: the items of its list and the columns of its drawing. */
import {
  INPUT,
  layerSpecs,
  OUTPUT_LAYER,
  type LayerDescription,
  type LayerFamily,
  type LayerNode,
  type LayerSpec,
  type ModelDescription,
  type ModelSpec,
  type Shape,
  unusedLayers
} from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import { plural } from '../state/format'
import { drawnName, embeddedColumns, embeddingText, generatedLayers, seenFeatures, seenShape } from './embeddedInputs'
import { batchShape, layerItemName, layerSettings, linkOf, listed, outputNames, shapeText } from './modelWords'
import type { NetworkColumn } from './networkLayout'

export interface NetworkSources {
  readonly setup: Setup
  /** Null while the data is not ready. */
  readonly prepared: PreparedView | null
  readonly spec: ModelSpec | null
  readonly description: ModelDescription | null
}

/** What an item or a column has the colour of. */
export type DrawnFamily = LayerFamily | 'input' | 'output'

export interface LayerItemView {
  /** `input` or the layer's name. */
  readonly name: string
  /** Accessible name of the whole item; begins with the layer's type. */
  readonly label: string
  readonly typeLabel: string
  readonly detail: string
  readonly family: DrawnFamily
  /** Where it takes its input from, when that is not simply the layer before it. */
  readonly takes: string | null
  /** `[N, 16]`, or null where a mistake leaves it unknown. */
  readonly shape: string | null
  readonly parameters: number | null
  readonly multiplyAdds: number | null
  /** Numbers that it passes on for one row. */
  readonly activations: number | null
  readonly problems: readonly string[]
  /** Nothing takes its output. */
  readonly unused: boolean
  /** Follows from the data and the loss: it cannot be moved or removed. */
  readonly locked: boolean
}

export interface DiagramColumn extends NetworkColumn {
  /** Its activation or link; empty for none. */
  readonly note: string
  readonly typeLabel: string
  /** `16 × 14 × 14`; null where a mistake leaves it unknown. */
  readonly shape: string | null
  readonly family: DrawnFamily
  /** Something is wrong with this layer. */
  readonly problem: boolean
  /** The size cannot be told while the layer is being put right; one neuron stands for it. */
  readonly unsized: boolean
}

/** Units of the output layer; null while they are not known. */
export function outputUnitsOf(spec: ModelSpec | null): number | null {
  const units = spec?.layers.at(-1)?.config['units']
  return typeof units === 'number' ? units : null
}

function isImage(prepared: PreparedView | null): boolean {
  return prepared !== null && prepared.inputShape.length === 3
}

function inputLabel(prepared: PreparedView | null): string {
  if (prepared === null) return 'Input, features not known yet'
  const [channels = 1, height = 1, width = 1] = prepared.inputShape
  if (!isImage(prepared)) return `Input, ${plural(prepared.features.length, 'feature')}`
  return `Input, ${channels === 1 ? 'grey' : 'colour'} image of ${width}×${height}`
}

/** Input, embedded columns, hidden layers and output, in order. */
export function layerItems({ setup, prepared, spec, description }: NetworkSources): LayerItemView[] {
  const features = prepared?.features.length ?? null
  const input: LayerItemView = {
    name: INPUT,
    label: inputLabel(prepared),
    typeLabel: isImage(prepared) ? 'Image' : 'Features',
    detail:
      features === null
        ? 'known once the data is ready'
        : setup.prepare
          ? isImage(prepared)
            ? 'pixels, standardised channel by channel'
            : (prepared?.embedded.length ?? 0) > 0
              ? 'columns as prepared, some of them embedded'
              : 'standardised and one-hot columns'
          : 'numbers as they stand in the file',
    family: 'input',
    takes: null,
    shape: prepared === null ? null : batchShape(prepared.inputShape),
    parameters: null,
    multiplyAdds: null,
    activations: features,
    problems: [],
    unused: false,
    locked: true
  }
  const embedded = embeddedColumns(setup, prepared, spec).map(({ input, layer, index }): LayerItemView => ({
    name: layer.name,
    label: `Embedding ${embeddingText(input)}, follows from the data`,
    typeLabel: specOf(layer.type)?.label ?? layer.type,
    detail: embeddingText(input),
    family: 'embedding',
    takes: null,
    unused: false,
    locked: true,
    ...measured(description?.layers[index]),
    // As the next layer, which takes the axis of the entry away, gives them to the others.
    shape: measured(description?.layers[index + 1]).shape
  }))
  const before = generatedLayers(setup, prepared, spec)
  const unused = spec === null ? [] : unusedLayers(spec)
  const hidden = setup.layers.map((layer, index): LayerItemView => {
    const type = specOf(layer.type)
    const typeLabel = type?.label ?? layer.type
    const fields = type?.fields ?? []
    return {
      name: layer.name,
      label: layerItemName(layer, typeLabel, fields),
      typeLabel,
      detail: layerSettings(layer, fields),
      family: type?.family ?? 'linear',
      takes: takesOf(layer),
      unused: unused.includes(layer.name),
      locked: false,
      ...measured(description?.layers[before + index])
    }
  })
  const units = outputUnitsOf(spec)
  const link = linkOf(setup.task, setup.loss)
  const shownUnits = units === null ? 'units not known yet' : plural(units, 'unit')
  const output: LayerItemView = {
    name: OUTPUT_LAYER,
    label: `Dense ${OUTPUT_LAYER}, ${shownUnits}, ${link}, follows from the target`,
    typeLabel: specOf('dense')?.label ?? 'Dense',
    detail: `${shownUnits} · ${link}`,
    family: 'output',
    takes: null,
    unused: false,
    locked: true,
    ...measured(description?.layers.at(-1)),
    // Its size follows from the target, whatever is wrong before it.
    shape: units === null ? null : batchShape([units])
  }
  return [input, ...embedded, ...hidden, output]
}

/**
 * Columns from the features to the classes; none while the data is not ready. An embedded column stands among the features
 * as the numbers that are learned for it.
 */
export function diagramColumns({ setup, prepared, spec, description }: NetworkSources): DiagramColumn[] {
  if (prepared === null || spec === null) return []
  const before = generatedLayers(setup, prepared, spec)
  const [generated, own] = [spec.layers.slice(0, before), spec.layers.slice(before)]
  const names = [INPUT, ...own.map((layer) => layer.name)]
  const sourcesOf = (index: number): number[] =>
    (own[index]?.inputs ?? [])
      .map((name) => names.indexOf(drawnName(generated, name)))
      .filter((place) => place >= 0 && place <= index)
  const features = seenFeatures(prepared)
  const input: DiagramColumn = {
    name: INPUT,
    note: '',
    typeLabel: isImage(prepared) ? 'Image' : 'Features',
    shape: shapeText(seenShape(setup, prepared, spec, description) ?? spec.inputShape),
    size: features.length,
    // A neuron for each pixel would tell less than the shape.
    labels: isImage(prepared) ? [] : features,
    kind: isImage(prepared) ? 'box' : 'neurons',
    sources: [],
    family: 'input',
    problem: false,
    unsized: false
  }
  const hidden = setup.layers.map((layer, index): DiagramColumn => {
    const told = description?.layers[before + index]
    const type = specOf(layer.type)
    return {
      ...sizeOf(layer, told?.outputShape ?? null),
      name: layer.name,
      note: noteOf(layer),
      typeLabel: type?.label ?? layer.type,
      labels: [],
      sources: sourcesOf(index),
      family: type?.family ?? 'linear',
      problem: (told?.problems.length ?? 0) > 0
    }
  })
  const link = linkOf(setup.task, setup.loss)
  const units = outputUnitsOf(spec) ?? 1
  const output: DiagramColumn = {
    name: OUTPUT_LAYER,
    note: link === 'identity' ? '' : link,
    typeLabel: specOf('dense')?.label ?? 'Dense',
    shape: shapeText([units]),
    size: units,
    labels: outputNames(prepared.outputs, units),
    kind: 'neurons',
    sources: sourcesOf(own.length - 1),
    family: 'output',
    problem: (description?.layers.at(-1)?.problems.length ?? 0) > 0,
    unsized: false
  }
  return [input, ...hidden, output]
}

/** A dense layer is drawn by its units; of any other the numbers are not told apart. */
function sizeOf(layer: LayerNode, shape: Shape | null): Pick<DiagramColumn, 'kind' | 'size' | 'shape' | 'unsized'> {
  const shown = shape === null ? null : shapeText(shape)
  if (layer.type !== 'dense') {
    return { kind: 'box', size: shape?.reduce((product, size) => product * size, 1) ?? 1, shape: shown, unsized: false }
  }
  const units = layer.config['units']
  const isSize = typeof units === 'number' && Number.isInteger(units) && units >= 1
  return { kind: 'neurons', size: isSize ? units : 1, shape: shown, unsized: !isSize }
}

function noteOf(layer: LayerNode): string {
  const activation = layer.config['activation']
  return typeof activation === 'string' && activation !== 'identity' ? activation : ''
}

export function specOf(type: string): LayerSpec | undefined {
  return layerSpecs.find((spec) => spec.type === type)
}

function takesOf(layer: LayerNode): string | null {
  if (layer.inputs.length === 0) return null
  return `${layer.inputs.length > 1 ? 'joins' : 'takes'} ${listed(layer.inputs)}`
}

/** What a layer comes to; nothing is told of it while its shape is unknown. */
function measured(
  layer: LayerDescription | undefined
): Pick<LayerItemView, 'shape' | 'parameters' | 'multiplyAdds' | 'activations' | 'problems'> {
  const problems = layer?.problems.map((problem) => problem.message) ?? []
  const shape = layer?.outputShape ?? null
  if (layer === undefined || shape === null) {
    return { shape: null, parameters: null, multiplyAdds: null, activations: null, problems }
  }
  return {
    shape: batchShape(shape),
    parameters: layer.parameters,
    multiplyAdds: layer.multiplyAdds,
    activations: layer.activations,
    problems
  }
}
