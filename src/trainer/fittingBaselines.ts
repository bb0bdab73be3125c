/** The baselines of one run: worked out beside it, once its first epoch is told, and compared with it. */
import { setImmediate } from 'node:timers/promises'
import { fitBaselines, verdictOf, type Experiment } from '../project'
import { errorValue, type ErrorValue } from '../shared/errors'
import type { BaselineView, BaselinesView } from '../shared/run-views'

export class FittingBaselines {
  private readonly stop = new AbortController()
  private state: 'none' | 'working' | 'done' = 'none'
  private models: readonly BaselineView[] = []
  private error: ErrorValue | null = null

  /** @param changed told when there is more to show */
  constructor(
    private readonly experiment: Experiment,
    private readonly changed: () => void
  ) {}

  /** @param ended whether the run goes no further */
  view(ended: boolean): BaselinesView {
    const { models, state, error, experiment } = this
    const { model, layers } = experiment.setup
    const isLinear = model === null && layers.every(({ type }) => type === 'flatten')
    const verdict = state === 'done' && error === null ? verdictOf(models, experiment.epochs, ended, isLinear) : null
    return { models, working: state === 'working', verdict, error }
  }

  /** Does nothing where it was begun before. */
  begin(): void {
    if (this.state !== 'none' || this.stop.signal.aborted) return
    this.state = 'working'
    void this.fit()
  }

  /** Nobody wants to know any more. */
  end(): void {
    this.stop.abort()
  }

  private async fit(): Promise<void> {
    const { signal } = this.stop
    const { setup, prepared } = this.experiment
    try {
      // What the run has to tell goes first.
      await setImmediate()
      this.models = await fitBaselines(setup, prepared, { signal })
    } catch (thrown) {
      if (signal.aborted) return
      this.error = errorValue(thrown)
    }
    this.state = 'done'
    this.changed()
  }
}
