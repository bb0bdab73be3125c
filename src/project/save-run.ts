/** Writes the run folder; its format is described in `docs/file-formats.md`. */
import { lstat, readdir } from 'node:fs/promises'
import { StorageError } from '../shared/errors'
import { rehearseFolder, writeFolderAtomic, type FolderFile } from './atomic'
import type { Run, RunFile } from './record'
import { limits, METRICS, RECORD, SAMPLE, sha256, WEIGHTS } from './run-files'
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
  const others: FolderFile[] = [
    { name: WEIGHTS, bytes: writeSafetensors({ tensors: run.parameters, metadata: new Map([['format', 'pt']]) }) },
    { name: METRICS, bytes: text(run.metrics.map((epoch) => JSON.stringify(epoch) + '\n').join('')) }
  ]
  if (run.sample !== null) others.push({ name: SAMPLE, bytes: text(JSON.stringify(sampleToFile(run.sample)) + '\n') })
  const file: RunFile = {
    ...run.record,
    files: others.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength, sha256: sha256(bytes) }))
  }
  const files = [{ name: RECORD, bytes: text(JSON.stringify(file, null, 2) + '\n') }, ...others]
  for (const { name, bytes } of files) requireReadable(folder, name, bytes)
  await asRun(folder, writeFolderAtomic(folder, files, options.overwrite === true))
}

/** Says of a folder that is taken what it means for a run. */
async function asRun(folder: string, writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'folder-exists') throw thrown
    throw new StorageError(
      'run-exists',
      `"${folder}" exists already. Choose another folder, or say that it may be overwritten. Nothing was changed.`,
      { path: folder }
    )
  }
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

/** Replacing deletes: only a folder that holds a run and nothing else may go. */
async function requireRunOrNothing(folder: string): Promise<void> {
  const stats = await lstat(folder).catch(() => null)
  if (stats === null) return
  const all = stats.isDirectory() ? await readdir(folder, { withFileTypes: true }).catch(() => null) : null
  const entries = all?.filter((entry) => !(entry.isFile() && litter.has(entry.name)))
  const foreign = entries?.find((entry) => !(entry.isFile() && limits.has(entry.name)))
  const isRun = entries?.length === 0 || entries?.some(({ name }) => name === RECORD) === true
  if (foreign === undefined && isRun) return
  const reason =
    entries === undefined
      ? `"${folder}" is not a run folder`
      : foreign === undefined
        ? `"${folder}" is not a run folder (it holds no ${RECORD})`
        : `"${folder}" holds "${foreign.name}", which is no part of a run,`
  throw new StorageError('not-a-run', `${reason} and is not replaced. Choose another folder. Nothing was changed.`, {
    path: folder
  })
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
