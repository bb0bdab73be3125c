/** Notices that several readers have to give. */
import type { Notice } from '../../shared/views'
import { listNames } from '../table'

/** @param columns whose cells hold lists or objects */
export function nestedNotices(columns: readonly string[]): Notice[] {
  if (columns.length === 0) return []
  const message = `Lists and objects in cells of ${listNames(columns)} are kept as JSON text.`
  return [{ code: 'nested-values', severity: 'warning', message, columns }]
}

/** @param columns that hold bytes and so are no columns of the table */
export function binaryNotices(columns: readonly string[]): Notice[] {
  if (columns.length === 0) return []
  const message = `Left out, since they hold bytes that are no text: ${listNames(columns)}.`
  return [{ code: 'binary-columns', severity: 'warning', message, columns: [] }]
}
