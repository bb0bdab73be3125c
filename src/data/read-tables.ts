/** Opening several files, or folders of images, as one table. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DataFormatError } from '../shared/errors'
import { joinTables } from './join-tables'
import { finished, readContent, readTable } from './read'
import type { ReadOptions, ReadProgress } from './readers/reader'
import type { Table } from './table'
import { Turns } from './turns'

/**
 * Several files of the same columns as one table (`joinTables`), in the order of the paths. The labels of an IDX file of
 * images belong to that file, also where both are named.
 *
 * @param paths one or more; the files' own names tell them apart, with those of their folders where they are called alike
 * @throws DataFormatError `same-file`, those of `readTable` and `joinTables`
 * @throws Cancelled when the signal aborts
 */
export async function readTables(paths: readonly string[], options: ReadOptions = {}): Promise<Table> {
  const [first = '', ...others] = paths
  if (others.length === 0) return readTable(first, options)
  const files = await readEach(
    paths.map((path) => resolve(path)),
    options
  )
  const [only, another] = files
  if (only !== undefined && another === undefined) return finished(only.table, options)
  const names = namesApart(files.map(({ path }) => path))
  const tables = files.splice(0).map(({ table }) => table)
  return finished(await joinTables(tables, names, new Turns(options.signal)), options)
}

interface ReadFile {
  readonly path: string
  readonly table: Table
}

async function readEach(paths: readonly string[], options: ReadOptions): Promise<ReadFile[]> {
  const twice = paths.find((path, index) => paths.indexOf(path) < index)
  if (twice !== undefined) {
    const file = basename(twice)
    throw new DataFormatError('same-file', `"${file}" is named twice. Name every file once.`, { file })
  }
  const bytes = await Promise.all(paths.map(bytesOf))
  const read = new Map<string, Table>()
  const labels = new Set<string>()
  const progress = new SeveralProgress(
    bytes.reduce((sum, size) => sum + size, 0),
    options.onProgress
  )
  // Files of labels last: those of images say which of them are theirs.
  const isLabels = (path: string) => Number(/labels/i.test(basename(path)))
  const order = [...paths.keys()].sort((a, b) => isLabels(paths[a] ?? '') - isLabels(paths[b] ?? ''))
  for (const index of order) {
    const path = paths[index] ?? ''
    progress.begin(bytes[index] ?? 0)
    if (labels.has(path)) continue
    const table = await readContent(path, { ...options, onProgress: (each) => progress.tell(each) })
    if (table.format.kind === 'idx' && table.format.labels !== null)
      labels.add(join(dirname(path), table.format.labels))
    progress.end(table.rows)
    read.set(path, table)
  }
  return paths.flatMap((path) => {
    const table = read.get(path)
    return table === undefined ? [] : [{ path, table }]
  })
}

/** What is told of one file after the other, as of one. */
class SeveralProgress {
  private done = 0
  private rows = 0
  private current = 0

  constructor(
    private readonly totalBytes: number,
    private readonly listener: ReadOptions['onProgress']
  ) {}

  /** A file of so many bytes is next. */
  begin(bytes: number): void {
    this.done += this.current
    this.current = bytes
  }

  tell({ bytes, totalBytes, rows }: ReadProgress): void {
    // Readers may count the bytes of a file otherwise, as those of images, which are read twice.
    const share = totalBytes > 0 ? Math.min(1, bytes / totalBytes) : 0
    this.listener?.({
      bytes: this.done + Math.round(share * this.current),
      totalBytes: this.totalBytes,
      rows: this.rows + rows
    })
  }

  end(rows: number): void {
    this.rows += rows
  }
}

/** A folder counts as one byte: how much is in it is known only later. */
function bytesOf(path: string): Promise<number> {
  return stat(path).then(
    (stats) => (stats.isFile() ? stats.size : 1),
    () => 1
  )
}

/** A name for each path: that of the file, with its folder's where several are called alike, and a number where that is no help. */
function namesApart(paths: readonly string[]): string[] {
  const plain = paths.map((path) => basename(path))
  const isUnique = (name: string, among: readonly string[]) => among.filter((each) => each === name).length === 1
  const placed = paths.map((path, index) => {
    const name = plain[index] ?? ''
    return isUnique(name, plain) ? name : `${basename(dirname(path))}/${name}`
  })
  return placed.map((name, index) => {
    const before = placed.slice(0, index).filter((each) => each === name).length
    return before === 0 ? name : `${name} (${before + 1})`
  })
}
