/** What can be explained, and where in the Explain stage that is. */
import type { PhaseKind } from '../explain/microscope/phases'
import type { Selection } from '../explain/microscope/selection'
import { momentBefore, stepOf } from '../pictures/moments'

export type ExplainTarget =
  /** The step that comes next at the last kept moment at or before that epoch, or before that step. */
  | { readonly kind: 'moment'; readonly epoch: number }
  | { readonly kind: 'step'; readonly step: number }
  /** One number of a parameter, by its name (`dense1.weight`) and its place in it, row by row. */
  | { readonly kind: 'weight'; readonly parameter: string; readonly index: number }
  | { readonly kind: 'unit'; readonly layer: string; readonly unit: number }
  | { readonly kind: 'layer'; readonly layer: string; readonly epoch?: number }
  /** Of the table, from 0. */
  | { readonly kind: 'row'; readonly row: number }
  /** A metric of the registry, or `loss`; of one value or label of several, where that is named. */
  | { readonly kind: 'metric'; readonly name: string; readonly output?: string | null }
  /** How far off the answer to the row in view is. */
  | { readonly kind: 'error' }
  /** What that tab shows. */
  | { readonly kind: 'tab'; readonly tab: ExplainTabId; readonly epoch?: number }

export const explainTabIds = [
  'microscope',
  'flow',
  'check',
  'landscape',
  'race',
  'loss-lab',
  'metrics',
  'lessons'
] as const
export type ExplainTabId = (typeof explainTabIds)[number]

/** Where the microscope is walked to. */
export interface PhaseWanted {
  readonly kind: PhaseKind
  /** Null for the error and the descent. */
  readonly layer: string | null
}

export interface ExplainPlace {
  readonly tab: ExplainTabId
  /** The moment to go to; absent: the one in view stays. */
  readonly epoch?: number
  readonly row?: number
  readonly phase?: PhaseWanted
  /** Absent: nothing is chosen, so that the phase is told. */
  readonly selection?: Selection
  readonly metric?: { readonly name: string; readonly output: string | null }
}

/** What a run says of its moments. */
export interface Moments {
  /** Epochs that can be gone back to, in order. */
  readonly moments: readonly number[]
  readonly epochs: readonly { readonly epoch: number; readonly step: number }[]
}

export function placeOf(target: ExplainTarget, run: Moments): ExplainPlace {
  switch (target.kind) {
    case 'moment':
      return { tab: 'microscope', ...momentAt(run, target.epoch) }
    case 'step': {
      const epoch = momentOfStep(run, target.step)
      return { tab: 'microscope', ...(epoch === null ? {} : { epoch }) }
    }
    case 'weight':
      return {
        tab: 'microscope',
        phase: { kind: 'descent', layer: null },
        selection: { kind: 'weight', parameter: target.parameter, index: target.index }
      }
    case 'unit':
      return {
        tab: 'microscope',
        phase: { kind: 'forward', layer: target.layer },
        selection: { kind: 'unit', layer: target.layer, unit: target.unit }
      }
    case 'layer':
      return {
        tab: 'microscope',
        ...momentAt(run, target.epoch),
        phase: { kind: 'forward', layer: target.layer }
      }
    case 'row':
      return { tab: 'microscope', row: target.row }
    case 'error':
      return { tab: 'microscope', phase: { kind: 'error', layer: null } }
    case 'metric':
      return { tab: 'metrics', metric: { name: target.name, output: target.output ?? null } }
    case 'tab':
      return { tab: target.tab, ...momentAt(run, target.epoch) }
  }
}

function momentAt({ moments }: Moments, epoch: number | undefined): { readonly epoch?: number } {
  const found = epoch === undefined ? null : momentBefore(moments, epoch)
  return found === null ? {} : { epoch: found }
}

/** The last kept moment from which that step is still to come: its own step, or an earlier one. Null where none is kept. */
export function momentOfStep({ moments, epochs }: Moments, step: number): number | null {
  const earlier = moments.filter((epoch) => {
    const taken = stepOf({ epochs }, epoch)
    return taken !== null && taken < step
  })
  return earlier.at(-1) ?? moments[0] ?? null
}
