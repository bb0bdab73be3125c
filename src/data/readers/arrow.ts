/**
 * Arrow: files (which Feather is, in its second version) and streams, plain or packed with LZ4 or ZSTD. Structs are flattened
 * by one level; lists, maps and what is nested deeper are JSON text.
 */
import {
  CompressionType,
  DataType,
  RecordBatchReader,
  compressionRegistry,
  type RecordBatch,
  type RecordBatchFileReader,
  type RecordBatchStreamReader
} from 'apache-arrow'
import { decompress as unpackZstd } from 'fzstd'
import { DataFormatError, StudioError } from '../../shared/errors'
import type { MissingWords } from '../numbers'
import { noneSkipped } from '../table'
import { Turns } from '../turns'
import { arrowType, type ArrowVector, type PutArrow } from './arrow-cells'
import { ArrowDamage, requireSound, requireSoundType } from './arrow-check'
import { guardMetadata } from './arrow-guard'
import { CellCollector, missingIn } from './cell-collector'
import { nameColumns } from './header'
import { damagedFile, requireRoom, requireRows } from './limits'
import { unpackLz4 } from './lz4'
import { binaryNotices, nestedNotices } from './nested-notices'
import type { Reader, ReadOptions, TableContent } from './reader'
import type { Source } from './source'
import { readWholeFile } from './whole-file'

/** A file is read as a whole. */
const maxBytes = 2 ** 30
/** Of one packed buffer: a column of one batch. */
const maxUnpacked = 2 ** 30
const cellsPerTurn = 4096

const fileMagic = 'ARROW1'
const oldFeatherMagic = 'FEA1'

/**
 * The batches in turn. Those of a file are asked for one by one: the library's own iterator never ends where the footer
 * points at something else than a batch.
 */
function* batchesOf(reader: RecordBatchFileReader | RecordBatchStreamReader): Generator<RecordBatch> {
  if (!reader.isFile()) {
    yield* reader
    return
  }
  for (let index = 0; index < reader.numRecordBatches; index++) {
    const batch = reader.readRecordBatch(index)
    if (batch === null) throw new ArrowDamage(`its batch ${index + 1} is not where it is said to be`)
    yield batch
  }
}

/** What is used of the library's fields, which have any type. */
interface NamedField {
  readonly name: string
  readonly type: DataType
}

interface ArrowColumn {
  readonly name: string
  readonly kind: 'value' | 'json' | 'bytes'
  readonly put: PutArrow
  /** Place among the columns of the file, and within it where that is a struct. */
  readonly path: readonly [number, number | null]
  readonly cells: CellCollector
}

async function readArrow(source: Source, options: ReadOptions): Promise<TableContent> {
  const { fileName } = source
  if (source.sample.toString('latin1', 0, 4) === oldFeatherMagic) {
    throw new DataFormatError(
      'unsupported-version',
      `"${fileName}" is Feather version 1, which is no Arrow file. Save it as version 2: pandas' to_feather does.`,
      { file: fileName }
    )
  }
  guardMetadata()
  registerCodecs()
  const bytes = aligned(await readWholeFile(source.path, maxBytes))
  try {
    return await readBatches(source, bytes, options)
  } catch (error) {
    if (error instanceof StudioError) throw error
    throw damagedFile(fileName, error instanceof Error ? error.message.slice(0, 200) : String(error))
  }
}

/** The library finds them by number; without them packed files are refused. */
function registerCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => unpackLz4(data, maxUnpacked) })
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => aligned(unpackZstd(withinLimit(data))) })
}

/** Beginning where memory does, so at a multiple of 8 bytes, as numbers of 64 bits must. */
function aligned(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}

/** Refuses a ZSTD frame that claims to be too large, before memory is taken for it. */
function withinLimit(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const descriptor = view.getUint8(4)
  const sizeBytes = [(descriptor & 0x20) === 0 ? 0 : 1, 2, 4, 8][descriptor >> 6] ?? 0
  const at = 5 + ((descriptor & 0x20) === 0 ? 1 : 0) + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const size = sizeBytes === 8 ? Number(view.getBigUint64(at, true)) : sizeBytes === 4 ? view.getUint32(at, true) : 0
  if (size > maxUnpacked) throw new RangeError(`ZSTD data unpacks to over ${maxUnpacked} bytes`)
  return data
}

async function readBatches(
  source: Source,
  bytes: Uint8Array,
  { signal, onProgress, as }: ReadOptions
): Promise<TableContent> {
  const { fileName } = source
  const reader = RecordBatchReader.from(bytes).open()
  const fields: readonly NamedField[] = reader.schema.fields
  for (const { type } of fields) requireSoundType(type)
  const all = fields.flatMap((field, index) => columnsOf(field, index, missingIn(as)))
  const columns = all.filter(({ kind }) => kind !== 'bytes')
  requireRoom(fileName, 0, columns.length)
  if (!fields.some(({ type }) => !DataType.isNull(type)) || columns.length === 0) {
    throw new DataFormatError('not-a-table', `"${fileName}" has no column of numbers, texts or dates.`, {
      file: fileName
    })
  }
  const turns = new Turns(signal)
  let rows = 0
  for (const batch of batchesOf(reader)) {
    requireRoom(fileName, rows + batch.numRows, columns.length)
    for (const child of batch.data.children) requireSound(child)
    for (const column of columns) await readColumn(batch, column, turns, fileName)
    rows += batch.numRows
    onProgress?.({ bytes: source.bytes, totalBytes: source.bytes, rows })
  }
  requireRows(fileName, rows)
  const named = nameColumns(columns.map(({ name }) => name))
  const nested = columns.flatMap(({ kind }, index) => (kind === 'json' ? [named.names[index] ?? ''] : []))
  return {
    rows,
    columns: columns.map(({ cells }, index) => cells.finish(named.names[index] ?? '')),
    duplicateNames: named.duplicateNames,
    notices: [
      ...named.notices,
      ...nestedNotices(nested),
      ...binaryNotices(all.flatMap(({ kind, name }) => (kind === 'bytes' ? [name] : [])))
    ],
    format: { kind: 'arrow' },
    skipped: noneSkipped
  }
}

function columnsOf(field: NamedField, index: number, missing: MissingWords): ArrowColumn[] {
  const { type } = field
  const column = (name: string, inner: DataType, place: number | null): ArrowColumn => {
    return { name, ...arrowType(inner), path: [index, place], cells: new CellCollector('typed', missing) }
  }
  if (!DataType.isStruct(type)) return [column(field.name, type, null)]
  const children: readonly NamedField[] = type.children
  return children.map((child, place) => column(`${field.name}.${child.name}`, child.type, place))
}

async function readColumn(batch: RecordBatch, column: ArrowColumn, turns: Turns, fileName: string): Promise<void> {
  const [index, place] = column.path
  const outer: ArrowVector | null = batch.getChildAt(index)
  const vector: ArrowVector | null = place === null ? outer : (outer?.getChildAt(place) ?? null)
  if (outer === null || vector === null || vector.length !== batch.numRows) {
    throw damagedFile(fileName, `column "${column.name}" has not as many rows as the others`)
  }
  const { cells, put } = column
  for (let row = 0; row < batch.numRows; row++) {
    const value: unknown = place !== null && !outer.isValid(row) ? null : vector.get(row)
    if (value === null) cells.addMissing()
    else put(value, cells)
    if (row % cellsPerTurn === 0) await turns.take()
  }
}

export const arrowReader: Reader = {
  name: 'arrow',
  label: 'Arrow (Feather)',
  extensions: ['.arrow', '.feather', '.ipc', '.arrows'],
  recognizes: ({ sample, fileName }) => {
    const start = sample.toString('latin1', 0, fileMagic.length)
    if (start === fileMagic || start.startsWith(oldFeatherMagic)) return true
    // A stream begins with a continuation mark and the length of its schema.
    const stream = sample.length > 8 && sample.readUInt32LE(0) === 0xffffffff && sample.readInt32LE(4) > 0
    return stream || arrowReader.extensions.some((extension) => fileName.toLowerCase().endsWith(extension))
  },
  read: readArrow
}
