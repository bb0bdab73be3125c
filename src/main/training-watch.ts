/** What the system is told of a training: that it must not sleep, how far it is, that it has ended. Pure; `training-shown.ts` shows it. */
import type { RunKept } from '../shared/ipc/contract'
import { goesOn } from './open-work'

/** Runs of less than this end while the person looks on. */
const LONG_MS = 30_000

export interface TrainingState {
  /** The computer stays awake. */
  readonly awake: boolean
  /** From 0 to 1, or -1 while there is no run. */
  readonly progress: number
  readonly paused: boolean
  /** A run that took long has just ended. */
  readonly ended: { readonly title: string; readonly outcome: string } | null
}

export class TrainingWatch {
  private name: string | null = null
  private going = false
  private runningSince: number | null = null
  /** It ran for so long in the stretches before. */
  private ranMs = 0

  /** @param now a monotonic clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes where the run in view stands. */
  take(run: RunKept): TrainingState {
    const wasGoing = this.going
    const same = run.name === this.name
    this.going = goesOn(run)
    if (this.going && !(wasGoing && same)) {
      this.ranMs = 0
      this.runningSince = null
    }
    this.name = run.name
    if (this.runningSince !== null) {
      this.ranMs += this.now() - this.runningSince
      this.runningSince = null
    }
    if (run.status === 'running') this.runningSince = this.now()
    // A run that is not in view any more has not ended: another dataset took its place.
    const hasEnded = wasGoing && same && run.status !== null && !this.going
    return {
      awake: run.status === 'running',
      progress: this.going ? run.share : -1,
      paused: run.status === 'paused',
      ended:
        hasEnded && this.ranMs >= LONG_MS
          ? { title: run.title ?? 'Training', outcome: run.outcome ?? 'The run has ended.' }
          : null
    }
  }
}
