import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReadAs } from '../../shared/read-as'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'
import { JsonProblem, JsonScanner, type JsonHandler } from './json-scanner'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-json-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(content: string | Uint8Array, name = 'a.json', as: ReadAs = {}): Promise<Table> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readTable(path, { as })
}

function columnsOf(table: Table): Map<string, (string | null)[]> {
  const rows = tableRows(table, 0, table.rows)
  return new Map(table.columns.map((column, index) => [column.name, rows.map((row) => row[index] ?? null)]))
}

const expected = new Map([
  ['a', ['1', '2']],
  ['b', ['x', null]]
])

describe('json', () => {
  it.each([
    ['rows', '[{"a": 1, "b": "x"}, {"a": 2}]', 'a.json'],
    ['rows', '\ufeff\n[{"b": "x", "a": 1}, {"a": 2, "b": null}]', 'a.txt'],
    ['columns', '{"a": [1, 2], "b": ["x", null]}', 'a.json'],
    ['columns', '{\n  "a": {"0": 1, "1": 2},\n  "b": {"0": "x", "1": null}\n}', 'a.json'],
    ['lines', '{"a": 1, "b": "x"}\n\n{"a": 2}\r\n', 'a.json'],
    ['lines', '{"a": 1, "b": "x"}\n{"a": 2}', 'a.ndjson'],
    ['lines', '{"a": 1, "b": "x"}\n{"a": 2}', 'a']
  ])('reads %s: %s', async (layout, text, name) => {
    const table = await read(text, name)
    expect(table.format).toEqual({ kind: 'json', layout })
    expect(new Map([...columnsOf(table)].sort())).toEqual(expected)
  })

  it('reads UTF-16', async () => {
    const bytes = Buffer.from('\ufeff[{"a": 1, "b": "x"}, {"a": 2}]', 'utf16le')
    expect(columnsOf(await read(bytes))).toEqual(expected)
  })

  it('flattens objects by one level and keeps what is nested deeper as JSON', async () => {
    const table = await read('[{"a": {"b": 1, "c": {"d": ["x, \\"y"]}}, "l": [1, {"e": null}]}, {"a": {}, "l": []}]')
    expect(columnsOf(table)).toEqual(
      new Map([
        ['a.b', ['1', null]],
        ['a.c', ['{"d":["x, \\"y"]}', null]],
        ['l', ['[1,{"e":null}]', '[]']]
      ])
    )
    expect(table.notices.find(({ code }) => code === 'nested-values')?.columns).toEqual(['a.c', 'l'])
  })

  it('takes __proto__ and constructor for names', async () => {
    const table = await read('[{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}]')
    expect([...columnsOf(table).keys()]).toEqual(['__proto__.polluted', 'constructor', 'toString'])
    const plain: object = {}
    expect('polluted' in plain).toBe(false)
  })

  it('keeps numbers, reads numbers and dates written as text, and lets anything else be text', async () => {
    const { columns } = await read(
      '{"n": ["1", "2.5", "NA"], "t": ["01", "2", "3"], "d": ["2020-01-02", null, "2020-02-03"], "m": [1, "x", true], "b": [true, false, null]}'
    )
    expect(columns).toMatchObject([
      { name: 'n', type: 'number', facts: { missingWords: [{ text: 'NA', cells: 1 }] } },
      { name: 't', type: 'category', categories: ['01', '2', '3'] },
      { name: 'd', type: 'number', time: 'date' },
      { name: 'm', type: 'category', categories: ['1', 'true', 'x'] },
      { name: 'b', type: 'category', categories: ['false', 'true'] }
    ])
  })

  it('counts infinities and numbers with too many digits', async () => {
    const { columns } = await read(
      '[{"a": 1e999, "b": 9007199254740993}, {"a": NaN, "b": 1}, {"a": -Infinity, "b": 2}]'
    )
    expect(columns[0]?.facts?.infinite).toBe(2)
    expect(columns[1]?.facts?.inexact).toBe(1)
  })

  it.each([
    ['bad-json', 2, '[{"a": 1,\n"a": 2}]'],
    ['bad-json', 1, '[{"a.b": 1, "a": {"b": 2}}]'],
    ['bad-json', 1, '{"a": [1], "a": [2]}'],
    ['bad-json', 1, '[{"a": "\\ud800"}]'],
    ['bad-json', 1, '[{"a": "\\x"}]'],
    ['bad-json', 2, '[{"a": 1},\n{"a": 01}]'],
    ['bad-json', 1, '[{"a": 1,}]'],
    ['bad-json', 1, '[{"a": 1}'],
    ['bad-json', 1, '[{"a": "x'],
    ['bad-json', 1, '[{"a": 1}] x'],
    ['bad-json', 1, '[1, 2]'],
    ['bad-json', 1, '[[1], [2]]'],
    ['bad-json', 1, '[{"a": "b\nc"}]'],
    ['bad-json', 3, '{"a": [1, 2],\n "b":\n 3}'],
    ['bad-json', 1, '{"a": [1, 2], "b": [3]}'],
    ['bad-json', 1, '{"a": {"0": 1}, "b": {"1": 3}}'],
    ['bad-json', 1, `[{"a": ${'['.repeat(100_000)}`],
    ['bad-json', 1, '['.repeat(100_000)],
    ['bad-json', 1, `{"a": [${'{"a":'.repeat(100_000)}`],
    ['bad-row', 2, '{"a": 1}\n{"a": 2\n{"a": 3}\n'],
    ['no-rows', undefined, '[]'],
    ['no-rows', undefined, '{"a": []}'],
    ['not-a-table', undefined, '[{}, {}]'],
    ['empty-file', undefined, ' \n']
  ])('%s in line %s', async (code, line, text) => {
    const error: unknown = await read(text).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, details: { file: 'a.json' } })
    expect(error).toMatchObject(line === undefined ? {} : { details: { line } })
  })

  it('leaves out bad lines when told to, and nothing of them stays behind', async () => {
    const text = '{"a": 1}\n{"a": 9, "x": 1, "x": 2}\n{"a": 9, "y":\n{"a": 2}\n[3]\n'
    await expect(read(text, 'a.ndjson')).rejects.toMatchObject({ code: 'bad-row', details: { line: 2 } })
    const table = await read(text, 'a.ndjson', { badRows: 'skip' })
    expect(columnsOf(table)).toEqual(new Map([['a', ['1', '2']]]))
    expect(table.skipped.rows.map(({ line }) => line)).toEqual([2, 3, 5])
    expect(table.notices.map(({ code }) => code)).toContain('skipped-rows')
  })

  it('has a limit for columns', async () => {
    const record = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`c${i}`, i]))
    await expect(read(JSON.stringify([record]))).rejects.toMatchObject({ code: 'too-many-columns' })
  })

  it('is cancelled', async () => {
    writeFileSync(join(folder, 'long.json'), JSON.stringify(Array.from({ length: 200_000 }, (_, a) => ({ a }))))
    const controller = new AbortController()
    const reading = readTable(join(folder, 'long.json'), {
      signal: controller.signal,
      onProgress: () => controller.abort()
    })
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('gives back any records', async () => {
    // Words that count as missing, and texts that are numbers or dates, are read as what they say.
    const text = fc.string({ unit: 'grapheme' }).map((each) => `_${each}`)
    const cell = fc.oneof(text, fc.constant(null))
    const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, numbers), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('rows', 'lines', 'columns'),
        async (records, layout) => {
          const entries = records.map(([p, n]) => `{"__proto__": ${JSON.stringify(p)}, "n": ${JSON.stringify(n)}}`)
          const [first, second] = [0, 1].map((place) => JSON.stringify(records.map((record) => record[place])))
          const file =
            layout === 'rows'
              ? `[${entries.join(', ')}]`
              : layout === 'lines'
                ? entries.join('\n')
                : `{"__proto__": ${first}, "n": ${second}}`
          const table = await read(file, layout === 'lines' ? 'a.jsonl' : 'a.json')
          expect(columnsOf(table).get('__proto__')).toEqual(records.map(([p]) => p))
          const n = table.columns[1]
          expect(n?.type === 'number' && [...n.values]).toEqual(records.map(([, value]) => value ?? NaN))
        }
      ),
      { numRuns: 100 }
    )
  })
})

describe('the scanner', () => {
  const nothing = (): void => undefined
  const ignore: JsonHandler = {
    open: nothing,
    close: nothing,
    key: nothing,
    text: nothing,
    number: nothing,
    word: nothing
  }
  const accepts = (text: string, cut: number): boolean => {
    const scanner = new JsonScanner(ignore)
    try {
      scanner.push(text.slice(0, cut))
      scanner.push(text.slice(cut))
      scanner.finish()
      return true
    } catch (error) {
      if (error instanceof JsonProblem) return false
      throw error
    }
  }

  it('takes what JSON.parse takes, wherever the text is cut', () => {
    const edited = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', ':', '"', '{', ']', '\\', '0', '-', 'e', ' ', '\n'),
        fc.nat(2)
      )
      .map(([text, at, put, remove]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + remove))
    fc.assert(
      fc.property(fc.oneof(fc.json(), edited), fc.nat(), (text, cut) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        // Half characters are refused here; fc.json makes none with escapes.
        expect(accepts(text, cut % (text.length + 1))).toBe(valid)
      }),
      { numRuns: 3000 }
    )
  })
})
