/** The honesty check: what makes figures look better, or networks worse, than they are. One line a check. */
import type { Setup } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import type { Prepared } from '../prepare'
import { profileTable } from '../profile'
import type { CellColumn, Table } from '../table'
import { atOnce } from '../turns'
import type { Check } from './check'
import { drift } from './drift'
import { duplicateRows, nearDuplicates } from './duplicates'
import { fewRowsPerClass, imbalance } from './imbalance'
import { leak } from './leak'
import { missingNotRandom } from './missingness'
import { outliers } from './outliers'
import { timeOrder } from './time-order'
import { timeSeries } from './time-series'
import { unitJump } from './unit-jump'

/** In the order in which they matter. */
export const checks: readonly Check[] = [
  leak,
  timeOrder,
  timeSeries,
  duplicateRows,
  nearDuplicates,
  drift,
  imbalance,
  fewRowsPerClass,
  unitJump,
  missingNotRandom,
  outliers
]

/** Checks that hold single rows against their own answers, or parts at random against each other: windows are neither. */
const ofSingleRows: ReadonlySet<Check> = new Set([leak, timeOrder, duplicateRows, nearDuplicates])

/** What the checks find about a table as it is set up and split. */
export function honestyFindings(table: Table, setup: Setup, prepared: Prepared): Notice[] {
  return atOnce(honestySteps(table, setup, prepared))
}

/** The same in steps, for a host that has other things to do as well. */
export function* honestySteps(table: Table, setup: Setup, prepared: Prepared): Generator<void, Notice[]> {
  const used = new Set(prepared.preparation.features.map(({ name }) => name))
  const look = {
    table,
    views: profileTable(table),
    setup,
    targets: prepared.targets.all,
    target: prepared.targets.all[0],
    features: table.columns.filter((column): column is CellColumn => column.type !== 'image' && used.has(column.name)),
    trainRows: prepared.trainRows,
    validationRows: prepared.validationRows
  }
  const findings: Notice[] = []
  for (const check of checks) {
    if (setup.window !== null && ofSingleRows.has(check)) continue
    yield
    const found = check.run(look)
    findings.push(...(Array.isArray(found) ? found : yield* found))
  }
  return findings
}
