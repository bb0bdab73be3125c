/** The baselines of one run: worked out beside it, once its first epoch is told, and compared with it. */
import { setImmediate } from 'node:timers/promises'
import { fitBaselines, verdictOf, type Baselines, type Experiment, type LossErrors } from '../project'
import { errorValue, type ErrorValue } from '../shared/errors'
import type { BaselinesView } from '../shared/run-views'

/** Least time between two comparisons, and the share of it that one may take. */
const COMPARE_MS = 1000
const COMPARE_SHARE = 0.002

export class FittingBaselines {
  private readonly stop = new AbortController()
  private state: 'none' | 'working' | 'done' = 'none'
  private fit: Baselines | null = null
  private errors: LossErrors | null = null
  private comparing = false
  private compareAgainAt = Number.NEGATIVE_INFINITY
  private error: ErrorValue | null = null

  /** @param changed told when there is more to show */
  constructor(
    private readonly experiment: Experiment,
    private readonly changed: () => void
  ) {}

  /** @param ended whether the run goes no further */
  view(ended: boolean): BaselinesView {
    const { fit, state, error, errors, experiment } = this
    const { model, layers } = experiment.setup
    const models = fit?.models ?? []
    const isLinear = model === null && layers.every(({ type }) => type === 'flatten')
    const { restoredEpoch } = experiment.training
    const verdict = verdictOf(models, experiment.epochs, { errors, ended, isLinear, restoredEpoch })
    return { models, working: state === 'working', verdict: error === null ? verdict : null, error }
  }

  /** Begins with the work, or compares anew where the last time is long enough ago. */
  epochEnded(): void {
    if (this.stop.signal.aborted) return
    if (this.state === 'none') {
      this.state = 'working'
      void this.work()
    } else if (performance.now() >= this.compareAgainAt) {
      void this.compare()
    }
  }

  /** Nobody wants to know any more. */
  end(): void {
    this.stop.abort()
  }

  private async work(): Promise<void> {
    const { signal } = this.stop
    const { setup, prepared } = this.experiment
    try {
      // What the run has to tell goes first.
      await setImmediate()
      this.fit = await fitBaselines(setup, prepared, { signal })
    } catch (thrown) {
      if (signal.aborted) return
      this.error = errorValue(thrown)
    }
    this.state = 'done'
    await this.compare()
    this.changed()
  }

  /** How sure the differences are, with the weights of now. */
  private async compare(): Promise<void> {
    const { fit, experiment } = this
    if (fit === null || this.comparing) return
    this.comparing = true
    const start = performance.now()
    try {
      const { model, loss, lossConfig = {}, classWeights = null, task } = experiment.trainOptions
      const problem = { model, loss, task, lossSettings: { config: lossConfig, classWeights } }
      this.errors = await fit.errorsBeside(problem, experiment.training.parameters)
    } catch (thrown) {
      this.error = errorValue(thrown)
    }
    const now = performance.now()
    this.compareAgainAt = now + Math.max(COMPARE_MS, (now - start) / COMPARE_SHARE)
    this.comparing = false
  }
}
