/** What can be seen of the run in view at a moment: now, or after an epoch that is gone. */
import { activationsOf, filtersOf, surfaceOf, surfacePointsOf } from '../project/pictures'
import type { Moment } from '../project'
import type { ActivationsView, FiltersView, SurfacePointsView, SurfaceView } from '../shared/run-views'
import type { EvaluationView, WeightsView } from '../shared/views'
import type { ActiveRun } from './activeRun'
import { PictureTurns } from './pictureTurns'
import type { RunRequests } from './runRequests'

export class MomentRequests {
  private readonly turns: PictureTurns

  constructor(private readonly runs: RunRequests) {
    this.turns = new PictureTurns(() => runs.isTraining)
  }

  /**
   * Metrics on the validation rows, or now on those kept aside for the test; null before the first run.
   * @throws ConfigError `unknown-moment`, and as `RunRequests.lookAtTest`
   */
  async evaluate(on: 'validation' | 'test', epoch: number | null): Promise<EvaluationView | null> {
    if (on === 'test') return this.runs.lookAtTest()
    return (await this.runs.current?.moments.evaluation(epoch)) ?? null
  }

  /** Null before the first run, and of networks that are too large to be drawn. */
  async weights(epoch: number | null): Promise<WeightsView | null> {
    const run = this.runs.current
    return run === null ? null : run.experiment.weights(await run.moments.at(epoch))
  }

  surface(epoch: number | null, size: number): Promise<SurfaceView | null> {
    return this.draw(epoch, ({ experiment }, moment) => surfaceOf(experiment, moment, size))
  }

  surfacePoints(): Promise<SurfacePointsView | null> {
    return this.draw(null, ({ experiment }) => surfacePointsOf(experiment))
  }

  filters(epoch: number | null): Promise<FiltersView | null> {
    return this.draw(epoch, ({ experiment }, moment) => filtersOf(experiment, moment))
  }

  activations(row: number, epoch: number | null): Promise<ActivationsView | null> {
    return this.draw(epoch, ({ experiment, dataset }, moment) => activationsOf(experiment, dataset.table, row, moment))
  }

  private draw<Picture>(
    epoch: number | null,
    picture: (run: ActiveRun, moment: Moment) => Picture
  ): Promise<Picture | null> {
    const run = this.runs.current
    if (run === null) return Promise.resolve(null)
    // The weights of now are taken when it is this picture's turn.
    return this.turns.run(
      () => (epoch === null ? Promise.resolve(null) : run.moments.at(epoch)),
      async (moment) => picture(run, moment ?? (await run.moments.at(null)))
    )
  }
}
