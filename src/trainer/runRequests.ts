/** What can be asked of the run in view: begun, paused, steered, branched, ended, judged. */
import { join } from 'node:path'
import { exporters, exportRun } from '../export'
import { beginRun, openExperiment, type Experiment, type RunRecorder } from '../project'
import { ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import { settingChanges } from '../shared/run-changes'
import type { RunParent, SettingChange } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { EvaluationView, ExportView, RunProgress, RunView, StepSeries } from '../shared/views'
import { ActiveRun, type RunOrigin, type RunSurroundings } from './activeRun'
import type { OpenData, OpenDataset } from './openData'
import { folderName, freshTitle, stem } from './runNames'
import type { SerialQueue } from './serialQueue'

/** Points of the steps that a branch takes over. */
const STEPS_TAKEN_OVER = 4096
/** Who has taken no further step by hand for so long is resting. */
const REST_MS = 500

/** What a new run is beside its settings; `null`s and nothing for one that begins from the seed. */
export type Beginning = Partial<Pick<RunOrigin, 'title' | 'parent' | 'repeats' | 'toCome' | 'past' | 'inherited'>>

export class RunRequests {
  private active: ActiveRun | null = null
  private resting: NodeJS.Timeout | null = null

  /** @param turns requests that begin or end runs take turns: two at once could leave a run that nobody holds */
  constructor(
    private readonly surroundings: RunSurroundings,
    private readonly data: OpenData,
    private readonly turns: SerialQueue
  ) {}

  get current(): ActiveRun | null {
    return this.active
  }

  /** Whether steps are being taken: what else there is to work out waits. */
  get isTraining(): boolean {
    return this.active?.controller.status === 'running'
  }

  get view(): RunView | null {
    return this.active?.view ?? null
  }

  /** @throws ConfigError `no-run` */
  require(): ActiveRun {
    if (this.active === null) throw new ConfigError('no-run', 'Nothing has been trained yet. Press Train first.')
    return this.active
  }

  /** Begins a run with the current setup; a finished run makes room, one in progress does not. */
  start(): Promise<RunView> {
    return this.turns.run(async () => {
      const run = await this.fromDraft()
      run.controller.resume()
      return run.view
    })
  }

  pause(): Promise<RunProgress> {
    return this.turns.run(async () => {
      const run = this.require()
      await run.controller.pause()
      if (!run.controller.finished) await run.checkpoint()
      return run.controller.progress
    })
  }

  resume(): Promise<RunProgress> {
    return this.turns.run(() => {
      const { controller } = this.require()
      controller.resume()
      return controller.progress
    })
  }

  /** One optimizer update, or as many as it takes to the end of the epoch; the first one begins a run. */
  async step(unit: 'step' | 'epoch'): Promise<RunProgress> {
    const { controller } = await this.turns.run(async () => {
      const run = this.active === null || this.active.controller.finished ? await this.fromDraft() : this.active
      await (unit === 'step' ? run.controller.singleStep() : run.controller.singleEpoch())
      return run
    })
    // An epoch may take long: whoever wants to pause meanwhile gets a turn.
    await controller.atRest()
    this.keepAtRest()
    return controller.progress
  }

  /** Steps taken by hand are kept once the person rests: with each of them the whole network would be written. */
  private keepAtRest(): void {
    if (this.resting !== null) clearTimeout(this.resting)
    this.resting = setTimeout(() => {
      this.resting = null
      if (!this.isTraining) void this.checkpoint()
    }, REST_MS).unref()
  }

  stop(): Promise<RunProgress> {
    return this.turns.run(async () => {
      const { controller } = this.require()
      await controller.stop()
      return controller.progress
    })
  }

  /** The run in view makes room, after what it learned was kept. */
  async end(): Promise<void> {
    await this.active?.end()
    this.active = null
  }

  /** The run in view makes room as it stands, to be gone on with another time. */
  async release(): Promise<void> {
    await this.active?.release()
    this.active = null
  }

  /** Nothing is in view any more. */
  tell(): void {
    this.tellKept()
    this.surroundings.live.run(this.view)
  }

  tellKept(): void {
    const nothing = { name: null, title: null, status: null, share: 0, outcome: null, unsaved: false }
    this.surroundings.tellKept(this.active?.outlook ?? nothing)
  }

  /** A checkpoint now, whether it trains or not. */
  async checkpoint(): Promise<null> {
    const run = this.active
    if (run === null || run.controller.finished) return null
    // The state is taken at once; it is written while training goes on.
    const { written } = await run.controller.between(() => ({ written: run.checkpoint() }))
    await written
    return null
  }

  /**
   * The run goes on with the settings of the draft.
   * @throws ConfigError `no-run`, `run-finished`, and `not-changeable` naming the setting
   */
  change(): Promise<RunView> {
    return this.turns.run(async () => {
      const run = this.require()
      const { experiment, controller } = run
      const { setup } = this.data.require()
      if (controller.finished)
        throw new ConfigError(
          'run-finished',
          `This run has ${controller.status}; train anew with the changed settings.`
        )
      const settings = requireChangeable(experiment.setup, setup)
      if (settings.length === 0) return run.view
      await controller.between(async () => {
        if (controller.finished) return
        experiment.change(setup)
        run.changed({ ...controller.place, settings })
        await run.checkpoint()
      })
      return run.view
    })
  }

  /**
   * Begins a run with the settings of the draft from where the run in view stood after that epoch. Its random streams are the
   * same ones, keyed by (seed, epoch, step): what differs comes of the settings that differ.
   * @throws ConfigError `no-run`, `unknown-moment`, `not-changeable` naming the setting
   */
  fork(epoch: number): Promise<RunView> {
    return this.turns.run(async () => {
      const parent = this.require()
      const dataset = this.data.require()
      const { setup } = dataset
      const { experiment } = parent
      const settings = requireChangeable(experiment.setup, setup)
      if (setup.epochs <= epoch)
        throw new ConfigError(
          'nothing-to-train',
          `A run of ${setup.epochs} epochs has none left after epoch ${epoch}. Plan more epochs.`,
          { setting: 'epochs' }
        )
      const from = await parent.moments.stateAt(epoch)
      const steps = await parent.steps(1, from.step, STEPS_TAKEN_OVER)
      const history = experiment.epochs.slice(0, epoch)
      const branch = openExperiment(dataset.table, setup, { from, history, watch: performance })
      await this.end()
      const run = await this.begin(dataset, branch, {
        title: `${parent.title}, forked after epoch ${epoch}`,
        parent: parentOf(parent, epoch, settings),
        past: { step: from.step, epochsEnded: epoch, elapsedMs: history.at(-1)?.elapsedMs ?? 0, steps },
        inherited: steps
      })
      run.controller.resume()
      return run.view
    })
  }

  /** Steps of the run in view; null when that is another. */
  async steps(runId: string, from: number, to: number, points: number): Promise<StepSeries | null> {
    const run = this.active
    return run === null || run.id !== runId ? null : run.steps(from, to, points)
  }

  /**
   * The current weights on the rows kept aside for the test; every look with other weights counts: whoever chooses by them
   * has seen them. Null before the first run.
   * @throws ConfigError `no-test-rows`; `run-in-progress` while the weights change
   */
  lookAtTest(): Promise<EvaluationView | null> {
    return this.turns.run(async () => {
      const run = this.active
      if (run === null) return null
      const { step, status } = run.controller.progress
      if (status === 'running')
        throw new ConfigError('run-in-progress', 'The weights still change. Pause or stop the run, then judge it.')
      if (run.test?.step === step) return run.test.evaluation
      const evaluation = await run.experiment.evaluation('test')
      run.test = { looks: (run.test?.looks ?? 0) + 1, step, evaluation }
      run.dataset.testLooks += 1
      run.tell()
      return evaluation
    })
  }

  suggestExportName(format: string): string {
    const exporter = exporters.find((candidate) => candidate.format === format)
    if (exporter === undefined) throw new ConfigError('unknown-format', `There is no export format "${format}".`)
    return `${stem(this.data.require().table.fileName)}${exporter.extension}`
  }

  async export(format: string, path: string): Promise<ExportView> {
    const run = this.require()
    return exportRun(await run.asRun(), run.dataset.table, format, path)
  }

  /** Puts a new run in view, paused; whatever was there has made room. A folder that cannot be written is told, and no reason not to train. */
  async begin(dataset: OpenDataset, experiment: Experiment, beginning: Beginning = {}): Promise<ActiveRun> {
    const { table, paths } = dataset
    const { parent = null, repeats = null, toCome = [], past = null, inherited = null } = beginning
    const { runsFolder } = this.surroundings
    const title = beginning.title ?? (await freshTitle(runsFolder, table.fileName))
    const folder = join(runsFolder, folderName(table.fileName, experiment.id))
    let recorder: RunRecorder | null = null
    let problem: ErrorValue | null = null
    try {
      recorder = await beginRun(folder, experiment, {
        ...{ paths, title },
        ...(parent === null ? {} : { parent }),
        ...(repeats === null ? {} : { repeats: repeats.name })
      })
    } catch (thrown) {
      problem = errorValue(thrown)
    }
    const startedAt = new Date().toISOString()
    const origin = { title, startedAt, parent, repeats, toCome, past, inherited, changes: [], notices: [], problem }
    return this.show(dataset, experiment, recorder, origin)
  }

  /** Puts a run in view, paused. */
  show(dataset: OpenDataset, experiment: Experiment, recorder: RunRecorder | null, origin: RunOrigin): ActiveRun {
    const run = new ActiveRun(this.surroundings, dataset, experiment, recorder, origin)
    this.active = run
    run.tell()
    this.surroundings.live.runs()
    return run
  }

  private async fromDraft(): Promise<ActiveRun> {
    const dataset = this.data.require()
    if (this.active !== null && !this.active.controller.finished) {
      throw new ConfigError('run-in-progress', 'A run is in progress; stop or reset it before beginning another.')
    }
    const experiment = openExperiment(dataset.table, dataset.setup, { watch: performance })
    await this.end()
    return this.begin(dataset, experiment)
  }
}

function parentOf({ id, title, recorder }: ActiveRun, epoch: number, settings: RunParent['settings']): RunParent {
  return { runId: id, name: recorder?.kept.name ?? '', title, epoch, settings }
}

/**
 * What differs between two setups of one run.
 * @throws ConfigError `not-changeable` naming the setting that a run cannot change
 */
function requireChangeable(before: Setup, after: Setup): readonly SettingChange[] {
  const { changes, refused } = settingChanges(before, after)
  const [first] = refused
  if (first === undefined) return changes
  throw new ConfigError(
    'not-changeable',
    `${first.label} cannot change within a run (it is ${first.before}, and would be ${first.after}). Set it back, or begin a new run.`,
    { setting: first.label }
  )
}
