/** A finer look at the steps in sight than the window holds of the whole run; asked for when it is zoomed into. */
import type { StepSeries } from '../../../shared/run-views'
import type { RunView } from '../../../shared/views'
import { api } from '../api'
import { LatestWins } from '../state/latestWins'
import { askFor, type StepRange } from './detail'

const DELAY_MS = 80

interface Question extends StepRange {
  readonly runId: string
  readonly points: number
}

class StepDetail {
  /** Of the run that was asked for last; null while there is none. */
  series = $state.raw<StepSeries | null>(null)
  #runId: string | null = null
  #asked: StepRange | null = null
  readonly #questions = new LatestWins<Question, StepSeries | null>(
    DELAY_MS,
    async ({ runId, from, to, points }) => {
      const reply = await api.runSteps(runId, from, to, points)
      // The coarser look stays where there is no finer one.
      return reply.ok ? reply.value : null
    },
    (series) => {
      if (series !== null) this.series = series
    }
  )

  /** These steps of the run are in sight; null for all of them. */
  look(run: RunView | null, range: StepRange | null): void {
    if (run === null || range === null || run.runId !== this.#runId) this.#forget(run?.runId ?? null)
    if (run === null || range === null) return
    const question = askFor(run.steps, range, this.#asked)
    if (question === null) return
    this.#asked = question
    this.#questions.push({ runId: run.runId, ...question })
  }

  #forget(runId: string | null): void {
    this.#runId = runId
    this.#asked = null
    this.#questions.clear()
    if (this.series !== null) this.series = null
  }
}

export const stepDetail = new StepDetail()
