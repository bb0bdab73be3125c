/**
 * A number: z = (t(x) − mean) / scale in float64, with x the number of the file rounded to float32, or `fill` where it is
 * missing or beyond float32, and t(x) = x or log(1 + x). `mean` is whatever the scaling subtracts: the mean, the least
 * value or the median.
 */
import * as v from 'valibot'
import { ConfigError, DataFormatError } from '../../shared/errors'
import { missingValue, neededAsTrained, numbersOf } from '../cells'
import { featureNumber } from '../numbers'
import { sortNumbers } from '../sort'
import type { Column, Table } from '../table'
import {
  finite,
  indicator,
  indicatorField,
  indicatorInputs,
  needsValue,
  positive,
  text,
  type FeatureCoder
} from './feature'
import type { PlanOf } from './plan'
import {
  filledWith,
  medianOf,
  momentsOf,
  mostFrequentOf,
  presentOf,
  quantileOf,
  usableScale,
  valuesAt
} from './statistics'

export const numberSchema = v.strictObject({
  name: text,
  kind: v.literal('number'),
  /** Stands in for a missing value, a float32; null: rows without one are refused. */
  fill: v.nullable(finite),
  mean: finite,
  scale: positive,
  indicator,
  /** What is done before the mean is taken off. */
  transform: v.optional(v.literal('log1p')),
  /** Cells of text that are no numbers count as missing; else they are refused. */
  texts: v.optional(v.literal('missing'))
})
export type NumberFeature = v.InferOutput<typeof numberSchema>

export function fitNumber(
  column: Column,
  table: Table,
  rows: Int32Array,
  plan: PlanOf<'number'>
): NumberFeature | null {
  const { name } = column
  const read = numbersOf(column, table, plan.lenient)
  const raw = valuesAt(rows, (row) => featureNumber(read(row)))
  const present = sortNumbers(presentOf(raw))
  if (present.length === 0) return null
  const logarithm = plan.scaling === 'log1p'
  if (logarithm && (present[0] ?? 0) < 0) {
    const row = rows[raw.findIndex((value) => value < 0)] ?? 0
    throw negative(name, table, row, read(row))
  }
  const fill = fillOf(present, plan)
  if (logarithm && fill !== null && fill < 0) {
    throw new ConfigError(
      'column-setting',
      `Column "${name}": the constant ${fill} has no logarithm log(1 + x); choose one from 0 up.`,
      { column: name, setting: 'constant' }
    )
  }
  // Rows without a value were left out where nothing fills them.
  const filled = filledWith(raw, fill)
  return {
    name,
    kind: 'number',
    fill,
    ...scalingOf(logarithm ? filled.map(Math.log1p) : filled, plan.scaling),
    ...indicatorField(plan.indicator),
    ...(logarithm ? { transform: 'log1p' } : {}),
    ...(plan.lenient ? { texts: 'missing' } : {})
  }
}

export function numberCoder(feature: NumberFeature): FeatureCoder {
  const { name, fill, mean, scale } = feature
  const logarithm = feature.transform === 'log1p'
  const told = feature.indicator === true
  const reader = (column: Column, table: Table) => numbersOf(column, table, feature.texts === 'missing')
  return {
    inputs: [name, ...indicatorInputs(feature)],
    takes: 'number',
    encode(column, table, rows, { data, width, offset }) {
      const read = reader(column, table)
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] ?? 0
        const x = featureNumber(read(row))
        const missing = Number.isNaN(x)
        if (missing && fill === null) throw missingValue(column, table, row, neededAsTrained)
        const value = missing && fill !== null ? fill : x
        if (logarithm && value < 0) throw negative(name, table, row, value)
        const at = i * width + offset
        data[at] = ((logarithm ? Math.log1p(value) : value) - mean) / scale
        if (missing && told) data[at + 1] = 1
      }
    },
    refuses(column, table) {
      if (!needsValue(feature) && !logarithm) return null
      const read = reader(column, table)
      return (row) => {
        const x = featureNumber(read(row))
        return Number.isNaN(x) ? fill === null : logarithm && x < 0
      }
    }
  }
}

function fillOf(present: Float64Array, plan: PlanOf<'number'>): number | null {
  // + 0: a negative zero would not survive being saved as JSON.
  const rounded = (value: number) => Math.fround(value) + 0
  switch (plan.missing) {
    case 'median':
      return rounded(medianOf(present))
    case 'mean':
      return rounded(momentsOf(present).mean)
    case 'most-frequent':
      return rounded(mostFrequentOf(present))
    case 'constant':
      return rounded(plan.constant)
    case 'drop-row':
      return null
  }
}

function scalingOf(values: Float64Array, scaling: PlanOf<'number'>['scaling']): { mean: number; scale: number } {
  switch (scaling) {
    case 'standard':
    case 'log1p':
      return momentsOf(values)
    case 'none':
      return { mean: 0, scale: 1 }
    case 'min-max': {
      const sorted = values.slice().sort()
      const least = sorted[0] ?? 0
      return { mean: least + 0, scale: usableScale((sorted.at(-1) ?? 0) - least) }
    }
    case 'robust': {
      const sorted = values.slice().sort()
      const range = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)
      // Where half of the values are the same, the deviation says more than no spread at all.
      const scale = usableScale(range) === range ? range : momentsOf(values).scale
      return { mean: medianOf(sorted) + 0, scale }
    }
  }
}

function negative(name: string, table: Table, row: number, value: number): DataFormatError {
  return new DataFormatError(
    'negative-value',
    `${table.fileName}, row ${row + 1}, column "${name}": expected a number from 0 up, since its logarithm log(1 + x) is taken, got ${value}. Correct the cell, or train with another scaling of this column.`,
    { file: table.fileName, row: row + 1, column: name }
  )
}
