/** Rows that could not be read and are left out. */
import type { Notice } from '../../shared/views'
import { maxSkippedRows, type SkippedRows } from '../table'

/** Rows that a notice names. */
const shownRows = 5

export class SkippedList {
  count = 0
  private readonly rows: { line: number; reason: string }[] = []

  /** @param reason as it goes on after "line 3": `has 2 values where …` */
  add(line: number, reason: string): void {
    this.count++
    if (this.rows.length < maxSkippedRows) this.rows.push({ line, reason })
  }

  finish(): SkippedRows {
    return { count: this.count, rows: this.rows }
  }

  /** `2 rows could not be read: line 3 has …; line 7 has …` */
  text(): string {
    const shown = this.rows.slice(0, shownRows).map(({ line, reason }) => `line ${line} ${reason}`)
    const more = this.count - shown.length
    return `${this.count} ${this.count === 1 ? 'row' : 'rows'} could not be read: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  }

  notices(): Notice[] {
    if (this.count === 0) return []
    const message = `${this.text()}. ${this.count === 1 ? 'It is' : 'They are'} left out.`
    return [{ code: 'skipped-rows', severity: 'warning', message, columns: [] }]
  }
}
