/** Totals, shares and shading of a confusion matrix. Rows are actual classes, columns predicted ones. */

export interface ConfusionCell {
  readonly count: number
  /** Share of the actual class's rows, 0…1; 0 when the class has none. */
  readonly share: number
  readonly right: boolean
  /** How strongly the cell is tinted, 0…1. */
  readonly tint: number
}

export interface ConfusionRow {
  readonly name: string
  readonly cells: readonly ConfusionCell[]
  readonly total: number
  /** Rows of this class that were found: right / actual. Null when the class has no rows. */
  readonly recall: number | null
}

export interface ConfusionTable {
  readonly rows: readonly ConfusionRow[]
  readonly predictedTotals: readonly number[]
  /** Of the rows given to a class, those that belong to it: right / predicted. Null when none were given. */
  readonly precision: readonly (number | null)[]
  readonly total: number
  readonly right: number
}

/** A tint stronger than this would take text below the contrast that WCAG asks for (see confusion.test.ts). */
export const maxTint = 0.45

/** @param counts `counts[actual][predicted]`, K × K */
export function confusionTable(classes: readonly string[], counts: readonly (readonly number[])[]): ConfusionTable {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const rows = classes.map((name, actual): ConfusionRow => {
    const line = counts[actual] ?? []
    const total = sum(line)
    const cells = classes.map((_, predicted): ConfusionCell => {
      const count = line[predicted] ?? 0
      const share = total === 0 ? 0 : count / total
      return { count, share, right: actual === predicted, tint: tintOf(share) }
    })
    return { name, cells, total, recall: total === 0 ? null : (line[actual] ?? 0) / total }
  })
  const predictedTotals = classes.map((_, predicted) => sum(counts.map((line) => line[predicted] ?? 0)))
  const right = sum(classes.map((_, index) => counts[index]?.[index] ?? 0))
  const precision = predictedTotals.map((total, index) => (total === 0 ? null : (counts[index]?.[index] ?? 0) / total))
  return { rows, predictedTotals, precision, total: sum(predictedTotals), right }
}

/** Even a single mistake is tinted enough to be seen; a full row gets the strongest tint that text allows. */
function tintOf(share: number): number {
  return share === 0 ? 0 : 0.08 + (maxTint - 0.08) * share
}

/** Points of accuracy that one row is worth: 100 / rows. */
export function pointsPerRow(rows: number): number {
  return rows === 0 ? 0 : 100 / rows
}

/** What a small validation split cannot tell, or null when it is large enough to need no word. */
export function smallSplitNote(rows: number): string | null {
  if (rows === 0 || rows >= 200) return null
  const points = pointsPerRow(rows)
  const shown = points >= 10 ? points.toFixed(0) : points.toFixed(1)
  return rows === 1
    ? 'There is one validation row: accuracy is either 0 % or 100 %.'
    : `There are ${rows} validation rows: one row is ${shown} points of accuracy.`
}

export interface Mistake {
  readonly actual: string
  readonly predicted: string
  readonly count: number
  readonly of: number
}

/** The mistakes that happened most often, at most `most`. */
export function commonMistakes(table: ConfusionTable, most = 3): Mistake[] {
  return table.rows
    .flatMap((row) =>
      row.cells.map((cell, index): Mistake => {
        return {
          actual: row.name,
          predicted: table.rows[index]?.name ?? '',
          count: cell.right ? 0 : cell.count,
          of: row.total
        }
      })
    )
    .filter((mistake) => mistake.count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
}

/** What always answering the most frequent class would score: the share to beat. Null without rows. */
export function constantAnswer(table: ConfusionTable): { readonly name: string; readonly share: number } | null {
  const largest = table.rows.toSorted((a, b) => b.total - a.total)[0]
  return largest === undefined || table.total === 0 ? null : { name: largest.name, share: largest.total / table.total }
}
