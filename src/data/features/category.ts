/**
 * One-hot: one input for each category of the training rows, 1 where the row has it; a missing value counts as `fill`,
 * a category that was never trained on gives zeros alone.
 */
import * as v from 'valibot'
import { codesOf } from '../cells'
import type { Column } from '../table'
import {
  encodeCells,
  fillIndex,
  indicator,
  indicatorField,
  indicatorInputs,
  lacking,
  needsValue,
  text,
  type FeatureCoder
} from './feature'
import type { PlanOf } from './plan'
import { fitCategories } from './ranks'

export const categorySchema = v.strictObject({
  name: text,
  kind: v.literal('category'),
  /** Categories of the training rows sorted by code point: one input each, 1 where the row has it. */
  categories: v.pipe(v.array(text), v.minLength(1)),
  /** Stands in for a missing value; null: it has its indicator alone, or the row is refused. */
  fill: v.nullable(text),
  indicator
})
export type CategoryFeature = v.InferOutput<typeof categorySchema>

export function fitCategory(column: Column, rows: Int32Array, plan: PlanOf<'category'>): CategoryFeature | null {
  const fitted = fitCategories(column, rows, plan)
  if (fitted === null) return null
  return { name: column.name, kind: 'category', ...fitted, ...indicatorField(plan.indicator) }
}

export function categoryCoder(feature: CategoryFeature): FeatureCoder {
  const { name, categories } = feature
  const fill = fillIndex(feature)
  const needed = needsValue(feature)
  return {
    inputs: [...categories.map((category) => `${name}=${category}`), ...indicatorInputs(feature)],
    takes: 'text',
    encode(column, table, rows, place) {
      const target = { column, table, rows, place }
      encodeCells(feature, needed, codesOf(column, categories), target, categories.length, (code, at) => {
        const hot = code ?? fill
        if (hot >= 0) place.data[at + hot] = 1
      })
    },
    refuses: (column) => lacking(needed, column, categories)
  }
}
