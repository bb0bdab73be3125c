import { permutation } from '../../engine/random/stream'
import type { Setup } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import type { CellColumn } from '../table'
import type { Target } from '../target'
import { columnByColumn, leaveOut, percent, shown, thinned, type Check } from './check'
import { levelsOf, type Levels } from './levels'
import { pearson, ranksOf } from './ranks'

/** A column that answers as well as this alone is more likely the answer in disguise than a gift. */
const SUSPICIOUS_ACCURACY = 0.98
/** … and of the mistakes of always giving the most frequent answer no more than this part is left. */
const MOST_LEFT = 0.2
const SUSPICIOUS_R2 = 0.98
const SUSPICIOUS_RANKS = 0.99
const FEWEST_ROWS = 20
/** Rows that are ranked: enough for three digits of a correlation near 1. */
const MOST_RANKED = 10_000

/**
 * Columns that alone predict the target: one rule a level, as Holte's 1R (1993), learned on a half of the rows drawn at random and
 * judged on the other one. For classes the rule is the most frequent class of the level, for values their
 * mean; values that rise or fall together are found by Spearman's rank correlation too.
 */
export const leak: Check = {
  code: 'leak',
  *run(look) {
    const { targets, target, features, setup } = look
    const rows = thinned(target.rows)
    if (rows.length < FEWEST_ROWS) return []
    const halves = halvesOf(rows.length)
    return yield* columnByColumn(features, (column): Notice[] => {
      const levels = levelsOf(column, rows)
      // A level for every other row teaches nothing that another row could confirm.
      if (levels.count > rows.length / 2 && column.type !== 'number') return []
      // One target that it gives away is enough to leave it out.
      for (const each of targets) {
        const evidence =
          each.task === 'regression'
            ? (ranksEvidence(each, column, rows) ?? valueEvidence(each, levels, rows, halves))
            : classEvidence(each, levels, rows, halves)
        if (evidence !== null) return [finding(column.name, each.column.name, evidence, setup)]
      }
      return []
    })
  }
}

function finding(column: string, target: string, evidence: string, setup: Setup): Notice {
  return {
    code: 'leak',
    severity: 'warning',
    message: `"${column}" alone nearly gives away "${target}". If it is only known once the answer is known, the network will be useless where it matters: leave it out.`,
    columns: [column],
    evidence,
    remedy: leaveOut(setup, column)
  }
}

function classEvidence(
  target: Target,
  { of, count }: Levels,
  rows: Int32Array,
  { learned, judged }: Halves
): string | null {
  if (target.task === 'regression') return null
  const codes = thinned(target.codes)
  const classes = target.classes.length
  const counts = new Int32Array(count * classes)
  const all = new Int32Array(classes)
  for (const i of learned) {
    const at = (of[i] ?? 0) * classes + (codes[i] ?? 0)
    counts[at] = (counts[at] ?? 0) + 1
    all[codes[i] ?? 0] = (all[codes[i] ?? 0] ?? 0) + 1
  }
  const usual = mostFrequent(all)
  const answers = Array.from({ length: count }, (_, level) => {
    const here = counts.subarray(level * classes, (level + 1) * classes)
    return here.every((each) => each === 0) ? usual : mostFrequent(here)
  })
  let right = 0
  let usually = 0
  for (const i of judged) {
    if (answers[of[i] ?? 0] === codes[i]) right++
    if (codes[i] === usual) usually++
  }
  const accuracy = right / judged.length
  const baseline = usually / judged.length
  if (accuracy < SUSPICIOUS_ACCURACY || 1 - accuracy > MOST_LEFT * (1 - baseline) || baseline === 1) return null
  return `Knowing it alone, ${percent(accuracy)} of ${judged.length} rows are answered right; always answering "${target.classes[usual] ?? ''}" gives ${percent(baseline)}.`
}

/** Of the rows where both are known. */
function ranksEvidence(target: Target, column: CellColumn, rows: Int32Array): string | null {
  if (target.task !== 'regression' || column.type !== 'number') return null
  const { values } = target.column
  const known = thinned(rows, MOST_RANKED).filter((row) => !Number.isNaN(column.values[row] ?? NaN))
  if (known.length < FEWEST_ROWS) return null
  const correlation = pearson(
    ranksOf(Float64Array.from(known, (row) => column.values[row] ?? NaN)),
    ranksOf(Float64Array.from(known, (row) => values[row] ?? NaN))
  )
  if (Math.abs(correlation) < SUSPICIOUS_RANKS) return null
  return `They ${correlation > 0 ? 'rise together' : 'fall as the other rises'}: rank correlation ${shown(correlation)} over ${known.length} rows.`
}

function valueEvidence(
  target: Target,
  { of, count }: Levels,
  rows: Int32Array,
  { learned, judged }: Halves
): string | null {
  if (target.task !== 'regression') return null
  const { values } = target.column
  const sums = new Float64Array(count)
  const counts = new Int32Array(count)
  let total = 0
  for (const i of learned) {
    const level = of[i] ?? 0
    const value = values[rows[i] ?? 0] ?? 0
    sums[level] = (sums[level] ?? 0) + value
    counts[level] = (counts[level] ?? 0) + 1
    total += value
  }
  const mean = total / learned.length
  let residual = 0
  let spread = 0
  for (const i of judged) {
    const level = of[i] ?? 0
    const value = values[rows[i] ?? 0] ?? 0
    const guess = (counts[level] ?? 0) > 0 ? (sums[level] ?? 0) / (counts[level] ?? 1) : mean
    residual += (value - guess) ** 2
    spread += (value - mean) ** 2
  }
  const r2 = 1 - residual / spread
  return r2 >= SUSPICIOUS_R2 ? `Knowing it alone, R² is ${shown(r2)} on ${judged.length} rows.` : null
}

/** Rows by their places among those looked at. */
interface Halves {
  readonly learned: Int32Array
  readonly judged: Int32Array
}

/** Drawn, since files often take turns between their classes. */
function halvesOf(count: number): Halves {
  const drawn = permutation(0, 'leak', 0, count)
  return { learned: drawn.subarray(0, count >> 1), judged: drawn.subarray(count >> 1) }
}

function mostFrequent(counts: Int32Array): number {
  return counts.reduce((best, count, index) => (count > (counts[best] ?? 0) ? index : best), 0)
}
