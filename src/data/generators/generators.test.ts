import { describe, expect, it } from 'vitest'
import { defaultsOf, fieldProblem } from '../../engine/catalog'
import { csvText, generatedRows, generatorFields, generatorNamed, generators } from '.'

describe.each(generators.map((each) => [each.name, each] as const))('%s', (_, generator) => {
  const fields = generatorFields(generator)

  it('makes as many rows as asked, all finite, the same for the same seed and others for another', () => {
    for (const points of [10, 101, 400]) {
      const rows = generatedRows(generator, { points })
      expect(rows).toHaveLength(points)
      expect(rows.every((row) => row.length === generator.columns.length)).toBe(true)
      expect(rows.flat().every((cell) => typeof cell === 'string' || Number.isFinite(cell))).toBe(true)
    }
    const again = generatedRows(generator, { seed: 7 })
    expect(generatedRows(generator, { seed: 7 })).toEqual(again)
    expect(generatedRows(generator, { seed: 8 })).not.toEqual(again)
  })

  it('has classes of equal size where it has classes', () => {
    const targets = generatedRows(generator, { points: 400 }).map((row) => row.at(-1))
    if (generator.task === 'regression') {
      expect(targets.every((target) => typeof target === 'number')).toBe(true)
      return
    }
    const counts = new Map<unknown, number>()
    for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1)
    expect(counts.size).toBeGreaterThan(1)
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1)
    if (generator.task === 'binary') expect(counts.size).toBe(2)
  })

  it('takes every setting at both ends of its range, and no other', () => {
    for (const field of fields) {
      if (field.kind !== 'integer' && field.kind !== 'number') continue
      for (const end of [field.min, field.key === 'points' ? 500 : field.max]) {
        const rows = generatedRows(generator, { [field.key]: end })
        expect(rows.flat().every((cell) => typeof cell === 'string' || Number.isFinite(cell))).toBe(true)
      }
      expect(fieldProblem(field, defaultsOf(fields)[field.key])).toBeNull()
      expect(() => generatedRows(generator, { [field.key]: field.max + 1 })).toThrow(
        expect.objectContaining({ code: 'invalid-config' })
      )
    }
  })

  it('puts points exactly where its rule says without noise, and elsewhere with it', () => {
    const still = generatedRows(generator, { noise: 0 })
    expect(generatedRows(generator, { noise: 0.3 })).not.toEqual(still)
  })
})

describe('rules', () => {
  const rowsOf = (name: string, config = {}) => generatedRows(generatorNamed(name), { noise: 0, ...config })

  it('of the moons: both lie on their circles', () => {
    for (const [x, y, side] of rowsOf('moons')) {
      const [a, b] = side === 'a' ? [0, 0] : [1, 0.5]
      expect(Math.hypot(Number(x) - a, Number(y) - b)).toBeCloseTo(1, 12)
    }
  })

  it('of XOR: the sign of the product decides', () => {
    for (const [x, y, side] of rowsOf('xor')) expect(Number(x) * Number(y) > 0).toBe(side === 'a')
  })

  it('of the sine: a point on the wave', () => {
    for (const [x, y] of rowsOf('sine', { waves: 2 })) expect(y).toBeCloseTo(Math.sin(4 * Math.PI * Number(x)), 12)
  })

  it('of the circles: each ring outside the one before', () => {
    const radii = new Map<string, number[]>()
    for (const [x, y, ring] of rowsOf('circles', { rings: 3 })) {
      radii.set(String(ring), [...(radii.get(String(ring)) ?? []), Math.hypot(Number(x), Number(y))])
    }
    const ranges = [...radii].sort().map(([, each]) => [Math.min(...each), Math.max(...each)])
    for (let ring = 1; ring < ranges.length; ring++)
      expect(ranges[ring]?.[0]).toBeGreaterThan(ranges[ring - 1]?.[1] ?? 9)
  })

  it('unknown ones are named in an error', () => {
    expect(() => generatorNamed('torus')).toThrow(expect.objectContaining({ code: 'unknown-generator' }))
  })
})

describe('csvText', () => {
  it('writes a header and rows with four decimals', () => {
    expect(csvText(['x', 'y', 'class'], [[0.123456, -2, 'a']])).toBe('x,y,class\n0.1235,-2,a\n')
  })
})
