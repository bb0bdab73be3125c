/**
 * NPY: one array of numpy. A row is an index of its first dimension; all further dimensions together are the columns,
 * in C order, called by their place from 0 on; fields of a structured type are columns with their names.
 */
import { DataFormatError } from '../../shared/errors'
import { usualMissing, type MissingWords } from '../numbers'
import { noneSkipped, type Column } from '../table'
import { Turns } from '../turns'
import { CellCollector, missingIn } from './cell-collector'
import { nameColumns } from './header'
import { damagedFile, requireRoom, requireRows } from './limits'
import { parseLiteral, type Literal } from './npy-header'
import { npyType, shapeOf, type NpyField } from './npy-types'
import type { Reader } from './reader'
import { readWholeFile } from './whole-file'

export const maxArrayBytes = 2 ** 30

const magic = Buffer.from('\x93NUMPY', 'latin1')
/** Longest header; numpy itself refuses over 10,000 characters unless told otherwise. */
const maxHeaderBytes = 2 ** 20
const cellsPerTurn = 8192

export interface NpyArray {
  readonly shape: readonly number[]
  /** The first index changes fastest, not the last. */
  readonly fortranOrder: boolean
  readonly elementBytes: number
  readonly fields: readonly NpyField[]
  readonly data: DataView
}

export function isNpy(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic)
}

/**
 * @param file what to call it in messages
 * @throws DataFormatError `damaged-file` (with the byte), `pickle-refused`, `unsupported-type`
 */
export function parseNpy(bytes: Buffer, file: string): NpyArray {
  if (!isNpy(bytes)) throw damagedFile(file, 'it does not begin as a numpy array does', 0)
  const version = bytes[magic.length] ?? 0
  if (version < 1 || version > 3) throw damagedFile(file, `version ${version} of NPY is unknown`, magic.length)
  const lengthBytes = version === 1 ? 2 : 4
  const start = magic.length + 2 + lengthBytes
  if (bytes.length < start) throw damagedFile(file, 'it ends in the middle of its header', bytes.length)
  const length = bytes.readUIntLE(magic.length + 2, lengthBytes)
  if (length > maxHeaderBytes || start + length > bytes.length) {
    throw damagedFile(file, `its header is said to have ${length} bytes`, magic.length + 2)
  }
  const header = dictionaryOf(bytes.toString(version === 3 ? 'utf8' : 'latin1', start, start + length), file, start)
  const descr = header.get('descr')
  const fortranOrder = header.get('fortran_order')
  const shape = shapeOf(header.get('shape'))
  if (descr === undefined || typeof fortranOrder !== 'boolean' || shape === null || header.size !== 3) {
    throw damagedFile(file, 'its header lacks descr, fortran_order or shape', start)
  }
  const type = npyType(descr, file)
  const count = shape.reduce((product, size) => product * size, 1)
  const expected = count * type.bytes
  const present = bytes.length - start - length
  // Where any size is 0 the product is 0, whatever the others are.
  if (!Number.isSafeInteger(expected) || !shape.every(Number.isSafeInteger)) {
    throw damagedFile(file, `its shape (${shape.join(', ')}) is beyond any memory`, start)
  }
  if (expected !== present) {
    throw damagedFile(file, `${expected} bytes of numbers were expected after its header, ${present} are there`, start)
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset + start + length, present)
  return { shape, fortranOrder, elementBytes: type.bytes, fields: type.fields, data }
}

function dictionaryOf(text: string, file: string, byte: number): Map<string, Literal> {
  try {
    const literal = parseLiteral(text)
    if (literal instanceof Map) return literal
    throw new SyntaxError('no dictionary')
  } catch (error) {
    if (error instanceof SyntaxError) throw damagedFile(file, `its header is not readable: ${error.message}`, byte)
    throw error
  }
}

/** Columns of the array: dimensions after the first, times fields. */
export function columnCount({ shape, fields }: NpyArray): number {
  return shape.slice(1).reduce((product, size) => product * size, 1) * fields.length
}

/**
 * The columns of an array with at least one dimension.
 * @param nameOf the name of a column: its place in the dimensions after the first (null where there are none)
 *   and the name of its field (empty where the type is not structured)
 * @throws DataFormatError `damaged-file`; Cancelled
 */
export async function arrayColumns(
  array: NpyArray,
  nameOf: (place: number | null, field: string) => string,
  missing: MissingWords = usualMissing,
  signal?: AbortSignal
): Promise<Column[]> {
  const { shape, fortranOrder, elementBytes, data } = array
  const [rows = 0, ...inner] = shape
  const places = inner.reduce((product, size) => product * size, 1)
  const rowStride = fortranOrder ? 1 : places
  const columns: Column[] = []
  const turns = new Turns(signal)
  let cells = 0
  for (let place = 0; place < places; place++) {
    const first = fortranOrder ? fortranPlace(place, inner) * rows : place
    for (const field of array.fields) {
      const collector = new CellCollector('typed', missing, rows)
      for (let row = 0; row < rows; row++) {
        field.put(data, (first + row * rowStride) * elementBytes + field.offset, collector)
        if (++cells % cellsPerTurn === 0) await turns.take()
      }
      columns.push(collector.finish(nameOf(inner.length === 0 ? null : place, field.name)))
    }
  }
  return columns
}

/** Where an element stands in Fortran order that has the given place in C order. */
function fortranPlace(place: number, sizes: readonly number[]): number {
  let rest = place
  let result = 0
  const strides = sizes.map((_, axis) => sizes.slice(0, axis).reduce((product, size) => product * size, 1))
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1
    result += (rest % size) * (strides[axis] ?? 1)
    rest = Math.floor(rest / size)
  }
  return result
}

/** @throws DataFormatError `not-a-table`, `no-rows`, `too-many-columns`, `table-too-large` */
export function requireArrayTable(array: NpyArray, file: string): void {
  if (array.shape.length === 0 || columnCount(array) === 0) {
    const what = array.shape.length === 0 ? 'a single value' : `an array of shape (${array.shape.join(', ')})`
    throw new DataFormatError(
      'not-a-table',
      `"${file}" holds ${what}, which has no rows and columns. Save an array of one or two dimensions.`,
      { file }
    )
  }
  requireRows(file, array.shape[0] ?? 0)
  requireRoom(file, array.shape[0] ?? 0, columnCount(array))
}

export const npyReader: Reader = {
  name: 'npy',
  label: 'NumPy array',
  extensions: ['.npy'],
  recognizes: ({ sample }) => isNpy(sample),
  read: async (source, { signal, onProgress, as }) => {
    const array = parseNpy(Buffer.from(await readWholeFile(source.path, maxArrayBytes)), source.fileName)
    requireArrayTable(array, source.fileName)
    const [rows = 0] = array.shape
    const names = (place: number | null, field: string): string =>
      field === '' ? String(place ?? 0) : place === null ? field : `${field}[${place}]`
    const columns = await arrayColumns(array, names, missingIn(as), signal)
    onProgress?.({ bytes: source.bytes, totalBytes: source.bytes, rows })
    const named = nameColumns(columns.map(({ name }) => name))
    return {
      rows,
      columns: columns.map((column, index) => ({ ...column, name: named.names[index] ?? column.name })),
      duplicateNames: named.duplicateNames,
      notices: [...named.notices],
      format: { kind: 'npy' },
      skipped: noneSkipped
    }
  }
}
