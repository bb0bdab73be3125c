/** The cells of one sheet of a workbook. */
import { dateValues, timeText } from '../dates'
import { losesDigits, numberText, type MissingWords } from '../numbers'
import type { Turns } from '../turns'
import { CellCollector } from './cell-collector'
import { TextCollect, type Part, type StyleKind } from './excel-parts'
import { readHeader } from './header'
import { requireRoom } from './limits'
import { readXml, type XmlAttributes } from './xml'

type Cell =
  | { readonly kind: 'number'; readonly value: number; readonly inexact: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date' | 'datetime'; readonly value: number }

export interface SheetSettings {
  readonly fileName: string
  readonly texts: readonly string[]
  readonly styles: readonly StyleKind[]
  readonly from1904: boolean
  readonly missing: MissingWords
  /** Whether the first row names the columns, where a person says so. */
  readonly header: boolean | undefined
}

const dayMs = 86_400_000

export class SheetReader {
  /** Rows with any cell, the header left out. */
  rows = 0
  merged = 0
  /** Cells with an error such as #N/A, where the first stands, and cells whose formula was saved without a value. */
  errors = 0
  firstError = ''
  unsaved = 0
  /** Where the scanner stands, for messages. */
  place = 'A1'
  /** The first row with cells: its texts by column. */
  readonly first = new Map<number, string>()
  headerPresent: boolean | null = null
  readonly columns = new Map<number, CellCollector>()
  private row: [column: number, cell: Cell][] = []
  private column = -1
  private rowNumber = 0
  private type = ''
  private style = 0
  private value: string | null = null
  private hasFormula = false
  private inValue = false
  private readonly inline = new TextCollect()

  constructor(private readonly settings: SheetSettings) {}

  /** @throws SyntaxError, DataFormatError, Cancelled */
  async read(source: Part, turns: Turns): Promise<void> {
    await readXml(source, turns, {
      open: (name, attributes) => this.open(name, attributes),
      close: (name) => this.close(name),
      text: (text) => {
        if (this.inValue) this.value = (this.value ?? '') + text
        else this.inline.text(text)
      }
    })
  }

  private open(name: string, attributes: XmlAttributes): void {
    switch (name) {
      case 'row':
        this.rowNumber = Number(attributes['r'] ?? this.rowNumber + 1)
        this.column = -1
        this.row = []
        return
      case 'c':
        this.begin(attributes)
        return
      case 'v':
        this.inValue = true
        this.value = ''
        return
      case 'f':
        this.hasFormula = true
        return
      case 'mergeCell':
        this.merged++
        return
      default:
        this.inline.open(name)
    }
  }

  private close(name: string): void {
    if (name === 'v') this.inValue = false
    else if (name === 'c') this.endCell()
    else if (name === 'row') this.endRow()
    else this.inline.close(name)
  }

  private begin(attributes: XmlAttributes): void {
    const address = attributes['r']
    this.column = address === undefined ? this.column + 1 : columnNumber(address)
    this.place = address ?? `${columnLetters(this.column)}${this.rowNumber}`
    this.type = attributes['t'] ?? 'n'
    this.style = Number(attributes['s'] ?? 0)
    this.value = null
    this.hasFormula = false
    this.inline.take()
  }

  private endCell(): void {
    const cell = this.cellOf(this.inline.take())
    if (cell !== null) this.row.push([this.column, cell])
    else if (this.hasFormula && (this.value ?? '') === '' && this.type !== 'str') this.unsaved++
  }

  private cellOf(inline: string): Cell | null {
    const { value } = this
    if (this.type === 'inlineStr') return textCell(inline)
    if (value === null || (value === '' && this.type !== 'str')) return null
    switch (this.type) {
      case 's': {
        const text = /^[0-9]+$/.test(value) ? this.settings.texts[Number(value)] : undefined
        if (text === undefined) throw new SyntaxError(`there is no shared text ${value.slice(0, 20)}`)
        return textCell(text)
      }
      case 'str':
        return textCell(value)
      case 'b':
        return { kind: 'boolean', value: value === '1' || value === 'true' }
      case 'e':
        if (this.errors++ === 0) this.firstError = this.place
        return null
      case 'd': {
        const date = dateValues([value])
        return date === null ? textCell(value) : { kind: date.time, value: date.values[0] ?? NaN }
      }
      case 'n':
        return this.numberCell(value)
      default:
        throw new SyntaxError(`a cell has the unknown type ${JSON.stringify(this.type.slice(0, 20))}`)
    }
  }

  private numberCell(text: string): Cell {
    const value = Number(text)
    if (text.trim() === '' || Number.isNaN(value)) throw new SyntaxError(`${text.slice(0, 20)} is no number`)
    const kind = this.settings.styles[this.style] ?? 'number'
    if (kind === 'number' || value < 0) return { kind: 'number', value, inexact: losesDigits(text, value) }
    if (kind === 'time' && value < 1) {
      return { kind: 'text', text: timeText(Math.round(value * dayMs), 'datetime').slice('1970-01-01T'.length, -1) }
    }
    const time = serialTime(value, this.settings.from1904)
    return { kind: time % dayMs === 0 ? 'date' : 'datetime', value: time }
  }

  private endRow(): void {
    if (this.row.length === 0) return
    const { fileName, missing, header } = this.settings
    if (this.headerPresent === null) {
      for (const [column, cell] of this.row) this.first.set(column, cellText(cell))
      this.headerPresent = readHeader([...this.first.values()], false, header).present
      if (this.headerPresent) return
    }
    for (const [column, cell] of this.row) {
      let cells = this.columns.get(column)
      if (cells === undefined) {
        requireRoom(fileName, this.rows + 1, this.columns.size + 1)
        cells = new CellCollector('untyped', missing)
        this.columns.set(column, cells)
      }
      if (cells.length > this.rows) throw new SyntaxError('a cell stands in its row twice')
      cells.fillTo(this.rows)
      addCell(cells, cell)
    }
    this.rows++
    if (this.rows % 1024 === 0) requireRoom(fileName, this.rows, this.columns.size)
  }
}

function addCell(cells: CellCollector, cell: Cell): void {
  switch (cell.kind) {
    case 'number':
      return cells.addNumber(cell.value, cell.inexact)
    case 'text':
      return cells.addText(cell.text)
    case 'boolean':
      return cells.addBoolean(cell.value)
    case 'date':
    case 'datetime':
      return cells.addTime(cell.value, cell.kind)
  }
}

function cellText(cell: Cell): string {
  if (cell.kind === 'number') return numberText(cell.value)
  if (cell.kind === 'text') return cell.text
  return cell.kind === 'boolean' ? String(cell.value) : timeText(cell.value, cell.kind)
}

/** Null for blanks: a cell with nothing but spaces looks empty and is. */
function textCell(text: string): Cell | null {
  return text.trim() === '' ? null : { kind: 'text', text }
}

/**
 * Excel counts days from 1899-12-31 as 1 (or from 1904-01-01 as 0) and takes 1900 for a leap year, so that days before
 * March 1900 are one further from 1970 than the later ones.
 */
function serialTime(serial: number, from1904: boolean): number {
  const days = from1904 ? serial - 24_107 : serial < 60 ? serial - 25_568 : serial - 25_569
  return Math.round(days * dayMs)
}

/** A is 0; the column of an address such as AB12. */
function columnNumber(address: string): number {
  const [, letters] = /^([A-Za-z]{1,3})[0-9]{1,7}$/.exec(address) ?? []
  if (letters === undefined) throw new SyntaxError(`${JSON.stringify(address.slice(0, 20))} is no address of a cell`)
  let column = 0
  for (const letter of letters.toUpperCase()) column = 26 * column + letter.charCodeAt(0) - 64
  return column - 1
}

function columnLetters(column: number): string {
  const rest = Math.floor(column / 26)
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (column % 26))
}
