/** The network as the Model stage shows it: the items of its list and the columns of its drawing. */
import {
  INPUT,
  layerSpecs,
  OUTPUT_LAYER,
  type LayerDescription,
  type LayerNode,
  type ModelDescription,
  type ModelSpec
} from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import { plural } from '../state/format'
import { activationLabel, layerItemName, linkOf, outputNames } from './modelWords'

export interface NetworkSources {
  readonly setup: Setup
  /** Null while the data is not ready. */
  readonly prepared: PreparedView | null
  readonly spec: ModelSpec | null
  readonly description: ModelDescription | null
}

export type LayerFamily = 'input' | 'linear' | 'output'

export interface LayerItemView {
  /** `input` or the layer's name. */
  readonly name: string
  /** Accessible name of the whole item; begins with the layer's type. */
  readonly label: string
  readonly typeLabel: string
  readonly detail: string
  readonly family: LayerFamily
  /** `[N, 16]`, or null where a mistake leaves it unknown. */
  readonly shape: string | null
  readonly parameters: number | null
  readonly multiplyAdds: number | null
  readonly problems: readonly string[]
  /** Follows from the data and the loss: it cannot be moved or removed. */
  readonly locked: boolean
}

export interface DiagramColumn {
  /** `input` or the layer's name. */
  readonly name: string
  /** Its activation or link; empty for none. */
  readonly note: string
  readonly size: number
  /** Names of single neurons, or empty. */
  readonly labels: readonly string[]
  readonly family: LayerFamily
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

/** Input, hidden layers and output, in order. */
export function layerItems({ setup, prepared, spec, description }: NetworkSources): LayerItemView[] {
  const features = prepared?.features.length ?? null
  const input: LayerItemView = {
    name: INPUT,
    label: features === null ? 'Input, features not known yet' : `Input, ${plural(features, 'feature')}`,
    typeLabel: 'Features',
    detail: features === null ? 'known once the data is ready' : 'standardised and one-hot columns',
    family: 'input',
    shape: features === null ? null : `[N, ${features}]`,
    parameters: null,
    multiplyAdds: null,
    problems: [],
    locked: true
  }
  const hidden = setup.layers.map((layer, index): LayerItemView => {
    const typeLabel = typeLabelOf(layer.type)
    return {
      name: layer.name,
      label: layerItemName(layer, typeLabel),
      typeLabel,
      detail: detailOf(layer),
      family: 'linear',
      locked: false,
      ...measured(description?.layers[index])
    }
  })
  const units = outputUnitsOf(spec)
  const link = linkOf(setup.task, setup.loss)
  const shownUnits = units === null ? 'units not known yet' : plural(units, 'unit')
  const output: LayerItemView = {
    name: OUTPUT_LAYER,
    label: `Dense ${OUTPUT_LAYER}, ${shownUnits}, ${link}, follows from the target`,
    typeLabel: typeLabelOf('dense'),
    detail: `${shownUnits} · ${link}`,
    family: 'output',
    locked: true,
    ...measured(description?.layers.at(-1)),
    // Its size follows from the target, whatever is wrong before it.
    shape: units === null ? null : `[N, ${units}]`
  }
  return [input, ...hidden, output]
}

/** Columns of neurons, from the features to the classes; none while the data is not ready. */
export function diagramColumns({ setup, prepared, spec, description }: NetworkSources): DiagramColumn[] {
  if (prepared === null || spec === null) return []
  const plain = { labels: [], problem: false, unsized: false }
  const input: DiagramColumn = {
    ...plain,
    name: INPUT,
    note: '',
    size: prepared.features.length,
    labels: prepared.features,
    family: 'input'
  }
  const hidden = setup.layers.map((layer, index): DiagramColumn => {
    const units = layer.config['units']
    const isSize = typeof units === 'number' && Number.isInteger(units) && units >= 1
    const activation = layer.config['activation']
    return {
      ...plain,
      name: layer.name,
      note: typeof activation === 'string' && activation !== 'identity' ? activation : '',
      size: isSize ? units : 1,
      family: 'linear',
      problem: (description?.layers[index]?.problems.length ?? 0) > 0,
      unsized: !isSize
    }
  })
  const link = linkOf(setup.task, setup.loss)
  const units = outputUnitsOf(spec) ?? 1
  const output: DiagramColumn = {
    ...plain,
    name: OUTPUT_LAYER,
    note: link === 'identity' ? '' : link,
    size: units,
    labels: outputNames(setup.task, setup.target, prepared.classes, units),
    family: 'output'
  }
  return [input, ...hidden, output]
}

function typeLabelOf(type: string): string {
  return layerSpecs.find((spec) => spec.type === type)?.label ?? type
}

function detailOf(layer: LayerNode): string {
  const units = layer.config['units']
  const activation = layer.config['activation']
  return [
    ...(typeof units === 'number' ? [Number.isFinite(units) ? plural(units, 'unit') : 'no units yet'] : []),
    ...(typeof activation === 'string' ? [activationLabel(activation)] : [])
  ].join(' · ')
}

/** What a layer comes to; nothing is told of it while its shape is unknown. */
function measured(
  layer: LayerDescription | undefined
): Pick<LayerItemView, 'shape' | 'parameters' | 'multiplyAdds' | 'problems'> {
  const problems = layer?.problems.map((problem) => problem.message) ?? []
  const shape = layer?.outputShape ?? null
  if (layer === undefined || shape === null) return { shape: null, parameters: null, multiplyAdds: null, problems }
  return {
    shape: `[N, ${shape.join(', ')}]`,
    parameters: layer.parameters,
    multiplyAdds: layer.multiplyAdds,
    problems
  }
}
