/** Kept runs brought back into view: their design, themselves where they were interrupted, or once more from the beginning. */
import { basename, join } from 'node:path'
import {
  folderOfRun,
  openExperiment,
  readCurves,
  repetitionOf,
  resumeRun,
  summaryOf,
  type Experiment,
  type LoggedChange,
  type Repetition,
  type ResumedRun
} from '../project'
import { ConfigError, StorageError } from '../shared/errors'
import type { OpenedRun } from '../shared/ipc/contract'
import type { RunChange } from '../shared/run-views'
import type { Notice, SessionView } from '../shared/views'
import type { RunOrigin } from './activeRun'
import type { OpenData, OpenDataset, ReadData } from './openData'
import { findData, requireSameData } from './runData'
import type { RunRequests } from './runRequests'
import { startOfRun, type RunStart } from './runStart'
import type { SerialQueue } from './serialQueue'

export class Reopening {
  constructor(
    private readonly runsFolder: string,
    private readonly data: OpenData,
    private readonly runs: RunRequests,
    private readonly turns: SerialQueue,
    private readonly view: () => SessionView
  ) {}

  /**
   * Opens a kept run's data with its settings as the draft.
   * @throws StorageError `data-moved`, `data-changed`, those of `startOfRun`; DataFormatError of `readTables`
   */
  async openDesign(name: string): Promise<OpenedRun> {
    const start = await startOfRun(await this.folderOf(name))
    return this.withData(start, async (read) => {
      await this.runs.end()
      this.take({ ...read, setup: start.setup })
      this.runs.tell()
    })
  }

  /**
   * Opens a kept run with its data and goes on where it stands.
   * @param epochs to how many in all, where it had ended; null: as planned
   * @param goesOn at once, or waits paused
   * @throws StorageError as `openDesign` and `resumeRun`
   */
  async continue(name: string, epochs: number | null, goesOn: boolean): Promise<OpenedRun> {
    const inView = await this.turns.run(() => this.goOnWith(name, goesOn))
    if (inView !== null) return inView
    const folder = await this.folderOf(name)
    const start = await startOfRun(folder)
    return this.withData(start, async (read) => {
      // It was asked for twice, perhaps.
      if (this.goOnWith(name, goesOn) !== null) return
      await this.settled(name)
      const { experiment, recorder, restored } = await resumeRun(folder, read.table, epochs === null ? {} : { epochs })
      const origin = await this.originOf(folder, start, experiment, restored).catch(async (thrown: unknown) => {
        experiment.training.close()
        await recorder.release()
        throw thrown
      })
      await this.runs.end()
      const dataset = this.take({ ...read, setup: experiment.setup })
      const run = this.runs.show(dataset, experiment, recorder, origin)
      if (goesOn) run.controller.resume()
    })
  }

  /**
   * Opens a kept run with its data and trains it once more from its beginning, which of a fork is the moment that it was forked
   * from; changes of its settings are made again at their steps.
   * @throws StorageError as `openDesign`; ConfigError `not-repeatable`
   */
  async again(name: string): Promise<OpenedRun> {
    const folder = await this.folderOf(name)
    const start = await startOfRun(folder)
    const { title, parent, setup, initialWeights } = start
    return this.withData(start, async (read) => {
      await this.settled(name)
      const { from, history, changes } = await repetition(folder, start)
      const experiment = openExperiment(read.table, setup, {
        ...{ watch: performance, history },
        ...(from === null ? {} : { from }),
        ...(initialWeights === null ? {} : { initialWeights }),
        ...(start.executor === 'reference' ? { executor: start.executor } : {})
      })
      await this.runs.end()
      const repeats = await this.original(name)
      const dataset = this.take({ ...read, setup })
      const elapsedMs = history.at(-1)?.elapsedMs ?? 0
      const run = await this.runs.begin(dataset, experiment, {
        ...{ title: `${title}, again`, parent, repeats, toCome: changes },
        past: from === null ? null : { step: from.step, epochsEnded: from.epochs, elapsedMs, steps: noSteps }
      })
      run.controller.resume()
    })
  }

  /** The run where it is in view and has not ended. */
  private goOnWith(name: string, goesOn: boolean): OpenedRun | null {
    const run = this.runs.current
    if (run === null || run.folderName !== name || run.controller.finished) return null
    if (goesOn) run.controller.resume()
    return this.opened(run.dataset)
  }

  /** The run may have ended a moment ago, and is still being written down. */
  private async settled(name: string): Promise<void> {
    const run = this.runs.current
    if (run?.folderName === name) await run.saving
  }

  /** What a run that was gone on with is beside its settings. */
  private async originOf(
    folder: string,
    start: RunStart,
    experiment: Experiment,
    { step, elapsedMs, changes, notices, skipped }: ResumedRun['restored']
  ): Promise<RunOrigin> {
    const { startedAt, parent } = start
    const { steps } = await readCurves(folder)
    const title = (await summaryOf(folder, basename(folder)))?.title ?? start.title
    return {
      ...{ title, startedAt, parent, problem: null, inherited: null, changes },
      repeats: start.repeats === null ? null : await this.original(start.repeats),
      toCome: start.repeats === null ? [] : await this.toCome(start.repeats, changes),
      notices: [...notices, ...skipped.map(skippedNotice)],
      past: { step, epochsEnded: experiment.epochs.length, elapsedMs, steps }
    }
  }

  /** Changes that a repetition has still to make; none where it is one no more, or what it repeats is gone. */
  private async toCome(original: string, made: readonly RunChange[]): Promise<readonly LoggedChange[]> {
    const changes = await repetitionOf(join(this.runsFolder, original)).then(
      (repeated) => repeated.changes,
      () => []
    )
    const key = ({ step, settings }: RunChange) => JSON.stringify([step, settings])
    const isSame = made.every((change, i) => {
      const other = changes[i]?.change
      return other !== undefined && key(change) === key(other)
    })
    return isSame ? changes.slice(made.length) : []
  }

  private folderOf(name: string): Promise<string> {
    return folderOfRun(this.runsFolder, name)
  }

  /** A run that is repeated, as far as it is still there. */
  private async original(name: string): Promise<RunOrigin['repeats']> {
    const summary = await summaryOf(join(this.runsFolder, name), name).catch(() => null)
    return { name, weightsSha256: summary?.weightsSha256 ?? null }
  }

  private take(read: ReadData): OpenDataset {
    this.data.take(read)
    return this.data.require()
  }

  private opened({ paths, table }: Pick<OpenDataset, 'paths' | 'table'>): OpenedRun {
    return { session: this.view(), paths, readAs: table.readAs ?? {} }
  }

  /** Does the work with the data of the run: what is open where it is that, else its files are read, as they were then. */
  private async withData(start: RunStart, work: (read: ReadData) => Promise<void>): Promise<OpenedRun> {
    const { setup, data } = start
    const found = await findData(data, this.data.current)
    if (found.table !== null) {
      const { table, paths } = found
      await this.turns.run(() => work({ table, paths, setup }))
    } else {
      await this.data.read(found.paths, setup, data.readAs, (read, reading) =>
        this.turns.run(() => {
          reading.requireWanted()
          requireSameData(data, read.table)
          // From here on there is no way back: the run that it replaces is ended.
          reading.end()
          return work(read)
        })
      )
    }
    return this.opened(this.data.require())
  }
}

const noSteps = { step: [], position: [], elapsedMs: [], loss: [], learningRate: [] }

/** @throws ConfigError `not-repeatable` */
async function repetition(folder: string, { title, initialWeights }: RunStart): Promise<Repetition> {
  try {
    return await repetitionOf(folder)
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'plan-missing') throw thrown
    if (initialWeights === null) return { from: null, history: [], changes: [] }
    throw new ConfigError(
      'not-repeatable',
      `"${title}" cannot be trained again exactly: it began with the weights of "${initialWeights.fileName}", and an earlier studio kept none of them. Open its design and train that instead.`
    )
  }
}

function skippedNotice({ file, reason }: { readonly file: string; readonly reason: string }): Notice {
  const message = `The checkpoint ${file} was left out, and the one before it taken: ${reason}`
  return { code: 'checkpoint-skipped', severity: 'warning', message, columns: [] }
}
