/** The parts of a workbook around its sheets: which sheets there are, the texts they share, and which formats are dates. */
import type { Turns } from '../turns'
import { prefixedAttribute, readXml } from './xml'

export interface WorkbookInfo {
  readonly sheets: readonly { readonly name: string; readonly id: string }[]
  /** Days are counted from 1904-01-01, as Excel for the Macintosh did. */
  readonly from1904: boolean
}

/** How a number of that style is to be understood. */
export type StyleKind = 'number' | 'date' | 'time'

/** A part of a workbook as it is unpacked. */
export type Part = AsyncIterable<Uint8Array>

export async function readWorkbookInfo(source: Part, turns: Turns): Promise<WorkbookInfo> {
  const sheets: { name: string; id: string }[] = []
  let from1904 = false
  await readXml(source, turns, {
    open: (name, attributes) => {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
      if (name === 'sheet')
        sheets.push({ name: attributes['name'] ?? '', id: prefixedAttribute(attributes, 'id') ?? '' })
    }
  })
  return { sheets, from1904 }
}

/** Names of parts by the ids that the workbook has for them. */
export async function readRelations(source: Part, turns: Turns): Promise<ReadonlyMap<string, string>> {
  const parts = new Map<string, string>()
  await readXml(source, turns, {
    open: (name, attributes) => {
      if (name !== 'Relationship') return
      const target = attributes['Target'] ?? ''
      parts.set(attributes['Id'] ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`)
    }
  })
  return parts
}

export async function readSharedTexts(source: Part, turns: Turns): Promise<readonly string[]> {
  const texts: string[] = []
  const collect = new TextCollect()
  await readXml(source, turns, {
    open: (name) => {
      collect.open(name)
    },
    close: (name) => {
      if (name === 'si') texts.push(collect.take())
      else collect.close(name)
    },
    text: (text) => collect.text(text)
  })
  return texts
}

/** Text in `t` elements, in runs of several styles or not; readings of Asian texts (`rPh`) are none of it. */
export class TextCollect {
  private value = ''
  private inText = false
  private inReading = false

  open(name: string): void {
    if (name === 't') this.inText = true
    else if (name === 'rPh') this.inReading = true
  }

  close(name: string): void {
    if (name === 't') this.inText = false
    else if (name === 'rPh') this.inReading = false
  }

  text(text: string): void {
    if (this.inText && !this.inReading) this.value += text
  }

  take(): string {
    // Characters that XML cannot hold are written `_x000D_`.
    const text = this.value.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    this.value = ''
    return text
  }
}

/** The kind of each style of cells, in their order. */
export async function readStyles(source: Part, turns: Turns): Promise<readonly StyleKind[]> {
  const own = new Map<number, StyleKind>()
  const kinds: StyleKind[] = []
  let inCells = false
  await readXml(source, turns, {
    open: (name, attributes) => {
      if (name === 'cellXfs') inCells = true
      const id = Number(attributes['numFmtId'] ?? 0)
      if (name === 'numFmt') own.set(id, kindOfFormat(attributes['formatCode'] ?? ''))
      if (name === 'xf' && inCells) kinds.push(own.get(id) ?? builtInKind(id))
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false
    }
  })
  return kinds
}

/** Formats that files only name by their number: ECMA-376 part 1, 18.8.30. */
function builtInKind(id: number): StyleKind {
  if (id >= 18 && id <= 21) return 'time'
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'date' : 'number'
}

/** `dd/mm/yyyy` is a date, `hh:mm` a time; what stands in quotes or brackets, or after a backslash, is mere text. */
function kindOfFormat(code: string): StyleKind {
  // Hours beyond 24, `[h]:mm`, are a span of time: a number of days.
  if (/\[[hms]+\]/i.test(code)) return 'number'
  const plain = code.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '').replace(/general/gi, '')
  if (/[yd]/i.test(plain)) return 'date'
  if (/[hs]/i.test(plain)) return 'time'
  return /m/i.test(plain) ? 'date' : 'number'
}
