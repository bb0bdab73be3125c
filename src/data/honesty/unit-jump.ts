import { targetsOf } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { sortNumbers } from '../sort'
import { columnByColumn, leaveOut, percent, present, shown, thinned, type Check } from './check'

const FEWEST_ROWS = 30
/** Neighbours in size that are so many times apart leave a gap that no measurement has by nature. */
const GAP = 20
/** Both sides of the gap have at least this part of the rows: less are outliers. */
const LEAST_SHARE = 0.02
/** Within each side values spread less than this: two units, not one wide range. */
const SIDE_SPREAD = 20

/** One column in two units: some rows in grams, others in kilograms. */
export const unitJump: Check = {
  code: 'unit-jump',
  *run({ features, targets, target, setup }) {
    const values = targets.flatMap((each) => (each.task === 'regression' ? [each.column] : []))
    const columns = [...features, ...values]
    return yield* columnByColumn(columns, (column): Notice[] => {
      if (column.type !== 'number' || column.time !== undefined) return []
      const sizes = sortNumbers(
        present(column, thinned(target.rows))
          .map(Math.abs)
          .filter((value) => value > 0)
      )
      if (sizes.length < FEWEST_ROWS) return []
      let at = 0
      let gap = 0
      for (let i = 1; i < sizes.length; i++) {
        const ratio = (sizes[i] ?? 1) / (sizes[i - 1] ?? 1)
        if (ratio > gap) [gap, at] = [ratio, i]
      }
      const share = Math.min(at, sizes.length - at) / sizes.length
      const [least = 1, below = 1, above = 1, most = 1] = [sizes[0], sizes[at - 1], sizes[at], sizes.at(-1)]
      if (gap < GAP || share < LEAST_SHARE || below / least > SIDE_SPREAD || most / above > SIDE_SPREAD) return []
      const factor = (sizes[(at + sizes.length) >> 1] ?? 1) / (sizes[at >> 1] ?? 1)
      return [
        {
          code: 'unit-jump',
          severity: 'warning',
          message: `"${column.name}" seems to be written in two units: ${percent(1 - at / sizes.length)} of its values are about ${Number(factor.toPrecision(2))} times as large as the others, with nothing between. Correct them in the file.`,
          columns: [column.name],
          evidence: `Values lie from ${shown(least)} to ${shown(below)} and from ${shown(above)} to ${shown(most)}.`,
          ...(targetsOf(setup).includes(column.name) ? {} : { remedy: leaveOut(setup, column.name) })
        }
      ]
    })
  }
}
