/** The honesty check: what makes figures look better, or networks worse, than they are. One line a check. */
import type { Setup } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import type { Prepared } from '../prepare'
import { profileTable } from '../profile'
import type { CellColumn, Table } from '../table'
import { readTarget } from '../target'
import type { Check } from './check'
import { drift } from './drift'
import { duplicateRows, nearDuplicates } from './duplicates'
import { fewRowsPerClass, imbalance } from './imbalance'
import { leak } from './leak'
import { missingNotRandom } from './missingness'
import { outliers } from './outliers'
import { timeOrder } from './time-order'
import { unitJump } from './unit-jump'

/** In the order in which they matter. */
export const checks: readonly Check[] = [
  leak,
  timeOrder,
  duplicateRows,
  nearDuplicates,
  drift,
  imbalance,
  fewRowsPerClass,
  unitJump,
  missingNotRandom,
  outliers
]

/** What the checks find about a table as it is set up and split. */
export function honestyFindings(table: Table, setup: Setup, prepared: Prepared): Notice[] {
  const target = readTarget(table, setup.target, setup.task, {
    byText: !setup.prepare,
    validated: setup.validation > 0
  })
  const used = new Set(prepared.preparation.features.map(({ name }) => name))
  const look = {
    table,
    views: profileTable(table),
    setup,
    target,
    features: table.columns.filter((column): column is CellColumn => column.type !== 'image' && used.has(column.name)),
    trainRows: prepared.trainRows,
    validationRows: prepared.validationRows
  }
  return checks.flatMap((check) => check.run(look))
}
