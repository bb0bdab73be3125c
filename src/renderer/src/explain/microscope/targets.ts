/** What the microscope of the window can be set on, and how it is chosen. */
import type { ExplainedRun, MicroscopeSource } from '../../../../shared/explain-views'
import type { RunSummary } from '../../../../shared/run-views'

/** What it is to be set on. A run in view is known by its id: the next one is another. */
export interface Target {
  readonly of: MicroscopeSource
  readonly runId: string | null
}

/** A kept run at a moment of it; null: at its end. */
export interface KeptMoment {
  readonly name: string
  readonly epoch: number | null
}

/** Whether both are moments of the same training. */
export function sameTraining(one: Target | null, other: Target | null): boolean {
  if (one === null || other === null) return one === other
  const [of, and] = [one.of, other.of]
  if (of.kind === 'view') return and.kind === 'view' && one.runId === other.runId
  if (of.kind === 'kept') return and.kind === 'kept' && of.name === and.name
  return and.kind === 'bench' && JSON.stringify(of.bench) === JSON.stringify(and.bench)
}

export function sameTarget(one: Target | null, other: Target | null): boolean {
  if (one === null || other === null) return one === other
  return sameTraining(one, other) && placeOf(one.of) === placeOf(other.of)
}

/** Epochs or steps behind it; null: now, or its end. */
function placeOf(of: MicroscopeSource): number | null {
  return of.kind === 'bench' ? of.steps : of.epoch
}

/** A choice of the combobox `Run`; an empty name is the run in view. */
export interface RunChoice {
  readonly name: string
  readonly text: string
}

/**
 * The run in view, then the kept ones as they are listed: the newest first. Archived ones are not offered.
 * @param inView name of the folder of the run in view, which is not offered twice; null where there is none
 * @param chosen name of the kept run that is looked at: it is offered whatever it is
 */
export function runChoices(
  runs: readonly RunSummary[],
  inView: string | null,
  chosen: string | null
): readonly RunChoice[] {
  const kept = runs.filter(({ name, archived }) => name === chosen || (!archived && name !== inView))
  const known = kept.map(({ name, title }) => ({ name, text: title === name ? name : `${title} · ${name}` }))
  const isKnown = chosen === null || kept.some(({ name }) => name === chosen)
  return [{ name: '', text: 'Run in view' }, ...(isKnown ? [] : [{ name: chosen, text: chosen }]), ...known]
}

/** The stops of the range `Moment`: the kept epochs, then the end. */
export function momentStops({ moments }: Extract<ExplainedRun, { readonly kind: 'kept' }>): readonly (number | null)[] {
  return [...moments, null]
}

export function momentStopText(stop: number | null): string {
  if (stop === null) return 'at its end'
  return stop === 0 ? 'before the first step' : `after epoch ${stop}`
}
