/** The data that a kept run learnt from: what is open, where it is that, else its files as they were read then. */
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Table } from '../data'
import { StorageError } from '../shared/errors'
import type { OpenDataset } from './openData'
import type { RunStart } from './runStart'

type KeptData = RunStart['data']

/**
 * The open table, where it has the fingerprint of the run's data and was read alike; else null, and the files to read.
 * @throws StorageError `data-moved`
 */
export async function findData(
  data: KeptData,
  open: OpenDataset | null
): Promise<{ readonly table: Table | null; readonly paths: readonly string[] }> {
  if (open === null || open.table.sha256 !== data.sha256) return { table: null, paths: await pathsOf(data) }
  const { table, paths } = open
  return { table: isDeepStrictEqual(table.readAs ?? {}, data.readAs) ? table : null, paths }
}

/** @throws StorageError `data-changed` */
export function requireSameData({ sha256, fileName }: KeptData, table: Table): void {
  if (table.sha256 === sha256) return
  throw new StorageError(
    'data-changed',
    `"${fileName}" is not the data that this run was trained on any more: its SHA-256 is another one. Restore the file, or open a copy of it as it was.`,
    { fileName }
  )
}

/** @throws StorageError `data-moved` */
async function pathsOf({ paths, fileName }: RunStart['data']): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => true,
        () => false
      )
    )
  )
  const missing = paths.find((_path, index) => found[index] !== true)
  if (paths.length > 0 && missing === undefined) return paths
  // Where it lay is not for the window to see.
  const file = missing === undefined ? null : basename(missing)
  const where =
    file === null ? ' It is not kept where that file lies.' : file === fileName ? '' : ` "${file}" is missing.`
  throw new StorageError(
    'data-moved',
    `The data of this run, "${fileName}", is not where it was.${where} Open it from its new place, then try again.`,
    { fileName, file }
  )
}
