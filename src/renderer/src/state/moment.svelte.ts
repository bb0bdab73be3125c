/** The moment of the run in view that is looked at: now, or a past epoch that can be gone back to. */
import { nearestMoment, neighbourOf, stepOf } from '../pictures/moments'
import { studio } from './studio.svelte'

class MomentInView {
  /** Belongs to one run: of another one it says nothing. */
  #chosen = $state.raw<{ readonly runId: string; readonly epoch: number } | null>(null)

  readonly #runId: string | null = $derived(studio.run?.runId ?? null)
  /** Epochs that can be gone back to, in order; 0 is before the first step. */
  readonly all: readonly number[] = $derived(studio.run?.facts.moments ?? [])
  /** Null is now. */
  readonly epoch: number | null = $derived(
    this.#chosen !== null && this.#chosen.runId === this.#runId ? this.#chosen.epoch : null
  )
  /** Steps taken then; null where that is not known. */
  readonly step: number | null = $derived.by(() => {
    const { run } = studio
    if (run === null) return null
    return this.epoch === null ? run.progress.step : stepOf(run, this.epoch)
  })

  /** To the moment that is nearest to an epoch. */
  go(epoch: number): void {
    const nearest = nearestMoment(this.all, epoch)
    if (nearest !== null && this.#runId !== null) this.#chosen = { runId: this.#runId, epoch: nearest }
  }

  live(): void {
    this.#chosen = null
  }

  /** So many moments earlier; from now on to the last one. */
  back(count = 1): void {
    const before = neighbourOf(this.all, this.epoch, -count)
    if (before !== null) this.go(before)
  }

  /** So many moments later; after the last one comes now. */
  forth(count = 1): void {
    const next = neighbourOf(this.all, this.epoch, count)
    if (next === null) this.live()
    else this.go(next)
  }
}

export const moment = new MomentInView()
