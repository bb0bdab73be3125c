/** The line of a file on which each row begins. Rows mostly follow each other line by line, so only the others are noted. */
export class RowLines {
  /** From these rows on, lines are ahead of rows by so many. */
  private readonly rows: number[] = []
  private readonly ahead: number[] = []
  private present = NaN

  /** To be told of each row in turn. @param row from 0 @param line from 1 */
  note(row: number, line: number): void {
    if (line - row === this.present) return
    this.present = line - row
    this.rows.push(row)
    this.ahead.push(this.present)
  }

  lineOf(row: number): number {
    let [low, high] = [0, this.rows.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.rows[middle] ?? 0) <= row) low = middle + 1
      else high = middle
    }
    return row + (this.ahead[low - 1] ?? 1)
  }
}
