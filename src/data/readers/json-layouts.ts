/** The layouts of tables in JSON: a list of records, or an object of columns. */
import { CellEvents, JsonTableProblem, type CellKind, type JsonColumns } from './json-records'
import type { JsonHandler, JsonWord } from './json-scanner'

/** Records are handed over when they have ended, so that a damaged one leaves nothing behind. */
export class RecordEvents implements JsonHandler {
  private inList: boolean
  private inRecord = false
  private column = ''
  private readonly names: string[] = []
  private readonly kinds: CellKind[] = []
  private readonly sources: string[] = []
  private readonly cell = new CellEvents((key, kind, source) => {
    this.names.push(key === null ? this.column : `${this.column}.${key}`)
    this.kinds.push(kind)
    this.sources.push(source)
  })

  /** @param layout `rows`: records stand in a list; `lines`: each is a value of its own */
  constructor(
    private readonly columns: JsonColumns,
    layout: 'rows' | 'lines',
    public rows = 0
  ) {
    this.inList = layout === 'lines'
  }

  open(kind: '{' | '['): void {
    if (this.inRecord) this.cell.open(kind)
    else if (!this.inList && kind === '[') this.inList = true
    else if (this.inList && kind === '{') {
      this.inRecord = true
      this.names.length = this.kinds.length = this.sources.length = 0
    } else throw this.noRecord(kind === '{' ? 'an object' : 'a list')
  }

  close(kind: '{' | '['): void {
    if (!this.inRecord) return
    if (!this.cell.isIdle()) return this.cell.close(kind)
    this.inRecord = false
    if (this.rows % 1024 === 0) this.columns.requireRoomFor(this.rows + 1024)
    this.columns.requireDistinct(this.names)
    for (const [index, name] of this.names.entries()) {
      this.columns.put(this.rows, name, this.kinds[index] ?? 'null', this.sources[index] ?? '')
    }
    this.rows++
  }

  key(text: string): void {
    if (this.cell.isIdle()) this.column = text
    else this.cell.key(text)
  }

  text(text: string): void {
    if (!this.inRecord) throw this.noRecord('a text')
    this.cell.text(text)
  }

  number(source: string): void {
    if (!this.inRecord) throw this.noRecord('a number')
    this.cell.number(source)
  }

  word(word: JsonWord): void {
    if (!this.inRecord) throw this.noRecord(word)
    this.cell.word(word)
  }

  private noRecord(found: string): JsonTableProblem {
    return new JsonTableProblem(`has ${found} where a record such as {"name": 1} was expected (row ${this.rows + 1})`)
  }
}

/** `{"a": [1, 2], "b": [3, 4]}`, or with the rows named, as pandas writes it: `{"a": {"0": 1, "1": 2}}`. */
export class ColumnEvents implements JsonHandler {
  private depth = 0
  private column = ''
  private row = 0
  private rowsOf: { name: string; rows: number } | null = null
  private named: 'list' | 'object' | null = null
  private readonly labels = new Map<string, number>()
  private readonly seen = new Set<string>()
  private readonly cell = new CellEvents((key, kind, source) => {
    this.columns.put(this.row, key === null ? this.column : `${this.column}.${key}`, kind, source)
  })

  constructor(private readonly columns: JsonColumns) {}

  get rows(): number {
    return this.rowsOf?.rows ?? 0
  }

  open(kind: '{' | '['): void {
    if (this.depth === 2) {
      this.cell.open(kind)
      return
    }
    if (this.depth === 1) {
      const named = kind === '[' ? 'list' : 'object'
      if (this.named !== null && this.named !== named) throw this.noColumn(`a ${named} after a ${this.named}`)
      this.named = named
      this.row = kind === '[' ? 0 : -1
    } else if (kind === '[') throw this.noColumn('a list')
    this.depth++
  }

  close(kind: '{' | '['): void {
    if (this.depth === 2 && !this.cell.isIdle()) {
      this.cell.close(kind)
      if (this.cell.isIdle()) this.ended()
      return
    }
    if (this.depth === 2) this.endColumn()
    this.depth--
  }

  key(text: string): void {
    if (this.depth === 1) {
      if (this.seen.has(text)) throw new JsonTableProblem(`has the column ${JSON.stringify(text)} a second time`)
      this.seen.add(text)
      this.column = text
    } else if (!this.cell.isIdle()) this.cell.key(text)
    else {
      const first = this.rowsOf === null
      const row = this.labels.get(text)
      if (first ? row !== undefined : row !== this.row + 1) {
        throw new JsonTableProblem(
          `has the row ${JSON.stringify(text)} of ${JSON.stringify(this.column)} out of order; all columns must name the same rows`
        )
      }
      this.row++
      this.labels.set(text, this.row)
    }
  }

  text(text: string): void {
    if (this.depth < 2) throw this.noColumn('a text')
    this.cell.text(text)
    this.ended()
  }

  number(source: string): void {
    if (this.depth < 2) throw this.noColumn('a number')
    this.cell.number(source)
    this.ended()
  }

  word(word: JsonWord): void {
    if (this.depth < 2) throw this.noColumn(word)
    this.cell.word(word)
    this.ended()
  }

  /** The next element of a list; rows of objects are counted by their keys. */
  private ended(): void {
    if (!this.cell.isIdle()) return
    if (this.named === 'list') this.row++
    if (this.row % 1024 === 0) this.columns.requireRoomFor(this.row + 1024)
  }

  private endColumn(): void {
    const rows = this.named === 'list' ? this.row : this.row + 1
    this.rowsOf ??= { name: this.column, rows }
    if (this.rowsOf.rows === rows) return
    throw new JsonTableProblem(
      `ends the column ${JSON.stringify(this.column)} with ${rows} values where ${JSON.stringify(this.rowsOf.name)} has ${this.rowsOf.rows}`
    )
  }

  private noColumn(found: string): JsonTableProblem {
    const where = this.depth === 0 ? '' : ` for ${JSON.stringify(this.column)}`
    return new JsonTableProblem(
      `has ${found}${where} where a column such as [1, 2] was expected; a table is a list of records or an object of columns`
    )
  }
}
