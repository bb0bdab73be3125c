/**
 * The kept runs: listed, compared, named, deleted and brought back. The window that asks for it knows by the answer; the list is
 * told to be another one where nobody asked for that: when a run begins or ends.
 */
import {
  compareRuns,
  deleteRuns,
  editRun,
  folderOfRun,
  purgeTrash,
  readCurves,
  restoreRuns,
  summaryOf,
  type Run
} from '../project'
import { ConfigError } from '../shared/errors'
import type { ComparisonView, RunCurvesView, RunNotes, RunSummary } from '../shared/run-views'
import type { OpenData } from './openData'
import type { RunSurroundings } from './activeRun'
import type { Pathless } from './pathless'
import type { RunRequests } from './runRequests'
import { startOfRun } from './runStart'
import { RunSummaries } from './runSummaries'
import type { SerialQueue } from './serialQueue'

/** Deleted runs can be brought back for so long. */
const TRASH_KEPT_MS = 24 * 3600 * 1000

export class KeptRuns {
  private readonly folder: string
  private readonly summaries: RunSummaries
  private readonly pathless: Pathless

  /** @param turns what moves folders takes turns with what begins and ends the runs in them */
  constructor(
    surroundings: Pick<RunSurroundings, 'runsFolder' | 'pathless'>,
    private readonly data: OpenData,
    private readonly runs: RunRequests,
    private readonly turns: SerialQueue
  ) {
    this.folder = surroundings.runsFolder
    this.summaries = new RunSummaries(this.folder)
    this.pathless = surroundings.pathless
    // It is nobody's loss when that fails: the next start tries again.
    void purgeTrash(this.folder, TRASH_KEPT_MS).catch(() => undefined)
  }

  /** The newest first; of the run in view as it stands. */
  async list(): Promise<readonly RunSummary[]> {
    return (await this.summaries.list()).map((summary) => this.shown(summary))
  }

  async curves(name: string): Promise<RunCurvesView> {
    const folder = await folderOfRun(this.folder, name)
    const [{ id, title, setup }, curves, summary] = await Promise.all([
      startOfRun(folder),
      readCurves(folder),
      summaryOf(folder, name)
    ])
    return { name, runId: id, title: summary?.title ?? title, setup, ...curves }
  }

  async compare(one: string, other: string): Promise<ComparisonView> {
    const table = this.data.current?.table ?? null
    const compared = await compareRuns(this.folder, one, other, table, (name) => this.going(name))
    const { runs, why } = compared
    return {
      ...compared,
      runs: [this.shown(runs[0]), this.shown(runs[1])],
      why: why === null ? null : this.pathless.text(why)
    }
  }

  async edit(name: string, notes: RunNotes): Promise<RunSummary> {
    const summary = await editRun(this.folder, name, notes)
    const run = this.runs.current
    if (run !== null && run.folderName === name) {
      run.title = summary.title
      run.tell()
    }
    return this.shown(summary)
  }

  /** @throws ConfigError `run-in-progress` for the run in view while it has not ended */
  delete(names: readonly string[]): Promise<null> {
    return this.turns.run(async () => {
      const run = this.runs.current
      if (run !== null && names.includes(run.folderName ?? '')) {
        if (!run.controller.finished)
          throw new ConfigError('run-in-progress', `"${run.title}" is in progress. Stop it, then delete it.`)
        // One that has just ended is still being written down.
        await run.saving
      }
      await deleteRuns(this.folder, names)
      return null
    })
  }

  restore(names: readonly string[]): Promise<null> {
    return this.turns.run(async () => {
      await restoreRuns(this.folder, names)
      return null
    })
  }

  /** The run in view where it has not ended: its weights of now are in no file yet. */
  private going(name: string): Promise<Run> | null {
    const run = this.runs.current
    if (run === null || run.folderName !== name || run.controller.finished) return null
    // They are taken at once; it trains on while they are judged.
    return run.controller.between(() => ({ run: run.asRun() })).then((taken) => taken.run)
  }

  private shown(summary: RunSummary): RunSummary {
    return { ...this.asItStands(summary), error: this.pathless.errorOrNull(summary.error) }
  }

  private asItStands(summary: RunSummary): RunSummary {
    const run = this.runs.current
    if (run === null || run.folderName !== summary.name || run.controller.finished) return summary
    const { status, step, elapsedMs } = run.controller.progress
    const epochs = run.experiment.epochs.length
    return { ...summary, status, steps: step, elapsedMs, epochs, resumable: false }
  }
}
