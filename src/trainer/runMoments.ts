/** Past epochs of the run in view, with what was worked out of them. */
import type { TrainingState } from '../engine'
import type { Experiment, Moment, RunRecorder } from '../project'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { EvaluationView } from '../shared/views'

/** Snapshots held: every picture of a moment asks for it. */
const STATES_HELD = 4
const EVALUATIONS_HELD = 512

export class RunMoments {
  private readonly states = new Map<number, Promise<TrainingState>>()
  private readonly evaluations = new Map<number, Promise<EvaluationView>>()

  constructor(
    private readonly experiment: Experiment,
    private readonly recorder: RunRecorder | null
  ) {}

  /**
   * The weights of after that epoch, or those of now.
   * @throws ConfigError `unknown-moment`
   */
  async at(epoch: number | null): Promise<Moment> {
    return epoch === null ? this.experiment.moment() : this.experiment.moment(await this.stateAt(epoch))
  }

  /** @throws ConfigError `unknown-moment` */
  async stateAt(epoch: number): Promise<TrainingState> {
    const { recorder, experiment } = this
    if (recorder === null) throw unknownMoment(epoch, 'nothing of this run could be written down')
    if (epoch > experiment.epochs.length) throw unknownMoment(epoch, `it has ended ${experiment.epochs.length}`)
    return held(this.states, epoch, STATES_HELD, () =>
      recorder.snapshotAt(epoch).catch((thrown: unknown) => {
        throw isMissing(thrown) ? unknownMoment(epoch, 'its folder was deleted; bring it back first') : thrown
      })
    )
  }

  /** The settings that a moment's next step was taken by. */
  setupAt({ step }: TrainingState): Setup {
    return this.recorder?.setupAt(step) ?? this.experiment.setup
  }

  /** On the validation rows; of moments only once. */
  async evaluation(epoch: number | null): Promise<EvaluationView> {
    if (epoch === null) return this.experiment.evaluation()
    return held(this.evaluations, epoch, EVALUATIONS_HELD, async () =>
      this.experiment.evaluation('validation', await this.at(epoch))
    )
  }

  /** The settings of the loss are other ones. */
  forgetAnswers(): void {
    this.evaluations.clear()
  }
}

function unknownMoment(epoch: number, why: string): ConfigError {
  return new ConfigError('unknown-moment', `There is no way back to epoch ${epoch} of this run: ${why}.`, { epoch })
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}

/** What was made for a key, made where it is not held; the one that was asked for longest ago gives way. */
function held<Value>(
  values: Map<number, Promise<Value>>,
  key: number,
  most: number,
  make: () => Promise<Value>
): Promise<Value> {
  const value = values.get(key) ?? make()
  values.delete(key)
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > most && oldest !== undefined) values.delete(oldest)
  // What failed may succeed another time.
  value.catch(() => values.get(key) === value && values.delete(key))
  return value
}
