/** Kept runs brought back into view: their design, themselves where they were interrupted, or once more from the beginning. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { folderOfRun, openExperiment, readCurves, resumeRun, summaryOf } from '../project'
import { ConfigError, StorageError } from '../shared/errors'
import type { OpenedRun } from '../shared/ipc/contract'
import type { Notice, SessionView } from '../shared/views'
import type { RunOrigin } from './activeRun'
import type { OpenData, OpenDataset, ReadData } from './openData'
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
    const inView = this.runs.current
    if (inView !== null && inView.folderName === name && !inView.controller.finished) {
      if (goesOn) await this.runs.resume()
      return this.opened(inView.dataset)
    }
    const folder = await this.folderOf(name)
    const start = await startOfRun(folder)
    return this.withData(start, async (read) => {
      const { experiment, recorder, restored } = await resumeRun(folder, read.table, epochs === null ? {} : { epochs })
      await this.runs.end()
      const dataset = this.take({ ...read, setup: experiment.setup })
      const { steps } = await readCurves(folder)
      const { startedAt, parent } = start
      const title = (await summaryOf(folder, name))?.title ?? start.title
      const { step, elapsedMs } = restored
      const run = this.runs.show(dataset, experiment, recorder, {
        ...{ title, startedAt, parent, problem: null, inherited: null, changes: restored.changes },
        repeats: start.repeats === null ? null : await this.original(start.repeats),
        notices: [...restored.notices, ...restored.skipped.map(skippedNotice)],
        past: { step, epochsEnded: experiment.epochs.length, elapsedMs, steps }
      })
      if (goesOn) run.controller.resume()
    })
  }

  /**
   * Opens a kept run with its data and trains it once more from its beginning.
   * @throws StorageError as `openDesign`; ConfigError `not-repeatable`
   */
  async again(name: string): Promise<OpenedRun> {
    const folder = await this.folderOf(name)
    const start = await startOfRun(folder)
    const { changes } = await readCurves(folder)
    requireRepeatable(start, changes.length)
    const repeats = await this.original(name)
    return this.withData(start, async (read) => {
      const experiment = openExperiment(read.table, start.setup, { watch: performance })
      await this.runs.end()
      const dataset = this.take({ ...read, setup: start.setup })
      const run = await this.runs.begin(dataset, experiment, { title: `${start.title}, again`, repeats })
      run.controller.resume()
    })
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
    const open = this.data.current
    const isSame = open?.table.sha256 === data.sha256
    if (isSame && isDeepStrictEqual(open.table.readAs ?? {}, data.readAs)) {
      const { table, paths } = open
      await this.turns.run(() => work({ table, paths, setup }))
    } else {
      const paths = isSame ? open.paths : await pathsOf(data)
      await this.data.read(paths, setup, data.readAs, (read, reading) =>
        this.turns.run(() => {
          reading.requireWanted()
          if (read.table.sha256 !== data.sha256) throw changed(data.fileName, paths)
          // From here on there is no way back: the run that it replaces is ended.
          reading.end()
          return work(read)
        })
      )
    }
    return this.opened(this.data.require())
  }
}

/** @throws StorageError `data-moved` */
async function pathsOf({ paths, fileName }: RunStart['data']): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => true,
        () => false
      )
    )
  )
  const missing = paths.find((_path, index) => found[index] !== true)
  if (paths.length > 0 && missing === undefined) return paths
  const where = missing === undefined ? 'It is not kept where that file lies.' : `It was "${missing}".`
  throw new StorageError(
    'data-moved',
    `The data of this run, "${fileName}", is not where it was. ${where} Open it from its new place, then try again.`,
    { fileName, path: missing ?? null }
  )
}

function changed(fileName: string, [path = '']: readonly string[]): StorageError {
  return new StorageError(
    'data-changed',
    `"${fileName}" is not the data that this run was trained on any more: its SHA-256 is another one. Restore the file, or open a copy of it as it was.`,
    { fileName, path }
  )
}

/** @throws ConfigError `not-repeatable` */
function requireRepeatable({ title, parent, initialWeights }: RunStart, changes: number): void {
  const why =
    parent !== null
      ? `it was forked from "${parent.title}"`
      : initialWeights !== null
        ? `it began with the weights of "${initialWeights.fileName}"`
        : changes > 0
          ? 'its settings were changed while it trained'
          : null
  if (why === null) return
  throw new ConfigError(
    'not-repeatable',
    `"${title}" cannot be trained again exactly: ${why}. Open its design and train that instead.`
  )
}

function skippedNotice({ file, reason }: { readonly file: string; readonly reason: string }): Notice {
  const message = `The checkpoint ${file} was left out, and the one before it taken: ${reason}`
  return { code: 'checkpoint-skipped', severity: 'warning', message, columns: [] }
}
