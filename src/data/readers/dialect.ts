/** What parts the fields of delimited text. */
import { RecordScanner } from './records'

/** What is looked for; a person may name any other character. */
const delimiters = [',', ';', '\t', '|'] as const

export interface Dialect {
  readonly delimiter: string
  /** The fields of the first record, as many as the table has columns. */
  readonly first: readonly string[]
  readonly columns: number
}

/** Records looked at to find the delimiter. */
const sampleRecords = 200
const pieceBytes = 65_536

/**
 * The delimiter under which the first record has two fields or more and most records have as many as it;
 * comma when no delimiter divides the first record. Null when the sample holds no whole first record.
 * @param sample UTF-8
 * @param complete the sample is the whole text
 * @param said the delimiter that a person named
 */
export function detectDialect(sample: Uint8Array, complete: boolean, said?: string): Dialect | null {
  let best: Dialect | null = null
  let bestShare = -1
  for (const delimiter of said === undefined ? delimiters : [said]) {
    let first: string[] = []
    const counts: number[] = []
    const scanner = new RecordScanner(delimiter)
    const drain = (): void => {
      while (counts.length < sampleRecords && scanner.next()) {
        if (counts.length === 0) first = firstFields(scanner)
        counts.push(scanner.fields)
      }
    }
    for (let from = 0; from < sample.length && counts.length < sampleRecords; from += pieceBytes) {
      scanner.push(sample.subarray(from, from + pieceBytes))
      drain()
    }
    if (complete) scanner.finish()
    drain()
    const columns = counts[0]
    if (columns === undefined) continue
    const share = columns === 1 ? 0 : counts.filter((count) => count === columns).length / counts.length
    if (best === null || share > bestShare || (share === bestShare && columns > best.columns)) {
      best = { delimiter, first, columns }
      bestShare = share
    }
  }
  return best
}

function firstFields(scanner: RecordScanner): string[] {
  return Array.from({ length: Math.min(scanner.fields, scanner.places) }, (_, field) => scanner.textOf(field))
}
