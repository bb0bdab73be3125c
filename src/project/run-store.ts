/**
 * The kept runs of a folder, each in a folder of its own: listed, named, deleted and brought back.
 *
 * Runs are called by the names of their folders. A name is one plain name: it leads neither out of the folder nor, by a link,
 * elsewhere; hidden ones are not runs. What is deleted waits in `.trash/<time>-<random>/<name>` until it is purged.
 */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '../shared/errors'
import type { RunNotes, RunSummary } from '../shared/run-views'
import { renameRetrying } from './atomic'
import { lockedBy } from './run-lock'
import { changeNotes } from './run-notes'
import { summaryOf } from './run-summary'
import { errnoOf, writeError, writing } from './storage-error'

const TRASH = '.trash'
/** Folders that are looked at at the same time. */
const AT_ONCE = 32

/**
 * All runs, the newest first; unfinished and damaged ones among them, which say so. None where the folder does not exist.
 * @param summary what tells of one of them
 * @throws StorageError `not-readable` when the folder cannot be read
 */
export async function listRuns(folder: string, summary: typeof summaryOf = summaryOf): Promise<RunSummary[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw new StorageError(
      'not-readable',
      `"${folder}" cannot be read as a folder of runs (${errnoOf(thrown) ?? 'unknown'}). Choose another one.`,
      { path: folder }
    )
  })
  // A link is no folder here, so that nothing is listed that lies elsewhere.
  const names = entries.filter((entry) => entry.isDirectory() && isName(entry.name)).map(({ name }) => name)
  const runs: RunSummary[] = []
  let next = 0
  const work = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const run = await summary(join(folder, name), name)
      if (run !== null) runs.push(run)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return runs.sort((one, other) => compare(other.startedAt, one.startedAt) || compare(one.name, other.name))
}

/**
 * The folder of a run.
 * @throws StorageError `run-not-found` for what is no folder in there
 */
export async function folderOfRun(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  if (isName(name) && (await isFolder(path))) return path
  throw new StorageError('run-not-found', `There is no run "${name}" in "${folder}". It may have been deleted.`, {
    path: folder,
    name
  })
}

/** @throws StorageError `run-not-found`, and those of writing */
export async function editRun(folder: string, name: string, notes: RunNotes): Promise<RunSummary> {
  const path = await folderOfRun(folder, name)
  await changeNotes(path, notes)
  const run = await summaryOf(path, name)
  if (run === null) throw new StorageError('run-not-found', `"${path}" holds no run.`, { path: folder, name })
  return run
}

/**
 * Moves runs into the trash: all of them or none.
 * @throws StorageError `run-not-found`; `run-in-use` for one that is being worked on; those of writing
 */
export async function deleteRuns(folder: string, names: readonly string[]): Promise<void> {
  const wanted = [...new Set(names)]
  for (const name of wanted) {
    const path = await folderOfRun(folder, name)
    const owner = await lockedBy(path)
    if (owner === null) continue
    throw new StorageError(
      'run-in-use',
      `The run "${name}" is being worked on by process ${owner}. Stop it there, then delete it. Nothing was deleted.`,
      { path, name, pid: owner }
    )
  }
  const entry = join(await trashOf(folder), `${String(Date.now()).padStart(15, '0')}-${randomBytes(4).toString('hex')}`)
  await writing(folder, () => mkdir(entry, { recursive: true }))
  await moveAll(
    wanted.map((name) => [join(folder, name), join(entry, name)]),
    folder
  ).finally(() => rmdir(entry).catch(() => undefined))
}

/**
 * Brings deleted runs back under their names; of several of one name the one that was deleted last. All of them or none.
 * @throws StorageError `run-not-found` for one that is not in the trash; `run-exists` when there is a run of that name again
 */
export async function restoreRuns(folder: string, names: readonly string[]): Promise<void> {
  const trash = await trashOf(folder)
  const entries = (await entriesOf(trash)).reverse()
  const moves: [from: string, to: string][] = []
  for (const name of new Set(names)) {
    let from: string | null = null
    for (const entry of entries) {
      if (!isName(name) || !(await isFolder(join(trash, entry, name)))) continue
      from = join(trash, entry, name)
      break
    }
    if (from === null) {
      throw new StorageError('run-not-found', `The deleted run "${name}" is not there any more.`, {
        path: folder,
        name
      })
    }
    const to = join(folder, name)
    if (await exists(to)) {
      throw new StorageError(
        'run-exists',
        `There is another run "${name}" now. Rename its folder or delete it, then bring this one back.`,
        { path: folder, name }
      )
    }
    moves.push([from, to])
  }
  await moveAll(moves, folder)
  for (const entry of entries) await rmdir(join(trash, entry)).catch(() => undefined)
}

/**
 * Removes for good what was deleted longer ago.
 * @returns how many runs
 */
export async function purgeTrash(folder: string, olderThanMs: number): Promise<number> {
  const trash = await trashOf(folder)
  const before = Date.now() - olderThanMs
  let purged = 0
  for (const entry of await entriesOf(trash)) {
    if (Number(entry.slice(0, 15)) > before) continue
    const path = join(trash, entry)
    purged += (await readdir(path)).length
    await writing(path, () => rm(path, { recursive: true, force: true }))
  }
  return purged
}

/** One name of what is not hidden. */
function isName(name: string): boolean {
  return name.length > 0 && name.length <= 255 && !name.startsWith('.') && !/[/\\\0]/.test(name)
}

/** @throws StorageError `not-a-folder` when it is a link or a file: nothing may go elsewhere */
async function trashOf(folder: string): Promise<string> {
  const trash = join(folder, TRASH)
  if (!(await exists(trash)) || (await isFolder(trash))) return trash
  throw new StorageError('not-a-folder', `"${trash}" is no folder. Move it away and try again. Nothing was changed.`, {
    path: trash
  })
}

/** What was deleted together, the oldest first. */
async function entriesOf(trash: string): Promise<string[]> {
  const all = await readdir(trash, { withFileTypes: true }).catch(() => [])
  return all
    .filter((entry) => entry.isDirectory() && /^\d{15}-[0-9a-f]{8}$/.test(entry.name))
    .map(({ name }) => name)
    .sort()
}

/** Renames all, or moves back what was moved. */
async function moveAll(moves: readonly (readonly [from: string, to: string])[], folder: string): Promise<void> {
  const done: (readonly [from: string, to: string])[] = []
  try {
    for (const move of moves) {
      await renameRetrying(...move)
      done.push(move)
    }
  } catch (thrown) {
    for (const [from, to] of done.reverse()) await rename(to, from).catch(() => undefined)
    throw writeError(folder, thrown)
  }
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false
  )
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false
  )
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
