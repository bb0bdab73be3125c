/**
 * A date as its parts, in UTC: the year, standardised, and sine and cosine of month, day of the month, weekday and, where
 * training rows have times of day, hour. A missing date, or none within ±8.64e15 ms of 1970, counts as `fill`; without
 * one its inputs are 0.
 */
import * as v from 'valibot'
import { numbersOf } from '../cells'
import { sortNumbers } from '../sort'
import type { Column, Table } from '../table'
import { cyclesOf, datePartsOf, DAY_MS, MOST_MS, roundOf } from './calendar'
import {
  encodeCells,
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
import { filledWith, medianOf, momentsOf, mostFrequentOf, presentOf, valuesAt } from './statistics'

export const dateSchema = v.strictObject({
  name: text,
  kind: v.literal('date'),
  /** Milliseconds since 1970-01-01 UTC; null: rows without a date are refused. */
  fill: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(-MOST_MS), v.maxValue(MOST_MS))),
  /** Of the year. */
  mean: finite,
  scale: positive,
  /** Whether the hour is an input. */
  hours: v.boolean(),
  indicator
})
export type DateFeature = v.InferOutput<typeof dateSchema>

/** A value as whole milliseconds, NaN where it is no date. */
export function momentOf(value: number): number {
  const ms = Math.floor(value)
  return Math.abs(ms) <= MOST_MS ? ms : NaN
}

export function fitDate(column: Column, table: Table, rows: Int32Array, plan: PlanOf<'date'>): DateFeature | null {
  const read = numbersOf(column, table)
  const raw = valuesAt(rows, (row) => momentOf(read(row)))
  const present = sortNumbers(presentOf(raw))
  if (present.length === 0) return null
  const fill = fillOf(present, plan)
  const filled = filledWith(raw, fill)
  return {
    name: column.name,
    kind: 'date',
    fill,
    ...momentsOf(presentOf(filled).map((value) => datePartsOf(value).year)),
    hours: present.some((value) => value % DAY_MS !== 0),
    ...indicatorField(plan.indicator)
  }
}

export function dateCoder(feature: DateFeature): FeatureCoder {
  const { name, fill, mean, scale } = feature
  const needed = needsValue(feature)
  const rounds = cyclesOf(feature).map((cycle) => ({ part: cycle.part, round: roundOf(cycle) }))
  const inputs = [`${name} year`, ...rounds.flatMap(({ part }) => [`${name} ${part} sin`, `${name} ${part} cos`])]
  return {
    inputs: [...inputs, ...indicatorInputs(feature)],
    takes: 'time',
    encode(column, table, rows, place) {
      const read = numbersOf(column, table)
      const moment = (row: number) => {
        const ms = momentOf(read(row))
        return Number.isNaN(ms) ? null : ms
      }
      encodeCells(feature, needed, moment, { column, table, rows, place }, inputs.length, (value, at) => {
        const ms = value ?? fill
        if (ms === null) return
        const parts = datePartsOf(ms)
        const { data } = place
        data[at] = (parts.year - mean) / scale
        let next = at + 1
        for (const { part, round } of rounds) {
          const [sine, cosine] = round[parts[part]] ?? [0, 0]
          data[next++] = sine
          data[next++] = cosine
        }
      })
    },
    refuses(column, table) {
      if (!needed) return null
      const read = numbersOf(column, table)
      return (row) => Number.isNaN(momentOf(read(row)))
    }
  }
}

function fillOf(present: Float64Array, plan: PlanOf<'date'>): number | null {
  switch (plan.missing) {
    case 'median':
      return Math.floor(medianOf(present)) + 0
    case 'mean':
      return Math.floor(momentsOf(present).mean) + 0
    case 'most-frequent':
      return mostFrequentOf(present) + 0
    case 'constant':
      return plan.constant
    case 'drop-row':
      return null
  }
}
