/** A number as it stands in the file, rounded to float32. There must be one: nothing stands in for it. */
import * as v from 'valibot'
import { missingValue, numbersOf, type Requirement } from '../cells'
import { featureNumber } from '../numbers'
import { text, type FeatureCoder } from './feature'

export const rawSchema = v.strictObject({
  name: text,
  kind: v.literal('raw')
})
export type RawFeature = v.InferOutput<typeof rawSchema>

export const rawNumber = 'a number, since numbers are taken as they stand in the file'
const needed: Requirement = { expected: rawNumber, advice: 'Write a number, or leave the row out.' }

export function rawCoder({ name }: RawFeature): FeatureCoder {
  return {
    inputs: [name],
    takes: 'number',
    encode(column, table, rows, { data, width, offset }) {
      const read = numbersOf(column, table)
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] ?? 0
        const x = featureNumber(read(row))
        if (Number.isNaN(x)) throw missingValue(column, table, row, needed)
        data[i * width + offset] = x
      }
    },
    refuses: () => null
  }
}
