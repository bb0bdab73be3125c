/** Text read by DuckDB: an in-memory database that can reach one file and nothing else. UTF-8 only. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { Cancelled } from '../../shared/errors'
import type { Dialect } from './records'
import type { Source } from './source'
import type { CellHandler, TextQuery } from './text-query'

/** Longest record that is read, in bytes. */
export const maxRecordBytes = 16 * 1024 * 1024

/** Cells handled before other work of the process gets a turn, so that a cancel is heard soon. */
const cellsPerTurn = 100_000

/** Above this many columns one thread reads: each holds 2048 rows of every column at once. */
const wideColumns = 1000

/**
 * Opens a database for one file, runs `work` and closes it again.
 * @throws Cancelled, or what DuckDB throws: at the first record that does not fit, among others
 */
export async function withDatabase<Result>(
  source: Source,
  dialect: Dialect,
  signal: AbortSignal | undefined,
  work: (query: TextQuery) => Promise<Result>
): Promise<Result> {
  const threads = dialect.columns > wideColumns ? 1 : Math.min(4, availableParallelism())
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false'
  })
  const connection = await instance.connect()
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  try {
    await restrictTo(connection, source.path)
    return await work({
      read: (columns, onCells) => readText(connection, source, dialect, columns, onCells, signal)
    })
  } catch (error) {
    if (signal?.aborted) throw new Cancelled()
    throw error
  } finally {
    signal?.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
  }
}

/** From here on the database opens the one file, no other, and writes nowhere. */
async function restrictTo(connection: DuckDBConnection, path: string): Promise<void> {
  // The pattern is asked for, the file it stands for is opened: both are checked.
  const allowed = [path, literalPattern(path)].map(quoteLiteral).join(', ')
  await connection.run(`SET temp_directory = ''`)
  await connection.run(`SET allowed_paths = [${allowed}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

async function readText(
  connection: DuckDBConnection,
  source: Source,
  dialect: Dialect,
  columns: readonly number[],
  onCells: CellHandler,
  signal: AbortSignal | undefined
): Promise<number> {
  const selected = columns.length === dialect.columns ? '*' : columns.map(internalName).join(', ')
  const sql = `SELECT ${selected} FROM ${tableFunction(dialect)}`
  const result = await connection.stream(sql, [literalPattern(source.path)])
  let row = 0
  let cells = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    const count = chunk?.rowCount ?? 0
    if (chunk === null || count === 0) return row
    for (const [index, column] of columns.entries()) {
      const vector = chunk.getColumnVector(index)
      const texts = new Array<string | null>(count)
      for (let i = 0; i < count; i++) {
        const item = vector.getItem(i)
        texts[i] = typeof item === 'string' ? item : null
      }
      onCells(column, row, texts)
      cells += count
      if (cells >= cellsPerTurn) {
        cells = 0
        await setImmediate()
        if (signal?.aborted) throw new Cancelled()
      }
    }
    row += count
  }
}

/**
 * `read_csv` with nothing left to guess. Columns have names of our own making: the file's header is read as
 * its first row, so that no text of a user becomes part of a statement.
 */
function tableFunction(dialect: Dialect): string {
  const names = Array.from({ length: dialect.columns }, (_, index) => `'${internalName(index)}': 'VARCHAR'`)
  return `read_csv($1, auto_detect = false, header = false, columns = {${names.join(', ')}},
    delim = ${quoteLiteral(dialect.delimiter)}, quote = '"', escape = '"', comment = '',
    encoding = 'utf-8', compression = 'none', strict_mode = true, null_padding = false,
    ignore_errors = false, hive_partitioning = false, max_line_size = ${maxRecordBytes}, buffer_size = ${2 * maxRecordBytes})`
}

function internalName(index: number): string {
  return `c${index}`
}

/** The path as a pattern that stands for itself alone: `[`, `*` and `?` are pattern characters to DuckDB. */
function literalPattern(path: string): string {
  return path.replace(/[[*?]/g, '[$&]')
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
