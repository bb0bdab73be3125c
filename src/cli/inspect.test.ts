import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli } from './testing'

const foundSchema = v.object({ findings: v.array(v.object({ code: v.string(), evidence: v.string() })) })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-inspect-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** 400 rows: a key, a constant, a day, a rare class, and a column that gives it away; sixty rows stand twice. */
function planted(): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const fraud = row % 20 === 0
    const day = new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10)
    return [row + 1, day, ((row * 37) % 101) / 7, 7, fraud ? 'paid' : 'open', fraud ? 'yes' : 'no'].join(';')
  })
  return ['key_id;day;x;unit;state;fraud', ...rows, ...rows.slice(0, 60)].join('\n')
}

describe('inspect', () => {
  it('prints columns and findings as one JSON object', async () => {
    const file = join(folder, 'planted.csv')
    await writeFile(file, planted())
    const { status, stdout, stderr } = await callCli(['inspect', file, '--target', 'fraud', '--json'])
    expect([status, stderr]).toEqual([0, ''])
    const found: unknown = JSON.parse(stdout)
    expect(found).toMatchObject({
      rows: 460,
      skippedRows: 0,
      columns: [
        { name: 'key_id', type: 'number', missing: 0, distinct: 400, min: 1, max: 400 },
        { name: 'day', type: 'date', min: '2020-01-01' },
        { name: 'x', type: 'number' },
        { name: 'unit', distinct: 1 },
        { name: 'state', type: 'category' },
        { name: 'fraud', type: 'boolean', top: [{ value: 'no' }, { value: 'yes' }] }
      ]
    })
    const codes = ['leak', 'duplicate-rows', 'time-order', 'imbalance', 'id-column', 'constant-column']
    const { findings } = v.parse(foundSchema, found)
    for (const code of codes) expect(findings.find((each) => each.code === code)?.evidence).toMatch(/\d/)
  })

  it('prints a table for people, and reads the file as it is told', async () => {
    const file = join(folder, 'odd.txt')
    await writeFile(file, 'a#b\n1#x\n2#y\n3\n1#x\n')
    const refused = await callCli(['inspect', file, '--delimiter', '#'])
    expect(refused.status).toBe(2)
    expect(refused.stderr).toMatch(/^error bad-row: .*line 4/)
    const { status, stdout } = await callCli(['inspect', file, '--delimiter', '#', '--bad-rows', 'skip'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^odd\.txt: 3 rows, 2 columns\n/)
    expect(stdout).toContain('skipped-rows')
  })
})
