/**
 * NPZ: several arrays of numpy in a zip archive. Arrays with equally many rows become one table: a column called like
 * the array, or `name[0]`, `name[1]`, … where it has several.
 */
import { DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { listNames, noneSkipped, type Column } from '../table'
import { firstEntryName, withZip, type ZipLimits } from '../zip'
import { missingIn } from './cell-collector'
import { nameColumns } from './header'
import { requireRoom } from './limits'
import { arrayColumns, columnCount, maxArrayBytes, parseNpy, type NpyArray } from './npy'
import type { Reader, ReadOptions, TableContent } from './reader'
import type { Source } from './source'

/** Arrays of zeros pack as well as anything can (1032 : 1), so the ratio says nothing; the bytes do. */
const limits: ZipLimits = { entries: 10_000, bytes: maxArrayBytes, ratio: 1100 }

async function readNpz(source: Source, { signal, onProgress, as }: ReadOptions): Promise<TableContent> {
  const { fileName } = source
  const arrays = new Map<string, NpyArray>()
  await withZip(source.path, limits, signal, async (zip) => {
    let bytes = 0
    for (const entry of zip.entries) {
      if (!entry.name.endsWith('.npy')) {
        throw new DataFormatError(
          'not-a-table',
          `"${fileName}" is not a NumPy archive: it holds "${entry.name}". Unpack it and open a table inside.`,
          { file: fileName, entry: entry.name }
        )
      }
      const content = await zip.read(entry, signal)
      arrays.set(entry.name.slice(0, -'.npy'.length), parseNpy(content, `${fileName}/${entry.name}`))
      bytes += entry.packedBytes
      onProgress?.({ bytes, totalBytes: source.bytes, rows: 0 })
    }
  })
  const rows = mostRows(arrays)
  const used = [...arrays].filter(([, array]) => isTableOf(array, rows))
  const [first] = used
  if (first === undefined) {
    throw new DataFormatError('not-a-table', `"${fileName}" holds no array with rows. Save one with numpy.savez.`, {
      file: fileName
    })
  }
  requireRoom(
    fileName,
    rows,
    used.reduce((sum, [, array]) => sum + columnCount(array), 0)
  )
  const columns: Column[] = []
  for (const [name, array] of used) {
    const nameOf = (place: number | null, field: string): string =>
      `${name}${field === '' ? '' : `.${field}`}${place === null ? '' : `[${place}]`}`
    for (const column of await arrayColumns(array, nameOf, missingIn(as), signal)) columns.push(column)
  }
  const named = nameColumns(columns.map(({ name }) => name))
  const left = [...arrays].filter(([, array]) => !isTableOf(array, rows))
  return {
    rows,
    columns: columns.map((column, index) => ({ ...column, name: named.names[index] ?? column.name })),
    duplicateNames: named.duplicateNames,
    notices: [...named.notices, ...leftOut(left, rows)],
    format: { kind: 'npz', arrays: used.map(([name]) => name) },
    skipped: noneSkipped
  }
}

/** Rows of the longest array. */
function mostRows(arrays: ReadonlyMap<string, NpyArray>): number {
  let most = 0
  for (const array of arrays.values()) {
    if (array.shape.length > 0 && columnCount(array) > 0) most = Math.max(most, array.shape[0] ?? 0)
  }
  return most
}

function isTableOf(array: NpyArray, rows: number): boolean {
  return rows > 0 && array.shape[0] === rows && columnCount(array) > 0
}

function leftOut(arrays: readonly (readonly [string, NpyArray])[], rows: number): Notice[] {
  if (arrays.length === 0) return []
  const shapes = arrays.slice(0, 6).map(([name, { shape }]) => `"${name}" (${shape.join(' × ') || 'one value'})`)
  const names = arrays.length > shapes.length ? listNames(arrays.map(([name]) => name)) : shapes.join(', ')
  return [
    {
      code: 'arrays-left-out',
      severity: 'warning',
      message: `Left out, since they do not have ${rows} rows like the others: ${names}. Save them in a file of their own to use them.`,
      columns: []
    }
  ]
}

export const npzReader: Reader = {
  name: 'npz',
  label: 'NumPy archive',
  extensions: ['.npz'],
  recognizes: ({ sample, fileName }) => {
    const first = firstEntryName(sample)
    return first !== null && (first.endsWith('.npy') || fileName.toLowerCase().endsWith('.npz'))
  },
  read: readNpz
}
