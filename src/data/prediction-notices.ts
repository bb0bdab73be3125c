/** What is worth saying about a table that a trained preparation is applied to. */
import type { Notice } from '../shared/views'
import { codesOf, numbersOf, requireCells } from './cells'
import { coderOf } from './features'
import { missingIn } from './features/missing'
import { numberNotices } from './findings'
import type { FeaturePreparation, Preparation } from './preparation'
import { listNames, requireColumn, type NumberColumn, type Table } from './table'
import { hasWindow, orderRows, placesOfWindows, windowPredictionNotices } from './windows'

/** Notices of the reader about how the file was read, true whatever it is used for. */
const readingNotices = new Set(['no-header', 'duplicate-header', 'blank-header', 'not-utf-8'])

/** Categories named as examples, for each column. */
const mostExamples = 3

/**
 * Notices about the feature columns alone: how they were read, numbers that were rounded or taken for missing,
 * `missing-values` and what fills them, and `unseen-category`: cells with categories that were never trained on.
 *
 * @throws DataFormatError `missing-column`, `not-a-number`
 */
export function predictionNotices(preparation: Preparation, table: Table): Notice[] {
  const { features } = preparation
  const names = new Set(features.map(({ name }) => name))
  const concerned = ({ code, columns }: Notice): boolean =>
    readingNotices.has(code) &&
    (columns.length === 0 ||
      columns.some((name) => names.has(name)) ||
      // The later columns were renamed; the first one is used.
      (code === 'duplicate-header' && table.duplicateNames.some((name) => names.has(name))))

  const numbers = features
    .filter((feature) => coderOf(feature).takes === 'number')
    .map((feature): NumberColumn => {
      const { name } = feature
      return { type: 'number', name, ...numberCells(requireColumn(table, name), table, isLenient(feature)) }
    })
  return [
    ...table.notices.filter(concerned),
    ...numberNotices(numbers, ''),
    ...missingValues(features, table),
    ...unseenCategories(features, table),
    ...windowNotices(preparation, table)
  ]
}

/** Rows that no whole window ends at, and how regular the time is. */
function windowNotices(preparation: Preparation, table: Table): Notice[] {
  if (!hasWindow(preparation)) return []
  const order = orderRows(table, preparation.window)
  return windowPredictionNotices(table, preparation.window, order, placesOfWindows(preparation, table, order))
}

/** A column's numbers, those of a column that holds text elsewhere included. */
function numberCells(
  column: ReturnType<typeof requireColumn>,
  table: Table,
  lenient: boolean
): Pick<NumberColumn, 'values' | 'facts'> {
  if (column.type === 'number') return column
  const at = numbersOf(column, table, lenient)
  return { values: Float64Array.from({ length: table.rows }, (_, row) => at(row)) }
}

function isLenient(feature: FeaturePreparation): boolean {
  return feature.kind === 'number' && feature.texts === 'missing'
}

function missingValues(features: readonly FeaturePreparation[], table: Table): Notice[] {
  const gaps = features.flatMap((feature) => {
    const { name } = feature
    const filled = filledWith(feature)
    if (filled === null) return []
    const missing = missingIn(requireColumn(table, name), table, { kind: feature.kind, lenient: isLenient(feature) })
    const cells = countRows(table, missing)
    return cells > 0 ? [{ name, text: `"${name}" (${cells}, ${filled})` }] : []
  })
  if (gaps.length === 0) return []
  return [
    {
      code: 'missing-values',
      severity: 'info',
      message: `Missing values are filled as in training: ${joined(gaps)}.`,
      columns: gaps.map(({ name }) => name)
    }
  ]
}

/** What stands in for a missing value, in words; null where one is an error. */
function filledWith(feature: FeaturePreparation): string | null {
  if (feature.kind === 'raw' || feature.kind === 'image') return null
  if (feature.kind === 'words') return feature.required === true ? null : 'with no words'
  const { fill } = feature
  if (fill === null) return feature.indicator === true ? 'as missing' : null
  if (typeof fill === 'string') return `with "${fill}"`
  return `with ${feature.kind === 'date' ? new Date(fill).toISOString() : String(Number(fill.toPrecision(6)))}`
}

function unseenCategories(features: readonly FeaturePreparation[], table: Table): Notice[] {
  const unseen = features.flatMap((feature) => {
    if (!('categories' in feature)) return []
    const column = requireCells(requireColumn(table, feature.name))
    const at = codesOf(column, feature.categories)
    const examples = new Set<string>()
    const cells = countRows(table, (row) => {
      if (at(row) !== -1) return false
      if (examples.size < mostExamples) {
        examples.add(
          column.type === 'number'
            ? String(column.values[row])
            : (column.categories[column.codes[row] ?? -1] ?? '').slice(0, 40)
        )
      }
      return true
    })
    if (cells === 0) return []
    const count = `${cells} ${cells === 1 ? 'cell' : 'cells'}`
    return [{ name: feature.name, text: `"${feature.name}" (${count}, such as ${listNames([...examples])})` }]
  })
  if (unseen.length === 0) return []
  return [
    {
      code: 'unseen-category',
      severity: 'warning',
      message: `Categories that were never trained on count as none of the known ones: ${joined(unseen)}.`,
      columns: unseen.map(({ name }) => name)
    }
  ]
}

function countRows(table: Table, is: (row: number) => boolean): number {
  let rows = 0
  for (let row = 0; row < table.rows; row++) if (is(row)) rows++
  return rows
}

function joined(parts: readonly { readonly text: string }[]): string {
  const shown = parts.slice(0, 12).map(({ text }) => text)
  return shown.join(', ') + (parts.length > shown.length ? ` and ${parts.length - shown.length} more columns` : '')
}
