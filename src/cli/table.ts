import Table from 'cli-table3'

/** A table for a terminal: a line below the header, none between the rows, no colours. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true }
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}
