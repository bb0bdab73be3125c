/** The run in view: an experiment under a controller, written down as it goes, with all that is shown and told of it. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochEvent, TrainingState, TrainOptions } from '../engine'
import { saveRun, type Experiment, type LoggedChange, type Run, type RunRecorder, type StepColumns } from '../project'
import { errorValue, type ErrorValue } from '../shared/errors'
import type { RunKept } from '../shared/ipc/contract'
import type { KeptView, RunChange, RunFacts, RunParent } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { EvaluationView, Notice, RunView, StepSeries } from '../shared/views'
import { FittingBaselines } from './fittingBaselines'
import type { LiveStream } from './liveStream'
import type { OpenDataset } from './openData'
import type { Pathless } from './pathless'
import { preparedView } from './preparedView'
import { RunChecks } from './runChecks'
import { RunController, type RunListener, type RunPast } from './runController'
import { RunDoctor } from './runDoctor'
import { RunMoments } from './runMoments'
import { folderName } from './runNames'
import { outcomeSentence } from './runOutcome'
import { fromSeries, thinToExtremes, toSeries } from './stepHistory'

/** Least time between two tellings of facts. */
const FACTS_MS = 500

/** What a run is told to, and kept in. */
export interface RunSurroundings {
  readonly live: LiveStream
  readonly runsFolder: string
  /** Hides where folders lie from the window. */
  readonly pathless: Pathless
  readonly tellKept: (kept: RunKept) => void
  /** A run repeats a change of settings: whoever edits those of before edits these from here on. */
  readonly followed: (before: Setup, after: Setup) => void
  /** Aborted when there is no time to measure runs any more. */
  readonly hurry: AbortSignal
}

/** What a run is trained on. */
export type RunData = Pick<OpenDataset, 'table' | 'paths' | 'testLooks'>

/** How a run came about. */
export interface RunOrigin {
  readonly title: string
  readonly startedAt: string
  readonly parent: RunParent | null
  /** The run that it repeats, and the SHA-256 of that one's weights; null where it has not ended. */
  readonly repeats: { readonly name: string; readonly weightsSha256: string | null } | null
  readonly changes: readonly RunChange[]
  /** Changes of its settings that it will make by itself, in order: those of the run that it repeats. */
  readonly toCome: readonly LoggedChange[]
  /** What is worth saying about how it was taken up again. */
  readonly notices: readonly Notice[]
  readonly past: RunPast | null
  /** Steps of the run that it was forked from, which are not in its own folder. */
  readonly inherited: StepSeries | null
  /** Why there is no folder for it. */
  readonly problem: ErrorValue | null
}

export class ActiveRun implements RunListener {
  readonly controller: RunController
  readonly moments: RunMoments
  readonly doctor: RunDoctor
  readonly checks: RunChecks
  title: string
  savedAs: string | null = null
  saveError: ErrorValue | null = null
  /** The save in progress, so that nothing leaves before it is done. */
  saving: Promise<void> = Promise.resolve()
  /** The last look at the test rows, and at which weights. */
  test: { looks: number; step: number; evaluation: EvaluationView } | null = null
  private readonly changes: RunChange[]
  private toCome: readonly LoggedChange[]
  private readonly baselines: FittingBaselines
  private factsTimer: NodeJS.Timeout | null = null
  private inView = true

  constructor(
    private readonly surroundings: RunSurroundings,
    readonly dataset: RunData,
    readonly experiment: Experiment,
    /** Null where there is no folder to write to: the run lives in memory alone. */
    readonly recorder: RunRecorder | null,
    private readonly origin: RunOrigin
  ) {
    this.title = origin.title
    this.changes = [...origin.changes]
    this.toCome = origin.toCome
    this.moments = new RunMoments(experiment, recorder)
    this.checks = new RunChecks(
      experiment.epochs,
      () => this.folder,
      () => this.factsChanged()
    )
    void this.checks.load()
    this.baselines = new FittingBaselines(experiment, () => {
      this.factsChanged()
      // A run that was over before them is looked at again: what a constant answer comes to says how much was learned.
      if (this.controller.status !== 'running') void this.examineAtRest()
    })
    this.doctor = new RunDoctor(
      dataset.table,
      experiment,
      () => this.controller,
      () => this.baselines.view(false).models,
      () => this.factsChanged()
    )
    const { training, prepared } = experiment
    const rows = prepared.trainRows.length
    const stepsToChange = () => (this.toCome[0]?.change.step ?? Infinity) - this.controller.place.step
    const trained = {
      training,
      rows,
      get plannedEpochs() {
        return experiment.setup.epochs
      },
      get leastEpochsLeft() {
        return leastEpochsLeft(experiment)
      },
      get mostStepsAhead() {
        return Math.max(1, stepsToChange())
      }
    }
    this.controller = new RunController(trained, this, origin.past)
    this.repeatChanges()
  }

  get id(): string {
    return this.experiment.id
  }

  /** Null where there is none. */
  get folderName(): string | null {
    return this.kept.name ?? this.savedAs
  }

  get view(): RunView {
    const { experiment, controller, savedAs, saveError, test, origin } = this
    const { pathless } = this.surroundings
    const prepared = preparedView(experiment.prepared)
    const notices = origin.notices.map((notice) => ({ ...notice, message: pathless.text(notice.message) }))
    const looks = test?.looks ?? 0
    return {
      runId: this.id,
      setup: experiment.setup,
      prepared: { ...prepared, notices: [...prepared.notices, ...notices] },
      parameters: experiment.parameterCount,
      executor: experiment.training.executor,
      progress: controller.progress,
      epochs: experiment.epochs,
      steps: controller.steps,
      test: {
        looks,
        looksBefore: this.dataset.testLooks - looks,
        evaluation: test?.evaluation ?? null,
        step: test?.step ?? null
      },
      earlyStop: experiment.training.earlyStop,
      error: controller.error,
      savedAs,
      saveError: pathless.errorOrNull(saveError),
      facts: this.facts
    }
  }

  get facts(): RunFacts {
    const { title, origin, changes, recorder, doctor, controller } = this
    return {
      title,
      startedAt: origin.startedAt,
      parent: origin.parent,
      changes: [...changes],
      moments: [...(recorder?.moments ?? [])],
      baselines: this.baselines.view(controller.finished),
      findings: doctor.findings,
      kept: this.kept,
      gradientChecks: this.checks.view,
      repeats: origin.repeats === null ? null : { name: origin.repeats.name, identical: this.isIdentical }
    }
  }

  private get folder(): string | null {
    if (this.recorder !== null) return this.recorder.folder
    return this.savedAs === null ? null : join(this.surroundings.runsFolder, this.savedAs)
  }

  /** What outlives the trainer. */
  get outlook(): RunKept {
    const { controller, experiment, title, folderName } = this
    const { status, place } = controller
    return {
      name: folderName,
      title,
      status,
      share: status === 'completed' ? 1 : Math.min(1, place.position / experiment.setup.epochs),
      outcome: controller.finished ? outcomeSentence(title, experiment, controller) : null,
      unsaved: folderName === null
    }
  }

  stepped(steps: StepColumns): void {
    this.recorder?.recordSteps(steps)
    this.surroundings.live.frame({ runId: this.id, progress: this.progress, steps })
  }

  epochEnded(event: EpochEvent): void {
    const { recorder, experiment, controller, surroundings } = this
    recorder?.record(event, controller.elapsedMs)
    surroundings.live.frame({ runId: this.id, progress: this.progress, epoch: experiment.epochs.at(-1) })
    this.baselines.epochEnded()
    this.checks.epochEnded(event)
    if (event.layers !== null) void this.doctor.look(false)
    this.factsChanged()
  }

  settled(): void {
    this.repeatChanges()
    if (this.recorder?.due === true) void this.checkpoint()
  }

  statusChanged(): void {
    if (this.controller.status === 'stopped') this.doctor.cancelTrial()
    if (this.controller.finished) this.saving = this.keep()
    else if (this.controller.status === 'paused') void this.examineAtRest()
    this.tell()
  }

  executorChanged(): void {
    this.tell()
  }

  /**
   * The training as it stands between two steps, or stood after an epoch, with the settings that its next step was taken by.
   * @throws ConfigError `unknown-moment`
   */
  async trainingAt(
    epoch: number | null
  ): Promise<{ readonly state: TrainingState; readonly trainOptions: TrainOptions }> {
    const { experiment, moments, controller } = this
    if (epoch === null) {
      const state = await controller.between(() => experiment.state())
      return { state, trainOptions: experiment.trainOptions }
    }
    const state = await moments.stateAt(epoch)
    return { state, trainOptions: experiment.trainOptionsBy(moments.setupAt(state)) }
  }

  /** Where nothing is moving: `stepsAhead` is 0. Never rejects: what went wrong is told in the facts. */
  async checkpoint(): Promise<void> {
    await this.recorder?.checkpoint()
    this.factsChanged()
  }

  /** Steps from one to another, thinned to about so many points. */
  async steps(from: number, to: number, points: number): Promise<StepSeries> {
    const { recorder, controller, origin } = this
    const within = (series: StepSeries) => fromSeries(series).filter(({ step }) => step >= from && step <= to)
    if (recorder === null) return toSeries(thinToExtremes(within(controller.steps), points - (points % 2)))
    const own = await recorder.steps(from, to, points)
    return origin.inherited === null ? own : toSeries([...within(origin.inherited), ...fromSeries(own)])
  }

  /** Its settings are other ones from here on. */
  changed(change: RunChange): void {
    // Changed by hand, it is another run than the one that it repeats.
    this.toCome = []
    this.changes.push(change)
    this.recorder?.change(change, this.experiment.setup)
    this.controller.settingsChanged()
    this.moments.forgetAnswers()
    this.tell()
  }

  /** Tells the window the whole run, and main what outlives the trainer. */
  tell(): void {
    if (!this.inView) return
    this.surroundings.tellKept(this.outlook)
    this.surroundings.live.run(this.view)
  }

  /** Tells the window what is not a curve, before long. */
  factsChanged(): void {
    if (!this.inView) return
    this.factsTimer ??= setTimeout(() => {
      this.factsTimer = null
      this.surroundings.live.facts(this.id, () => this.facts)
    }, FACTS_MS)
  }

  /** Makes the changes that are due here; those between two epochs come after the end of the first. */
  private repeatChanges(): void {
    const { experiment, controller } = this
    for (;;) {
      const [next, ...rest] = this.toCome
      if (next === undefined || next.change.step > controller.place.step) return
      if (controller.place.position >= experiment.epochs.length + 1) return
      const before = experiment.setup
      experiment.change(next.setup)
      this.changed({ ...controller.place, settings: next.change.settings })
      this.toCome = rest
      this.surroundings.followed(before, experiment.setup)
    }
  }

  /** Ends it, and keeps what it has learned; nothing is told of it afterwards. */
  async end(): Promise<void> {
    this.doctor.cancelTrial()
    await this.controller.stop()
    await this.saving
    if (this.controller.place.step === 0) await this.discard()
    this.leave()
  }

  /** Lets go of it as it stands, so that it can be gone on with another time; a finished one is kept as it is. */
  async release(): Promise<void> {
    const { controller, recorder } = this
    if (controller.finished || recorder === null) return this.end()
    this.doctor.cancelTrial()
    // The window is told of no pause: the studio is about to close, or another one takes over.
    await controller.close()
    // Only now is it known how far it came.
    if (this.isOver || controller.place.step === 0) return this.end()
    await recorder.checkpoint()
    await recorder.release()
    this.leave()
  }

  /** The run as it stands, to be kept or exported; one still in progress counts as stopped here. */
  asRun(hurry?: AbortSignal): Promise<Run> {
    const { status } = this.controller
    return this.experiment.finish(status === 'completed' || status === 'failed' ? status : 'stopped', hurry)
  }

  /** Read anew: it may have ended while it was waited for. */
  private get isOver(): boolean {
    return this.controller.finished
  }

  private readonly progress = () => this.controller.progress

  private get kept(): KeptView {
    // Where it could not be begun on disk, it is kept when it has ended.
    const problem = this.savedAs === null ? this.origin.problem : null
    const nothing = { name: this.savedAs, checkpointStep: null, problem, weightsSha256: null }
    const kept = this.recorder?.kept ?? nothing
    return { ...kept, problem: this.surroundings.pathless.errorOrNull(kept.problem) }
  }

  /** Null as long as that cannot be said. */
  private get isIdentical(): boolean | null {
    const { weightsSha256 } = this.kept
    const before = this.origin.repeats?.weightsSha256 ?? null
    return weightsSha256 === null || before === null ? null : weightsSha256 === before
  }

  /** A run that is paused or has ended has nothing more to show: the doctor makes do with what there is. */
  private async examineAtRest(): Promise<void> {
    await this.controller.atRest()
    if (this.controller.place.step > 0) await this.doctor.look(true)
  }

  /** Once nothing moves any more: a step may be under way when a run is stopped, perhaps its first. */
  private async keep(): Promise<void> {
    await this.controller.atRest()
    if (this.controller.place.step === 0) return
    void this.doctor.look(true)
    await this.save()
  }

  /** Keeps a finished run on disk. A failure is shown with the run; the run itself stays usable. */
  private async save(): Promise<void> {
    const { recorder, surroundings, dataset } = this
    try {
      const run = await this.asRun(surroundings.hurry)
      if (recorder === null) {
        const name = folderName(dataset.table.fileName, this.id)
        await saveRun(join(surroundings.runsFolder, name), run)
        this.savedAs = name
        await this.checks.keepAll()
      } else {
        await recorder.finish(run)
        this.savedAs = recorder.kept.name
      }
    } catch (thrown) {
      this.saveError = errorValue(thrown)
      // Whatever went wrong, the folder is not held on to.
      await recorder?.release()
    }
    this.tell()
    surroundings.live.runs()
  }

  /** A run that took no step leaves nothing behind. */
  private async discard(): Promise<void> {
    const { recorder } = this
    if (recorder === null) return
    await recorder.release()
    // What cannot be deleted does no harm.
    await rm(recorder.folder, { recursive: true, force: true }).catch(() => undefined)
    this.surroundings.live.runs()
  }

  private leave(): void {
    this.inView = false
    this.baselines.end()
    if (this.factsTimer !== null) clearTimeout(this.factsTimer)
  }
}

/** Epochs that early stopping will leave a run at least; null without early stopping. */
function leastEpochsLeft({ setup, epochs }: Experiment): number | null {
  const { patience = 0, minDelta = 0 } = setup.earlyStopping
  if (typeof patience !== 'number' || !(patience > 0)) return null
  // A gain may be too small to count.
  if (minDelta !== 0) return 0
  return Math.max(0, patience - (epochs.length - epochs.findLastIndex(({ best }) => best) - 1))
}
