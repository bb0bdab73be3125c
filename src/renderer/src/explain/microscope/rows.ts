/** The row that a person types, and rows near it to choose from. */

/** Rows offered around the typed one. */
const BEFORE = 2
const AFTER = 5

/** "Row 17 · Adelie" */
export function rowText(row: number, actual: readonly string[]): string {
  const told = actual.join(', ')
  return told === '' ? `Row ${row + 1}` : `Row ${row + 1} · ${told}`
}

/** The row from 0 that a text names: "17", "Row 17 · Adelie"; or what is wrong with it. @param rows of the table */
export function rowOf(text: string, rows: number): { readonly row: number } | { readonly problem: string } {
  const match = /^\s*(?:row\s*)?(\d+)(?:\s*·.*)?\s*$/i.exec(text)
  const number = match === null ? NaN : Number(match[1])
  if (!(number >= 1 && number <= rows)) return { problem: `Type the number of a row, from 1 to ${rows}.` }
  return { row: number - 1 }
}

/** The stretch of the table that is offered around a row. */
export function rowsNear(row: number, rows: number): { readonly from: number; readonly count: number } {
  const size = BEFORE + 1 + AFTER
  const from = Math.max(0, Math.min(row - BEFORE, rows - size))
  return { from, count: Math.min(size, rows - from) }
}
