/** JSON values as cells: what a record says, and the columns that grow from records. */
import { losesDigits, type MissingWords } from '../numbers'
import type { Column } from '../table'
import { CellCollector } from './cell-collector'
import type { JsonHandler, JsonWord } from './json-scanner'
import { requireRoom } from './limits'

export type CellKind = 'number' | 'text' | 'nested' | JsonWord

/** A record or column that is not what its layout asks for. */
export class JsonTableProblem extends Error {}

/** Columns that turn up as records name them. Names are keys of a Map: `__proto__` is a name like any other. */
export class JsonColumns {
  /** Names of columns with lists or objects in cells, now their JSON as text. */
  readonly nested = new Set<string>()
  /** `record` is the last record that was looked at and has the column. */
  private readonly cells = new Map<string, { readonly cells: CellCollector; record: number }>()
  private records = 0

  constructor(
    private readonly fileName: string,
    private readonly missing: MissingWords
  ) {}

  /**
   * To be asked before the cells of a record are set.
   * @throws JsonTableProblem when a name stands twice among them
   */
  requireDistinct(names: readonly string[]): void {
    this.records++
    const fresh = new Set<string>()
    for (const name of names) {
      const known = this.cells.get(name)
      if (known === undefined ? fresh.has(name) : known.record === this.records) throw twice(name)
      if (known === undefined) fresh.add(name)
      else known.record = this.records
    }
  }

  /**
   * Sets a cell. Rows of one column come in order; those left out are missing.
   * @throws JsonTableProblem when the row has that cell already
   */
  put(row: number, name: string, kind: CellKind, source: string): void {
    let known = this.cells.get(name)
    if (known === undefined) {
      requireRoom(this.fileName, row + 1, this.cells.size + 1)
      known = { cells: new CellCollector('untyped', this.missing), record: this.records }
      this.cells.set(name, known)
    }
    const { cells } = known
    if (cells.length > row) throw twice(name)
    cells.fillTo(row)
    switch (kind) {
      case 'number': {
        const value = Number(source)
        return cells.addNumber(value, losesDigits(source, value))
      }
      case 'nested':
        this.nested.add(name)
        return cells.addText(source)
      case 'text':
        return cells.addText(source)
      case 'true':
      case 'false':
        return cells.addBoolean(kind === 'true')
      case 'null':
      case 'NaN':
        return cells.addMissing()
      case 'Infinity':
      case '-Infinity':
        return cells.addNumber(kind === 'Infinity' ? Infinity : -Infinity)
    }
  }

  /** @throws DataFormatError `table-too-large` */
  requireRoomFor(rows: number): void {
    requireRoom(this.fileName, rows, this.cells.size)
  }

  get names(): string[] {
    return [...this.cells.keys()]
  }

  /** @param names one for each column, in the order of `this.names` */
  finish(names: readonly string[], rows: number): Column[] {
    return [...this.cells.values()].map(({ cells }, index) => {
      cells.fillTo(rows)
      return cells.finish(names[index] ?? '')
    })
  }
}

function twice(name: string): JsonTableProblem {
  return new JsonTableProblem(`has ${JSON.stringify(name.slice(0, 100))} twice in one record`)
}

/**
 * The events of one cell's value. Scalars are cells; an object is flattened by one level, `name.key`; lists and objects
 * within objects are their JSON.
 */
export class CellEvents implements JsonHandler {
  private key_ = ''
  private depth = 0
  /** JSON of what is nested, without spaces; null outside. */
  private json: string[] | null = null
  private jsonDepth = 0
  private comma = false

  /** @param emit takes each cell; called with `key` null for the value itself */
  constructor(private readonly emit: (key: string | null, kind: CellKind, source: string) => void) {}

  /** No value has begun, or the last one has ended. */
  isIdle(): boolean {
    return this.depth === 0 && this.json === null
  }

  open(kind: '{' | '['): void {
    if (this.json === null && kind === '{' && this.depth === 0) {
      this.depth = 1
      return
    }
    this.json ??= []
    this.separate(kind)
    this.jsonDepth++
    this.comma = false
  }

  close(kind: '{' | '['): void {
    if (this.json === null) {
      this.depth = 0
      return
    }
    this.json.push(kind === '{' ? '}' : ']')
    this.comma = true
    if (--this.jsonDepth > 0) return
    const text = this.json.join('')
    this.json = null
    this.comma = false
    this.emitCell('nested', text)
  }

  key(text: string): void {
    if (this.json === null) {
      this.key_ = text
      return
    }
    this.separate(`${JSON.stringify(text)}:`)
    this.comma = false
  }

  text(text: string): void {
    if (this.json === null) this.emitCell('text', text)
    else this.scalar(JSON.stringify(text))
  }

  number(source: string): void {
    if (this.json === null) this.emitCell('number', source)
    else this.scalar(source)
  }

  word(word: JsonWord): void {
    if (this.json === null) this.emitCell(word, word)
    else this.scalar(word)
  }

  private emitCell(kind: CellKind, source: string): void {
    this.emit(this.depth === 0 ? null : this.key_, kind, source)
  }

  private scalar(source: string): void {
    this.separate(source)
    this.comma = true
  }

  private separate(source: string): void {
    if (this.comma) this.json?.push(',')
    this.json?.push(source)
  }
}
