/** How the run in view does on the rows that were kept back, at the moment in view; asked for again while it trains. */
import type { EvaluationView } from '../../../shared/views'
import { api } from '../api'
import { weightsKey } from '../pictures/moments'
import { moment } from '../state/moment.svelte'
import { studio } from '../state/studio.svelte'
import { freshValue } from './freshValue.svelte'

const EVERY_MS = 1000

export interface EvaluationInView {
  /** Null before there is one. */
  readonly value: EvaluationView | null
  readonly waiting: boolean
  /** Of now, while the run trains. */
  readonly live: boolean
}

/** Call while a component is being set up. */
export function evaluationInView(): EvaluationInView {
  const run = $derived(studio.run)
  const live = $derived(studio.training && moment.epoch === null)
  const fresh = freshValue<EvaluationView>({
    key: () => {
      if (run === null || run.progress.step === 0) return null
      return live ? run.runId : weightsKey(run, moment.epoch)
    },
    live: () => live,
    everyMs: EVERY_MS,
    fetch: async () => {
      const reply = await api.evaluateRun('validation', moment.epoch)
      if (reply.ok) return reply.value
      studio.report(reply.error, 'train')
      return null
    }
  })
  const value = $derived(run !== null && fresh.value?.runId === run.runId ? fresh.value : null)
  return {
    get value() {
      return value
    },
    get waiting() {
      return fresh.waiting
    },
    get live() {
      return live
    }
  }
}
