import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commonMistakes, confusionTable, constantAnswer, maxTint, pointsPerRow, smallSplitNote } from './confusion'
import { contrastRatio, mix } from './contrast'

describe('confusionTable', () => {
  const table = confusionTable(
    ['a', 'b', 'c'],
    [
      [8, 2, 0],
      [1, 9, 0],
      [0, 0, 0]
    ]
  )

  it('adds up by actual and by predicted class', () => {
    expect(table.rows.map((row) => row.total)).toEqual([10, 10, 0])
    expect(table.predictedTotals).toEqual([9, 11, 0])
    expect([table.right, table.total]).toEqual([17, 20])
  })

  it('gives recall and precision, and none where there are no rows', () => {
    expect(table.rows.map((row) => row.recall)).toEqual([0.8, 0.9, null])
    expect(table.precision).toEqual([8 / 9, 9 / 11, null])
  })

  it('tints by the share of the actual class and leaves empty cells plain', () => {
    const first = table.rows[0]?.cells ?? []
    expect(first.map((cell) => cell.share)).toEqual([0.8, 0.2, 0])
    expect(first[2]?.tint).toBe(0)
    expect(first.every((cell) => cell.tint <= maxTint)).toBe(true)
    expect(confusionTable(['a'], [[5]]).rows[0]?.cells[0]?.tint).toBeCloseTo(maxTint)
  })
})

describe('what the matrix says', () => {
  const table = confusionTable(
    ['a', 'b'],
    [
      [8, 4],
      [1, 2]
    ]
  )

  it('lists the most frequent mistakes first', () => {
    expect(commonMistakes(table)).toEqual([
      { actual: 'a', predicted: 'b', count: 4, of: 12 },
      { actual: 'b', predicted: 'a', count: 1, of: 3 }
    ])
    expect(commonMistakes(confusionTable(['a'], [[5]]))).toEqual([])
  })

  it('knows what answering always the same would score', () => {
    expect(constantAnswer(table)).toEqual({ name: 'a', share: 0.8 })
    expect(constantAnswer(confusionTable([], []))).toBeNull()
  })
})

describe('small splits', () => {
  it('says what one row is worth', () => {
    expect(pointsPerRow(30)).toBeCloseTo(3.333, 3)
    expect(smallSplitNote(30)).toContain('one row is 3.3 points')
    expect(smallSplitNote(1)).toContain('either 0 % or 100 %')
    expect(smallSplitNote(200)).toBeNull()
  })
})

describe('contrast', () => {
  it('agrees with the definition', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.478, 2)
    expect(mix('#ffffff', '#000000', 0.5)).toBe('#808080')
    expect(() => mix('red', '#000000', 0.5)).toThrow('#rrggbb')
  })

  it('keeps text on the strongest tint readable in both themes', () => {
    const css = readFileSync(new URL('../app.css', import.meta.url), 'utf8')
    const lightFrom = css.indexOf('prefers-color-scheme: light')
    expect(lightFrom).toBeGreaterThan(0)
    for (const theme of [css.slice(0, lightFrom), css.slice(lightFrom)]) {
      const token = (name: string): string => new RegExp(`--${name}:\\s*(#[0-9a-f]{6})\\b`, 'i').exec(theme)?.[1] ?? ''
      for (const tint of ['accent', 'error']) {
        const cell = mix(token(tint), token('panel'), maxTint)
        expect(contrastRatio(token('text'), cell)).toBeGreaterThanOrEqual(4.5)
      }
    }
  })
})
