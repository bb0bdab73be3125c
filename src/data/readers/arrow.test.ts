import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Binary, Null, Table as ArrowTable, tableFromArrays, tableToIPC, vectorFromArray } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'
import { unpackLz4 } from './lz4'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-arrow-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(content: Uint8Array, name = 'a.arrow'): Promise<Table> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readTable(path)
}

describe('arrow', () => {
  it('gives back any numbers and texts, from files and streams', async () => {
    const texts = fc.array(fc.option(fc.string({ unit: 'grapheme' }).map((text) => `_${text}`)), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.array(fc.double()),
        fc.constantFrom('file', 'stream'),
        async (words, numbers, kind) => {
          const values = Float64Array.from(words, (_, row) => numbers[row] ?? 0)
          const table = new ArrowTable({ __proto__x: vectorFromArray(words), n: vectorFromArray(values) })
          const found = await read(tableToIPC(table, kind), kind === 'file' ? 'a.arrow' : 'a.bin')
          expect(tableRows(found, 0, found.rows).map(([word]) => word)).toEqual(words)
          const [, n] = found.columns
          expect(n?.type === 'number' && [...n.values]).toEqual(
            [...values].map((each) => (Number.isFinite(each) ? each : NaN))
          )
        }
      ),
      { numRuns: 50 }
    )
  })

  it('says what it does not read', async () => {
    await expect(read(Buffer.from('FEA1abcd'), 'a.feather')).rejects.toMatchObject({ code: 'unsupported-version' })
    await expect(read(Buffer.from('ARROW1\0\0'))).rejects.toMatchObject({ code: 'damaged-file' })
    await expect(read(Buffer.from('a,b\n1,2\n'))).rejects.toMatchObject({ code: 'damaged-file' })
    const nothing = new ArrowTable({ a: vectorFromArray([null, null], new Null()) })
    await expect(read(tableToIPC(nothing))).rejects.toMatchObject({ code: 'not-a-table' })
    const bytes = new ArrowTable({ a: vectorFromArray([Uint8Array.of(255)], new Binary()) })
    await expect(read(tableToIPC(bytes))).rejects.toMatchObject({ code: 'not-a-table' })
    await expect(read(tableToIPC(tableFromArrays({ a: new Float64Array(0) })))).rejects.toMatchObject({
      code: 'no-rows'
    })
  })
})

describe('LZ4', () => {
  // `printf 'abcabcabcabcabcabcabcabc, and then some' | lz4 -c | base64`
  const packed = Buffer.from('BCJNGGRApxgAAAA/YWJjAwAC8AAsIGFuZCB0aGVuIHNvbWUAAAAAn/8GFQ==', 'base64')
  const text = 'abcabcabcabcabcabcabcabc, and then some'

  it('unpacks what the lz4 program packed', () => {
    expect(Buffer.from(unpackLz4(packed, 1000)).toString()).toBe(text)
    expect(Buffer.from(unpackLz4(Buffer.concat([packed, packed]), 1000)).toString()).toBe(text + text)
  })

  it('stops at the limit, and at anything damaged', () => {
    expect(() => unpackLz4(packed, 10)).toThrow(RangeError)
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? packed.subarray(0, at) : Buffer.from(packed)
        if (!cut) damaged[at] = byte
        try {
          expect(unpackLz4(damaged, 100_000).length).toBeLessThanOrEqual(100_000)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 500 }
    )
  })
})
