/**
 * Parquet, read by DuckDB. Numbers are float64 (decimals too), booleans `true` and `false`, dates and times times.
 * Structs are flattened by one level; what is nested deeper, lists and maps are JSON text.
 */
import { DuckDBStructType, DuckDBTypeId, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api'
import { DataFormatError, StudioError } from '../../shared/errors'
import { noneSkipped } from '../table'
import { Turns } from '../turns'
import { CellCollector, missingIn } from './cell-collector'
import { literalPattern, quoteLiteral, withDatabase } from './database'
import { nameColumns } from './header'
import { damagedFile, requireRoom, requireRows } from './limits'
import { binaryNotices, nestedNotices } from './nested-notices'
import { hasTimeOfDay, ImpossibleTime, jsonText, putValue } from './parquet-cells'
import type { Reader, ReadOptions, TableContent } from './reader'
import { RowSample, sampleNotices } from './row-sample'
import type { Source } from './source'

interface Field {
  readonly name: string
  /** What is selected, and, of bytes, whether they are text after all. */
  readonly sql: string
  /** `nested`: JSON is to be made of the value; `json`: the database has made it. */
  readonly kind: 'value' | 'nested' | 'json' | 'bytes'
}

const magic = 'PAR1'
const encryptedMagic = 'PARE'

async function readParquet(source: Source, options: ReadOptions): Promise<TableContent> {
  requireMagic(source)
  try {
    return await withDatabase(source, options.signal, (connection) => readAll(source, connection, options))
  } catch (error) {
    throw error instanceof StudioError ? error : parquetError(source, error)
  }
}

/** The first bytes tell more than the database does. */
function requireMagic({ fileName, sample }: Source): void {
  const start = sample.toString('latin1', 0, 4)
  if (start === encryptedMagic) throw encrypted(fileName)
  if (start !== magic) throw damagedFile(fileName, 'it does not begin as a Parquet file does', 0)
}

async function readAll(
  source: Source,
  connection: DuckDBConnection,
  { signal, onProgress, as }: ReadOptions
): Promise<TableContent> {
  const { fileName } = source
  const path = literalPattern(source.path)
  const claimed = await claimedRows(connection, path)
  const { names, types } = await topLevel(connection, path)
  const wantedRows = Math.min(claimed, as?.rows ?? claimed)
  requireRoom(fileName, wantedRows, types.length)
  requireRows(fileName, claimed)
  const wanted = types.flatMap((type, index) => fieldsOf(`c${index}`, names[index] ?? '', type))
  const binary = await binaryFields(connection, path, types.length, wanted)
  const fields = wanted.filter((field) => !binary.has(field))
  if (fields.length === 0) {
    throw new DataFormatError('not-a-table', `"${fileName}" has no column of numbers, texts or dates.`, {
      file: fileName
    })
  }
  requireRoom(fileName, wantedRows, fields.length)
  const collectors = fields.map(() => new CellCollector('typed', missingIn(as)))
  const turns = new Turns(signal)
  const select = fields.map(({ sql }) => sql).join(', ')
  const result = await connection.stream(`SELECT ${select} FROM ${tableFunction(types.length)}`, [path])
  const sample = new RowSample(claimed, wantedRows)
  let rows = 0
  let kept = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    const count = chunk?.rowCount ?? 0
    if (chunk === null || count === 0) break
    const drawn = Array.from({ length: count }, (_, i) => i).filter(() => sample.next())
    kept += drawn.length
    requireRoom(fileName, kept, fields.length)
    for (const [index, cells] of collectors.entries()) {
      const vector = chunk.getColumnVector(index)
      const nested = fields[index]?.kind === 'nested'
      for (const i of drawn) {
        const value = vector.getItem(i)
        if (nested && value !== null) cells.addText(jsonText(value))
        else putValue(cells, value)
      }
      await turns.take()
    }
    rows += count
    const bytes = Math.round(source.bytes * Math.min(1, rows / claimed))
    onProgress?.({ bytes, totalBytes: source.bytes, rows })
  }
  if (rows !== claimed) throw damagedFile(fileName, `it is said to have ${claimed} rows, ${rows} were found`)
  const named = nameColumns(fields.map(({ name }) => name))
  const nested = fields.flatMap(({ kind }, index) =>
    kind === 'json' || kind === 'nested' ? [named.names[index] ?? ''] : []
  )
  return {
    rows: kept,
    columns: collectors.map((cells, index) => cells.finish(named.names[index] ?? '')),
    duplicateNames: named.duplicateNames,
    notices: [
      ...named.notices,
      ...nestedNotices(nested),
      ...binaryNotices([...binary].map(({ name }) => name)),
      ...sampleNotices(claimed, kept)
    ],
    format: { kind: 'parquet' },
    skipped: noneSkipped
  }
}

/** Rows by the footer. */
async function claimedRows(connection: DuckDBConnection, path: string): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT num_rows FROM parquet_file_metadata($1)', [path])
  return Number(reader.getRows()[0]?.[0] ?? 0)
}

/** Columns as the file names them, whatever their case: the database tells `a` and `A` apart by renaming one. */
async function topLevel(
  connection: DuckDBConnection,
  path: string
): Promise<{ names: readonly string[]; types: readonly DuckDBType[] }> {
  const described = await connection.run('SELECT * FROM read_parquet($1, hive_partitioning = false) LIMIT 0', [path])
  const types = described.columnTypes()
  const schema = await connection.runAndReadAll('SELECT name, num_children FROM parquet_schema($1)', [path])
  const names: string[] = []
  // Depth first: children that are still to come, level by level; the first element is the root.
  const open: number[] = []
  for (const [name, children] of schema.getRows()) {
    if (open.length === 1) names.push(String(name))
    const last = open.length - 1
    if (last >= 0) open[last] = (open[last] ?? 0) - 1
    const inner = Number(children ?? 0)
    if (inner > 0) open.push(inner)
    while (open.length > 0 && open.at(-1) === 0) open.pop()
  }
  return { names: names.length === types.length ? names : described.columnNames(), types }
}

/** No name of the file becomes part of a statement but as a quoted text. */
function tableFunction(columns: number): string {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`)
  return `read_parquet($1, hive_partitioning = false) AS t(${names.join(', ')})`
}

function fieldsOf(column: string, name: string, type: DuckDBType): Field[] {
  if (!(type instanceof DuckDBStructType)) return [fieldOf(column, name, type)]
  return type.entryNames.map((entry, index) => {
    const inner = type.entryTypes[index]
    if (inner === undefined) throw new Error(`the struct ${name} has no type for ${entry}`)
    return fieldOf(`struct_extract(${column}, ${quoteLiteral(entry)})`, `${name}.${entry}`, inner)
  })
}

function fieldOf(sql: string, name: string, type: DuckDBType): Field {
  switch (type.typeId) {
    case DuckDBTypeId.FLOAT:
      return { name, sql: `CAST(${sql} AS DOUBLE)`, kind: 'value' }
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.DECIMAL:
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
    case DuckDBTypeId.TIMESTAMP_TZ:
    case DuckDBTypeId.VARCHAR:
      return { name, sql, kind: 'value' }
    case DuckDBTypeId.BLOB:
      return { name, sql: `TRY(decode(${sql}))`, kind: 'bytes' }
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
    case DuckDBTypeId.UNION:
      if (hasTimeOfDay(type)) return { name, sql, kind: 'nested' }
      return { name, sql: `CAST(to_json(${sql}) AS VARCHAR)`, kind: 'json' }
    default:
      // Never cast: of times of day beyond 24 hours the database makes texts without end.
      return { name, sql, kind: 'value' }
  }
}

/** Columns of bytes that are no text. Old writers mark no text as such, so only the bytes tell. */
async function binaryFields(
  connection: DuckDBConnection,
  path: string,
  columns: number,
  fields: readonly Field[]
): Promise<ReadonlySet<Field>> {
  const bytes = fields.filter(({ kind }) => kind === 'bytes')
  if (bytes.length === 0) return new Set()
  const checks = bytes.map(
    ({ sql }) => `bool_or(${sql.slice('TRY(decode('.length, -2)} IS NOT NULL AND ${sql} IS NULL)`
  )
  const reader = await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM ${tableFunction(columns)}`, [path])
  const [row = []] = reader.getRows()
  return new Set(bytes.filter((_, index) => row[index] === true))
}

function encrypted(file: string): DataFormatError {
  return new DataFormatError(
    'encrypted-file',
    `"${file}" is encrypted. Save it without encryption and open it again.`,
    {
      file
    }
  )
}

/** What the database says of a file it cannot read, in words of ours and without the path. */
function parquetError(source: Source, error: unknown): DataFormatError {
  const { fileName } = source
  if (error instanceof ImpossibleTime) return damagedFile(fileName, error.message)
  const said = (error instanceof Error ? error.message : String(error)).replaceAll(source.path, fileName)
  const [firstLine = ''] = said.split('\n')
  if (/encrypt/i.test(said)) return encrypted(fileName)
  if (/codec|unsupported compression/i.test(said)) {
    return new DataFormatError(
      'unsupported-compression',
      `"${fileName}" is compressed in a way that is not read (${firstLine.slice(0, 200)}). Save it with Snappy, ZSTD or without compression.`,
      { file: fileName }
    )
  }
  if (/out of memory|failed to allocate/i.test(said)) {
    return new DataFormatError(
      'table-too-large',
      `"${fileName}" needs more memory than there is, or is damaged. Save it with smaller row groups.`,
      { file: fileName }
    )
  }
  return damagedFile(fileName, firstLine.slice(0, 300).replace(/[.!]$/, ''))
}

export const parquetReader: Reader = {
  name: 'parquet',
  label: 'Parquet',
  extensions: ['.parquet'],
  recognizes: ({ sample, fileName }) => {
    const start = sample.toString('latin1', 0, 4)
    return start === magic || start === encryptedMagic || fileName.toLowerCase().endsWith('.parquet')
  },
  read: readParquet
}
