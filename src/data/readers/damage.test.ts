/** Every format, damaged at any place: a table or a typed error, in little time. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zipFile } from '../../../tests/bad-input'
import { DataFormatError } from '../../shared/errors'
import { readTable } from '../read'
import { lengthOf } from '../table'

const seeds = fileURLToPath(new URL('../../../tests/tables/', import.meta.url))
/** Damages of one file, and the milliseconds they may take together. */
const tries = 100
const budget = 800
/** For one damaged file. */
const longest = 5000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-damage-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const npy = Buffer.concat([
  Buffer.from(
    "\x93NUMPY\x01\x00\x4e\x00{'descr': [('a', '<f8'), ('b', '<U2')], 'fortran_order': False, 'shape': (2,)}",
    'latin1'
  ),
  Buffer.alloc(32, 1)
])

async function files(): Promise<readonly (readonly [string, Buffer])[]> {
  const table = 'a;b;"c ""d"""\r\n1,5;x;"é\n;"\r\n-2;;NA\r\n'
  /** One pixel. */
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgZGIGAAAOAAfXb+R4AAAAAElFTkSuQmCC',
    'base64'
  )
  return [
    ...readdirSync(seeds).map((name) => [name, readFileSync(seeds + name)] as const),
    ['a.csv', Buffer.from(table)],
    ['b.csv', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['c.csv', Buffer.from(table, 'latin1')],
    ['a.json', Buffer.from('[{"a": 1, "b": "x\\u0041", "c": {"d": [1, null]}}, {"a": -2.5e3, "b": null}]')],
    ['b.json', Buffer.from('{"a": [1, 2, 3], "b": ["x", "y", null]}')],
    ['c.ndjson', Buffer.from('{"a": 1}\n{"a": 2, "b": true}\n')],
    ['a.arff', Buffer.from(`@relation r\n@attribute a numeric\n@attribute b {x,'y z'}\n@data\n1,x\n{0 2, 1 'y z'}\n`)],
    ['a.npy', npy],
    ['a.npz', await zipFile([['a.npy', npy]])],
    [
      'a.zip',
      await zipFile([
        ['x/1.png', png],
        ['y/1.png', png]
      ])
    ],
    ['a-idx2-ubyte', Buffer.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4])]
  ]
}

const all = await files()

/** Damages that took minutes or all memory before they were refused: one byte put in place of another, or four set to 255. */
const found = [
  ['types-lz4.feather', 3618, '03', 'the end of a list of 3 elements'],
  ['types-zstd.feather', 3544, '6a', 'the end of a list of 3 elements'],
  ['types.arrows', 2999, '79', 'the end of a list of 3 elements'],
  ['types-lz4.feather', 4675, 'fc', 'the digits of a decimal'],
  ['types-snappy.parquet', 946, 'ffffffff', 'a time of day']
] as const

describe('damages that were found', () => {
  it.each(found)('%s, byte %i: %s, %s', async (name, at, hex) => {
    const bytes = readFileSync(seeds + name)
    bytes.write(hex, at, 'hex')
    const path = join(folder, name)
    writeFileSync(path, bytes)
    const began = performance.now()
    await expect(readTable(path)).rejects.toMatchObject({ code: 'damaged-file' })
    expect(performance.now() - began).toBeLessThan(longest)
  })
})

describe('damaged files', () => {
  it.each(all)('%s', async (name, good) => {
    const damage = fc.tuple(
      fc.constantFrom('flip', 'cut', 'splice', 'max'),
      fc.nat(good.length - 1),
      fc.nat(good.length - 1),
      fc.integer({ min: 0, max: 255 })
    )
    const path = join(folder, name)
    await fc.assert(
      fc.asyncProperty(damage, async ([kind, at, from, byte]) => {
        let bytes = Buffer.from(good)
        if (kind === 'flip') bytes[at] = byte
        else if (kind === 'cut') bytes = bytes.subarray(0, at)
        else if (kind === 'max') bytes.fill(0xff, at, Math.min(at + 4, bytes.length))
        else bytes.copy(bytes, at, from, from + 16)
        writeFileSync(path, bytes)
        const began = performance.now()
        try {
          const table = await readTable(path)
          for (const column of table.columns) {
            expect(lengthOf(column)).toBe(table.rows)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(DataFormatError)
        }
        expect(performance.now() - began).toBeLessThan(longest)
      }),
      { numRuns: tries, interruptAfterTimeLimit: budget }
    )
  })
})
