/** The kinds of features: how each is saved, fitted and encoded. A new kind has one line in each list. */
import * as v from 'valibot'
import type { Column, Table } from '../table'
import { booleanCoder, booleanSchema, fitBoolean } from './boolean'
import { categoryCoder, categorySchema, fitCategory } from './category'
import { dateCoder, dateSchema, fitDate } from './date'
import { embeddingCoder, embeddingSchema, fitEmbedding } from './embedding'
import type { FeatureCoder } from './feature'
import { fitImage, imageCoder, imageSchema } from './image'
import { fitNumber, numberCoder, numberSchema } from './number'
import { fitOrdinal, ordinalCoder, ordinalSchema } from './ordinal'
import type { FeaturePlan } from './plan'
import { rawCoder, rawSchema } from './raw'
import { fitWords, wordsCoder, wordsSchema } from './words'

export const featureSchema = v.variant('kind', [
  numberSchema,
  categorySchema,
  embeddingSchema,
  ordinalSchema,
  booleanSchema,
  dateSchema,
  wordsSchema,
  imageSchema,
  rawSchema
])
export type FeaturePreparation = v.InferOutput<typeof featureSchema>

/** How one column is prepared, from the training rows alone; null when none of them has a value. */
export function fitFeature(
  column: Column,
  table: Table,
  rows: Int32Array,
  plan: FeaturePlan
): FeaturePreparation | null {
  switch (plan.kind) {
    case 'number':
      return fitNumber(column, table, rows, plan)
    case 'category':
      return fitCategory(column, rows, plan)
    case 'embedding':
      return fitEmbedding(column, rows, plan)
    case 'ordinal':
      return fitOrdinal(column, rows, plan)
    case 'boolean':
      return fitBoolean(column, table, rows, plan)
    case 'date':
      return fitDate(column, table, rows, plan)
    case 'words':
      return fitWords(column, rows, plan)
    case 'image':
      return fitImage(column, rows)
  }
}

export function coderOf(feature: FeaturePreparation): FeatureCoder {
  switch (feature.kind) {
    case 'number':
      return numberCoder(feature)
    case 'category':
      return categoryCoder(feature)
    case 'embedding':
      return embeddingCoder(feature)
    case 'ordinal':
      return ordinalCoder(feature)
    case 'boolean':
      return booleanCoder(feature)
    case 'date':
      return dateCoder(feature)
    case 'words':
      return wordsCoder(feature)
    case 'image':
      return imageCoder(feature)
    case 'raw':
      return rawCoder(feature)
  }
}
