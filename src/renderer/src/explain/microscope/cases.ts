/** What a person may wonder at in the numbers of a weight or a unit, in plain words. */
import type { ExplainedLayer, ExplainedWeight } from '../../../../shared/explain-views'

export interface SpecialCase {
  readonly title: string
  readonly text: string
}

/** Below this slope an S-shaped activation lets next to nothing through. */
const SATURATED = 0.02

/** @param unit from 0 @param name of the unit, for people */
export function unitCases(layer: ExplainedLayer, unit: number, name: string): readonly SpecialCase[] {
  const { activation, z, slope } = layer
  const [sum, share] = [z?.[unit], slope?.[unit]]
  if (sum === undefined || share === undefined) return []
  if (share === 0 && sum <= 0) {
    return [
      {
        title: 'It is off for this row',
        text: `z of ${name} is not above 0, so ${activation ?? 'its activation'} gives 0, and its slope there is 0: no error goes back through it, and its weights get no gradient from this row.`
      }
    ]
  }
  const isBent = activation === 'sigmoid' || activation === 'tanh'
  if (isBent && Math.abs(share) < SATURATED) {
    return [
      {
        title: 'It is saturated',
        text: `z of ${name} is so far from 0 that ${activation} is flat there: of the error that arrives only ${percent(share)} is let through, and what feeds it learns that much slower.`
      }
    ]
  }
  return []
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`
}

/**
 * @param source what the weight is given: its name and its number; null for a bias and for weights of other layers
 * @param delta of the unit that weighs by it @param rows of the step
 */
export function weightCase(
  { before, after, check }: ExplainedWeight,
  source: { readonly name: string; readonly value: number } | null,
  delta: { readonly name: string; readonly value: number } | null,
  rows: number
): SpecialCase | null {
  if (check.analytic !== 0) return null
  const why =
    source !== null && source.value === 0
      ? `${source.name} gave 0 for this row, so this weight had no part in its error.`
      : delta !== null && delta.value === 0
        ? `No error comes back to ${delta.name} (δ = 0), so none of its weights had a part in it.`
        : rows > 1
          ? 'Over all rows of the batch the parts of this weight come to 0.'
          : 'This weight had no part in the error.'
  if (after === before)
    return { title: 'Why zero, and why it stays', text: `${why} The optimizer has no reason to move it.` }
  return {
    title: 'Why zero, and why it still moves',
    text: `${why} It moves all the same: the optimizer remembers earlier gradients, or pulls weights towards 0.`
  }
}
