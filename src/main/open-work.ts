/**
 * What is open: the files with what was said of them, the settings as they were edited last, and where the run in view stands.
 * A trainer that died is brought back to it, and so is the next start of the studio.
 */
import type { RunKept } from '../shared/ipc/contract'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'

/** No run is in view. */
export const noRun: RunKept = { name: null, title: null, status: null, share: 0, outcome: null, unsaved: false }

export interface Work {
  readonly paths: readonly string[]
  readonly readAs: ReadAs
  /** Null while the data says nothing of what could be trained. */
  readonly setup: Setup | null
  readonly run: RunKept
}

/** Whether the run has not ended: somebody may wait for it. */
export function goesOn({ status }: Pick<RunKept, 'status'>): boolean {
  return status === 'running' || status === 'paused'
}

export class OpenWork {
  private files: Omit<Work, 'run'> | null = null
  private run: RunKept = noRun

  /** @param changed told of every change; null when nothing is open */
  constructor(private readonly changed: (work: Work | null) => void) {}

  get current(): Work | null {
    return this.files === null ? null : { ...this.files, run: this.run }
  }

  opened(paths: readonly string[], readAs: ReadAs, setup: Setup | null): void {
    this.files = { paths, readAs, setup }
    this.tell()
  }

  /**
   * Takes the settings as they are edited, before anybody has answered: an edit that was made while the trainer was away
   * is brought back too.
   */
  edited(setup: Setup): void {
    if (this.files === null) return
    this.files = { ...this.files, setup }
    this.tell()
  }

  /** The trainer could not take `setup`: those of before count, unless others were edited meanwhile. */
  refused(setup: Setup, before: Setup | null): void {
    if (this.files?.setup !== setup) return
    this.files = { ...this.files, setup: before }
    this.tell()
  }

  /** Where the run in view stands. */
  told(run: RunKept): void {
    this.run = run
    this.tell()
  }

  /** Nobody goes on with the run: the trainer stays away. */
  interrupted(): void {
    if (this.run.status === 'running') this.told({ ...this.run, status: 'paused' })
  }

  closed(): void {
    this.files = null
    this.run = noRun
    this.tell()
  }

  private tell(): void {
    this.changed(this.current)
  }
}
