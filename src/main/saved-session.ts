/**
 * The work that was open, as `session.json` in the user's folder: written whole a moment after each change, read at the next start.
 * Edits that nobody has trained or saved are in it, so nothing is lost when the studio is ended from outside.
 */
import { readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { SavedSessionView } from '../shared/ipc/contract'
import { MAX_FILES, nameOfFiles } from '../shared/file-names'
import { readAsSchema } from '../shared/read-as'
import { setupSchema } from '../shared/setup'
import { pathSchema } from './files'
import { writeJsonFile } from './json-file'
import { goesOn, noRun, type Work } from './open-work'

const SAVE_DELAY_MS = 500
/** A run that goes on tells more often how far it is than is worth a write. */
const SHARE_DELAY_MS = 5000
/** Settings of the largest networks and of a hundred thousand columns stay below. */
const MOST_BYTES = 64_000_000

const sessionSchema = v.strictObject({
  formatVersion: v.literal(1),
  savedAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The person closed the studio. */
  closed: v.boolean(),
  /** Process that wrote it. */
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  paths: v.pipe(v.array(pathSchema), v.minLength(1), v.maxLength(MAX_FILES), v.readonly()),
  readAs: readAsSchema,
  setup: v.nullable(setupSchema),
  /** The run that had not ended; null when there is none to go on with. */
  run: v.nullable(
    v.strictObject({
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
      title: v.string(),
      status: v.picklist(['running', 'paused']),
      share: v.pipe(v.number(), v.minValue(0), v.maxValue(1))
    })
  )
})

type SavedSession = Readonly<v.InferOutput<typeof sessionSchema>>

export class SavedSessions {
  private stored: SavedSession | null = null
  /** Whether what is stored is open now. */
  private open = false
  private frozen = false
  private timer: { readonly due: number; readonly id: NodeJS.Timeout } | null = null
  /** Writes, one after the other. */
  private work: Promise<void>

  /**
   * @param file where it is kept
   * @param now the wall clock
   */
  constructor(
    private readonly file: string,
    private readonly now: () => Date = () => new Date()
  ) {
    this.work = readSession(file).then((stored) => {
      // What was opened meanwhile is newer.
      if (!this.open) this.stored = stored
    })
  }

  /** Takes what is open now; null leaves what was open last on offer. */
  take(work: Work | null): void {
    if (this.frozen) return
    this.open = work !== null
    if (work === null) return
    const next = this.sessionOf(work, false)
    const onlyFurther = this.stored !== null && sameButShare(this.stored, next)
    this.stored = next
    this.saveSoon(onlyFurther ? SHARE_DELAY_MS : SAVE_DELAY_MS)
  }

  /** What can be brought back; null when it is open, or there is nothing. */
  async view(): Promise<SavedSessionView | null> {
    await this.work
    const { stored } = this
    if (this.open || stored === null) return null
    return {
      fileName: nameOfFiles(stored.paths.map((file) => path.basename(file))),
      savedAt: stored.savedAt,
      closed: stored.closed,
      run: stored.run === null ? null : { title: stored.run.title, share: stored.run.share }
    }
  }

  /** The same with all that it takes to open it. */
  async saved(): Promise<Work | null> {
    await this.work
    const { stored } = this
    if (this.open || stored === null) return null
    const { paths, readAs, setup, run } = stored
    return { paths, readAs, setup, run: run === null ? noRun : { ...run, outcome: null, unsaved: false } }
  }

  async forget(): Promise<void> {
    await this.work
    if (this.open) return
    this.stored = null
    await rm(this.file, { force: true })
  }

  /** Writes at once that the person closes the studio; how the run ends from now on is not for the next start. */
  async close(): Promise<void> {
    this.frozen = true
    if (!this.open || this.stored === null) return
    this.stored = { ...this.stored, closed: true, savedAt: this.now().toISOString() }
    this.saveSoon(0)
    await this.flush()
  }

  /** Writes what waits to be written, and waits for it. */
  async flush(): Promise<void> {
    if (this.timer !== null) this.save()
    await this.work
  }

  private saveSoon(delayMs: number): void {
    const due = performance.now() + delayMs
    // Changes that come one after the other do not put the write off for ever.
    if (this.timer !== null && this.timer.due <= due) return
    if (this.timer !== null) clearTimeout(this.timer.id)
    this.timer = { due, id: setTimeout(() => this.save(), delayMs) }
  }

  private save(): void {
    if (this.timer !== null) clearTimeout(this.timer.id)
    this.timer = null
    const { stored } = this
    if (stored === null) return
    this.work = this.work
      .then(() => writeJsonFile(this.file, { ...stored, setup: withoutHoles(stored.setup) }))
      .catch((error: unknown) => console.error('The open work could not be noted:', error))
  }

  private sessionOf({ paths, readAs, setup, run }: Work, closed: boolean): SavedSession {
    const { name, title, status, share } = run
    const kept = name !== null && goesOn(run) && (status === 'running' || status === 'paused')
    return {
      formatVersion: 1,
      savedAt: this.now().toISOString(),
      closed,
      pid: process.pid,
      paths,
      readAs,
      setup,
      run: kept ? { name, title: title ?? name, status, share } : null
    }
  }
}

function sameButShare(a: SavedSession, b: SavedSession): boolean {
  return (
    a.paths === b.paths &&
    a.readAs === b.readAs &&
    a.setup === b.setup &&
    a.run?.name === b.run?.name &&
    a.run?.title === b.run?.title &&
    a.run?.status === b.run?.status
  )
}

/** What is stored; null when there is nothing. A file that cannot be used is set aside. */
async function readSession(file: string): Promise<SavedSession | null> {
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > MOST_BYTES) throw new Error(`${text.length} characters are no session of ours`)
    return v.parse(sessionSchema, JSON.parse(text, filled))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    console.error('The work of last time cannot be brought back:', error)
    await rename(file, `${file}.damaged`).catch(() => undefined)
    return null
  }
}

/** A field that was emptied reads as NaN, which JSON has no word for. */
const NOT_A_NUMBER = '$nan'

function withoutHoles(setup: SavedSession['setup']): unknown {
  const text = JSON.stringify(setup, (_key, value: unknown) => (Number.isNaN(value) ? { [NOT_A_NUMBER]: true } : value))
  return JSON.parse(text)
}

function filled(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && NOT_A_NUMBER in value ? Number.NaN : value
}
