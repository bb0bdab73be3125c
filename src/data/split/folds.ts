/** Folds of a cross-validation: each row that is not for the test is validated on once, by a network that never saw it. */
import { ConfigError } from '../../shared/errors'
import { tooFewRows, type Folding, type Split, type SplitRequest } from './split'

/** Networks that one cross-validation may train. */
const MAX_FOLDS = 1000

/** @throws ConfigError `invalid-folds` */
export function requireFolds(folds: number): void {
  if (Number.isInteger(folds) && folds >= 2 && folds <= MAX_FOLDS) return
  throw new ConfigError(
    'invalid-folds',
    `The number of folds must be a whole number from 2 to ${MAX_FOLDS}, got ${folds}.`,
    { setting: 'folds' }
  )
}

/**
 * The rows of one fold.
 * @param fold from 0
 * @throws DataFormatError `too-few-rows` where there are not enough rows for so many folds
 */
export function foldOf({ table }: SplitRequest, folding: Folding, fold: number, folds: number): Split {
  const { testRows, rows, blocks, expanding } = folding
  const needed = folds + (expanding ? 1 : 0)
  if (rows.length < needed) {
    const why = expanding ? ' in order, which need one row more' : ''
    throw tooFewRows(
      table,
      `${rows.length} usable rows are too few for ${folds} folds${why}. Choose fewer folds, or add rows.`
    )
  }
  const validated = fold + (expanding ? 1 : 0)
  const isTrained = (block: number) => (expanding ? block < validated : block !== validated)
  return {
    trainRows: rows.filter((_row, index) => isTrained(blocks[index] ?? 0)),
    validationRows: rows.filter((_row, index) => blocks[index] === validated),
    testRows
  }
}
