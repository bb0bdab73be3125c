/**
 * The studio's state: one open dataset, one setup, one run. The trainer process owns it, so a window can come
 * and go without losing anything. Methods are the trainer's side of the requests in `shared/ipc/contract.ts`.
 */
import { basename, dirname, join, resolve } from 'node:path'
import {
  associationsOf,
  columnPreview,
  honestyFindings,
  prepare,
  profileTable,
  readTable,
  sampleById,
  suggestSetup,
  tableImages,
  tableRows,
  type Prepared,
  type Table
} from '../data'
import { exporters, exportRun } from '../export'
import { networkOf, openExperiment, saveRun, type Experiment, type Run } from '../project'
import { Cancelled, ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import type { RunKept } from '../shared/ipc/contract'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'
import type {
  AssociationView,
  ColumnPreviewView,
  DatasetView,
  EvaluationView,
  ExportView,
  Notice,
  RunProgress,
  RunView,
  ImagesView,
  SessionView,
  SetupView,
  WeightsView
} from '../shared/views'
import type { LiveStream } from './liveStream'
import { preparedView } from './preparedView'
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
}

interface OpenDataset {
  readonly table: Table
  readonly view: DatasetView
  /** What the person has chosen so far. */
  setup: Setup
}

export class Session {
  private dataset: OpenDataset | null = null
  private active: ActiveRun | null = null
  private preparedFor: { key: string; prepared: Prepared } | null = null
  private foundFor: {
    prepared: Prepared
    classWeights: Setup['classWeights']
    findings: readonly Notice[]
  } | null = null
  private associatedFor: { prepared: Prepared; associations: readonly AssociationView[] } | null = null
  /** Requests that begin or end runs take turns: two at once could leave a run that nobody holds. */
  private readonly turns = new SerialQueue()
  private lastOpening = 0
  /** Aborted when there is no time to measure runs any more. */
  private readonly hurry = new AbortController()

  /**
   * @param live where changes are told
   * @param runsFolder where finished runs are kept
   * @param samplesFolder the built-in samples, whose targets are known
   * @param tellKept told whenever it changes whether the run in view would be lost with this process
   */
  constructor(
    private readonly live: LiveStream,
    private readonly runsFolder: string,
    private readonly samplesFolder: string,
    private readonly tellKept: (kept: RunKept) => void = () => undefined
  ) {}

  view(): SessionView {
    return { dataset: this.dataset?.view ?? null, setup: this.setupView(), run: this.runView() }
  }

  /**
   * Reads a file and makes it the open dataset; a run in progress is stopped and kept first. When the file
   * cannot be read, everything stays as it was.
   * @param setup the setup to go on with, or null for a suggested one
   * @param as what the person says of the file, in place of what is detected
   * @throws DataFormatError as `readTable`
   * @throws Cancelled when another file was opened before this one was read
   */
  async openDataset(path: string, setup: Setup | null, as: ReadAs = {}): Promise<SessionView> {
    const opening = ++this.lastOpening
    const table = await readTable(path, { as })
    const suggested = setup ?? (await this.suggestedSetup(path, table))
    return this.turns.run(() => {
      if (opening !== this.lastOpening)
        throw new Cancelled(`Another file was opened before "${table.fileName}" was read.`)
      return this.takeDataset(table, suggested)
    })
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
        skipped: table.skipped
      },
      setup: suggested
    }
    this.preparedFor = null
    this.tellRun()
    this.live.dataset(this.dataset.view, this.setupView())
    return this.view()
  }

  rows(from: number, count: number): (string | null)[][] {
    return tableRows(this.requireDataset().table, from, count)
  }

  /** Null when the table has no images. */
  images(from: number, count: number): ImagesView | null {
    return tableImages(this.requireDataset().table, from, count)
  }

  /** A column before and after preparation, by the setup as it is now. */
  columnPreview(name: string): ColumnPreviewView {
    const { table, setup } = this.requireDataset()
    return columnPreview(table, this.prepared(setup), name)
  }

  updateSetup(setup: Setup): SetupView {
    this.requireDataset().setup = setup
    return this.viewOf(setup)
  }

  /** Begins a run with the current setup; a finished run makes room, one in progress does not. */
  startTraining(): Promise<RunView> {
    return this.turns.run(async () => {
      const run = await this.newRun()
      run.controller.resume()
      return runViewOf(run)
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

  /** Metrics of the current weights on the validation rows; null before the first run. */
  async evaluate(): Promise<EvaluationView | null> {
    return (await this.active?.experiment.evaluation()) ?? null
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
    const timer = setTimeout(() => this.hurry.abort(), MEASURING_MS)
    await this.turns.run(() => this.endRun())
    clearTimeout(timer)
  }

  /** A built-in sample knows its target; for other files it is a guess. */
  private async suggestedSetup(path: string, table: Table): Promise<Setup> {
    if (resolve(dirname(path)) !== resolve(this.samplesFolder)) return suggestSetup(table)
    const sample = await sampleById(this.samplesFolder, basename(path))
    const setup = suggestSetup(table, sample.target)
    return { ...setup, ignored: [...new Set([...setup.ignored, ...sample.ignored])] }
  }

  private setupView(): SetupView | null {
    return this.dataset === null ? null : this.viewOf(this.dataset.setup)
  }

  private viewOf(setup: Setup): SetupView {
    try {
      const prepared = this.prepared(setup)
      // Layers that are being edited are judged where they are shown; a network from a file as a whole.
      if (setup.model !== null) networkOf(setup, prepared.preparation)
      return {
        setup,
        prepared: preparedView(prepared),
        findings: this.findings(setup, prepared),
        associations: this.associations(setup, prepared),
        error: null
      }
    } catch (thrown) {
      return { setup, prepared: null, findings: [], associations: [], error: errorValue(thrown) }
    }
  }

  /** Edits that concern neither the data nor what the findings advise do not look at it again. */
  private findings(setup: Setup, prepared: Prepared): readonly Notice[] {
    const { classWeights } = setup
    const known = this.foundFor
    if (known?.prepared === prepared && known.classWeights === classWeights) return known.findings
    const findings = honestyFindings(this.requireDataset().table, setup, prepared)
    this.foundFor = { prepared, classWeights, findings }
    return findings
  }

  private associations({ target, task }: Setup, prepared: Prepared): readonly AssociationView[] {
    if (this.associatedFor?.prepared !== prepared) {
      const { table } = this.requireDataset()
      this.associatedFor = { prepared, associations: associationsOf(table, target, task, prepared.trainRows) }
    }
    return this.associatedFor.associations
  }

  private runView(): RunView | null {
    return this.active === null ? null : runViewOf(this.active)
  }

  /** Prepared data of a setup; edits that do not concern the data do not prepare it again. */
  private prepared(setup: Setup): Prepared {
    const { target, task, ignored, columns, split, validation, test, seed, prepare: prepares } = setup
    const key = JSON.stringify([target, task, ignored, columns, split, validation, test, seed, prepares])
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
      saving: Promise.resolve()
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

  private tellRun(): void {
    const { active } = this
    this.tellKept({ unsaved: active !== null && active.savedAs === null, savedAs: active?.savedAs ?? null })
    this.live.run(this.runView())
  }
}

function runViewOf(run: ActiveRun): RunView {
  const { experiment, controller, savedAs, saveError } = run
  return {
    runId: experiment.id,
    setup: experiment.setup,
    prepared: preparedView(experiment.prepared),
    parameters: experiment.parameterCount,
    executor: experiment.training.executor,
    progress: controller.progress,
    epochs: experiment.epochs,
    steps: controller.steps,
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
