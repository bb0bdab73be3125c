/**
 * The lock of a run folder: a file that names the process that works on it, by its number and the moment it began, since numbers
 * are given again. The lock of a process that is gone is taken over.
 */
import { randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { StorageError } from '../shared/errors'
import { removeQuietly } from './atomic'
import { readAt } from './framed-log'
import { isNotPlain, openPlain } from './plain-file'
import { LOCK } from './run-files'
import { errnoOf, writeError } from './storage-error'

const MAX_LOCK_BYTES = 1000
/** Tries to take over what somebody else may be taking over, too. */
const TRIES = 50
const BETWEEN_TRIES_MS = 10
/** Where links are unknown, a lock appears empty and is written then. */
const WRITTEN_WITHIN_MS = 100

const lockSchema = v.strictObject({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** When the process began, as `startOf` tells it. */
  started: v.pipe(v.string(), v.maxLength(200))
})
type Owner = v.InferOutput<typeof lockSchema>

/** Of this process, where the system does not tell it. */
const ownStart = `own-${String(Math.round(performance.timeOrigin))}`

export interface RunLock {
  release(): Promise<void>
  /** The same lock, after its folder was renamed. */
  movedTo(folder: string): RunLock
}

/**
 * Takes the lock of a folder that is there.
 * @throws StorageError `run-in-use` when a process that is alive has it, this one included; `lock-damaged` when something stands
 *   there that is no lock; those of `writeError`
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const path = join(folder, LOCK)
  const owner: Owner = { pid: process.pid, started: (await startOf(process.pid)) ?? ownStart }
  const content = JSON.stringify(owner) + '\n'
  for (let left = TRIES; ; left--) {
    if (await created(path, content)) break
    const found = await readText(path)
    const other = found === null ? null : parseLock(found)
    if (other !== null && (await isAlive(other))) throw inUse(folder, other.pid)
    // A link that leads nowhere is there, too, and tells nothing.
    if (left === 0) throw found === null ? notOurs(path) : inUse(folder, other?.pid ?? null)
    if (found !== null && (await takeOver(path, found, content))) continue
    if (found !== null) await sleep(BETWEEN_TRIES_MS)
  }
  return held(path, content)
}

function held(path: string, content: string): RunLock {
  return {
    async release() {
      // The folder may have been deleted, or the lock given to somebody else by hand.
      const text = await readText(path).catch(() => null)
      if (text === content) await rm(path, { force: true }).catch(() => undefined)
    },
    movedTo: (folder) => held(join(folder, LOCK), content)
  }
}

/** The process that works on the run in that folder; null when none does. */
export async function lockedBy(folder: string): Promise<number | null> {
  const text = await readText(join(folder, LOCK)).catch((thrown: unknown) => {
    // Nobody took it with something that is no lock.
    if (thrown instanceof StorageError && thrown.code === 'lock-damaged') return null
    throw thrown
  })
  const owner = text === null ? null : parseLock(text)
  return owner !== null && (await isAlive(owner)) ? owner.pid : null
}

/** Whether the file was made by this call. It appears with all of its content where the disk knows links. */
async function created(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${String(process.pid)}-${randomBytes(6).toString('hex')}`
  try {
    await writeNew(temporary, content)
    try {
      await link(temporary, path)
      return true
    } catch (thrown) {
      if (errnoOf(thrown) === 'EEXIST') return false
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK', 'EACCES'].includes(errnoOf(thrown) ?? ''))
        throw thrown
      return await writeNew(path, content)
    }
  } catch (thrown) {
    throw writeError(path, thrown)
  } finally {
    await removeQuietly(temporary)
  }
}

/** False when something is there. */
async function writeNew(path: string, content: string): Promise<boolean> {
  let handle
  try {
    handle = await open(path, 'wx')
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    throw thrown
  }
  try {
    await handle.writeFile(content)
    return true
  } finally {
    await handle.close()
  }
}

/**
 * Removes a lock that nobody holds. Only who has the right to, which is a file as the lock is, may do so: between a look at the
 * lock and its removal nobody else can have put another one there.
 * @returns false when somebody else has the right
 */
async function takeOver(path: string, judged: string, content: string): Promise<boolean> {
  if (parseLock(judged) === null) await sleep(WRITTEN_WITHIN_MS)
  const right = `${path}.right`
  if (!(await created(right, content))) {
    const found = await readText(right)
    const other = found === null ? null : parseLock(found)
    // Of a process that was killed within the moment that this takes.
    if (found !== null && (other === null || !(await isAlive(other)))) await takeAway(right, found)
    return false
  }
  try {
    if ((await readText(path)) === judged) await rm(path, { force: true })
    return true
  } catch (thrown) {
    throw writeError(path, thrown)
  } finally {
    await removeQuietly(right)
  }
}

/** Removes a file if it is still the one that was judged. */
async function takeAway(path: string, judged: string): Promise<void> {
  const aside = `${path}.${String(process.pid)}-${randomBytes(6).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (thrown) {
    // Somebody else was faster.
    if (errnoOf(thrown) === 'ENOENT') return
    throw writeError(path, thrown)
  }
  if ((await readText(aside)) !== judged) await link(aside, path).catch(() => undefined)
  await removeQuietly(aside)
}

/** As much of it as a lock may have. */
async function readText(path: string): Promise<string | null> {
  try {
    const handle = await openPlain(path)
    try {
      return (await readAt(handle, 0, MAX_LOCK_BYTES)).toString('utf8')
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown) ?? '')) return null
    throw isNotPlain(thrown) ? notOurs(path) : writeError(path, thrown)
  }
}

/** Null for what no studio wrote whole. */
function parseLock(text: string): Owner | null {
  try {
    const result = v.safeParse(lockSchema, JSON.parse(text))
    return result.success ? result.output : null
  } catch {
    return null
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    // EPERM: it is there, but somebody else's.
    return errnoOf(thrown) === 'EPERM'
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  if (!isThere(pid)) return false
  if (pid === process.pid) return started === ((await startOf(pid)) ?? ownStart)
  const now = await startOf(pid)
  return now === null || now === started
}

/** Removes what killed processes left beside the lock; for who holds it. */
export async function removeLockLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = new RegExp(`^${LOCK}\\.(\\d+)-[0-9a-f]{12}$`).exec(name)?.[1]
    if (pid !== undefined && !isThere(Number(pid))) await removeQuietly(join(folder, name))
  }
}

/**
 * When a process began: what Linux counts from the start of the system, and which start that was. Null elsewhere, where the number
 * alone must do. One that has ended and that nobody has asked after (a zombie, as killed processes of a container without an init
 * stay for ever) never began.
 */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [status, boot] = await Promise.all([
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    ])
    // The name of the program, in brackets, may hold anything; the 22nd field is the 20th behind it (proc(5)).
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X') return 'ended'
    return ticks === undefined ? null : `${boot.trim()}-${ticks}`
  } catch {
    return null
  }
}

function notOurs(path: string): StorageError {
  return new StorageError(
    'lock-damaged',
    `"${path}" is not the file that the studio locks a run with. Move it away and try again.`,
    { path }
  )
}

/** @param pid null where that is not known */
export function inUse(folder: string, pid: number | null): StorageError {
  const who = pid === null ? 'another program' : pid === process.pid ? 'this studio' : `process ${String(pid)}`
  return new StorageError(
    'run-in-use',
    `The run "${folder}" is being worked on by ${who}. Stop it there, or wait until it has ended, and try again.`,
    { path: folder, pid }
  )
}
