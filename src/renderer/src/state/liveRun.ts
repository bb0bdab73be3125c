/**
 * The run in view, kept up to date from frames that arrive up to 30 times a second.
 *
 * The history of a run can be long, so it is appended to in place: each new view shares the arrays of the last
 * one, and only the view itself is a new object. When the arrays had to be replaced (a new run, steps thinned)
 * they are other arrays, so whoever has read part of them knows to begin again.
 */
import type { RunFacts, StepSeries } from '../../../shared/run-views'
import type { EpochPoint, RunProgress, RunView } from '../../../shared/views'
import { appendSteps, emptySteps, firstAtOrAfter, thinSteps, type StepColumns } from '../charts/thinning'

/** Step points held before they are thinned to half as many. */
export const MOST_STEPS = 16_384

export interface RunFrame {
  readonly progress: RunProgress
  readonly epochs: readonly EpochPoint[]
  readonly steps: StepSeries
}

export class LiveRun {
  view: RunView
  private readonly epochs: EpochPoint[]
  private steps: StepColumns

  constructor(run: RunView) {
    this.epochs = [...run.epochs]
    this.steps = emptySteps()
    appendSteps(this.steps, run.steps, 0, run.steps.step.length)
    this.view = { ...run, epochs: this.epochs, steps: this.steps }
  }

  /** Adds what is new in a frame; what is already there (a frame told twice) is left out. */
  add(frame: RunFrame): RunView {
    for (const point of frame.epochs) {
      if (point.epoch > (this.epochs.at(-1)?.epoch ?? 0)) this.epochs.push(point)
    }
    const known = this.steps.step.at(-1) ?? 0
    appendSteps(this.steps, frame.steps, firstAtOrAfter(frame.steps.step, known + 1), frame.steps.step.length)
    if (this.steps.step.length > MOST_STEPS) this.steps = thinSteps(this.steps, MOST_STEPS / 2)
    return this.advance(frame.progress)
  }

  /** Takes over what has been found out about the run beside its curves. */
  tell(facts: RunFacts): RunView {
    this.view = { ...this.view, facts }
    return this.view
  }

  /** Takes over where the run stands, unless it is known to be further already, or to have ended. */
  advance(progress: RunProgress): RunView {
    const known = this.view.progress
    const goesOn = known.status === 'running' || known.status === 'paused'
    const newest = goesOn && progress.step >= known.step ? progress : known
    this.view = { ...this.view, progress: newest, epochs: this.epochs, steps: this.steps }
    return this.view
  }
}

/** How the number of a message follows on the last one. */
export function followsOn(last: number, seq: number): 'next' | 'repeated' | 'gap' {
  if (seq <= last) return 'repeated'
  return seq === last + 1 ? 'next' : 'gap'
}
