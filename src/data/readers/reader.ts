/** What a reader of a kind of file is. */
import type { ReadAs } from '../../shared/read-as'
import type { Table } from '../table'
import type { RowLines } from './row-lines'
import type { Source } from './source'

export interface ReadProgress {
  /** Bytes of the file that were read. */
  readonly bytes: number
  readonly totalBytes: number
  readonly rows: number
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  /** Called now and then while a long file is read. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  /** What a person says of the file, in place of what is detected; what does not concern its kind is left unread. */
  readonly as?: ReadAs | undefined
  /** Where decoded images are kept until the next time; without it they are not. */
  readonly cacheFolder?: string | undefined
}

/** A table, without what is known of its file already; its fingerprint where other files have a part in it. */
export type TableContent = Omit<Table, 'fileName' | 'sha256' | 'readAs'> &
  Partial<Pick<Table, 'sha256'>> & {
    /** Where the file has lines: those on which rows begin. */
    readonly lines?: RowLines
  }

export interface Reader {
  /** Plain word, for example `delimited`. */
  readonly name: string
  /** As people call it. */
  readonly label: string
  /** Endings of file names, with the dot, in small letters. */
  readonly extensions: readonly string[]
  /** Whether the file is of this kind: by its first bytes, and by its name only where they cannot tell. */
  recognizes(source: Source): boolean
  /** @throws DataFormatError, Cancelled */
  read(source: Source, options: ReadOptions): Promise<TableContent>
}
