/** What can be chosen in the microscope: a unit of a layer, or one number of a parameter. */
import type { ExplainedLayer, MicroscopeView, ParameterView } from '../../../../shared/explain-views'
import type { Phase } from './phases'

export type Selection =
  | { readonly kind: 'unit'; readonly layer: string; readonly unit: number }
  | { readonly kind: 'weight'; readonly parameter: string; readonly index: number }

export function sameSelection(one: Selection, other: Selection): boolean {
  if (one.kind === 'unit') return other.kind === 'unit' && one.layer === other.layer && one.unit === other.unit
  return other.kind === 'weight' && one.parameter === other.parameter && one.index === other.index
}

/** Another step may be of another network. */
export function stillThere(
  { layers }: MicroscopeView,
  parameters: ReadonlyMap<string, ParameterView>,
  selection: Selection
): boolean {
  if (selection.kind === 'weight') return selection.index < (parameters.get(selection.parameter)?.before.length ?? 0)
  return layers.some(({ layer, a }) => layer === selection.layer && selection.unit < a.length)
}

/** The layer to tell of: that of the phase; between layers that of what is chosen, else the output layer. */
export function layerInView(
  { layers }: MicroscopeView,
  phase: Phase | null,
  selection: Selection | null
): ExplainedLayer | null {
  const ofPhase = layers.find(({ layer }) => layer === phase?.layer)
  const chosen =
    selection === null
      ? undefined
      : layers.find(({ layer, parameters }) =>
          selection.kind === 'unit'
            ? layer === selection.layer
            : parameters.some(({ name }) => name === selection.parameter)
        )
  return ofPhase ?? chosen ?? layers.at(-1) ?? null
}

/** The weight of a unit of a dense layer for one of its inputs; its bias, where the input is null. */
export function weightAt(layer: string, unit: number, input: number | null, width: number): Selection {
  return input === null
    ? { kind: 'weight', parameter: `${layer}.bias`, index: unit }
    : { kind: 'weight', parameter: `${layer}.weight`, index: unit * width + input }
}
