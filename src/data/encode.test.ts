import { describe, expect, it } from 'vitest'
import { wholeTensor } from '../engine'
import { encodeFeatures, encodeTargets } from './encode'
import type { Preparation } from './preparation'
import { prepare } from './prepare'
import { column, table } from './testing'
import { codeOf, flowers, forceText, setupFor } from './testing-setup'

describe('encoding another table', () => {
  const { preparation } = prepare(flowers, setupFor(flowers, 'species', { task: 'binary', loss: 'log', seed: 3 }))
  const [length, island] = preparation.features
  if (length?.kind !== 'number' || island?.kind !== 'category') throw new Error('unexpected kinds')
  const width = 1 + island.categories.length

  it('fills missing values, and gives zeros for a category never trained on', () => {
    const other = table([
      column('island', [null, 'never seen', island.categories[0] ?? '']),
      column('length', [null, 1, 2])
    ])
    const { shape, data } = wholeTensor(encodeFeatures(preparation, other))
    expect(shape).toEqual([3, width])
    const hot = (category: string): number[] => island.categories.map((each) => (each === category ? 1 : 0))
    expect([...data]).toEqual([
      ((length.fill ?? NaN) - length.mean) / length.scale,
      ...hot(island.fill ?? ''),
      (1 - length.mean) / length.scale,
      ...hot(''),
      (2 - length.mean) / length.scale,
      ...hot(island.categories[0] ?? '')
    ])
  })

  it('reads numbers in a column that holds text elsewhere, and names the row of what is none', () => {
    const other = table([forceText(['1', '2.5', 'abc', null], 'length'), column('island', ['a', 'a', 'a', 'a'])])
    const rows = Int32Array.of(1, 3)
    expect(
      [...wholeTensor(encodeFeatures(preparation, other, rows)).data].filter((_, index) => index % width === 0)
    ).toEqual([(2.5 - length.mean) / length.scale, ((length.fill ?? NaN) - length.mean) / length.scale])
    expect(() => encodeFeatures(preparation, other)).toThrow(/row 3, column "length".*"abc"/)
  })

  it('finds categories that look like numbers here', () => {
    const data = table([forceText(['1.0', 'x', '1.0', 'x', '1.0', 'x'], 'code'), column('y', [1, 2, 3, 4, 5, 6])])
    const fitted = prepare(data, setupFor(data, 'y', { task: 'regression', loss: 'squared' })).preparation
    expect([...wholeTensor(encodeFeatures(fitted, table([column('code', [1, 2, null])]))).data]).toEqual([
      1,
      0,
      0,
      0,
      ...missingCode(fitted)
    ])
  })

  it('names the column that is missing', () => {
    expect(codeOf(() => encodeFeatures(preparation, table([column('length', [1])])))).toBe('missing-column')
  })

  it('encodes targets, or names the row that has none', () => {
    const other = table([column('species', ['y', 'x', null, 'q'])])
    expect([...encodeTargets(preparation, other, Int32Array.of(1, 0)).data]).toEqual([0, 1])
    expect(codeOf(() => encodeTargets(preparation, other, Int32Array.of(2)))).toBe('missing-target')
    expect(codeOf(() => encodeTargets(preparation, other, Int32Array.of(3)))).toBe('unknown-class')
  })
})

function missingCode(fitted: Preparation): number[] {
  const [feature] = fitted.features
  if (feature?.kind !== 'category') throw new Error('expected a category')
  return feature.categories.map((category) => (category === feature.fill ? 1 : 0))
}
