/** What every kind of feature has in common. */
import * as v from 'valibot'
import { codesOf, missingValue, neededAsTrained } from '../cells'
import type { Column, Table } from '../table'

export const text = v.string()
export const finite = v.pipe(v.number(), v.finite())
export const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))

/** Where the numbers of a feature go: input k of the i-th row to `data[i · width + offset + k]`. */
export interface Place {
  readonly data: Float64Array
  readonly width: number
  readonly offset: number
}

/** One column of a table as the numbers that a network sees, as a fitted preparation says. */
export interface FeatureCoder {
  /** Names of the inputs, in their order. */
  readonly inputs: readonly string[]
  /** What a cell is read as: a number, milliseconds since 1970-01-01 UTC, text, or the pixels of an image. */
  readonly takes: 'number' | 'time' | 'text' | 'image'
  /** @throws DataFormatError for a cell that cannot be used, naming the row */
  encode(column: Column, table: Table, rows: Int32Array, place: Place): void
  /** True for rows that `encode` refuses by the person's wish; null where there are none. */
  refuses(column: Column, table: Table): ((row: number) => boolean) | null
}

/** Where a feature has an input of its own for it, a missing value is 1 there. */
export const indicator = v.optional(v.literal(true))

/** What is saved of a feature in which missing values may be filled, told apart or refused. */
export interface Fillable {
  readonly name: string
  readonly fill: number | string | null
  readonly indicator?: true | undefined
}

/** Rows without a value were left out of training: nothing stands in for one, and no input tells of it. */
export function needsValue({ fill, indicator }: Fillable): boolean {
  return fill === null && indicator !== true
}

export function indicatorName(name: string): string {
  return `${name} is missing`
}

/** The name of the indicator, where there is one. */
export function indicatorInputs({ name, indicator }: { readonly name: string; readonly indicator?: true | undefined }) {
  return indicator === true ? [indicatorName(name)] : []
}

/** The field that says so; defaults are not saved. */
export function indicatorField(wanted: boolean): { indicator?: true } {
  return wanted ? { indicator: true } : {}
}

/** True for rows in which one of the categories is needed and none stands; null where none is needed. */
export function lacking(
  needed: boolean,
  column: Column,
  categories: readonly string[]
): ((row: number) => boolean) | null {
  if (!needed) return null
  const read = codesOf(column, categories)
  return (row) => read(row) === null
}

/** Index of what stands in for a missing category; -1 where nothing does. */
export function fillIndex(feature: Fillable & { readonly categories: readonly string[] }): number {
  return feature.fill === null ? -1 : feature.categories.indexOf(String(feature.fill))
}

/**
 * Writes `write(value, at)` for each row, its indicator behind it, and refuses what is missing where a value is needed.
 * @param read a row's value, or null where it is missing
 * @param inputs how many come before the indicator
 */
export function encodeCells<Value>(
  feature: { readonly indicator?: true | undefined },
  needed: boolean,
  read: (row: number) => Value | null,
  { column, table, rows, place }: { column: Column; table: Table; rows: Int32Array; place: Place },
  inputs: number,
  write: (value: Value | null, at: number) => void
): void {
  const { data, width, offset } = place
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0
    const value = read(row)
    if (value === null && needed) throw missingValue(column, table, row, neededAsTrained)
    const at = i * width + offset
    write(value, at)
    if (value === null && feature.indicator === true) data[at + inputs] = 1
  }
}

/**
 * Categories as one input.
 * @param value of the index of the category, or of what fills a gap; of −1 where there is none
 */
export function categoryInput(
  feature: Fillable & { readonly categories: readonly string[] },
  value: (index: number) => number
): FeatureCoder {
  const { name, categories } = feature
  const fill = fillIndex(feature)
  const needed = needsValue(feature)
  return {
    inputs: [name, ...indicatorInputs(feature)],
    takes: 'text',
    encode(column, table, rows, place) {
      encodeCells(feature, needed, codesOf(column, categories), { column, table, rows, place }, 1, (code, at) => {
        place.data[at] = value(code ?? fill)
      })
    },
    refuses: (column) => lacking(needed, column, categories)
  }
}
