/** The kinds of files that are read. */
import { arffReader } from './arff'
import { arrowReader } from './arrow'
import { delimitedReader } from './delimited'
import { excelReader } from './excel'
import { idxReader } from './idx'
import { imageZipReader } from './images'
import { jsonReader } from './json'
import { npyReader } from './npy'
import { npzReader } from './npz'
import { parquetReader } from './parquet'
import type { Reader } from './reader'
import type { Source } from './source'

/** Asked in this order; delimited text takes what nobody else does. */
export const readers: readonly Reader[] = [
  parquetReader,
  arrowReader,
  npyReader,
  npzReader,
  excelReader,
  imageZipReader,
  idxReader,
  arffReader,
  jsonReader,
  delimitedReader
]

export function readerFor(source: Source): Reader {
  return readers.find((reader) => reader.recognizes(source)) ?? delimitedReader
}
