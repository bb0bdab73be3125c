/** Files as another program writes and reads them, for tests. */
import { DuckDBInstance } from '@duckdb/node-api'
import type { Dialect } from './dialect'

/**
 * The cells of each column as DuckDB reads them, the first record among them; empty where DuckDB has none.
 * @throws where DuckDB does not read the file: it is stricter with line ends of several kinds
 */
export async function databaseCells(path: string, { delimiter, columns }: Dialect): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const names = Array.from({ length: columns }, (_, index) => `'c${index}': 'VARCHAR'`)
    const result = await connection.run(
      `SELECT * FROM read_csv($1, auto_detect = false, header = false, columns = {${names.join(', ')}}, delim = $2,
        quote = '"', escape = '"', comment = '', encoding = 'utf-8', compression = 'none', strict_mode = true,
        null_padding = false, ignore_errors = false, hive_partitioning = false)`,
      [path.replace(/[[*?]/g, '[$&]'), delimiter]
    )
    const cells = await result.getColumns()
    return cells.map((column) => column.map((cell) => (typeof cell === 'string' ? cell : '')))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Writes the rows of a query as a Parquet file, as DuckDB does. */
export async function parquetFile(path: string, select: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet ${options})`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
