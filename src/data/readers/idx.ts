/**
 * IDX files: images [rows, height, width] of bytes, with the labels from the file beside them, as MNIST has them; arrays of
 * one or two dimensions as columns of numbers.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { compareCodePoints } from '../numbers'
import { noneSkipped, type CategoryColumn, type Column } from '../table'
import { beginsAsIdx, readIdx, type IdxArray } from './idx-array'
import { requireRoom, requireRows } from './limits'
import type { Reader, ReadOptions, TableContent } from './reader'
import type { Source } from './source'

/** Names that MNIST's files and those made after them have: `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`. */
const usualName = /[-.]idx[1-4]-u?byte(\.gz)?$/i

async function readIdxTable(source: Source, { signal, onProgress }: ReadOptions): Promise<TableContent> {
  const { path, fileName } = source
  const array = await readIdx(path, fileName, {
    signal,
    onBytes: (bytes) => onProgress?.({ bytes, totalBytes: source.bytes, rows: 0 })
  })
  const [rows = 0, ...inner] = array.shape
  requireRows(fileName, rows)
  if (inner.length < 2) return numbersOf(array, source)
  const [height = 0, width = 0] = inner
  if (inner.length > 2 || !array.isBytes || height === 0 || width === 0) {
    throw new DataFormatError(
      'not-a-table',
      `"${fileName}" holds ${array.shape.join(' × ')} numbers, which are neither images (rows × height × width, one byte each) nor a table. Save one of these.`,
      { file: fileName }
    )
  }
  const image: Column = { type: 'image', name: 'image', width, height, channels: 1, pixels: array.bytes }
  const labels = await labelsBeside(source, rows, signal)
  return {
    ...(labels === null
      ? {}
      : {
          sha256: createHash('sha256')
            .update(source.sha256 + labels.sha256)
            .digest('hex')
        }),
    rows,
    columns: labels === null ? [image] : [image, labels.column],
    duplicateNames: [],
    notices: labels === null ? [withoutLabels(fileName)] : [],
    format: { kind: 'idx', shape: array.shape, labels: labels?.fileName ?? null },
    skipped: noneSkipped
  }
}

/** The one column of one dimension is called `value`, or `label` where the file is; those of two are `0`, `1`, … */
function numbersOf(array: IdxArray, { fileName }: Source): TableContent {
  const [rows = 0, width] = array.shape
  requireRoom(fileName, rows, width ?? 1)
  if (width === 0) requireRows(fileName, 0)
  const columnAt = (place: number, name: string): Column => ({
    type: 'number',
    name,
    values: Float64Array.from({ length: rows }, (_, row) => finite(array.at(row * (width ?? 1) + place)))
  })
  const columns =
    width === undefined
      ? [columnAt(0, /labels/i.test(fileName) ? 'label' : 'value')]
      : Array.from({ length: width }, (_, place) => columnAt(place, String(place)))
  const format = { kind: 'idx', shape: array.shape, labels: null } as const
  return { rows, columns, duplicateNames: [], notices: [], format, skipped: noneSkipped }
}

/** As everywhere else, what is infinite is missing. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN
}

interface Labels {
  readonly fileName: string
  readonly sha256: string
  /** The numbers as categories: they are names of classes, not amounts. */
  readonly column: CategoryColumn
}

/** @throws DataFormatError `labels-mismatch`, and those of `readIdx` */
async function labelsBeside(source: Source, rows: number, signal: AbortSignal | undefined): Promise<Labels | null> {
  const path = await labelsPath(source.path)
  if (path === null) return null
  const fileName = basename(path)
  const array = await readIdx(path, fileName, { signal })
  const [count = 0] = array.shape
  if (array.shape.length !== 1 || count !== rows) {
    throw new DataFormatError(
      'labels-mismatch',
      `"${source.fileName}" has ${rows} images, but "${fileName}" beside it holds ${array.shape.join(' × ')} labels. Put the files that belong together into one folder.`,
      { file: fileName, expected: rows, got: count }
    )
  }
  const texts = Array.from({ length: rows }, (_, row) => String(array.at(row)))
  const categories = [...new Set(texts)].sort(compareCodePoints)
  const codeOf = new Map(categories.map((category, code) => [category, code]))
  const codes = Int32Array.from(texts, (text) => codeOf.get(text) ?? -1)
  return { fileName, sha256: array.sha256, column: { type: 'category', name: 'label', codes, categories } }
}

/** The file that MNIST's naming gives the labels of an images file, packed or not; null when there is none. */
async function labelsPath(imagesPath: string): Promise<string | null> {
  const name = basename(imagesPath)
  if (!name.includes('images')) return null
  const plain = name.replace(/\.gz$/i, '')
  const named = plain.slice(0, plain.lastIndexOf('images')) + 'labels' + plain.slice(plain.lastIndexOf('images') + 6)
  const [dashed, dotted] = ['-idx1', '.idx1'].map((ending) => named.replace(/[-.]idx3/i, ending))
  const wanted = [named.replace(/idx3/i, 'idx1'), dashed ?? '', dotted ?? ''].flatMap((each) => [each, `${each}.gz`])
  // Packed ones beside packed ones first: the other may be left over from somewhere else.
  if (plain !== name) wanted.sort((a, b) => Number(b.endsWith('.gz')) - Number(a.endsWith('.gz')))
  for (const each of wanted) {
    const path = join(dirname(imagesPath), each)
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false
      )
    )
      return path
  }
  return null
}

function withoutLabels(fileName: string): Notice {
  const wanted = fileName.replace('images', 'labels').replace(/idx3/i, 'idx1')
  const where = wanted === fileName ? 'called as MNIST does' : `called "${wanted}"`
  return {
    code: 'no-labels',
    severity: 'warning',
    message: `No labels: there is no file ${where} beside "${fileName}". Put it there and open the images again to train.`,
    columns: []
  }
}

export const idxReader: Reader = {
  name: 'idx',
  label: 'IDX (MNIST)',
  extensions: ['.idx3-ubyte', '.idx1-ubyte', '-idx3-ubyte', '-idx1-ubyte', '-ubyte.gz'],
  recognizes: ({ sample, fileName }) => usualName.test(fileName) || beginsAsIdx(sample),
  read: readIdxTable
}
