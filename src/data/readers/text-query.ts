/** What a reader of delimited text offers, whoever reads it. */

/** A stretch of one column: `texts[i]` is the cell of record `firstRow + i`; null or empty where there is none. */
export type CellHandler = (column: number, firstRow: number, texts: readonly (string | null)[]) => void

export interface TextQuery {
  /**
   * Reads the file once. Calls `onCells` with stretches of each of the columns asked for, in the order of the file;
   * the record of the header is one of them. Columns are numbered from 0.
   * @returns the number of records
   */
  read(columns: readonly number[], onCells: CellHandler): Promise<number>
}
