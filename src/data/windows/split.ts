/** Which windows of a table are trained on, which are kept for validation and which for the test. */
import type { WindowSetting } from '../../shared/column-setting'
import { ConfigError, DataFormatError } from '../../shared/errors'
import type { FittedSplit } from '../prepare'
import { splitTable, type Parting } from '../split'
import type { Table } from '../table'
import type { Targets } from '../target'
import type { WindowSetup } from './check'
import { endRows, targetPlaces } from './encode'
import type { OrderedRows } from './order'
import { NOBODY, partsByTime, partWindows, TEST, TRAINING, VALIDATION } from './parts'
import { covered, windowPlaces, type Places } from './places'

/** Rows of the parts are those that windows end at; rows that are seen are inputs and targets of the training. */
export interface WindowSplit extends FittedSplit {
  readonly places: Places
  /** Windows whose targets, or whose inputs and targets, are in parts that must not meet. */
  readonly straddling: number
}

/**
 * @param dropped 1 for each row of the table that cannot be an input
 * @throws ConfigError `invalid-config`, `invalid-split`; DataFormatError `too-few-rows`; those of `splitTable`
 */
export function splitWindows(
  table: Table,
  setup: WindowSetup,
  order: OrderedRows,
  targets: Targets,
  dropped: Uint8Array,
  part: Parting
): WindowSplit {
  const { window } = setup
  const answered = new Uint8Array(table.rows)
  for (const row of targets.rows) answered[row] = 1
  const target = Uint8Array.from(order.rows, (row) => 1 - (answered[row] ?? 0))
  const input = Uint8Array.from(order.rows, (row) => dropped[row] ?? 0)
  const places = windowPlaces(order, window, { input, target })
  const parts = partsOf(table, setup, order, target, part)
  const { training, validation, test, straddling } = partWindows(places.ends, window, parts)
  const wanted = (of: number, share: number) => (setup.split.by !== 'fixed' && share > 0) || parts.includes(of)
  const empty =
    training.length === 0
      ? 'training'
      : validation.length === 0 && wanted(VALIDATION, setup.validation)
        ? 'validation'
        : test.length === 0 && wanted(TEST, setup.test)
          ? 'the test'
          : null
  if (empty !== null) throw tooFew(table, window, places, empty, part !== splitTable)
  const seen = covered(order.rows.length, training, window.steps, window.horizon)
  const learned = targetPlaces(order.rows.length, training, window)
  const rowsAt = (marks: Uint8Array) => order.rows.filter((_row, place) => marks[place] === 1).sort()
  return {
    trainRows: endRows(order, training),
    validationRows: endRows(order, validation),
    testRows: endRows(order, test),
    // A row that cannot be an input may be an answer, and has nothing to fit a feature on.
    seenRows: rowsAt(seen).filter((row) => dropped[row] !== 1),
    targetRows: rowsAt(learned),
    places,
    straddling
  }
}

/** The part of each place. */
function partsOf(
  table: Table,
  setup: WindowSetup,
  order: OrderedRows,
  unanswered: Uint8Array,
  part: Parting
): Uint8Array {
  const { split, window, seed } = setup
  const { by } = split
  const isFold = part !== splitTable
  if (by !== 'grouped' && by !== 'fixed' && !isFold) {
    const { validation, test } = setup
    if (validation + test < 1) return partsByTime(order, window, unanswered, { validation, test })
  }
  if (by === 'fixed' && isFold) {
    throw new ConfigError(
      'invalid-split',
      'The split: folds of windows go by time or by whole series, not by a column that says the part; choose auto or grouped.',
      { setting: 'split' }
    )
  }
  // Rows of all series together by time: each fold is validated on what comes after all that it was trained on.
  const setting = by === 'grouped' || by === 'fixed' ? split : { by: 'ordered' as const, column: window.time }
  const rows = part(table, setting, order.rows.slice().sort(), null, setup, seed)
  const ofRow = new Uint8Array(table.rows).fill(NOBODY)
  for (const row of rows.trainRows) ofRow[row] = TRAINING
  for (const row of rows.validationRows) ofRow[row] = VALIDATION
  for (const row of rows.testRows) ofRow[row] = TEST
  return Uint8Array.from(order.rows, (row) => ofRow[row] ?? NOBODY)
}

function tooFew(
  table: Table,
  { steps, horizon }: WindowSetting,
  { ends, incomplete, unanswered }: Places,
  which: string,
  isFold: boolean
): DataFormatError {
  const left = [
    ...(incomplete > 0 ? [`${incomplete} hold a row without a needed value`] : []),
    ...(unanswered > 0 ? [`${unanswered} have no answer`] : [])
  ]
  const why = left.length === 0 ? '' : ` (${left.join(', ')})`
  const ahead = horizon === 0 ? '' : ` and ${horizon} ahead`
  return new DataFormatError(
    'too-few-rows',
    `${table.fileName}: windows of ${steps} rows${ahead} leave ${which} empty: there are ${ends.length}${why}. Use fewer steps, a shorter horizon, ${isFold ? 'fewer folds' : 'other shares'}, or more rows.`,
    { file: table.fileName }
  )
}
