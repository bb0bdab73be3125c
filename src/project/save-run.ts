/** Writes the run folder; its format is described in `docs/file-formats.md`. */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '../shared/errors'
import { isLeftover, rehearseFolder, writeFolderAtomic, type FolderFile } from './atomic'
import { isCheckpointName } from './checkpoint'
import type { EpochRecord, Run, RunFile } from './record'
import { CHECKPOINTS, limits, LOCK, METRICS, ownFiles, PLAN, RECORD, SAMPLE, sha256, WEIGHTS } from './run-files'
import { inUse, lockedBy } from './run-lock'
import { writeSafetensors } from './safetensors'
import { sampleToFile } from './sample'

export interface SaveOptions {
  /** Whether a run that is there is replaced. */
  readonly overwrite?: boolean
}

/** What file managers put into folders unasked and make again when it is gone. */
const litter: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db'])

/**
 * Makes sure that a run could be saved as this folder now. Called before training, it keeps the work from being done
 * for nothing; `saveRun` itself begins with it.
 * @throws StorageError `invalid-name` when the name is empty, `run-exists` when something is there and not to be
 *   overwritten, `not-a-run` when what is there is not a run (it is never replaced), else the codes of `writeError`
 */
export async function requireRunPlace(folder: string, options: SaveOptions = {}): Promise<void> {
  if (folder.trim() === '')
    throw new StorageError('invalid-name', 'The name of the run folder is empty. Choose a name.')
  const replace = options.overwrite === true
  if (replace) await requireRunOrNothing(folder)
  await asRun(folder, rehearseFolder(folder, replace))
}

/**
 * Saves a run as a folder: all of it or nothing.
 * @throws StorageError `file-too-large`, and the codes of `requireRunPlace`
 */
export async function saveRun(folder: string, run: Run, options: SaveOptions = {}): Promise<void> {
  await requireRunPlace(folder, options)
  const { record, others } = runFilesOf(folder, run)
  await asRun(folder, writeFolderAtomic(folder, [record, ...others], options.overwrite === true))
}

/**
 * What a run that has ended is kept in: its record, which names the others, and those.
 * @throws StorageError `file-too-large`
 */
export function runFilesOf(folder: string, run: Run): { record: FolderFile; others: readonly FolderFile[] } {
  const others: FolderFile[] = [
    { name: WEIGHTS, bytes: writeSafetensors({ tensors: run.parameters, metadata: new Map([['format', 'pt']]) }) },
    { name: METRICS, bytes: text(run.metrics.map(metricsLine).join('')) }
  ]
  if (run.sample !== null) others.push({ name: SAMPLE, bytes: text(JSON.stringify(sampleToFile(run.sample)) + '\n') })
  const file: RunFile = {
    ...run.record,
    files: others.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength, sha256: sha256(bytes) }))
  }
  const record = { name: RECORD, bytes: text(JSON.stringify(file, null, 2) + '\n') }
  for (const { name, bytes } of [record, ...others]) requireReadable(folder, name, bytes)
  return { record, others }
}

/** Without the look at the layers: the file is to stay small, and `events.log` has it. */
function metricsLine({ layers: _layers, ...epoch }: EpochRecord): string {
  return JSON.stringify(epoch) + '\n'
}

/** Says of a folder that is taken what it means for a run. */
export async function asRun(folder: string, writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'folder-exists') throw thrown
    throw runExists(folder)
  }
}

export function runExists(folder: string): StorageError {
  return new StorageError(
    'run-exists',
    `"${folder}" exists already. Choose another folder, or say that it may be overwritten. Nothing was changed.`,
    { path: folder }
  )
}

/** What is written must be under the limits of reading. */
function requireReadable(folder: string, name: string, bytes: Uint8Array): void {
  const limit = limits.get(name) ?? 0
  if (bytes.byteLength <= limit) return
  throw new StorageError(
    'file-too-large',
    `The run "${folder}" was not saved: ${name} would have ${bytes.byteLength} bytes, more than the ${limit} a run may have. Use fewer features, units or epochs.`,
    { path: folder, file: name }
  )
}

/**
 * Replacing deletes: only a folder that holds a run and nothing else may go.
 * @throws StorageError `not-a-run`; `run-in-use` when somebody works on it
 */
export async function requireRunOrNothing(folder: string): Promise<void> {
  const stats = await lstat(folder).catch(() => null)
  if (stats === null) return
  const all = stats.isDirectory() ? await readdir(folder, { withFileTypes: true }).catch(() => null) : null
  const entries = all?.filter((entry) => !(entry.isFile() && (litter.has(entry.name) || isLeftover(entry.name))))
  const foreign = entries === undefined ? undefined : await foreignIn(folder, entries)
  const begun = entries?.every(({ name }) => name === LOCK || name.startsWith(`${LOCK}.`)) === true
  const isRun = begun || entries?.some(({ name }) => name === RECORD || name === PLAN) === true
  if (foreign === undefined && isRun) {
    const pid = await lockedBy(folder)
    if (pid !== null) throw inUse(folder, pid)
    return
  }
  const reason =
    entries === undefined
      ? `"${folder}" is not a run folder`
      : foreign === undefined
        ? `"${folder}" is not a run folder (it holds no ${RECORD})`
        : `"${folder}" holds "${foreign}", which is no part of a run,`
  throw new StorageError('not-a-run', `${reason} and is not replaced. Choose another folder. Nothing was changed.`, {
    path: folder
  })
}

/** The first thing that no studio put there. */
async function foreignIn(folder: string, entries: readonly Dirent[]): Promise<string | undefined> {
  for (const entry of entries) {
    if (entry.isFile() && (ownFiles.has(entry.name) || entry.name.startsWith(`${LOCK}.`))) continue
    if (!entry.isDirectory() || entry.name !== CHECKPOINTS) return entry.name
    const inside = await readdir(join(folder, CHECKPOINTS), { withFileTypes: true })
    const other = inside.find(
      (each) => !each.isFile() || !(isCheckpointName(each.name) || isLeftover(each.name) || litter.has(each.name))
    )
    if (other !== undefined) return join(CHECKPOINTS, other.name)
  }
  return undefined
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
