/**
 * Opaque handles for files. The page never sees or names a path: main records one under a random handle and
 * gives out the handle. The files opened last are remembered in `recent.json`.
 */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { RecentView } from '../shared/ipc/contract'
import { StudioError } from '../shared/errors'
import { readJsonFile, writeJsonFile } from './json-file'

const MOST_RECENT = 10

const recentSchema = v.strictObject({
  formatVersion: v.literal(1),
  files: v.pipe(
    v.array(
      v.strictObject({
        path: v.pipe(
          v.string(),
          v.minLength(1),
          v.check((text) => path.isAbsolute(text) && !text.includes('\0'))
        ),
        openedAt: v.pipe(v.string(), v.isoTimestamp())
      })
    ),
    v.maxLength(MOST_RECENT)
  )
})

type Recent = v.InferOutput<typeof recentSchema>['files']

export class FileHandles {
  private readonly pathByHandle = new Map<string, string>()
  private readonly handleByPath = new Map<string, string>()
  /** Newest first. */
  private recent: Recent = []
  /** Loading and saving, one after the other. */
  private work: Promise<void>

  /**
   * @param recentFile where the list is kept
   * @param now the wall clock
   */
  constructor(
    private readonly recentFile: string,
    private readonly now: () => Date = () => new Date()
  ) {
    this.work = readJsonFile(recentFile, recentSchema).then((stored) => {
      this.recent = stored?.files ?? []
    })
  }

  /**
   * Records a file, or a folder of images, that the person pointed at.
   * @param text the path the system gave for it; empty for a file that exists in memory alone
   * @throws StudioError `no-path`, `file-not-found` or `not-a-file`
   */
  async register(text: string): Promise<string> {
    if (text === '' || !path.isAbsolute(text) || text.includes('\0')) {
      throw new StudioError(
        'no-path',
        'This file is not on the disk. Save it to a folder first and open it from there.'
      )
    }
    const file = path.normalize(text)
    const fileName = path.basename(file)
    const found = await stat(file).catch(() => null)
    if (found === null) {
      throw new StudioError('file-not-found', `"${fileName}" is not there any more, or cannot be read.`, {
        file: fileName
      })
    }
    if (!found.isFile() && !found.isDirectory()) {
      throw new StudioError(
        'not-a-file',
        `"${fileName}" is neither a file nor a folder. Open a table, such as CSV, Excel or Parquet, or a folder of images.`,
        {
          file: fileName
        }
      )
    }
    return this.handleOf(file)
  }

  /** @throws StudioError `unknown-handle` */
  pathOf(handle: string): string {
    const file = this.pathByHandle.get(handle)
    if (file === undefined) {
      throw new StudioError('unknown-handle', 'This file is no longer known. Choose it again with "Open dataset…".')
    }
    return file
  }

  /** Puts a file at the head of the list of recent ones. A list that cannot be saved is no reason to fail. */
  noteOpened(file: string): Promise<void> {
    this.work = this.work.then(async () => {
      const others = this.recent.filter((entry) => entry.path !== file)
      this.recent = [{ path: file, openedAt: this.now().toISOString() }, ...others].slice(0, MOST_RECENT)
      await writeJsonFile(this.recentFile, { formatVersion: 1, files: this.recent }).catch((error: unknown) => {
        console.error('The list of recent files could not be saved:', error)
      })
    })
    return this.work
  }

  /** The files opened last that are still there, newest first. */
  async listRecent(): Promise<readonly RecentView[]> {
    await this.work
    const present = await Promise.all(
      this.recent.map(async (entry) => (await stat(entry.path).catch(() => null)) !== null)
    )
    return this.recent
      .filter((_entry, index) => present[index] === true)
      .map((entry) => ({
        handle: this.handleOf(entry.path),
        fileName: path.basename(entry.path),
        openedAt: entry.openedAt
      }))
  }

  private handleOf(file: string): string {
    const known = this.handleByPath.get(file)
    if (known !== undefined) return known
    const handle = randomUUID()
    this.handleByPath.set(file, handle)
    this.pathByHandle.set(handle, file)
    return handle
  }
}
