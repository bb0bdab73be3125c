import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { afterAll, describe, expect, it } from 'vitest'
import { DataFormatError } from '../shared/errors'
import { tableRows } from './profile'
import { readTable } from './read'

const folder = fileURLToPath(new URL('../../tests/corpus/', import.meta.url))

const caseSchema = v.union([
  v.strictObject({
    file: v.string(),
    columns: v.array(v.tuple([v.string(), v.picklist(['number', 'category'])])),
    rows: v.number(),
    notices: v.array(v.string()),
    first: v.optional(v.array(v.nullable(v.string())))
  }),
  v.strictObject({ file: v.string(), code: v.string(), line: v.optional(v.number()) })
])
const cases = v.parse(v.array(caseSchema), JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')))

describe('corpus of tables', () => {
  it('lists every file of the folder', () => {
    const files = readdirSync(folder).filter((name) => /\.(csv|tsv|txt)$/.test(name))
    expect(cases.map((each) => each.file).sort()).toEqual(files.sort())
  })

  it.each(cases)('$file', async (expected) => {
    const path = folder + expected.file
    if ('code' in expected) {
      const error: unknown = await readTable(path).catch((thrown: unknown) => thrown)
      if (!(error instanceof DataFormatError)) throw new Error(`expected an error with code ${expected.code}`)
      expect(error.code).toBe(expected.code)
      expect(error.details['line']).toBe(expected.line)
      expect(error.message).toContain(expected.file)
      return
    }
    const table = await readTable(path)
    expect(table.columns.map((column) => [column.name, column.type])).toEqual(expected.columns)
    expect(table.rows).toBe(expected.rows)
    expect(table.notices.map((notice) => notice.code).sort()).toEqual([...expected.notices].sort())
    if (expected.first !== undefined) expect(tableRows(table, 0, 1)).toEqual([expected.first])
    for (const column of table.columns) {
      expect(column.type === 'number' ? column.values.length : column.codes.length).toBe(table.rows)
    }
  })

  afterAll(() => {
    // Nothing that any of these files holds has reached the prototype of objects.
    const plain: object = {}
    expect('polluted' in plain).toBe(false)
  })
})
