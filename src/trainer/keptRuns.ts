/** The kept runs: listed, compared, named, deleted and brought back. */
import {
  compareRuns,
  deleteRuns,
  editRun,
  folderOfRun,
  listRuns,
  purgeTrash,
  readCurves,
  restoreRuns,
  summaryOf
} from '../project'
import { ConfigError } from '../shared/errors'
import type { ComparisonView, RunCurvesView, RunNotes, RunSummary } from '../shared/run-views'
import type { LiveStream } from './liveStream'
import type { OpenData } from './openData'
import type { RunRequests } from './runRequests'
import { startOfRun } from './runStart'

/** Deleted runs can be brought back for so long. */
const TRASH_KEPT_MS = 24 * 3600 * 1000

export class KeptRuns {
  constructor(
    private readonly folder: string,
    private readonly live: LiveStream,
    private readonly data: OpenData,
    private readonly runs: RunRequests
  ) {
    // It is nobody's loss when that fails: the next start tries again.
    void purgeTrash(folder, TRASH_KEPT_MS).catch(() => undefined)
  }

  /** The newest first; of the run in view as it stands. */
  async list(): Promise<readonly RunSummary[]> {
    return (await listRuns(this.folder)).map((summary) => this.asItStands(summary))
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

  compare(one: string, other: string): Promise<ComparisonView> {
    return compareRuns(this.folder, one, other, this.data.current?.table ?? null)
  }

  async edit(name: string, notes: RunNotes): Promise<RunSummary> {
    const summary = await editRun(this.folder, name, notes)
    const run = this.runs.current
    if (run !== null && run.folderName === name) {
      run.title = summary.title
      run.tell()
    }
    this.live.runs()
    return this.asItStands(summary)
  }

  /** @throws ConfigError `run-in-progress` for the run in view while it has not ended */
  async delete(names: readonly string[]): Promise<null> {
    const run = this.runs.current
    if (run !== null && !run.controller.finished && names.includes(run.folderName ?? ''))
      throw new ConfigError('run-in-progress', `"${run.title}" is in progress. Stop it, then delete it.`)
    await deleteRuns(this.folder, names)
    this.live.runs()
    return null
  }

  async restore(names: readonly string[]): Promise<null> {
    await restoreRuns(this.folder, names)
    this.live.runs()
    return null
  }

  private asItStands(summary: RunSummary): RunSummary {
    const run = this.runs.current
    if (run === null || run.folderName !== summary.name || run.controller.finished) return summary
    const { status, step, elapsedMs } = run.controller.progress
    const epochs = run.experiment.epochs.length
    return { ...summary, status, steps: step, elapsedMs, epochs, resumable: false }
  }
}
