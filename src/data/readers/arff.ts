/**
 * ARFF, the format of Weka: attributes with types, then rows, dense or sparse.
 * https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
 */
import { DataFormatError } from '../../shared/errors'
import { dateValues } from '../dates'
import { parseNumber, type MissingWords } from '../numbers'
import { Turns } from '../turns'
import { attributeOf, splitTokens, type ArffAttribute, type ArffToken } from './arff-grammar'
import { CellCollector, missingIn } from './cell-collector'
import { nameColumns } from './header'
import { requireRoom, requireRows } from './limits'
import type { Reader, ReadOptions, TableContent } from './reader'
import { SkippedList } from './skipped'
import type { Source } from './source'
import { encodingNotices, openText, textOf, type TextSource } from './text'

/** Characters of one line. */
const maxLine = 16 * 1024 * 1024
const linesPerTurn = 64

async function readArff(opened: Source, { signal, onProgress, as }: ReadOptions): Promise<TableContent> {
  const source = await openText(opened, as?.encoding, signal)
  const file = new ArffFile(source, as?.badRows === 'skip', missingIn(as))
  const turns = new Turns(signal)
  let pending = ''
  let characters = 0
  let lines = 0
  for await (const text of textOf(source, signal)) {
    characters += text.length
    const parts = (pending + text).split('\n')
    pending = parts.pop() ?? ''
    if (pending.length > maxLine) throw file.bad(lines + 1, 'is longer than 16 MB')
    for (const part of parts) {
      file.line(part, ++lines)
      if (lines % linesPerTurn === 0) await turns.take()
    }
    onProgress?.({ bytes: Math.min(characters, source.bytes), totalBytes: source.bytes, rows: file.rows })
  }
  if (pending !== '') file.line(pending, ++lines)
  const content = file.finish()
  return { ...content, notices: [...encodingNotices(source, as?.encoding), ...content.notices] }
}

class ArffFile {
  rows = 0
  private readonly attributes: ArffAttribute[] = []
  private cells: CellCollector[] | null = null
  private readonly skipped = new SkippedList()
  private sawRelation = false

  constructor(
    private readonly source: TextSource,
    private readonly skip: boolean,
    private readonly missing: MissingWords
  ) {}

  line(raw: string, line: number): void {
    const text = raw.trim()
    if (text === '' || text.startsWith('%')) return
    if (this.cells === null) this.declaration(text, line)
    else this.row(text, line, this.cells)
  }

  finish(): TableContent {
    const { fileName } = this.source
    if (this.cells === null) {
      throw new DataFormatError('bad-row', `"${fileName}" has no @data line. Add one before the first row.`, {
        file: fileName
      })
    }
    requireRows(fileName, this.rows, this.skipped)
    const named = nameColumns(this.attributes.map(({ name }) => name))
    return {
      rows: this.rows,
      columns: this.cells.map((cells, index) => cells.finish(named.names[index] ?? '')),
      duplicateNames: named.duplicateNames,
      notices: [...named.notices, ...this.skipped.notices()],
      format: { kind: 'arff' },
      skipped: this.skipped.finish()
    }
  }

  bad(line: number, what: string): DataFormatError {
    return new DataFormatError(
      'bad-row',
      `"${this.source.fileName}", line ${line} ${what}. Correct the line and open the file again.`,
      { file: this.source.fileName, line }
    )
  }

  private declaration(text: string, line: number): void {
    const keyword = /^@([a-z]+)/i.exec(text)?.[1]?.toLowerCase()
    const rest = text.slice((keyword ?? '').length + 1)
    if (keyword === 'relation') this.sawRelation = true
    else if (keyword === 'attribute' || keyword === 'inputs' || keyword === 'outputs') {
      // KEEL's files list inputs and outputs once more.
      if (keyword !== 'attribute') return
      const attribute = attributeOf(rest)
      if (typeof attribute === 'string') throw this.bad(line, attribute)
      this.attributes.push(attribute)
      requireRoom(this.source.fileName, 0, this.attributes.length)
    } else if (keyword === 'data') {
      if (this.attributes.length === 0) throw this.bad(line, 'begins the rows, but no @attribute stands before it')
      this.cells = this.attributes.map(() => new CellCollector('typed', this.missing))
    } else {
      const expected = this.sawRelation ? '@attribute or @data' : '@relation, @attribute or @data'
      throw this.bad(line, `is "${text.slice(0, 40)}" where ${expected} was expected`)
    }
  }

  private row(text: string, line: number, cells: readonly CellCollector[]): void {
    requireRoom(this.source.fileName, this.rows + 1, cells.length)
    const values = this.valuesOf(text)
    if (typeof values === 'string') {
      if (!this.skip) throw this.bad(line, values)
      this.skipped.add(line, values)
      return
    }
    this.rows++
    for (const [index, value] of values.entries()) {
      const collector = cells[index]
      if (value === null) collector?.addMissing()
      else if (typeof value === 'string') collector?.addText(value)
      else if (typeof value === 'number') collector?.addNumber(value)
      else if (typeof value === 'bigint') collector?.addBigInt(value)
      else collector?.addTime(value.time, value.kind)
    }
  }

  /** The values of a row, or what is wrong with it. */
  private valuesOf(text: string): CellValue[] | string {
    const sparse = text.startsWith('{')
    // A weight in braces may stand behind a row: {5}.
    const tokens = splitTokens(sparse ? text.replace(/\}\s*(,\s*\{[^{}]*\})?$/, '').slice(1) : text, sparse)
    if (typeof tokens === 'string') return tokens
    if (sparse && !/\}\s*$/.test(text)) return 'begins with { but does not end with }'
    if (!sparse && tokens.length !== this.attributes.length) {
      return `has ${tokens.length} values where there are ${this.attributes.length} attributes`
    }
    const values = sparse ? this.attributes.map(zeroOf) : new Array<CellValue>(tokens.length)
    let last = -1
    for (const [place, token] of tokens.entries()) {
      const index = sparse ? (token.index ?? -1) : place
      const attribute = this.attributes[index]
      if (attribute === undefined) return `names the attribute ${index}; there are ${this.attributes.length}, from 0 on`
      if (index <= last) return `has attribute ${index} after attribute ${last}`
      last = index
      const value = valueOf(token, attribute)
      if (value === undefined) {
        return `has "${token.text.slice(0, 40)}" for "${attribute.name}", which is no ${describe(attribute)}`
      }
      values[index] = value
    }
    return values
  }
}

type CellValue = number | bigint | string | null | { readonly time: number; readonly kind: 'date' | 'datetime' }

/** undefined: no value of that attribute. */
function valueOf({ text, quoted }: ArffToken, attribute: ArffAttribute): CellValue | undefined {
  if (!quoted && text === '?') return null
  switch (attribute.kind) {
    case 'number': {
      if (/^[+-]?[0-9]{16,}$/.test(text)) return BigInt(text.replace('+', ''))
      // Leading zeros are no codes here: the attribute says that it is a number.
      return parseNumber(text.replace(/^([+-]?)0+(?=[0-9])/, '$1')) ?? undefined
    }
    case 'nominal':
      return attribute.values.has(text) ? text : undefined
    case 'string':
      return text
    case 'date': {
      const date = /^\d{4}-/.test(text) ? dateValues([text]) : null
      return date === null ? undefined : { time: date.values[0] ?? NaN, kind: date.time }
    }
  }
}

/** What a sparse row means where it says nothing: 0, or the first of the declared values. */
function zeroOf(attribute: ArffAttribute): CellValue {
  if (attribute.kind === 'number') return 0
  if (attribute.kind === 'nominal') return [...attribute.values][0] ?? null
  return null
}

function describe(attribute: ArffAttribute): string {
  if (attribute.kind === 'nominal') return 'declared value of it'
  return attribute.kind === 'date' ? 'date such as 2024-01-31T12:00:00' : 'number'
}

export const arffReader: Reader = {
  name: 'arff',
  label: 'ARFF (Weka)',
  extensions: ['.arff'],
  recognizes: ({ sample, fileName }) => {
    const start = sample.toString('latin1', 0, 64 * 1024)
    const declares = /^(\xef\xbb\xbf)?\s*(%[^\n]*\n\s*)*@(relation|attribute)\s/i.test(start)
    return declares || fileName.toLowerCase().endsWith('.arff')
  },
  read: readArff
}
