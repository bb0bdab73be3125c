/** Tables of others (tests/golden/tables), against what other programs read in them. */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readAsSchema } from '../shared/read-as'
import { tableRows } from './profile'
import { readTable } from './read'
import { requireColumn } from './table'

const folder = fileURLToPath(new URL('../../tests/golden/tables/', import.meta.url))

const expectedSchema = v.array(
  v.strictObject({
    file: v.string(),
    read: v.optional(readAsSchema),
    skipped: v.optional(v.number(), 0),
    rows: v.number(),
    columns: v.array(v.string()),
    /** Of the columns whose values are all numbers. */
    sums: v.array(v.tuple([v.string(), v.number()]))
  })
)
const tables = v.parse(expectedSchema, JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')))

describe('tables of others', () => {
  it.each(tables)('$file', async ({ file, read, skipped, rows, columns, sums }) => {
    const table = await readTable(folder + file, { as: read })
    expect(table.rows).toBe(rows)
    expect(table.skipped.count).toBe(skipped)
    expect(table.columns.map(({ name }) => name)).toEqual(columns)
    for (const [name, sum] of sums) {
      const column = requireColumn(table, name)
      if (column.type !== 'number') throw new Error(`${name} should hold numbers`)
      const found = column.values.reduce((total, value) => (Number.isNaN(value) ? total : total + value), 0)
      expect(Math.abs(found - sum), name).toBeLessThanOrEqual(1e-12 * Math.abs(sum) * rows)
    }
  })
})

const recordSchema = v.record(v.string(), v.string())
/** One of the answers is a record, not a list of records. */
const answerSchema = v.union([
  v.array(recordSchema),
  v.pipe(
    recordSchema,
    v.transform((record) => [record])
  )
])

/** Where an answer has another number than its file. */
const misprints = new Map([['1234567890', '2095257564']])

describe('csv-spectrum', () => {
  const names = readdirSync(`${folder}csv-spectrum`).flatMap((name) =>
    name.endsWith('.csv') ? [name.slice(0, -4)] : []
  )

  it.each(names)('%s', async (name) => {
    const answer = v.parse(answerSchema, JSON.parse(readFileSync(`${folder}csv-spectrum/${name}.json`, 'utf8')))
    const table = await readTable(`${folder}csv-spectrum/${name}.csv`)
    const [first = {}] = answer
    expect(table.columns.map((column) => column.name)).toEqual(Object.keys(first))
    const cells = answer.map((record) =>
      Object.values(record).map((cell) => (cell === '' ? null : (misprints.get(cell) ?? cell)))
    )
    expect(tableRows(table, 0, table.rows)).toEqual(cells)
  })
})
