import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTable } from '../read'
import { RowSample } from './row-sample'
import { parquetFile } from './testing'

describe('RowSample', () => {
  it('draws exactly so many, at any total', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (total, wanted) => {
        const sample = new RowSample(total, wanted)
        const drawn = Array.from({ length: total }, () => sample.next()).filter(Boolean)
        expect(drawn).toHaveLength(Math.min(total, wanted))
      })
    )
  })

  it('draws from all parts of a file alike', () => {
    const sample = new RowSample(100_000, 10_000)
    const tenths = new Array<number>(10).fill(0)
    for (let row = 0; row < 100_000; row++) {
      const tenth = Math.floor(row / 10_000)
      if (sample.next()) tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    // Five standard deviations of 10,000 draws with a chance of a tenth each.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(900))
  })
})

describe('a part of the rows of a file', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'row-sample-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is whole rows in their order, the same ones each time, and is told of', async () => {
    const file = join(folder, 'many.csv')
    // The second column turns out to be text late in the file: it is read twice.
    const rows = Array.from({ length: 5000 }, (_, row) => `${row},${row < 4900 ? row : `t${row}`}`)
    await writeFile(file, ['a,b', ...rows].join('\n'))
    const table = await readTable(file, { as: { rows: 400 } })
    expect(table.rows).toBe(400)
    const [a, b] = table.columns
    if (a?.type !== 'number' || b?.type !== 'category') throw new Error('a number and a category')
    expect([...a.values]).toEqual([...a.values].sort((left, right) => left - right))
    const texts = Array.from(b.codes, (code) => b.categories[code])
    expect(texts).toEqual(Array.from(a.values, (row) => (row < 4900 ? String(row) : `t${row}`)))
    expect(table.notices).toContainEqual(expect.objectContaining({ code: 'sampled-rows' }))
    const again = await readTable(file, { as: { rows: 400 } })
    expect(again.columns).toEqual(table.columns)
    const all = await readTable(file, { as: { rows: 5000 } })
    expect([all.rows, all.notices.some(({ code }) => code === 'sampled-rows')]).toEqual([5000, false])
  })

  it('is drawn from Parquet too', async () => {
    const file = join(folder, 'many.parquet')
    await parquetFile(file, 'SELECT range AS a FROM range(9000)')
    const table = await readTable(file, { as: { rows: 700 } })
    const [a] = table.columns
    if (a?.type !== 'number') throw new Error('a number')
    expect([table.rows, new Set(a.values).size]).toEqual([700, 700])
    expect(Math.max(...a.values)).toBeGreaterThan(8000)
  })
})
