import { describe, expect, it } from 'vitest'
import { wholeTensor } from '../../engine'
import { defaultEmbeddingSize, type ColumnSetting } from '../../shared/column-setting'
import { embeddedInputs } from '../embedded-inputs'
import { encodeFeatures } from '../encode'
import { featureRule } from '../feature-rule'
import { predictionNotices } from '../prediction-notices'
import { featureNames } from '../preparation'
import { prepare } from '../prepare'
import { column, table } from '../testing'
import { valueSetup } from './testing'

const y = column('y', [1, 2, 3, 4, 5])
const size = column('size', ['small', 'big', null, 'mid', 'small'])
const embedded: ColumnSetting = { name: 'size', encoding: 'embedding' }

function preparedWith(setting: Partial<ColumnSetting>, columns = [size, y]) {
  return prepare(table(columns), valueSetup({ validation: 0, columns: [{ ...embedded, ...setting }] }))
}
const rowsOf = (setting: Partial<ColumnSetting>) => {
  const { data, shape } = wholeTensor(preparedWith(setting).training.features)
  const width = shape[1] ?? 0
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => [...data.subarray(row * width, (row + 1) * width)])
}

describe('an embedding', () => {
  it('is one input: the entry of the category, from 1 by code point', () => {
    const { preparation } = preparedWith({ size: 4 })
    expect(featureNames(preparation)).toEqual(['size'])
    expect(preparation.features).toEqual([
      { name: 'size', kind: 'embedding', categories: ['big', 'mid', 'small'], fill: 'small', size: 4 }
    ])
    expect(rowsOf({ size: 4 })).toEqual([[3], [1], [3], [2], [3]])
  })

  it('is 0 for what was never trained on, which is said', () => {
    const { preparation } = preparedWith({})
    const later = table([column('size', ['huge', 'mid', null])])
    expect([...wholeTensor(encodeFeatures(preparation, later)).data]).toEqual([0, 2, 3])
    expect(predictionNotices(preparation, later).map(({ code }) => code)).toContain('unseen-category')
  })

  it('takes missing values as one-hot does', () => {
    expect(rowsOf({ indicator: true })).toEqual([
      [3, 0],
      [1, 0],
      [0, 1],
      [2, 0],
      [3, 0]
    ])
    expect(rowsOf({ missing: 'constant', constant: 'none' })[2]).toEqual([3])
    expect(rowsOf({ missing: 'drop-row' })).toEqual([[3], [1], [2], [3]])
    const { preparation } = preparedWith({ missing: 'drop-row' })
    expect(() => encodeFeatures(preparation, table([column('size', [null])]))).toThrow(/row 1, column "size"/)
  })

  it('has vectors as long as somebody says, else by the number of its entries', () => {
    expect([2, 4, 41, 1001, 1e6].map(defaultEmbeddingSize)).toEqual([2, 3, 13, 64, 64])
    expect(preparedWith({}).preparation.features[0]).toMatchObject({ size: 3 })
  })

  it('says where it stands among the inputs, and how it comes about', () => {
    const other = column('other', ['a', 'b', 'a', 'b', 'a'])
    const { preparation } = preparedWith({ size: 1 }, [other, size, y])
    expect(featureNames(preparation)).toEqual(['other=a', 'other=b', 'size'])
    expect(embeddedInputs(preparation)).toEqual([{ column: 'size', at: 2, entries: 4, size: 1 }])
    const [, feature] = preparation.features
    expect(feature === undefined ? '' : featureRule(feature)).toBe(
      'number of its category, from 1; the network learns 1 number for each; missing: “small”'
    )
  })
})
