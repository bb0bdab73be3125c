/** DuckDB as a reader: an in-memory database that can reach one file and nothing else. */
import { availableParallelism } from 'node:os'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { Cancelled } from '../../shared/errors'
import type { Source } from './source'

/** Enough for any honest page or row group; a file that claims more is refused instead of filling the memory. */
const memoryLimit = '2GB'

/**
 * Opens a database that can read one file and nothing else, runs `work` and closes it again.
 * @throws Cancelled, or what DuckDB throws
 */
export async function withDatabase<Result>(
  source: Source,
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection) => Promise<Result>
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.min(4, availableParallelism())),
    memory_limit: memoryLimit,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false'
  })
  const connection = await instance.connect()
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  try {
    await restrictTo(connection, source.path)
    return await work(connection)
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

/** The path as a pattern that stands for itself alone: `[`, `*` and `?` are pattern characters to DuckDB. */
export function literalPattern(path: string): string {
  return path.replace(/[[*?]/g, '[$&]')
}

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
