/** Every file of tests/golden/bad: rows or a typed error with its place, in little time and memory, and nothing else. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badInputs, bytesOfCase, formats } from '../../tests/bad-input'
import { DataFormatError } from '../shared/errors'
import { tableRows } from './profile'
import { readTable } from './read'
import { lengthOf } from './table'

/** For one file, in milliseconds. */
const longest = 5000
/** By which the process may grow for one file, in kilobytes. */
const mostGrowth = 700_000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-bad-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

describe.each(formats)('bad input: %s', (format) => {
  it.each(badInputs(format))('$name', async (input) => {
    const bytes = await bytesOfCase(input, join(folder, 'scratch'))
    rmSync(join(folder, 'scratch'), { force: true })
    const place = join(folder, String(count++))
    mkdirSync(place)
    const path = join(place, input.name)
    writeFileSync(path, bytes)
    const before = readdirSync(folder)
    const memory = process.resourceUsage().maxRSS
    const began = performance.now()
    const outcome = await readTable(path, { as: input.read }).catch(errorOf)
    expect(performance.now() - began).toBeLessThan(longest)
    expect(process.resourceUsage().maxRSS - memory).toBeLessThan(mostGrowth)
    expect([readdirSync(folder), readdirSync(place)]).toEqual([before, [input.name]])
    const plain: object = {}
    expect('polluted' in plain).toBe(false)

    const expected = input.expect
    if ('error' in expected) {
      if (!(outcome instanceof DataFormatError))
        throw new Error(`expected the error ${expected.error}`, { cause: outcome })
      expect([outcome.code, outcome.message]).toEqual([expected.error, expect.stringContaining(input.name)])
      expect(outcome.details['line']).toBe(expected.line)
      return
    }
    if (outcome instanceof Error) throw outcome
    const table = outcome
    expect(table.rows).toBe(expected.rows)
    for (const column of table.columns) expect(lengthOf(column)).toBe(table.rows)
    const { columns, notices, first, last } = expected
    if (columns !== undefined) expect(table.columns.map(({ name, type }) => [name, type])).toEqual(columns)
    if (notices !== undefined) expect(table.notices.map(({ code }) => code).sort()).toEqual([...notices].sort())
    if (first !== undefined) expect(tableRows(table, 0, 1)).toEqual([first])
    if (last !== undefined) expect(tableRows(table, table.rows - 1, 1)).toEqual([last])
  })
})
