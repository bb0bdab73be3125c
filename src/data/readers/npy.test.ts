import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'
import { parseLiteral } from './npy-header'
import { halfFloat } from './npy-types'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-npy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An NPY file as numpy writes it. */
function npy(header: string, data: Uint8Array, version: 1 | 2 | 3 = 1): Buffer {
  const text = Buffer.from(`${header}\n`, version === 3 ? 'utf8' : 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(text.length, 0, length.length)
  return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([version, 0]), length, text, data])
}

function described(descr: string, shape: string, fortran = 'False'): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

async function read(content: Uint8Array, name = 'a.npy'): Promise<Table> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readTable(path)
}

function rowsOf(table: Table): (string | null)[][] {
  return tableRows(table, 0, table.rows).map((row) => [...row])
}

const four = bytesOf(Float64Array.of(1, 2, 3, 4))

describe('npy', () => {
  it.each([1, 2, 3] as const)('reads version %i', async (version) => {
    const table = await read(npy(described("'<f8'", '(2, 2)'), four, version))
    expect(table.format).toEqual({ kind: 'npy' })
    expect(table.columns.map(({ name }) => name)).toEqual(['0', '1'])
    expect(rowsOf(table)).toEqual([
      ['1', '2'],
      ['3', '4']
    ])
  })

  it('reads Fortran order, and all further dimensions as columns', async () => {
    expect(rowsOf(await read(npy(described("'<f8'", '(2, 2)', 'True'), four)))).toEqual([
      ['1', '3'],
      ['2', '4']
    ])
    const cube = Float64Array.from({ length: 12 }, (_, i) => i)
    expect(rowsOf(await read(npy(described("'<f8'", '(2, 3, 2)'), bytesOf(cube))))).toEqual([
      ['0', '1', '2', '3', '4', '5'],
      ['6', '7', '8', '9', '10', '11']
    ])
    // Element (i, j, k) of Fortran order stands at i + 2 (j + 3 k).
    expect(rowsOf(await read(npy(described("'<f8'", '(2, 3, 2)', 'True'), bytesOf(cube))))[1]).toEqual([
      '1',
      '7',
      '3',
      '9',
      '5',
      '11'
    ])
  })

  it('reads every type of number, in both orders of bytes', async () => {
    const cases: readonly [string, number[], string[]][] = [
      ['|i1', [0xff, 2], ['-1', '2']],
      ['|u1', [0xff, 2], ['255', '2']],
      ['<i2', [0xfe, 0xff, 1, 0], ['-2', '1']],
      ['>i2', [0xff, 0xfe, 0, 1], ['-2', '1']],
      ['>u4', [0, 0, 1, 0, 0, 0, 0, 1], ['256', '1']],
      ['>f4', [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], ['1', '-2']],
      ['<f2', [0, 0x3c, 0, 0xc0], ['1', '-2']],
      ['|b1', [0, 1], ['false', 'true']]
    ]
    for (const [type, bytes, expected] of cases) {
      expect(rowsOf(await read(npy(described(`'${type}'`, '(2,)'), Uint8Array.from(bytes)))).flat(), type).toEqual(
        expected
      )
    }
    const long = await read(npy(described("'<i8'", '(2,)'), bytesOf(BigInt64Array.of(9007199254740993n, -5n))))
    expect(long.columns[0]?.facts?.inexact).toBe(1)
    const infinite = await read(npy(described("'<f8'", '(2,)'), bytesOf(Float64Array.of(Infinity, NaN))))
    expect(infinite.columns[0]?.facts?.infinite).toBe(1)
    expect([halfFloat(0x0001), halfFloat(0x7c00), halfFloat(0xfbff)]).toEqual([2 ** -24, Infinity, -65504])
  })

  it('reads texts and times', async () => {
    const wide = Buffer.alloc(16)
    wide.writeUInt32LE(0x1f600, 0)
    wide.writeUInt32LE('b'.charCodeAt(0), 8)
    expect(rowsOf(await read(npy(described("'<U2'", '(2,)'), wide)))).toEqual([['😀'], ['b']])
    expect(rowsOf(await read(npy(described("'|S2'", '(2,)'), Buffer.from('ab\xe9\0', 'latin1'))))).toEqual([
      ['ab'],
      ['é']
    ])
    const days = await read(npy(described("'<M8[D]'", '(2,)'), bytesOf(BigInt64Array.of(18263n, -(2n ** 63n)))))
    expect(days.columns[0]).toMatchObject({ type: 'number', time: 'date' })
    expect(rowsOf(days)).toEqual([['2020-01-02'], [null]])
    const nanos = await read(npy(described("'<M8[ns]'", '(1,)'), bytesOf(BigInt64Array.of(1577934245678901234n))))
    expect(rowsOf(nanos)).toEqual([['2020-01-02T03:04:05.678901Z']])
  })

  it('reads structured types as named columns', async () => {
    const descr = "[('a', '<i2'), ('', '|V2'), ('__proto__', '|u1', (2,)), ('in', [('x', '|i1')])]"
    const table = await read(npy(described(descr, '(1,)'), Uint8Array.of(1, 0, 9, 9, 2, 3, 4)))
    expect(table.columns.map(({ name }) => name)).toEqual(['a', '__proto__[0]', '__proto__[1]', 'in.x'])
    expect(rowsOf(table)).toEqual([['1', '2', '3', '4']])
  })

  it.each([
    ['pickle-refused', described("'|O'", '(1,)'), 8],
    ['pickle-refused', described("[('a', '|O')]", '(1,)'), 8],
    ['unsupported-type', described("'<c16'", '(1,)'), 16],
    ['unsupported-type', described("'<f16'", '(1,)'), 16],
    ['unsupported-type', described("'<U0'", '(1000000000,)'), 0],
    ['damaged-file', described("'<f8'", '(9007199254740991, 9007199254740991)'), 8],
    ['damaged-file', described("'<f8'", '(3,)'), 8],
    ['damaged-file', described("'<f8'", '(1,)'), 16],
    ['damaged-file', described("__import__('os').system('true')", '(1,)'), 8],
    ['damaged-file', `{'descr': '<f8', 'shape': (1,)}`, 8],
    ['damaged-file', '('.repeat(5000), 8],
    ['not-a-table', described("'<f8'", '()'), 8],
    ['not-a-table', described("'<f8'", '(3, 0)'), 0],
    ['no-rows', described("'<f8'", '(0,)'), 0],
    ['too-many-columns', described("'|u1'", '(1, 20001)'), 20001]
  ])('%s: %s', async (code, header, bytes) => {
    await expect(read(npy(header, Buffer.alloc(bytes)))).rejects.toMatchObject({ code })
  })

  it('reads Python literals and nothing else', () => {
    expect(parseLiteral(`{"a": (1, 2L), 'b\\'': [], 'c': (3), 'd': None}`)).toEqual(
      new Map<string, unknown>([
        ['a', { kind: 'tuple', items: [1, 2] }],
        ["b'", { kind: 'list', items: [] }],
        ['c', 3],
        ['d', null]
      ])
    )
    for (const text of ['1 + 1', 'a', '{1: 2}', "{'a': 1, 'a': 2}", "'a", '[1 2]', '', '1e5', '99999999999999999999']) {
      expect(() => parseLiteral(text), text).toThrow(SyntaxError)
    }
  })

  it('gives back any array of numbers', async () => {
    const arrays = fc
      .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) =>
        fc.tuple(
          fc.constant(rows),
          fc.constant(columns),
          fc.array(fc.double(), { minLength: rows * columns, maxLength: rows * columns })
        )
      )
    await fc.assert(
      fc.asyncProperty(arrays, async ([rows, columns, values]) => {
        const table = await read(npy(described("'<f8'", `(${rows}, ${columns})`), bytesOf(Float64Array.from(values))))
        const found = table.columns.map((column) => (column.type === 'number' ? [...column.values] : []))
        const expected = found.map((_, c) =>
          Array.from({ length: rows }, (_row, r) => {
            const value = values[r * columns + c] ?? NaN
            return Number.isFinite(value) ? value : NaN
          })
        )
        expect(found).toEqual(expected)
      }),
      { numRuns: 50 }
    )
  })
})

describe('npz', () => {
  const archive = async (files: readonly (readonly [string, Buffer])[]): Promise<Buffer> => {
    const zip = new ZipFile()
    for (const [name, content] of files) zip.addBuffer(content, name)
    zip.end()
    return buffer(zip.outputStream)
  }
  const x = npy(described("'<f8'", '(2, 2)'), four)
  const y = npy(described("'|u1'", '(2,)'), Uint8Array.of(7, 8))

  it('puts arrays with equally many rows side by side', async () => {
    const table = await read(
      await archive([
        ['x.npy', x],
        ['y.npy', y],
        ['scale.npy', npy(described("'<f8'", '()'), four.subarray(0, 8))]
      ]),
      'a.npz'
    )
    expect(table.format).toEqual({ kind: 'npz', arrays: ['x', 'y'] })
    expect(table.columns.map(({ name }) => name)).toEqual(['x[0]', 'x[1]', 'y'])
    expect(rowsOf(table)).toEqual([
      ['1', '2', '7'],
      ['3', '4', '8']
    ])
    expect(table.notices.find(({ code }) => code === 'arrays-left-out')?.message).toContain('"scale" (one value)')
  })

  it('refuses pickles and what is no array', async () => {
    const pickle = npy(described("'|O'", '(1,)'), Buffer.alloc(8))
    await expect(
      read(
        await archive([
          ['a.npy', x],
          ['o.npy', pickle]
        ]),
        'b.npz'
      )
    ).rejects.toMatchObject({ code: 'pickle-refused' })
    await expect(
      read(
        await archive([
          ['a.npy', x],
          ['a.txt', pickle]
        ]),
        'c.npz'
      )
    ).rejects.toMatchObject({ code: 'not-a-table' })
    await expect(read(await archive([['a.npy', Buffer.from('x')]]), 'd.npz')).rejects.toMatchObject({
      code: 'damaged-file'
    })
  })
})
