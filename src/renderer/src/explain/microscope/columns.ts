/** The network of a step as the microscope draws it: its columns, and what its neurons and edges show in a phase. */
import { INPUT, type LayerFamily, type Link } from '../../../../engine/catalog'
import type { ExplainedLayer, MicroscopeView, ParameterView } from '../../../../shared/explain-views'
import type { WeightsView } from '../../../../shared/views'
import { outputNames, shapeText } from '../../components/modelWords'
import type { NetworkColumn } from '../../components/networkLayout'
import { specOf } from '../../components/networkModel'
import { knownOf, type Phase } from './phases'

export interface MicroscopeColumn extends NetworkColumn {
  /** Its activation or link; empty for none. */
  readonly note: string
  readonly typeLabel: string
  readonly shape: readonly number[]
  readonly family: LayerFamily | 'input' | 'output'
}

export function columnsOf(view: MicroscopeView): MicroscopeColumn[] {
  const { inputShape, outputs, link } = view
  const names = [INPUT, ...view.layers.map(({ layer }) => layer)]
  const isList = inputShape.length === 1
  const input: MicroscopeColumn = {
    name: INPUT,
    size: isList ? (inputShape[0] ?? 1) : 1,
    labels: isList ? view.inputs.map(({ name }) => name) : [],
    kind: isList ? 'neurons' : 'box',
    sources: [],
    note: isList ? 'x' : '',
    typeLabel: inputShape.length === 3 ? 'Image' : 'Features',
    shape: inputShape,
    family: 'input'
  }
  const layers = view.layers.map((layer, place): MicroscopeColumn => {
    const isOutput = place === view.layers.length - 1
    const spec = specOf(layer.type)
    const isUnits = layer.type === 'dense' && layer.shape.length === 1
    return {
      name: layer.layer,
      size: isUnits ? layer.a.length : 1,
      labels: isOutput ? outputNames(outputs, layer.a.length) : [],
      kind: isUnits ? 'neurons' : 'box',
      sources: layer.inputs.map((name) => names.indexOf(name)).filter((source) => source >= 0),
      note: noteOf(layer, isOutput ? link : null),
      typeLabel: spec?.label ?? layer.type,
      shape: layer.shape,
      family: isOutput ? 'output' : (spec?.family ?? 'linear')
    }
  })
  return [input, ...layers]
}

function noteOf({ activation, type, shape }: ExplainedLayer, link: Link | null): string {
  const name = link === null || link === 'identity' ? activation : link
  if (name !== null && name !== 'identity') return name
  return type === 'dense' ? '' : shapeText(shape)
}

/** The name of a unit: a feature, a class, or `dense1[3]`. */
export function unitName(columns: readonly MicroscopeColumn[], layer: string, unit: number): string {
  const label = columns.find(({ name }) => name === layer)?.labels[unit]
  return label === undefined || label === '' ? `${layer}[${unit + 1}]` : label
}

/** What an edge shows: the weight, ∂E/∂w, or what the step adds to the weight. */
export type EdgeMode = 'weight' | 'gradient' | 'change'

export function edgeModeOf(phases: readonly Phase[], at: number, layer: string): EdgeMode {
  const known = knownOf(phases, at, layer)
  return known.descent ? 'change' : known.backward ? 'gradient' : 'weight'
}

/** Numbers of a parameter as an edge mode has them. */
export function modeNumbers({ before, gradient, after }: ParameterView, mode: EdgeMode): Float64Array {
  if (mode === 'weight') return before
  return mode === 'gradient' ? gradient : after.map((value, i) => value - (before[i] ?? NaN))
}

type DrawnLayer = WeightsView['layers'][number]

/** What the edges of the drawing show, made once for each layer and mode. */
export class EdgeNumbers {
  readonly #made = new Map<string, DrawnLayer>()

  constructor(private readonly parameters: ReadonlyMap<string, ParameterView>) {}

  /** @param modeOf of a layer */
  of(columns: readonly MicroscopeColumn[], modeOf: (layer: string) => EdgeMode): WeightsView {
    const layers = columns
      .filter(({ kind, family }) => kind === 'neurons' && family !== 'input')
      .flatMap(({ name }) => this.#layer(name, modeOf(name)) ?? [])
    return { layers }
  }

  #layer(name: string, mode: EdgeMode): DrawnLayer | null {
    const key = `${mode} ${name}`
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const [weight, bias] = [this.parameters.get(`${name}.weight`), this.parameters.get(`${name}.bias`)]
    if (weight === undefined || bias === undefined) return null
    const [units = 0, width = 0] = weight.shape
    const numbers = modeNumbers(weight, mode)
    const layer = {
      name,
      weight: Array.from({ length: units }, (_, unit) =>
        Array.from(numbers.subarray(unit * width, (unit + 1) * width))
      ),
      bias: Array.from(modeNumbers(bias, mode))
    }
    this.#made.set(key, layer)
    return layer
  }
}

/** What a unit shows in a phase. */
export interface ShownNumbers {
  readonly symbol: 'x' | 'a' | 'δ' | ''
  readonly values: ArrayLike<number>
}

/** Of a column: what goes in, a once it was computed, δ (∂E/∂y of layers without a sum) once it has come back. */
export function shownNumbers(view: MicroscopeView, phases: readonly Phase[], at: number, column: string): ShownNumbers {
  if (column === INPUT) return { symbol: 'x', values: view.inputs.map(({ value }) => value) }
  const layer = view.layers.find((each) => each.layer === column)
  const known = knownOf(phases, at, column)
  if (layer === undefined || !known.forward) return { symbol: '', values: [] }
  if (known.backward) return { symbol: 'δ', values: layer.delta ?? layer.gradient }
  return { symbol: 'a', values: layer.a }
}

/** Columns between which numbers travel in a phase, as the column that edges lead into; and which way. */
export function underWay(
  columns: readonly MicroscopeColumn[],
  phase: Phase | null
): { readonly into: readonly number[]; readonly way: 'forward' | 'backward' | 'none' } {
  if (phase === null) return { into: [], way: 'none' }
  if (phase.kind === 'descent') return { into: columns.map((_, place) => place).slice(1), way: 'none' }
  const place = columns.findIndex(({ name }) => name === phase.layer)
  if (phase.kind === 'forward') return { into: [place], way: 'forward' }
  if (phase.kind === 'error') return { into: [], way: 'none' }
  const users = columns.flatMap(({ sources }, index) => (sources.includes(place) ? [index] : []))
  return { into: users, way: 'backward' }
}

/** What the a of a layer is after: the link of the output layer, else its activation. */
export function activationOf({ layers, link }: MicroscopeView, layer: ExplainedLayer): string {
  return layer === layers.at(-1) && link !== 'identity' ? link : (layer.activation ?? 'identity')
}

/** What is wanted of each output: 1 of the right class, or the value as the loss takes it. */
export function wantedOf(view: MicroscopeView, outputs: number): readonly number[] {
  const [first = NaN] = view.target
  return Array.from({ length: outputs }, (_, unit) =>
    view.link === 'softmax' ? Number(unit === first) : (view.target[unit] ?? NaN)
  )
}
