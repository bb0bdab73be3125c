/**
 * Opaque handles for files. The page never sees or names a path: main records paths under a random handle and gives out the
 * handle; one handle stands for all files that are opened together. The files opened last are remembered in `recent.json`, each with what was said of it.
 */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { RecentView } from '../shared/ipc/contract'
import { StudioError } from '../shared/errors'
import { MAX_FILES, nameOfFiles } from '../shared/file-names'
import { readAsSchema, type ReadAs } from '../shared/read-as'
import { readJsonFile, writeJsonFile } from './json-file'

const MOST_RECENT = 10
/** Longest text of what was said of a file that is remembered: ten of them stay within what is read back. */
const MOST_SAID = 20_000
/** The same of the paths of one dataset. */
const MOST_PATHS = 50_000

/** An absolute path, as it is kept in files of our own. */
export const pathSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.check((text) => path.isAbsolute(text) && !text.includes('\0'))
)

const recentSchema = v.strictObject({
  formatVersion: v.literal(1),
  files: v.pipe(
    v.array(
      v.strictObject({
        path: pathSchema,
        // Of several files as one table: all others.
        more: v.optional(v.pipe(v.array(pathSchema), v.maxLength(MAX_FILES - 1)), []),
        openedAt: v.pipe(v.string(), v.isoTimestamp()),
        // Lists of before do not have it.
        readAs: v.optional(readAsSchema, {})
      })
    ),
    v.maxLength(MOST_RECENT)
  )
})

type Recent = v.InferOutput<typeof recentSchema>['files']

export class FileHandles {
  private readonly pathsByHandle = new Map<string, readonly string[]>()
  /** By `keyOf` of the paths. */
  private readonly handleByKey = new Map<string, string>()
  /** Handles of recent files: what was said of the files belongs to them, and not to those that are dropped anew. */
  private readonly recentByKey = new Map<string, string>()
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
   * Records files, or folders of images, that the person pointed at.
   * @param texts the paths the system gave for them; empty for a file that exists in memory alone
   * @throws StudioError `no-path`, `file-not-found` or `not-a-file`
   */
  async register(texts: readonly string[]): Promise<string> {
    return this.handleOf(await Promise.all(texts.map(requireFile)), this.handleByKey)
  }

  /** @throws StudioError `unknown-handle` */
  pathsOf(handle: string): readonly string[] {
    const paths = this.pathsByHandle.get(handle)
    if (paths === undefined) {
      throw new StudioError('unknown-handle', 'This file is no longer known. Choose it again with "Open dataset…".')
    }
    return paths
  }

  /** What was said of recent files when they were opened last; nothing of others. */
  readAsOf(handle: string): ReadAs {
    const key = keyOf(this.pathsByHandle.get(handle) ?? [])
    if (this.recentByKey.get(key) !== handle) return {}
    return this.recent.find((entry) => keyOf(pathsOf(entry)) === key)?.readAs ?? {}
  }

  /** Puts files at the head of the list of recent ones. A list that cannot be saved is no reason to fail. */
  noteOpened(paths: readonly string[], as: ReadAs = {}): Promise<void> {
    const [file = '', ...more] = paths
    if (keyOf(paths).length > MOST_PATHS) return this.work
    return this.change((recent) => {
      const others = recent.filter((entry) => keyOf(pathsOf(entry)) !== keyOf(paths))
      const entry = { path: file, more, openedAt: this.now().toISOString(), readAs: remembered(as) }
      return [entry, ...others].slice(0, MOST_RECENT)
    })
  }

  /** Files were read once more: where they are recent ones, they are to be read like that from now on. */
  noteReadAs(paths: readonly string[], as: ReadAs): Promise<void> {
    return this.change((recent) =>
      recent.map((entry) => (keyOf(pathsOf(entry)) === keyOf(paths) ? { ...entry, readAs: remembered(as) } : entry))
    )
  }

  /** The files opened last that are still there, newest first. */
  async listRecent(): Promise<readonly RecentView[]> {
    await this.work
    const present = await Promise.all(
      this.recent.map(async (entry) => {
        const found = await Promise.all(pathsOf(entry).map((file) => stat(file).catch(() => null)))
        return found.every((stats) => stats !== null)
      })
    )
    return this.recent
      .filter((_entry, index) => present[index] === true)
      .map((entry) => ({
        handle: this.handleOf(pathsOf(entry), this.recentByKey),
        fileName: nameOfFiles(pathsOf(entry).map((file) => path.basename(file))),
        openedAt: entry.openedAt
      }))
  }

  private change(to: (recent: Recent) => Recent): Promise<void> {
    this.work = this.work.then(async () => {
      this.recent = to(this.recent)
      await writeJsonFile(this.recentFile, { formatVersion: 1, files: this.recent }).catch((error: unknown) => {
        console.error('The list of recent files could not be saved:', error)
      })
    })
    return this.work
  }

  private handleOf(paths: readonly string[], handles: Map<string, string>): string {
    const known = handles.get(keyOf(paths))
    if (known !== undefined) return known
    const handle = randomUUID()
    handles.set(keyOf(paths), handle)
    this.pathsByHandle.set(handle, paths)
    return handle
  }
}

function remembered(as: ReadAs): ReadAs {
  return JSON.stringify(as).length > MOST_SAID ? {} : as
}

/** The path of what is there, in its plain form. */
async function requireFile(text: string): Promise<string> {
  if (text === '' || !path.isAbsolute(text) || text.includes('\0')) {
    throw new StudioError('no-path', 'This file is not on the disk. Save it to a folder first and open it from there.')
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
  return file
}

function keyOf(paths: readonly string[]): string {
  return JSON.stringify(paths)
}

function pathsOf({ path, more }: Recent[number]): readonly string[] {
  return [path, ...more]
}
