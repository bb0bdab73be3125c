/** The gradient checks of the run in view: after its epochs, and asked for. */
import { checksAfter, keepAskedCheck, newest, readAskedChecks } from '../project'
import {
  summaryOfChecks,
  withCheck,
  type AskedCheck,
  type ChecksSummary,
  type GradientChecksView
} from '../shared/gradient-checks'
import type { EpochPoint } from '../shared/views'

/** Told of those that were asked for. */
const TOLD = 20

export class RunChecks {
  private ofEpochs: ChecksSummary | null
  private asked: readonly AskedCheck[] = []
  /** One after the other: each writes all. */
  private writing: Promise<void> = Promise.resolve()

  /**
   * @param epochs that have ended already
   * @param folder where the run is kept; null where that is nowhere
   * @param changed told when there is more to tell
   */
  constructor(
    epochs: readonly EpochPoint[],
    private readonly folder: () => string | null,
    private readonly changed: () => void
  ) {
    this.ofEpochs = checksAfter(epochs)
  }

  get view(): GradientChecksView {
    return { summary: summaryOfChecks(this.asked, this.ofEpochs), asked: this.asked.slice(-TOLD) }
  }

  get count(): number {
    return this.asked.length
  }

  /** Takes up what a run was asked before. What cannot be read is told where the runs are listed. */
  async load(): Promise<void> {
    const folder = this.folder()
    if (folder === null) return
    const before = await readAskedChecks(folder).catch(() => [])
    if (before.length === 0) return
    this.asked = newest([...before, ...this.asked])
    this.changed()
  }

  epochEnded({ epoch, gradientCheck }: Pick<EpochPoint, 'epoch' | 'gradientCheck'>): void {
    if (gradientCheck !== undefined) this.ofEpochs = withCheck(this.ofEpochs, { ...gradientCheck, epoch })
  }

  /** @throws StorageError when it cannot be written; it is told all the same */
  async keep(check: AskedCheck): Promise<void> {
    this.asked = newest([...this.asked, check])
    this.changed()
    const folder = this.folder()
    if (folder === null) return
    const written = this.writing.then(async () => {
      await keepAskedCheck(folder, check)
    })
    this.writing = written.catch(() => undefined)
    await written
  }

  /** Writes what was asked before there was a folder. @throws StorageError */
  async keepAll(): Promise<void> {
    const folder = this.folder()
    if (folder === null) return
    for (const check of this.asked) await keepAskedCheck(folder, check)
  }
}
