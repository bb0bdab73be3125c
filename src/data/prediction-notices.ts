/** What is worth saying about a table that a trained preparation is applied to. */
import type { Notice } from '../shared/views'
import { codesOf, numbersOf } from './encode'
import { numberNotices } from './findings'
import { featureNumber } from './numbers'
import type { FeaturePreparation, Preparation } from './preparation'
import { listNames, requireColumn, type Column, type Table } from './table'

/** Notices of the reader about how the file was read, true whatever it is used for. */
const readingNotices = new Set(['no-header', 'duplicate-header', 'blank-header', 'not-utf-8'])

/** A feature that something stands in for where it is missing. */
type FilledFeature = Exclude<FeaturePreparation, { kind: 'raw' }>

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
    .filter(({ kind }) => kind !== 'category')
    .map(({ name }): Column => ({ type: 'number', name, ...numberCells(requireColumn(table, name), table) }))
  return [
    ...table.notices.filter(concerned),
    ...numberNotices(numbers, ''),
    ...missingValues(features, table),
    ...unseenCategories(features, table)
  ]
}

/** A column's numbers, those of a column that holds text elsewhere included. */
function numberCells(column: Column, table: Table): Pick<Column & { type: 'number' }, 'values' | 'facts'> {
  if (column.type === 'number') return column
  const at = numbersOf(column, table)
  return { values: Float64Array.from({ length: table.rows }, (_, row) => at(row)) }
}

function missingValues(features: readonly FeaturePreparation[], table: Table): Notice[] {
  const gaps = features.flatMap((feature) => {
    // A missing raw number is an error.
    if (feature.kind === 'raw') return []
    const cells = countRows(table, missingIn(feature, requireColumn(table, feature.name), table))
    return cells > 0 ? [{ name: feature.name, text: `"${feature.name}" (${cells}, with ${fillText(feature)})` }] : []
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

function missingIn(feature: FilledFeature, column: Column, table: Table): (row: number) => boolean {
  if (feature.kind === 'number') {
    const at = numbersOf(column, table)
    return (row) => Number.isNaN(featureNumber(at(row)))
  }
  const at = codesOf(column, feature.categories)
  return (row) => at(row) === null
}

function fillText(feature: FilledFeature): string {
  return feature.kind === 'number' ? String(Number(feature.fill.toPrecision(6))) : `"${feature.fill}"`
}

function unseenCategories(features: readonly FeaturePreparation[], table: Table): Notice[] {
  const unseen = features.flatMap((feature) => {
    if (feature.kind !== 'category') return []
    const column = requireColumn(table, feature.name)
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
