/** Which rows are trained on, which are kept for validation, and which are kept aside for the test. */
import type { SplitSetting } from '../../shared/column-setting'
import type { Setup } from '../../shared/setup'
import type { Table } from '../table'
import { autoWay, randomWay, stratifiedWay } from './drawn'
import { fixedWay } from './fixed'
import { foldOf, requireFolds } from './folds'
import { groupedWay } from './grouped'
import { orderedWay } from './ordered'
import type { Shares, Split, SplitWay } from './split'

export { rareClasses } from './classes'
export { requireFixedColumn } from './fixed'
export { requireFolds } from './folds'
export type { Split } from './split'

/** All ways of parting rows; the first one where nothing was said. */
const ways: readonly SplitWay[] = [autoWay, randomWay, stratifiedWay, groupedWay, orderedWay, fixedWay]

function wayOf({ by }: SplitSetting): SplitWay {
  return ways.find((way) => way.by === by) ?? autoWay
}

/** Parts rows that may be used: `splitTable`, or one fold of a cross-validation. */
export type Parting = (
  table: Table,
  setting: SplitSetting,
  rows: Int32Array,
  classes: Int32Array | null,
  shares: Shares,
  seed: number
) => Split

/**
 * Parts the rows: round(test · N) for the test first, then round(validation · N) for validation, each at least one unless
 * its share is 0; the rest is trained on. `fixed` parts do not look at the shares.
 *
 * - `random` and `stratified`: see `drawn.ts`; stratified by the classes of the target.
 * - `grouped`: all rows with the same value of the column are in one part (those without a value are one group). Groups are
 *   taken in random order, each as long as it brings the part nearer to its size.
 * - `ordered`: rows sorted by the column's value (rows without one first), or as they stand in the file; the last ones are
 *   for the test, those before them for validation.
 * - `fixed`: rows in which the column says so; see `fixed.ts`.
 *
 * @param rows row numbers of the table that may be used, ascending; at least two
 * @param classes class of each of `rows`, from 0, or null for regression
 * @throws ConfigError `invalid-config` where the shares leave nothing, `invalid-split` for a way that does not go with the
 *   target or names no column, `unknown-column`; DataFormatError `constant-group`, `too-few-groups`, `too-few-rows`,
 *   `unknown-value`
 */
export const splitTable: Parting = (table, setting, rows, classes, shares, seed) =>
  wayOf(setting).split({ table, setting, rows, classes, shares, seed })

/**
 * One fold of a cross-validation. The rows for the test are those of `splitTable` and in no fold. All others are dealt into
 * `folds` blocks in the way of the setting, seeded, and fold i is validated on block i: drawn at random or stratified, blocks
 * (and the rows of one class in them) are as large as each other but for one row; whole groups, the largest first, each into
 * the smallest block so far. `ordered`: folds + 1 blocks that follow one another; fold i is validated on block i + 1 and trained
 * on what comes before it. The share for validation is not used.
 *
 * @param fold from 0
 * @throws ConfigError `invalid-folds`, DataFormatError `too-few-rows`, and what `splitTable` throws
 */
export function foldSplit(fold: number, folds: number): Parting {
  return (table, setting, rows, classes, { test }, seed) => {
    requireFolds(folds)
    const request = { table, setting, rows, classes, shares: { validation: 0, test }, seed }
    return foldOf(request, wayOf(setting).fold(request, folds), fold, folds)
  }
}

/** Whether a split of this setup keeps rows back. */
export function keepsRows({ split, validation, test }: Pick<Setup, 'split' | 'validation' | 'test'>): boolean {
  if (split.by !== 'fixed') return validation > 0 || test > 0
  return (split.validation?.length ?? 0) > 0 || (split.test?.length ?? 0) > 0
}

/** The column of the split that is no feature: of groups, and of fixed parts. */
export function splitColumn({ split }: Pick<Setup, 'split'>): string | null {
  return split.by === 'grouped' || split.by === 'fixed' ? split.column : null
}
