/** Numbers of a table that a layer takes as entries of its table, checked where their row and column are known. */
import { featureNames, type Preparation, type Table } from '../data'
import { wrongIndex, type Features, type Model } from '../engine'
import { ConfigError } from '../shared/errors'

/**
 * @param features of those rows @param rows of the table, from 0; all of them unless given
 * @throws ConfigError `index-out-of-range` with layer, row (from 1, as in the file) and column
 */
export function requireIndices(
  model: Model,
  table: Table,
  preparation: Preparation,
  features: Features,
  rows?: Int32Array
): void {
  const wrong = wrongIndex(model, features)
  if (wrong === null) return
  const { layer, entries, value } = wrong
  const row = (rows?.[wrong.row] ?? wrong.row) + 1
  // Of a window, the steps of a feature stand side by side.
  const column = featureNames(preparation)[Math.floor(wrong.column / (preparation.window?.steps ?? 1))] ?? ''
  const isRaw = preparation.features.every(({ kind }) => kind === 'raw')
  const isIndex = Number.isInteger(value) && value >= 0
  const advice = !isRaw
    ? 'Train without preparation (--no-prepare), so that the numbers of the file are the entries.'
    : isIndex
      ? `Correct the row, or give the layer at least ${value + 1} entries (numEmbeddings).`
      : 'Correct the row: entries are counted from 0.'
  throw new ConfigError(
    'index-out-of-range',
    `${table.fileName}, row ${row}, column "${column.slice(0, 60)}": expected a whole number from 0 to ${entries - 1}, since layer "${layer}" takes it as an entry of its table, got ${value}${isRaw ? '' : ' after preparation'}. ${advice}`,
    { layer, row, column }
  )
}
