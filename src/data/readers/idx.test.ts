import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataFormatError } from '../../shared/errors'
import { tableRows } from '../profile'
import { readTable } from '../read'
import { requireColumn, type Table } from '../table'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-idx-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function idx(type: number, shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt8(type, 2)
  header.writeUInt8(shape.length, 3)
  for (const [index, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * index)
  return Buffer.concat([header, data])
}

const pixels = Uint8Array.from({ length: 4 * 2 * 3 }, (_, at) => (at * 37) % 256)
const images = idx(0x08, [4, 2, 3], pixels)
const labels = idx(0x08, [4], Uint8Array.of(7, 10, 7, 2))

function write(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function codeOf(path: string): Promise<string> {
  return readTable(path).then(
    () => 'no error',
    (error: unknown) => (error instanceof DataFormatError ? error.code : String(error))
  )
}

function pixelsOf(table: Table): Uint8Array {
  const column = requireColumn(table, 'image')
  if (column.type !== 'image') throw new Error('no images')
  return column.pixels
}

describe('images in IDX', () => {
  it.each([
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', false],
    ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', true],
    ['t10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte', false],
    ['t10k-images-idx3-ubyte.gz', 't10k-labels.idx1-ubyte', true],
    ['images-idx3-ubyte', 'labels-idx1-ubyte', false]
  ])('%s goes with %s', async (name, beside, packed) => {
    const labelBytes = beside.endsWith('.gz') ? gzipSync(labels) : labels
    write(beside, labelBytes)
    const bytes = packed ? gzipSync(images) : images
    const table = await readTable(write(name, bytes))
    expect(table.columns.map((column) => [column.name, column.type])).toEqual([
      ['image', 'image'],
      ['label', 'category']
    ])
    expect(requireColumn(table, 'image')).toMatchObject({ width: 3, height: 2, channels: 1 })
    expect(pixelsOf(table)).toEqual(pixels)
    expect(tableRows(table, 0, 9)).toEqual(['7', '10', '7', '2'].map((label) => ['3×2', label]))
    expect(table.format).toEqual({ kind: 'idx', shape: [4, 2, 3], labels: beside })
    const [first, second] = [bytes, labelBytes].map((each) => createHash('sha256').update(each).digest('hex'))
    expect(table.sha256).toBe(
      createHash('sha256')
        .update(`${first ?? ''}${second ?? ''}`)
        .digest('hex')
    )
  })

  it('are read without labels, and say so', async () => {
    const table = await readTable(write('some-images-idx3-ubyte', images))
    expect(table.columns.map(({ name }) => name)).toEqual(['image'])
    expect(table.notices.map(({ code }) => code)).toContain('no-labels')
    expect(table.sha256).toBe(createHash('sha256').update(images).digest('hex'))
  })

  it('are told by what is in the file, whatever it is called', async () => {
    expect((await readTable(write('pictures.bin', images))).format.kind).toBe('idx')
    expect((await readTable(write('pictures.gz', gzipSync(images)))).format.kind).toBe('idx')
  })

  it.each([
    ['another number of labels', idx(0x08, [3], Uint8Array.of(1, 2, 3)), 'labels-mismatch'],
    ['labels of two dimensions', idx(0x08, [4, 1], Uint8Array.of(1, 2, 3, 4)), 'labels-mismatch'],
    ['labels that are no IDX', Buffer.from('1,2,3,4'), 'damaged-file']
  ])('are refused with %s', async (_what, beside, code) => {
    write('labels-idx1-ubyte', beside)
    expect(await codeOf(write('images-idx3-ubyte', images))).toBe(code)
  })
})

describe('numbers in IDX', () => {
  it('are columns of numbers', async () => {
    const list = await readTable(write('train-labels-idx1-ubyte', labels))
    expect(tableRows(list, 0, 9)).toEqual([['7'], ['10'], ['7'], ['2']])
    expect(list.columns.map(({ name, type }) => [name, type])).toEqual([['label', 'number']])
    const floats = Buffer.alloc(16)
    for (const [at, value] of [1.5, -2, NaN, 4].entries()) floats.writeFloatBE(value, 4 * at)
    const square = await readTable(write('a.idx2-float', idx(0x0d, [2, 2], floats)))
    expect(tableRows(square, 0, 9)).toEqual([
      ['1.5', '-2'],
      [null, '4']
    ])
    expect(square.columns.map(({ name }) => name)).toEqual(['0', '1'])
  })
})

describe('files that only look like IDX', () => {
  const packed = gzipSync(images)
  const zeros = gzipSync(Buffer.concat([images, Buffer.alloc(50_000_000)]))
  it.each([
    ['a wrong first byte', Buffer.concat([Buffer.of(1), images.subarray(1)]), 'damaged-file'],
    ['an unknown type', idx(0x0a, [4, 2, 3], pixels), 'damaged-file'],
    ['no dimension', idx(0x08, [], pixels), 'damaged-file'],
    ['nine dimensions', idx(0x08, [1, 1, 1, 1, 1, 1, 1, 1, 1], Uint8Array.of(1)), 'damaged-file'],
    ['half of its header', images.subarray(0, 9), 'damaged-file'],
    ['three bytes', images.subarray(0, 3), 'damaged-file'],
    ['a number too few', images.subarray(0, images.length - 1), 'damaged-file'],
    ['a number too many', Buffer.concat([images, Buffer.of(0)]), 'damaged-file'],
    ['sizes beyond any memory', idx(0x08, [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], pixels), 'file-too-large'],
    ['two gigabytes that are not there', idx(0x08, [2 ** 31, 1, 1], pixels), 'file-too-large'],
    ['a gigabyte that is not there', idx(0x08, [2 ** 30, 1, 1], pixels), 'damaged-file'],
    ['a half of its packed bytes', packed.subarray(0, packed.length >> 1), 'damaged-file'],
    ['a wrong checksum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)]), 'damaged-file'],
    ['far more packed into it than it says', zeros, 'damaged-file'],
    ['no rows', idx(0x08, [0, 2, 3], new Uint8Array(0)), 'no-rows'],
    ['images without width', idx(0x08, [4, 2, 0], new Uint8Array(0)), 'not-a-table'],
    ['volumes', idx(0x08, [1, 2, 3, 4], pixels), 'not-a-table'],
    ['images of float32', idx(0x0d, [1, 2, 3], pixels), 'not-a-table']
  ])('with %s is refused', async (_what, content, code) => {
    expect(await codeOf(write('x-images-idx3-ubyte', content))).toBe(code)
  })

  it('of any damage give rows or a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.nat(255),
        fc.nat(packed.length),
        fc.boolean(),
        async (place, byte, end, isPacked) => {
          const damaged = Buffer.from(isPacked ? packed : images)
          damaged[place % damaged.length] = byte
          expect(await codeOf(write('images-idx3-ubyte', damaged.subarray(0, Math.max(1, end))))).toMatch(
            /^[a-z-]+$|^no error$/
          )
        }
      ),
      { numRuns: 60 }
    )
  })
})
