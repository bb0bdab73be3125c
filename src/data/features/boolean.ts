/**
 * Boolean: one input, 1 for yes and 0 for no; ½ for anything else and for a missing value that nothing fills. Not
 * standardised: what 0 and 1 mean is plain.
 */
import * as v from 'valibot'
import { DataFormatError } from '../../shared/errors'
import { listNames, type Column, type Table } from '../table'
import { categoryInput, indicator, indicatorField, text, type FeatureCoder } from './feature'
import type { PlanOf } from './plan'
import { fitCategories } from './ranks'

export const booleanSchema = v.strictObject({
  name: text,
  kind: v.literal('boolean'),
  /** What means no and what means yes, or the only one there was. */
  categories: v.pipe(v.array(text), v.minLength(1), v.maxLength(2)),
  fill: v.nullable(text),
  indicator
})
export type BooleanFeature = v.InferOutput<typeof booleanSchema>

/** What is neither yes nor no. */
export const NEITHER = 0.5

const yesWords = new Set(['true', 'yes', 'y', 't'])

/** @throws DataFormatError `not-boolean` for a third value */
export function fitBoolean(
  column: Column,
  table: Table,
  rows: Int32Array,
  plan: PlanOf<'boolean'>
): BooleanFeature | null {
  const fitted = fitCategories(column, rows, plan)
  if (fitted === null) return null
  const { categories, fill } = fitted
  if (categories.length > 2) {
    throw new DataFormatError(
      'not-boolean',
      `${table.fileName}, column "${column.name}": a boolean has two values, this one has ${categories.length}: ${listNames(categories, 6)}. Take it for a category.`,
      { file: table.fileName, column: column.name }
    )
  }
  const isYes = (category: string): number => (yesWords.has(category.trim().toLowerCase()) ? 1 : 0)
  return {
    name: column.name,
    kind: 'boolean',
    categories: categories.sort((a, b) => isYes(a) - isYes(b)),
    fill,
    ...indicatorField(plan.indicator)
  }
}

export function booleanCoder(feature: BooleanFeature): FeatureCoder {
  return categoryInput(feature, (index) => (index < 0 ? NEITHER : index))
}
