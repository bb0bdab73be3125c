/**
 * Ordinal: one input, z = (rank − mean) / scale with the rank of the category from 0. A category that was never trained
 * on is 0, the mean, as is a missing value that nothing fills.
 */
import * as v from 'valibot'
import { ConfigError } from '../../shared/errors'
import { codesOf } from '../cells'
import { parseNumber } from '../numbers'
import { listNames, type Column } from '../table'
import { categoryInput, finite, indicator, indicatorField, positive, text, type FeatureCoder } from './feature'
import type { PlanOf } from './plan'
import { fitCategories } from './ranks'
import { momentsOf } from './statistics'

export const ordinalSchema = v.strictObject({
  name: text,
  kind: v.literal('ordinal'),
  /** The lowest first: as the person said, or by value where all are numbers, else by code point. */
  categories: v.pipe(v.array(text), v.minLength(1)),
  fill: v.nullable(text),
  mean: finite,
  scale: positive,
  indicator
})
export type OrdinalFeature = v.InferOutput<typeof ordinalSchema>

export function fitOrdinal(column: Column, rows: Int32Array, plan: PlanOf<'ordinal'>): OrdinalFeature | null {
  const fitted = fitCategories(column, rows, plan)
  if (fitted === null) return null
  const categories =
    plan.order === null ? inOrder(fitted.categories) : asSaid(column.name, fitted.categories, plan.order)
  const { fill } = fitted
  const read = codesOf(column, categories)
  const filled = fill === null ? -1 : categories.indexOf(fill)
  const ranks = Float64Array.from(rows, (row) => read(row) ?? filled).filter((rank) => rank >= 0)
  return {
    name: column.name,
    kind: 'ordinal',
    categories,
    fill,
    ...momentsOf(ranks),
    ...indicatorField(plan.indicator)
  }
}

export function ordinalCoder(feature: OrdinalFeature): FeatureCoder {
  const { mean, scale } = feature
  return categoryInput(feature, (rank) => (rank < 0 ? 0 : (rank - mean) / scale))
}

/** @param categories sorted by code point */
function inOrder(categories: readonly string[]): string[] {
  const values = categories.map((category) => ({ category, value: parseNumber(category) }))
  const numbers = values.flatMap(({ category, value }) =>
    value === null || Number.isNaN(value) ? [] : [{ category, value }]
  )
  if (numbers.length < categories.length) return [...categories]
  return numbers.sort((a, b) => a.value - b.value).map(({ category }) => category)
}

function asSaid(name: string, categories: readonly string[], order: readonly string[]): string[] {
  const left = categories.filter((category) => !order.includes(category))
  if (left.length === 0) return [...order]
  throw new ConfigError(
    'column-setting',
    `Column "${name}": its order does not say where ${listNames(left)} ${left.length === 1 ? 'stands' : 'stand'}. Name every category, the lowest first.`,
    { column: name, setting: 'order' }
  )
}
