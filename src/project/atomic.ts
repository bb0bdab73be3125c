/**
 * Files and folders that are there whole or not at all.
 *
 * Everything is written beside its place under a hidden name, forced to the disk (`fsync`) and then renamed,
 * which the file system does in one step. A failure removes what was begun and leaves what was there before;
 * a process killed in the middle leaves at most a hidden `.name.tmp-…` beside the untouched original.
 */
import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StorageError } from '../shared/errors'
import { errnoOf, writeError } from './storage-error'

/** One file of a folder that is written whole. */
export interface FolderFile {
  /** Plain name, no folders. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** Characters of the name kept in the hidden one: 40 of up to 4 bytes, and what is added, stay under the 255-byte limit of a name. */
const KEPT_NAME_LENGTH = 40
/** Digits that tell longer names apart. */
const NAME_SUM_LENGTH = 12

/** Waits between tries of a rename. Windows refuses one while a virus scanner or indexer has the file open. */
const RENAME_WAITS_MS: readonly number[] = process.platform === 'win32' ? [10, 20, 50, 100, 200, 400] : []

/**
 * Writes a file so that `path` holds either what it held before or all of `bytes`.
 * @throws StorageError with the codes of `writeError`; nothing is left behind
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const target = resolve(path)
  const temporary = hiddenSibling(target, 'tmp')
  try {
    // The rename would find this out too, but only after everything was written.
    if ((await kindOf(target)) === 'folder') throw Object.assign(new Error('is a folder'), { code: 'EISDIR' })
    await writeNewFile(temporary, bytes)
    await renameRetrying(temporary, target)
    await syncFolder(dirname(target))
  } catch (thrown) {
    await removeQuietly(temporary)
    throw writeError(path, thrown)
  }
}

/**
 * Writes a folder of files so that `folder` is either as before or holds exactly `files`. Missing folders above
 * it are made. An empty folder of that name counts as free.
 * @param replace whether a non-empty folder there is replaced; the caller has made sure that it may be lost
 * @throws StorageError `folder-exists` when it is there and not to be replaced, else the codes of `writeError`;
 *   nothing is left behind
 */
export async function writeFolderAtomic(folder: string, files: readonly FolderFile[], replace: boolean): Promise<void> {
  const target = resolve(folder)
  const parent = dirname(target)
  const temporary = hiddenSibling(target, 'tmp')
  const made: string[] = []
  try {
    await makeFolders(parent, made)
    if (!replace) await requireFree(folder, target)
    await mkdir(temporary)
    for (const file of files) await writeNewFile(join(temporary, file.name), file.bytes)
    await syncFolder(temporary)
    await moveInPlace(temporary, target, folder)
    await syncFolder(parent)
  } catch (thrown) {
    await removeQuietly(temporary)
    for (const empty of made.reverse()) await rmdir(empty).catch(() => undefined)
    throw writeError(folder, thrown)
  }
}

/**
 * Finds out whether `writeFolderAtomic` could write `folder` now, before there is anything to write: makes the folders
 * that are missing, and a file in them, under a hidden name in the nearest folder that exists, and removes them. The
 * folders themselves are not made, so that two rehearsals for places side by side cannot disturb each other.
 * @throws StorageError as `writeFolderAtomic` does; nothing is left behind
 */
export async function rehearseFolder(folder: string, replace: boolean): Promise<void> {
  const target = resolve(folder)
  try {
    if (!replace) await requireFree(folder, target)
    await requireReplaceable(folder, target, await kindOf(target))
    const base = await nearestExisting(dirname(target))
    const probe = hiddenSibling(target, 'tmp', base)
    try {
      await mkdir(probe)
      let inner = probe
      for (const name of relative(base, target).split(sep)) {
        inner = join(inner, name)
        await mkdir(inner)
      }
      await writeNewFile(join(inner, 'probe'), new Uint8Array(1))
    } finally {
      await removeQuietly(probe)
    }
  } catch (thrown) {
    throw writeError(folder, thrown)
  }
}

/** Writes all of `bytes`; one call of the system may take fewer than it was given. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, null)
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' })
    written += bytesWritten
  }
}

/** Runs `action` again after each wait while it fails with a code that time may cure. */
export async function retrying(action: () => Promise<void>, waitsMs: readonly number[]): Promise<void> {
  for (const waitMs of waitsMs) {
    try {
      await action()
      return
    } catch (thrown) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(thrown) ?? '')) throw thrown
      await sleep(waitMs)
    }
  }
  return action()
}

/** Folders set aside by a replacement that was killed between its two renames; newest last is not promised. */
export async function setAside(folder: string): Promise<string[]> {
  const target = resolve(folder)
  const prefix = `.${shortName(target)}.old-`
  const names = await readdir(dirname(target)).catch(() => [])
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+-[0-9a-f]{12}$/.test(name.slice(prefix.length)))
    .map((name) => join(dirname(target), name))
}

/** Whether this is a name under which a killed process left something half written; see `hiddenSibling`. */
export function isLeftover(name: string): boolean {
  return /^\..+\.tmp-\d+-[0-9a-f]{12}$/.test(name)
}

/** A hidden name of its own beside `target`, or in `folder`. */
export function hiddenSibling(target: string, purpose: 'tmp' | 'old', folder = dirname(target)): string {
  return join(folder, `.${shortName(target)}.${purpose}-${process.pid}-${randomBytes(6).toString('hex')}`)
}

/** A name of its own for each name, however long: what was set aside must be found by what it belongs to, and by nothing else. */
function shortName(target: string): string {
  const name = basename(target)
  const characters = Array.from(name)
  if (characters.length <= KEPT_NAME_LENGTH) return name
  const sum = createHash('sha256').update(name).digest('hex').slice(0, NAME_SUM_LENGTH)
  return `${characters.slice(0, KEPT_NAME_LENGTH).join('')}~${sum}`
}

async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await writeAll(handle, bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a rename durable. Windows cannot do this for folders and needs it less; some network disks refuse. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (!['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(errnoOf(thrown) ?? '')) throw thrown
  }
}

export function renameRetrying(from: string, to: string): Promise<void> {
  return retrying(() => rename(from, to), RENAME_WAITS_MS)
}

async function requireFree(folder: string, target: string): Promise<void> {
  const kind = await kindOf(target)
  if (kind === 'nothing' || (kind === 'folder' && (await readdir(target)).length === 0)) return
  throw new StorageError(
    'folder-exists',
    `"${folder}" exists already. Choose another name, or allow it to be replaced. Nothing was changed.`,
    { path: folder }
  )
}

/** A folder is replaced by renaming it, which no system does with a file system's own root. */
async function requireReplaceable(folder: string, target: string, kind: Kind): Promise<void> {
  if (kind === 'nothing') return
  if (kind === 'file') {
    throw new StorageError('not-a-folder', `"${folder}" is a file. Choose another name. Nothing was changed.`, {
      path: folder
    })
  }
  const parent = dirname(target)
  if (parent !== target && (await stat(target)).dev === (await stat(parent)).dev) return
  throw new StorageError(
    'not-writable',
    `"${folder}" is the root of a disk and cannot be replaced. Choose a folder in it. Nothing was changed.`,
    { path: folder }
  )
}

async function moveInPlace(temporary: string, target: string, folder: string): Promise<void> {
  const kind = await kindOf(target)
  await requireReplaceable(folder, target, kind)
  if (kind === 'nothing') return renameRetrying(temporary, target)
  const aside = hiddenSibling(target, 'old')
  await renameRetrying(target, aside)
  try {
    await renameRetrying(temporary, target)
  } catch (thrown) {
    await renameRetrying(aside, target)
    throw thrown
  }
  await removeQuietly(aside)
}

type Kind = 'nothing' | 'folder' | 'file'

async function kindOf(path: string): Promise<Kind> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file'
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return 'nothing'
    throw thrown
  }
}

/** The path itself, or the nearest one above it where something is. */
async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (thrown) {
    const parent = dirname(path)
    if (parent === path || !['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown) ?? '')) throw thrown
    return nearestExisting(parent)
  }
}

/** Removing what a failed write left must not hide why it failed. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined)
}

/**
 * Makes a folder and those above it, adding each to `made`, the uppermost first. (`mkdir` with `recursive` answers
 * ENOENT on a read-only disk and leaves no list of what it made.)
 */
export async function makeFolders(folder: string, made: string[]): Promise<void> {
  if ((await kindOf(folder)) === 'folder') return
  const parent = dirname(folder)
  if (parent !== folder) await makeFolders(parent, made)
  try {
    await mkdir(folder)
    made.push(folder)
  } catch (thrown) {
    // Another process made it meanwhile, or it is a link to a folder.
    if (errnoOf(thrown) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw thrown
  }
}
