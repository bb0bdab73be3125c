/** The open dataset, the setup that a person is making for it, and looks at both. */
import { basename, dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
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
import { networkOf } from '../project'
import { ConfigError, errorValue } from '../shared/errors'
import { nameOfFiles } from '../shared/file-names'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'
import type { ColumnPreviewView, DatasetView, ImagePageView, ImagesView, SetupView } from '../shared/views'
import { DataChecks } from './dataChecks'
import type { LiveStream } from './liveStream'
import { preparedView } from './preparedView'
import { Reading } from './reading'

/** Settings that do not concern the data: they are changed without preparing it again. */
const ofTraining: ReadonlySet<string> = new Set<keyof Setup>([
  ...(['layers', 'model', 'optimizer', 'schedule', 'regularization', 'earlyStopping', 'loss', 'lossConfig'] as const),
  ...(['augmentation', 'classWeights', 'batchSize', 'epochs', 'shuffle', 'threads', 'gradientSamples'] as const)
])

export interface OpenDataset {
  readonly table: Table
  /** The files it was read from. */
  readonly paths: readonly string[]
  readonly view: DatasetView
  /** What the person has chosen so far. */
  setup: Setup
  /** How often its test rows were looked at, with any run. */
  testLooks: number
}

/** Files that were read, with the setup to begin with. */
export interface ReadData {
  readonly table: Table
  readonly paths: readonly string[]
  readonly setup: Setup
}

export class OpenData {
  private dataset: OpenDataset | null = null
  private preparedFor: { key: string; prepared: Prepared } | null = null
  private readonly checks = new DataChecks(() => this.tellSetup())
  /** The file asked for last, while it is being read. */
  private reading: Reading | null = null

  /**
   * @param samplesFolder the built-in samples, whose targets are known
   * @param replaced told when what was open is so no more
   * @param cacheFolder where decoded images are kept until the next time
   */
  constructor(
    private readonly live: LiveStream,
    private readonly samplesFolder: string,
    private readonly replaced: () => void,
    private readonly cacheFolder?: string
  ) {}

  get current(): OpenDataset | null {
    return this.dataset
  }

  /** @throws ConfigError `no-dataset` */
  require(): OpenDataset {
    if (this.dataset === null) throw new ConfigError('no-dataset', 'No dataset is open. Open one first.')
    return this.dataset
  }

  /**
   * Reads a file, or several as one table; what was being read is given up.
   * @param setup the setup to go on with, or null for a suggested one
   * @param as what the person says of the files, in place of what is detected
   * @param taken given what was read, as long as it is still wanted
   * @throws DataFormatError as `readTables`
   * @throws Cancelled when another file was opened before this one was read, or `cancelRead` was called
   */
  async read<Result>(
    paths: readonly string[],
    setup: Setup | null,
    as: ReadAs,
    taken: (data: ReadData, reading: Reading) => Promise<Result>
  ): Promise<Result> {
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
      return await taken({ table, paths, setup: setup ?? (await this.suggestedSetup(paths, table)) }, reading)
    } finally {
      reading.end()
      if (this.reading === reading) this.reading = null
    }
  }

  /** Reads files beside what is open, which stays so. @throws as `readTables` */
  readBeside(paths: readonly string[], as: ReadAs, signal: AbortSignal): Promise<Table> {
    return readTables(paths, { as, signal, cacheFolder: this.cacheFolder })
  }

  /** Ends the reading under way, if there is one; what was open stays open. */
  cancelRead(): null {
    this.reading?.cancel()
    return null
  }

  /** What was read is the open dataset from here on. The same table with another setup keeps what is known of it. */
  take({ table, paths, setup }: ReadData): void {
    if (this.dataset?.table === table) {
      this.dataset.setup = setup
    } else {
      this.dataset = { table, paths, view: datasetView(table), setup, testLooks: 0 }
      this.preparedFor = null
      this.checks.forget()
      this.replaced()
    }
    this.live.dataset(this.dataset.view, this.setupView())
  }

  updateSetup(setup: Setup): SetupView {
    this.require().setup = setup
    return this.viewOf(setup)
  }

  /** Whoever has not edited the settings of before gets others in their place. */
  follow(before: Setup, after: Setup): void {
    if (!isDeepStrictEqual(this.dataset?.setup, before)) return
    this.updateSetup(after)
    this.tellSetup()
  }

  setupView(): SetupView | null {
    return this.dataset === null ? null : this.viewOf(this.dataset.setup)
  }

  rows(from: number, count: number): (string | null)[][] {
    return tableRows(this.require().table, from, count)
  }

  /** Null when the table has no images. */
  images(from: number, count: number, column: string | null, value: string | null): ImagePageView | null {
    return imagePage(this.require().table, from, count, column, value)
  }

  /** A column before and after preparation, by the setup as it is now. */
  columnPreview(name: string): ColumnPreviewView {
    const { table, setup } = this.require()
    return columnPreview(table, this.prepared(setup), name)
  }

  /** Null when the features are no images. */
  augmentedImages(from: number, count: number): ImagesView | null {
    const { setup } = this.require()
    return augmentedImages(this.prepared(setup), setup, from, count)
  }

  /** A built-in sample knows its target; for other files it is a guess. */
  private async suggestedSetup([path = '', ...others]: readonly string[], table: Table): Promise<Setup> {
    if (others.length > 0 || resolve(dirname(path)) !== resolve(this.samplesFolder)) return suggestSetup(table)
    return sampleSetup(table, await sampleById(this.samplesFolder, basename(path)))
  }

  private viewOf(setup: Setup): SetupView {
    try {
      const prepared = this.prepared(setup)
      // Layers that are being edited are judged where they are shown; a network from a file as a whole.
      if (setup.model !== null) networkOf(setup, prepared.preparation)
      const checked = this.checks.of(this.require().table, setup, prepared)
      return { setup, prepared: preparedView(prepared), ...checked, error: null }
    } catch (thrown) {
      return { setup, prepared: null, findings: [], associations: [], checking: false, error: errorValue(thrown) }
    }
  }

  /** Prepared data of a setup; edits that do not concern the data do not prepare it again. */
  private prepared(setup: Setup): Prepared {
    // Settings that came over a port stand in another order.
    const key = JSON.stringify(
      Object.entries(setup)
        .filter(([name]) => !ofTraining.has(name))
        .sort()
    )
    if (this.preparedFor?.key !== key) {
      this.preparedFor = { key, prepared: prepare(this.require().table, setup) }
    }
    return this.preparedFor.prepared
  }

  private tellSetup(): void {
    const view = this.setupView()
    if (view !== null) this.live.setup(view)
  }
}

function datasetView(table: Table): DatasetView {
  return {
    fileName: table.fileName,
    rows: table.rows,
    columns: profileTable(table),
    notices: table.notices,
    format: table.format,
    readAs: table.readAs ?? {},
    skipped: table.skipped,
    missingWords: wordsTakenAsMissing(table)
  }
}
