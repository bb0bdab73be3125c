/** The walk through one step of training: forward layer by layer, the error, backward layer by layer, the descent. */
import type { MicroscopeView } from '../../../../shared/explain-views'

export const phaseKinds = ['forward', 'error', 'backward', 'descent'] as const
export type PhaseKind = (typeof phaseKinds)[number]

export interface Phase {
  readonly kind: PhaseKind
  /** The layer it is at; null for the error and the descent. */
  readonly layer: string | null
}

export const phaseLabels: Readonly<Record<PhaseKind, string>> = {
  forward: 'Forward',
  error: 'Error',
  backward: 'Backward',
  descent: 'Descent'
}

export function phasesOf({ layers }: Pick<MicroscopeView, 'layers'>): readonly Phase[] {
  const names = layers.map(({ layer }) => layer)
  return [
    ...names.map((layer) => ({ kind: 'forward' as const, layer })),
    { kind: 'error', layer: null },
    ...names.toReversed().map((layer) => ({ kind: 'backward' as const, layer })),
    { kind: 'descent', layer: null }
  ]
}

/** What of a layer is known once the walk has come so far. */
export interface Known {
  readonly forward: boolean
  readonly backward: boolean
  readonly descent: boolean
}

/** @param at index of the phase that is shown */
export function knownOf(phases: readonly Phase[], at: number, layer: string): Known {
  const reached = (kind: PhaseKind, of: string | null) =>
    phases.findIndex((phase) => phase.kind === kind && phase.layer === of) <= at
  return {
    forward: reached('forward', layer),
    backward: reached('backward', layer),
    descent: reached('descent', null)
  }
}

/** A part of the phase bar. */
export interface PhaseStep {
  readonly kind: PhaseKind
  readonly label: string
  readonly state: 'done' | 'current' | 'ahead'
  /** The layer under way: "dense1 (1 of 3)"; empty where there is none. */
  readonly detail: string
}

export function phaseSteps(phases: readonly Phase[], at: number): readonly PhaseStep[] {
  const current = phases[at]?.kind ?? 'forward'
  const place = phaseKinds.indexOf(current)
  return phaseKinds.map((kind, index) => ({
    kind,
    label: phaseLabels[kind],
    state: index < place ? 'done' : index === place ? 'current' : 'ahead',
    detail: index === place ? detailOf(phases, at) : ''
  }))
}

function detailOf(phases: readonly Phase[], at: number): string {
  const { kind, layer = null } = phases[at] ?? {}
  if (layer === null) return ''
  const own = phases.filter((phase) => phase.kind === kind)
  return `${layer} (${own.findIndex((phase) => phase.layer === layer) + 1} of ${own.length})`
}

/** What happens in a phase, in one sentence. */
export function phaseSentence(view: MicroscopeView, { kind, layer: name }: Phase, typeLabel: string): string {
  const layer = view.layers.find((each) => each.layer === name)
  const isDense = layer?.type === 'dense'
  const isOutput = name === view.layers.at(-1)?.layer
  switch (kind) {
    case 'forward':
      if (layer === undefined) return ''
      if (!isDense) return `${layer.layer} (${typeLabel}) works on what ${listOf(layer.inputs)} gave it.`
      return `${layer.layer}: each unit adds up what ${listOf(layer.inputs)} gave, times its weights, plus its bias times 1${
        isOutput ? ', and that becomes the answer' : ''
      }.`
    case 'error':
      return `The answer is compared with what is right: ${view.loss.label} says how wrong it is.`
    case 'backward':
      if (layer === undefined) return ''
      if (isOutput) return `${layer.layer}: the error begins its way back as δ, the share of each output in it.`
      if (!isDense) return `The error comes back through ${layer.layer} (${typeLabel}).`
      return `${layer.layer}: each unit gets its share of the error, δ, through the weights by which it fed the next layer.`
    case 'descent':
      return `${view.optimizer} moves every weight and bias against its gradient.`
  }
}

function listOf(inputs: readonly string[]): string {
  return inputs.map((name) => (name === 'input' ? 'the input' : name)).join(' and ')
}
