/**
 * Embedding: one input, the entry of the category in the table of vectors that the network learns: from 1 in the order of
 * the categories; 0 for one that was never trained on, as for a missing value that nothing fills.
 */
import * as v from 'valibot'
import { defaultEmbeddingSize, MAX_EMBEDDING_SIZE } from '../../shared/column-setting'
import type { Column } from '../table'
import { categoryInput, indicator, indicatorField, text, type FeatureCoder } from './feature'
import type { PlanOf } from './plan'
import { fitCategories } from './ranks'

export const embeddingSchema = v.strictObject({
  name: text,
  kind: v.literal('embedding'),
  /** Categories of the training rows sorted by code point: entries 1, 2, … */
  categories: v.pipe(v.array(text), v.minLength(1)),
  /** Stands in for a missing value; null: it is entry 0 beside its indicator, or the row is refused. */
  fill: v.nullable(text),
  /** Numbers of each vector. */
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_EMBEDDING_SIZE)),
  indicator
})
export type EmbeddingFeature = v.InferOutput<typeof embeddingSchema>

/** The categories and 0. */
export function entriesOf({ categories }: Pick<EmbeddingFeature, 'categories'>): number {
  return categories.length + 1
}

export function fitEmbedding(column: Column, rows: Int32Array, plan: PlanOf<'embedding'>): EmbeddingFeature | null {
  const fitted = fitCategories(column, rows, plan)
  if (fitted === null) return null
  const size = plan.size ?? defaultEmbeddingSize(entriesOf(fitted))
  return { name: column.name, kind: 'embedding', ...fitted, size, ...indicatorField(plan.indicator) }
}

export function embeddingCoder(feature: EmbeddingFeature): FeatureCoder {
  return categoryInput(feature, (index) => 1 + index)
}
