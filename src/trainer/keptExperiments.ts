/** A kept run opened beside the one in view, to be looked at: its data and its experiment, which does not train. */
import type { Table } from '../data'
import {
  folderOfRun,
  keptMoments,
  keptState,
  openExperiment,
  summaryOf,
  type Experiment,
  type KeptState
} from '../project'
import { Cancelled } from '../shared/errors'
import type { OpenData } from './openData'
import { findData, requireSameData } from './runData'
import { startOfRun } from './runStart'

export interface KeptExperiment {
  readonly name: string
  readonly runId: string
  readonly title: string
  readonly table: Table
  readonly experiment: Experiment
  /** Epochs that can be gone back to, in order. */
  readonly moments: readonly number[]
}

export class KeptExperiments {
  /** One at a time: a table may be large. */
  private held: Pick<KeptExperiment, 'name' | 'runId' | 'table' | 'experiment'> | null = null
  private reading: AbortController | null = null
  /** Grows with each request: earlier ones that took longer give way. */
  private asked = 0

  constructor(
    private readonly runsFolder: string,
    private readonly data: OpenData
  ) {}

  /**
   * Opens a kept run at a moment of it, or where it ended; whatever was opened before is let go.
   * @throws StorageError `run-not-found`, `data-moved`, `data-changed`, those of `startOfRun` and `keptState`; ConfigError
   *   `unknown-moment`; those of `readTables` and `openExperiment`; Cancelled when another one was opened meanwhile
   */
  async open(name: string, epoch: number | null): Promise<KeptExperiment & KeptState> {
    const number = ++this.asked
    const folder = await folderOfRun(this.runsFolder, name)
    const start = await startOfRun(folder)
    const title = (await summaryOf(folder, name))?.title ?? start.title
    // Before the data, which may take long to read: a moment that is not there is said at once.
    const [state, moments] = await Promise.all([keptState(folder, title, epoch), keptMoments(folder)])
    if (number !== this.asked) throw new Cancelled()
    if (this.held?.name !== name || this.held.runId !== start.id) {
      this.letGo()
      const stop = (this.reading = new AbortController())
      const table = await this.tableOf(start.data, stop.signal)
      if (stop.signal.aborted) throw new Cancelled()
      const { id, setup, initialWeights, executor } = start
      const experiment = openExperiment(table, setup, {
        id,
        ...(initialWeights === null ? {} : { initialWeights }),
        ...(executor === 'reference' ? { executor } : {})
      })
      // It is looked at only.
      experiment.training.close()
      this.held = { name, runId: id, table, experiment }
    }
    return { ...this.held, ...state, title, moments }
  }

  /** What is being read is given up too. */
  forget(): void {
    this.asked += 1
    this.letGo()
  }

  private letGo(): void {
    this.reading?.abort()
    this.reading = null
    this.held = null
  }

  private async tableOf(data: Parameters<typeof findData>[0], signal: AbortSignal): Promise<Table> {
    const found = await findData(data, this.data.current)
    if (found.table !== null) return found.table
    const table = await this.data.readBeside(found.paths, data.readAs, signal)
    requireSameData(data, table)
    return table
  }
}
