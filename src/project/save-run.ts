/** Writes the run folder; its format is described in `docs/file-formats.md`. */
import { lstat, readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { StorageError } from '../shared/errors'
import { writeFolderAtomic, type FolderFile } from './atomic'
import type { Run, RunFile } from './record'
import { limits, METRICS, RECORD, SAMPLE, sha256, WEIGHTS } from './run-files'
import { writeSafetensors } from './safetensors'
import { sampleToFile } from './sample'

/**
 * Saves a run as a folder: all of it or nothing.
 * @throws StorageError `run-exists` when something is there and not to be overwritten, `not-a-run` when what is
 *   there is not a run (it is never replaced), `file-too-large`, else the codes of `writeError`
 */
export async function saveRun(folder: string, run: Run, options: { readonly overwrite?: boolean } = {}): Promise<void> {
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
  const replace = options.overwrite === true
  if (replace) await requireRunOrNothing(folder)
  try {
    await writeFolderAtomic(folder, files, replace)
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
  const names = stats.isDirectory() ? await readdir(folder).catch(() => null) : null
  const foreign = names?.filter((name) => !limits.has(name)) ?? [basename(folder)]
  if (foreign.length === 0 && (names?.length === 0 || names?.includes(RECORD))) return
  throw new StorageError(
    'not-a-run',
    `"${folder}" is not a run folder${names === null ? '' : ` (it holds ${foreign.length > 0 ? `"${foreign[0] ?? ''}"` : 'no run.json'})`} and is not replaced. Choose another folder.`,
    { path: folder }
  )
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
