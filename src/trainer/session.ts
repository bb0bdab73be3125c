/**
 * The studio's state: one open dataset, one setup, one run. The trainer process owns it, so a window can come
 * and go without losing anything. Methods are the trainer's side of the requests in `shared/ipc/contract.ts`.
 */
import { basename, dirname, join, resolve } from 'node:path'
import {
  augmentedImages,
  columnPreview,
  imagePage,
  prepare,
  profileTable,
  readTables,
  sampleById,
  sampleSetup,
  suggestSetup,
  tableRows,
  wordsTakenAsMissing,
  type Prepared,
  type Table
} from '../data'
import { exporters, exportRun } from '../export'
import { networkOf, openExperiment, saveRun, type Experiment, type Run } from '../project'
import type { CrossValidationView } from '../shared/cross-validation'
import { ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import { nameOfFiles } from '../shared/file-names'
import type { RunKept } from '../shared/ipc/contract'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'
import type {
  ColumnPreviewView,
  DatasetView,
  EvaluationView,
  ExportView,
  RunProgress,
  RunView,
  ImagePageView,
  ImagesView,
  SessionView,
  SetupView,
  WeightsView
} from '../shared/views'
import { CrossValidating } from './crossValidating'
import { DataChecks } from './dataChecks'
import type { LiveStream } from './liveStream'
import { preparedView } from './preparedView'
import { Reading } from './reading'
import { RunController } from './runController'
import { SerialQueue } from './serialQueue'

/** Time to measure a run while the studio quits; it is kept all the same. */
const MEASURING_MS = 2000

/** A run with what it was made of. */
interface ActiveRun {
  readonly fileName: string
  readonly experiment: Experiment
  readonly controller: RunController
  savedAs: string | null
  saveError: ErrorValue | null
  /** The save in progress, so that nothing leaves before it is done. */
  saving: Promise<void>
  /** The last look at the test rows, and at which weights. */
  test: { looks: number; step: number; evaluation: EvaluationView } | null
}

/** Settings that do not concern the data: they are changed without preparing it again. */
const ofTraining: ReadonlySet<string> = new Set<keyof Setup>([
  ...(['layers', 'model', 'optimizer', 'schedule', 'regularization', 'earlyStopping', 'loss', 'lossConfig'] as const),
  ...(['augmentation', 'classWeights', 'batchSize', 'epochs', 'shuffle', 'threads'] as const)
])

interface OpenDataset {
  readonly table: Table
  readonly view: DatasetView
  /** What the person has chosen so far. */
  setup: Setup
  /** How often its test rows were looked at, with any run. */
  testLooks: number
}

export class Session {
  private dataset: OpenDataset | null = null
  private active: ActiveRun | null = null
  private preparedFor: { key: string; prepared: Prepared } | null = null
  /** Goes on beside the run, and waits while that trains. */
  readonly crossValidation = new CrossValidating(
    (view) => this.live.crossValidation(view),
    () => this.active?.controller.status === 'running'
  )
  private readonly checks = new DataChecks(() => this.tellSetup())
  /** Requests that begin or end runs take turns: two at once could leave a run that nobody holds. */
  private readonly turns = new SerialQueue()
  /** The file asked for last, while it is being read. */
  private reading: Reading | null = null
  /** Aborted when there is no time to measure runs any more. */
  private readonly hurry = new AbortController()

  /**
   * @param live where changes are told
   * @param runsFolder where finished runs are kept
   * @param samplesFolder the built-in samples, whose targets are known
   * @param tellKept told whenever it changes whether the run in view would be lost with this process
   * @param cacheFolder where decoded images are kept until the next time
   */
  constructor(
    private readonly live: LiveStream,
    private readonly runsFolder: string,
    private readonly samplesFolder: string,
    private readonly tellKept: (kept: RunKept) => void = () => undefined,
    private readonly cacheFolder?: string
  ) {}

  view(): SessionView {
    const crossValidation = this.crossValidation.view
    return { dataset: this.dataset?.view ?? null, setup: this.setupView(), run: this.runView(), crossValidation }
  }

  /**
   * Reads a file, or several as one table, and makes it the open dataset; a run in progress is stopped and kept first. When
   * it cannot be read, everything stays as it was.
   * @param setup the setup to go on with, or null for a suggested one
   * @param as what the person says of the files, in place of what is detected
   * @throws DataFormatError as `readTables`
   * @throws Cancelled when another file was opened before this one was read, or `cancelRead` was called
   */
  async openDataset(paths: readonly string[], setup: Setup | null, as: ReadAs = {}): Promise<SessionView> {
    this.reading?.cancel()
    const reading = new Reading(nameOfFiles(paths.map((path) => basename(path))), (view) => this.live.reading(view))
    this.reading = reading
    try {
      const { signal } = reading
      const table = await readTables(paths, {
        as,
        signal,
        cacheFolder: this.cacheFolder,
        onProgress: (progress) => reading.advance(progress)
      })
      const suggested = setup ?? (await this.suggestedSetup(paths, table))
      return await this.turns.run(() => {
        reading.requireWanted()
        // From here on there is no way back: the run that it replaces is ended.
        reading.end()
        return this.takeDataset(table, suggested)
      })
    } finally {
      reading.end()
      if (this.reading === reading) this.reading = null
    }
  }

  /** Ends the reading under way, if there is one; what was open stays open. */
  cancelRead(): null {
    this.reading?.cancel()
    return null
  }

  private async takeDataset(table: Table, suggested: Setup): Promise<SessionView> {
    await this.endRun()
    this.dataset = {
      table,
      view: {
        fileName: table.fileName,
        rows: table.rows,
        columns: profileTable(table),
        notices: table.notices,
        format: table.format,
        readAs: table.readAs ?? {},
        skipped: table.skipped,
        missingWords: wordsTakenAsMissing(table)
      },
      setup: suggested,
      testLooks: 0
    }
    this.preparedFor = null
    this.checks.forget()
    this.crossValidation.forget()
    this.tellRun()
    this.live.dataset(this.dataset.view, this.setupView())
    return this.view()
  }

  rows(from: number, count: number): (string | null)[][] {
    return tableRows(this.requireDataset().table, from, count)
  }

  /** Null when the table has no images. */
  images(from: number, count: number, column: string | null, value: string | null): ImagePageView | null {
    return imagePage(this.requireDataset().table, from, count, column, value)
  }

  /** A column before and after preparation, by the setup as it is now. */
  columnPreview(name: string): ColumnPreviewView {
    const { table, setup } = this.requireDataset()
    return columnPreview(table, this.prepared(setup), name)
  }

  /** Null when the features are no images. */
  augmentedImages(from: number, count: number): ImagesView | null {
    const { setup } = this.requireDataset()
    return augmentedImages(this.prepared(setup), setup, from, count)
  }

  updateSetup(setup: Setup): SetupView {
    this.requireDataset().setup = setup
    this.crossValidation.setupChanged(setup)
    return this.viewOf(setup)
  }

  /** Begins a run with the current setup; a finished run makes room, one in progress does not. */
  startTraining(): Promise<RunView> {
    return this.turns.run(async () => {
      const run = await this.newRun()
      run.controller.resume()
      return this.viewOfRun(run)
    })
  }

  pauseTraining(): Promise<RunProgress> {
    return this.turns.run(async () => {
      const { controller } = this.requireRun()
      await controller.pause()
      return controller.progress
    })
  }

  resumeTraining(): Promise<RunProgress> {
    return this.turns.run(() => {
      const { controller } = this.requireRun()
      controller.resume()
      return controller.progress
    })
  }

  /** One optimizer update; the first one begins a run. */
  stepTraining(): Promise<RunProgress> {
    return this.turns.run(async () => {
      const run = this.active === null || this.active.controller.finished ? await this.newRun() : this.active
      await run.controller.singleStep()
      return run.controller.progress
    })
  }

  stopTraining(): Promise<RunProgress> {
    return this.turns.run(async () => {
      const { controller } = this.requireRun()
      await controller.stop()
      return controller.progress
    })
  }

  /** Clears the run from view, after keeping what it learned. */
  resetTraining(): Promise<SessionView> {
    return this.turns.run(async () => {
      await this.endRun()
      this.tellRun()
      return this.view()
    })
  }

  /**
   * Metrics of the current weights on the validation rows, or on those kept aside for the test; null before the first run.
   * @throws ConfigError `no-test-rows`; `run-in-progress` when test rows are asked for while the weights change
   */
  async evaluate(on: 'validation' | 'test'): Promise<EvaluationView | null> {
    if (on === 'test') return this.turns.run(() => this.lookAtTest())
    return (await this.active?.experiment.evaluation()) ?? null
  }

  /** Every look at the test rows with other weights counts: whoever chooses by them has seen them. */
  private async lookAtTest(): Promise<EvaluationView | null> {
    const run = this.active
    if (run === null) return null
    const { step, status } = run.controller.progress
    if (status === 'running')
      throw new ConfigError('run-in-progress', 'The weights still change. Pause or stop the run, then judge it.')
    if (run.test?.step === step) return run.test.evaluation
    const evaluation = await run.experiment.evaluation('test')
    run.test = { looks: (run.test?.looks ?? 0) + 1, step, evaluation }
    this.requireDataset().testLooks += 1
    this.tellRun()
    return evaluation
  }

  crossValidate(folds: number): CrossValidationView {
    const { table, setup } = this.requireDataset()
    return this.crossValidation.start(table, setup, folds)
  }

  weights(): WeightsView | null {
    return this.active?.experiment.weights() ?? null
  }

  suggestExportName(format: string): string {
    const exporter = exporters.find((candidate) => candidate.format === format)
    if (exporter === undefined) throw new ConfigError('unknown-format', `There is no export format "${format}".`)
    return `${stem(this.requireDataset().table.fileName)}${exporter.extension}`
  }

  async exportRun(format: string, path: string): Promise<ExportView> {
    const { table } = this.requireDataset()
    return exportRun(await runOf(this.requireRun()), table, format, path)
  }

  /** Stops and keeps whatever runs; the last thing before the process ends. */
  async close(): Promise<void> {
    this.crossValidation.forget()
    const timer = setTimeout(() => this.hurry.abort(), MEASURING_MS)
    await this.turns.run(() => this.endRun())
    clearTimeout(timer)
  }

  /** A built-in sample knows its target; for other files it is a guess. */
  private async suggestedSetup([path = '', ...others]: readonly string[], table: Table): Promise<Setup> {
    if (others.length > 0 || resolve(dirname(path)) !== resolve(this.samplesFolder)) return suggestSetup(table)
    return sampleSetup(table, await sampleById(this.samplesFolder, basename(path)))
  }

  private setupView(): SetupView | null {
    return this.dataset === null ? null : this.viewOf(this.dataset.setup)
  }

  private viewOf(setup: Setup): SetupView {
    try {
      const prepared = this.prepared(setup)
      // Layers that are being edited are judged where they are shown; a network from a file as a whole.
      if (setup.model !== null) networkOf(setup, prepared.preparation)
      const checked = this.checks.of(this.requireDataset().table, setup, prepared)
      return { setup, prepared: preparedView(prepared), ...checked, error: null }
    } catch (thrown) {
      return { setup, prepared: null, findings: [], associations: [], checking: false, error: errorValue(thrown) }
    }
  }

  private runView(): RunView | null {
    return this.active === null ? null : this.viewOfRun(this.active)
  }

  private viewOfRun(run: ActiveRun): RunView {
    return runViewOf(run, this.dataset?.testLooks ?? 0)
  }

  /** Prepared data of a setup; edits that do not concern the data do not prepare it again. */
  private prepared(setup: Setup): Prepared {
    const key = JSON.stringify(Object.entries(setup).filter(([name]) => !ofTraining.has(name)))
    if (this.preparedFor?.key !== key) {
      this.preparedFor = { key, prepared: prepare(this.requireDataset().table, setup) }
    }
    return this.preparedFor.prepared
  }

  private async newRun(): Promise<ActiveRun> {
    const { table, setup } = this.requireDataset()
    if (this.active !== null && !this.active.controller.finished) {
      throw new ConfigError('run-in-progress', 'A run is in progress; stop or reset it before beginning another.')
    }
    const experiment = openExperiment(table, setup)
    await this.endRun()
    const runId = experiment.id
    const controller: RunController = new RunController(
      experiment.training,
      setup.epochs,
      experiment.prepared.trainRows.length,
      {
        advanced: (step, epoch) =>
          this.live.frame({ runId, progress: controller.progress, ...(step && { step }), ...(epoch && { epoch }) }),
        statusChanged: () => this.statusChanged(run),
        executorChanged: () => this.tellRun()
      }
    )
    const run: ActiveRun = {
      fileName: table.fileName,
      experiment,
      controller,
      savedAs: null,
      saveError: null,
      saving: Promise.resolve(),
      test: null
    }
    this.active = run
    this.tellRun()
    return run
  }

  private statusChanged(run: ActiveRun): void {
    if (run.controller.finished && run.controller.progress.step > 0) run.saving = this.save(run)
    this.tellRun()
  }

  /** Keeps a finished run on disk. A failure is shown with the run; the run itself stays usable. */
  private async save(run: ActiveRun): Promise<void> {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
    // File systems allow 255 bytes; a character may take four.
    const name = `${stem(run.fileName).slice(0, 40)}-${stamp}-${run.experiment.id.slice(0, 4)}`
    try {
      await saveRun(join(this.runsFolder, name), await runOf(run, this.hurry.signal))
      run.savedAs = name
    } catch (thrown) {
      run.saveError = errorValue(thrown)
    }
    if (this.active === run) this.tellRun()
  }

  private async endRun(): Promise<void> {
    const run = this.active
    if (run === null) return
    await run.controller.stop()
    await run.saving
    this.active = null
  }

  private requireDataset(): OpenDataset {
    if (this.dataset === null) throw new ConfigError('no-dataset', 'No dataset is open. Open one first.')
    return this.dataset
  }

  private requireRun(): ActiveRun {
    if (this.active === null) throw new ConfigError('no-run', 'Nothing has been trained yet. Press Train first.')
    return this.active
  }

  private tellSetup(): void {
    const view = this.setupView()
    if (view !== null) this.live.setup(view)
  }

  private tellRun(): void {
    const { active } = this
    this.tellKept({ unsaved: active !== null && active.savedAs === null, savedAs: active?.savedAs ?? null })
    this.live.run(this.runView())
  }
}

function runViewOf(run: ActiveRun, testLooks: number): RunView {
  const { experiment, controller, savedAs, saveError } = run
  const looks = run.test?.looks ?? 0
  return {
    runId: experiment.id,
    setup: experiment.setup,
    prepared: preparedView(experiment.prepared),
    parameters: experiment.parameterCount,
    executor: experiment.training.executor,
    progress: controller.progress,
    epochs: experiment.epochs,
    steps: controller.steps,
    test: {
      looks,
      looksBefore: testLooks - looks,
      evaluation: run.test?.evaluation ?? null,
      step: run.test?.step ?? null
    },
    earlyStop: experiment.training.earlyStop,
    error: controller.error,
    savedAs,
    saveError
  }
}

/** The run as it stands, to be kept or exported; one still in progress counts as stopped here. */
function runOf({ experiment, controller: { status } }: ActiveRun, hurry?: AbortSignal): Promise<Run> {
  return experiment.finish(status === 'completed' || status === 'failed' ? status : 'stopped', hurry)
}

function stem(fileName: string): string {
  return fileName.replace(/\.[^.]*$/, '') || 'dataset'
}
