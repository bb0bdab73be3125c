/** Fair timings on a noisy machine: everybody takes turns, and the best of each counts. */
import { setTimeout } from 'node:timers/promises'

/** One timing of somebody's training step. */
export type Timing =
  | {
      readonly microsecondsPerStep: number
      /** What it does otherwise than the workload says. */
      readonly differs?: string | undefined
    }
  /** Why it cannot do the workload. */
  | { readonly unsupported: string }

export interface Runner {
  /** Takes that many steps. */
  time(steps: number): Promise<Timing>
}

/** Before each turn: threads of a peer (OpenBLAS, OpenMP) spin for a while after a product, waiting for another. */
const PAUSE_MS = 100

/** How long a timing should take, in microseconds. */
const TIMING_US = 250_000
/** Who needs longer than this for one step is timed once: the first timing says enough. */
const SLOW_STEP_US = 2_000_000

/** The best timing of each runner, in their order. `rounds` timings each, in turns, a short while apart, after a warm-up. */
export async function takeTurns(runners: readonly Runner[], rounds: number): Promise<Timing[]> {
  const turns: { runner: Runner; steps: number; best: Timing }[] = []
  for (const runner of runners) {
    await setTimeout(PAUSE_MS)
    turns.push({ runner, ...(await warmUp(runner)) })
  }
  for (let round = 0; round < rounds; round++) {
    for (const turn of turns) {
      if (turn.steps === 0) continue
      await setTimeout(PAUSE_MS)
      const timing = await turn.runner.time(turn.steps)
      turn.best = better(turn.best, timing)
      if ('unsupported' in timing) turn.steps = 0
    }
  }
  return turns.map(({ best }) => best)
}

/** Finds how many steps make a timing; 0 where there is nothing more to time. */
async function warmUp(runner: Runner): Promise<{ steps: number; best: Timing }> {
  for (let steps = 1; ;) {
    const timing = await runner.time(steps)
    if ('unsupported' in timing) return { steps: 0, best: timing }
    const { microsecondsPerStep } = timing
    if (steps === 1 && microsecondsPerStep > SLOW_STEP_US) return { steps: 0, best: timing }
    if (microsecondsPerStep * steps >= TIMING_US / 2) return { steps, best: timing }
    // In leaps: the first steps of a runtime that still compiles say little of the later ones.
    steps = Math.min(steps * 100, Math.ceil(TIMING_US / microsecondsPerStep))
  }
}

/** A runner that fails has failed, whatever it did before. */
function better(best: Timing, timing: Timing): Timing {
  if ('unsupported' in best || 'unsupported' in timing) return timing
  return timing.microsecondsPerStep < best.microsecondsPerStep ? timing : best
}
