/**
 * Excel workbooks (.xlsx, ECMA-376): one sheet, its first row with cells as the header. Dates are times, formulas are the
 * values Excel saved with them, cells with errors are missing, rows without cells are none. Read while it is unpacked and
 * in turns with other work: the packages at hand for whole workbooks take a minute for a million cells and stop there.
 */
import { DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { listNames, noneSkipped } from '../table'
import { Turns } from '../turns'
import { firstEntryName, withZip, type ZipArchive, type ZipLimits } from '../zip'
import { CellCollector, missingIn } from './cell-collector'
import { readRelations, readSharedTexts, readStyles, readWorkbookInfo, type Part } from './excel-parts'
import { SheetReader } from './excel-sheet'
import { nameColumns, readHeader } from './header'
import { requireRoom, requireRows } from './limits'
import type { Reader, ReadOptions, TableContent } from './reader'
import type { Source } from './source'

/** The texts of a workbook are in memory all at once. */
const limits: ZipLimits = { entries: 10_000, bytes: 400 * 2 ** 20, ratio: 300 }

async function readExcel(source: Source, options: ReadOptions): Promise<TableContent> {
  return withZip(source.path, limits, options.signal, (zip) =>
    readSheets(source, new Parts(source, zip, options), options)
  )
}

/** Parts of the workbook by their names. */
class Parts {
  readonly turns: Turns
  private read_ = 0

  constructor(
    private readonly source: Source,
    private readonly zip: ZipArchive,
    private readonly options: ReadOptions
  ) {
    this.turns = new Turns(options.signal)
  }

  /**
   * What `read` makes of a part; `missing` where the workbook has none.
   * @throws DataFormatError, with the name of the part
   */
  async use<Result>(name: string, read: (part: Part) => Promise<Result>, missing?: Result): Promise<Result> {
    const entry = this.zip.entries.find((each) => each.name === name)
    if (entry === undefined) {
      if (missing !== undefined) return missing
      throw notAWorkbook(this.source.fileName, `it has no part "${name}"`)
    }
    try {
      const result = await read(this.zip.stream(entry, this.options.signal))
      this.read_ += entry.packedBytes
      this.options.onProgress?.({ bytes: this.read_, totalBytes: this.source.bytes, rows: 0 })
      return result
    } catch (error) {
      if (error instanceof SyntaxError) throw notAWorkbook(this.source.fileName, `in "${name}", ${error.message}`)
      throw error
    }
  }
}

async function readSheets(source: Source, parts: Parts, { onProgress, as }: ReadOptions): Promise<TableContent> {
  const { fileName } = source
  const { turns } = parts
  const workbook = await parts.use('xl/workbook.xml', (part) => readWorkbookInfo(part, turns))
  const relations = await parts.use('xl/_rels/workbook.xml.rels', (part) => readRelations(part, turns))
  const texts = await parts.use('xl/sharedStrings.xml', (part) => readSharedTexts(part, turns), [])
  const styles = await parts.use('xl/styles.xml', (part) => readStyles(part, turns), [])
  const names = workbook.sheets.map(({ name }) => name)
  const wanted = workbook.sheets.filter(({ name }) => as?.sheet === undefined || name === as.sheet)
  for (const [index, { name, id }] of wanted.entries()) {
    const sheet = new SheetReader({
      fileName,
      texts,
      styles,
      from1904: workbook.from1904,
      missing: missingIn(as),
      header: as?.header
    })
    await parts.use(relations.get(id) ?? '', async (part) => {
      try {
        await sheet.read(part, turns)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        throw notAWorkbook(fileName, `sheet "${name}", at cell ${sheet.place}: ${error.message}`, name, sheet.place)
      }
    })
    // Unless a person chose one, sheets without cells are passed over.
    if (sheet.headerPresent === null && index < wanted.length - 1) continue
    requireRows(fileName, sheet.rows)
    onProgress?.({ bytes: source.bytes, totalBytes: source.bytes, rows: sheet.rows })
    return { ...tableOf(sheet, fileName, as?.header), format: { kind: 'excel', sheet: name, sheets: names } }
  }
  throw new DataFormatError(
    'missing-sheet',
    `"${fileName}" has no sheet ${JSON.stringify(as?.sheet ?? '')}. Its sheets are ${listNames(names)}.`,
    { file: fileName, sheet: as?.sheet ?? '' }
  )
}

function tableOf(sheet: SheetReader, fileName: string, said: boolean | undefined): Omit<TableContent, 'format'> {
  const { rows, first } = sheet
  const header = readHeader([...first.values()], false, said)
  // Columns with a name or a cell, in the order of the sheet.
  const named = header.present ? [...first.keys()] : []
  const places = [...new Set([...named, ...sheet.columns.keys()])].sort((a, b) => a - b)
  requireRoom(fileName, rows, places.length)
  const { names, duplicateNames, notices } = nameColumns(
    places.map((place) => (header.present ? (first.get(place) ?? '') : ''))
  )
  const columns = places.map((place, index) => {
    const cells = sheet.columns.get(place) ?? new CellCollector('untyped')
    cells.fillTo(rows)
    return cells.finish(names[index] ?? '')
  })
  return {
    rows,
    columns,
    duplicateNames,
    notices: [...(header.present ? notices : header.notices), ...cellNotices(sheet)],
    skipped: noneSkipped
  }
}

function cellNotices({ errors, firstError, unsaved, merged }: SheetReader): Notice[] {
  const notices: Notice[] = []
  const add = (code: string, message: string): void => {
    notices.push({ code, severity: 'warning', message, columns: [] })
  }
  if (errors > 0) {
    add(
      'error-cells',
      `${errors === 1 ? '1 cell holds' : `${errors} cells hold`} an error such as #N/A (first ${firstError}): treated as missing.`
    )
  }
  if (unsaved > 0) {
    add(
      'formulas-without-value',
      `${unsaved === 1 ? '1 formula was' : `${unsaved} formulas were`} saved without a value: treated as missing. Open the workbook in Excel and save it to have them worked out.`
    )
  }
  if (merged > 0) {
    add(
      'merged-cells',
      'The sheet has merged cells: the value stands in the first cell of each, the others are missing. Split them in Excel to have it in all.'
    )
  }
  return notices
}

function notAWorkbook(fileName: string, what: string, sheet?: string, cell?: string): DataFormatError {
  return new DataFormatError(
    'damaged-file',
    `"${fileName}" cannot be read as an Excel workbook: ${what}. Open it in Excel and save it as .xlsx or CSV.`,
    { file: fileName, ...(sheet === undefined ? {} : { sheet }), ...(cell === undefined ? {} : { cell }) }
  )
}

export const excelReader: Reader = {
  name: 'excel',
  label: 'Excel workbook',
  extensions: ['.xlsx', '.xlsm'],
  recognizes: ({ sample, fileName }) => {
    const first = firstEntryName(sample)
    if (first === null) return false
    return (
      /^(\[Content_Types\]\.xml|_rels\/|xl\/|docProps\/)/.test(first) ||
      excelReader.extensions.some((extension) => fileName.toLowerCase().endsWith(extension))
    )
  },
  read: readExcel
}
