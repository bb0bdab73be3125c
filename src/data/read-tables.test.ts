import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cancelled, StudioError } from '../shared/errors'
import { joinTables } from './join-tables'
import { madeImages } from './features/testing-images'
import { honestyFindings } from './honesty'
import { prepare } from './prepare'
import { tableRows } from './profile'
import { readTable } from './read'
import { readTables } from './read-tables'
import type { ReadOptions, ReadProgress } from './readers/reader'
import { suggestSetup } from './suggest'
import { requireColumn, type Table } from './table'
import { column, table } from './testing'
import { Turns } from './turns'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-tables-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

async function failure(work: Promise<unknown>): Promise<StudioError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error
  )
  if (thrown instanceof StudioError) return thrown
  throw new Error(`expected a failure, got ${String(thrown)}`)
}

/** Read from files of this text, in this order. */
async function readTexts(texts: Readonly<Record<string, string>>, options: ReadOptions = {}): Promise<Table> {
  const paths: string[] = []
  for (const [name, text] of Object.entries(texts)) paths.push(await write(name, text))
  return readTables(paths, options)
}

const rowsOf = (data: Table) => tableRows(data, 0, data.rows)
const namesOf = (data: Table) => data.columns.map(({ name }) => name)

describe('several files', () => {
  it('stand one under the other, by the names of their columns, with a column of their own names', async () => {
    const data = await readTexts({ 'train.csv': 'x,y\n1,a\n2,b\n', 'test.csv': 'y,x\nc,3\n' })
    expect(namesOf(data)).toEqual(['x', 'y', 'file'])
    expect(rowsOf(data)).toEqual([
      ['1', 'a', 'train.csv'],
      ['2', 'b', 'train.csv'],
      ['3', 'c', 'test.csv']
    ])
    expect(data.fileName).toBe('train.csv + test.csv')
    expect(data.format).toMatchObject({ kind: 'delimited', delimiter: ',' })
    const parts = await Promise.all(['train.csv', 'test.csv'].map((name) => readTable(join(folder, name))))
    const hash = createHash('sha256').update(parts.map(({ sha256 }) => sha256).join(''))
    expect(data.sha256).toBe(hash.digest('hex'))
    expect(data.joined).toEqual({
      column: 'file',
      files: parts.map(({ fileName, sha256, rows }) => ({ fileName, sha256, rows }))
    })
  })

  it('are counted where they are more than two, and one alone is itself', async () => {
    const three = await readTexts({ 'a.csv': 'x\n1\n', 'b.csv': 'x\n2\n', 'c.csv': 'x\n3\n' })
    expect([three.fileName, three.rows]).toEqual(['3 files', 3])
    const alone = await readTables([join(folder, 'a.csv')])
    expect(alone).toEqual(await readTable(join(folder, 'a.csv')))
  })

  it('of one name are told apart by their folders, and a column called file is kept', async () => {
    const data = await readTexts({ 'train/data.csv': 'file,y\n1,2\n', 'test/data.csv': 'file,y\n3,4\n' })
    expect(rowsOf(data)).toEqual([
      ['1', '2', 'train/data.csv'],
      ['3', '4', 'test/data.csv']
    ])
    expect(namesOf(data)).toEqual(['file', 'y', 'file_2'])
    expect(data.fileName).toBe('data.csv + data.csv')
  })

  it('make a column text where it is text in one of them, and keep times where all have them', async () => {
    const data = await readTexts({
      'a.csv': 'n,t,d,e\n1.50,5,2024-01-31,\n2,6,2024-02-01,\n',
      'b.csv': 'n,t,d,e\nNA,x,2024-03-01 12:30,7\n4,,2024-03-02,\n'
    })
    expect(rowsOf(data)).toEqual([
      ['1.5', '5', '2024-01-31T00:00:00Z', null, 'a.csv'],
      ['2', '6', '2024-02-01T00:00:00Z', null, 'a.csv'],
      [null, 'x', '2024-03-01T12:30:00Z', '7', 'b.csv'],
      ['4', null, '2024-03-02T00:00:00Z', null, 'b.csv']
    ])
    expect(data.columns.map(({ type }) => type)).toEqual(['number', 'category', 'number', 'number', 'category'])
    const [n, t] = data.columns
    expect(n?.facts?.missingWords).toEqual([{ text: 'NA', cells: 1 }])
    expect(t).toMatchObject({ categories: ['5', '6', 'x'] })
    const mixed = await readTexts({ 'a.csv': 'd\n2024-01-31\n', 'b.csv': 'd\n5\n' })
    expect(rowsOf(mixed).map(([cell]) => cell)).toEqual(['2024-01-31', '5'])
  })

  it('that have other columns are refused, each with what it lacks', async () => {
    const error = await failure(readTexts({ 'train.csv': 'x,y,label\n1,2,3\n', 'test.csv': 'x,z\n1,2\n' }))
    expect(error.code).toBe('columns-differ')
    expect(error.message).toContain('"test.csv" lacks "y", "label", and "train.csv" lacks "z"')
  })

  it('name every file once, and all of them are there', async () => {
    const path = await write('a.csv', 'x\n1\n')
    expect((await failure(readTables([path, join(folder, '.', 'a.csv')]))).code).toBe('same-file')
    expect((await failure(readTables([path, join(folder, 'gone.csv')]))).code).toBe('file-not-found')
  })

  it('add up the rows that could not be read, each with its file', async () => {
    const data = await readTexts(
      { 'a.csv': 'x,y\n1,2\n1\n3,4\n', 'b.csv': 'x,y\n5,6,7\n8,9\n' },
      { as: { badRows: 'skip' } }
    )
    expect(data.skipped.count).toBe(2)
    expect(data.skipped.rows.map(({ line, reason }) => [line, reason.slice(0, 8)])).toEqual([
      [3, '(a.csv) '],
      [2, '(b.csv) ']
    ])
    expect(
      data.notices.filter(({ code }) => code === 'skipped-rows').map(({ message }) => message.slice(0, 7))
    ).toEqual(['a.csv: ', 'b.csv: '])
    expect(data.readAs).toEqual({ badRows: 'skip' })
  })

  it('tell of their progress as one, and can be cancelled', async () => {
    const line = (row: number) => `${row},${row % 7}\n`
    const text = `x,y\n${Array.from({ length: 200_000 }, (_, row) => line(row)).join('')}`
    const told: ReadProgress[] = []
    const data = await readTexts({ 'a.csv': text, 'b.csv': text }, { onProgress: (each) => told.push(each) })
    expect(data.rows).toBe(400_000)
    expect(told.length).toBeGreaterThan(1)
    expect(new Set(told.map(({ totalBytes }) => totalBytes))).toEqual(new Set([2 * text.length]))
    const bytes = told.map((each) => each.bytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(bytes.at(-1)).toBeLessThanOrEqual(2 * text.length)
    expect(told.at(-1)?.rows).toBeGreaterThan(200_000)
    const paths = ['a.csv', 'b.csv'].map((name) => join(folder, name))
    await expect(readTables(paths, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Cancelled)
  })

  it('of images are joined where all are of one size', async () => {
    const part = (rows: number, width = 5): Table => table([madeImages(rows, { width })])
    const joined = await joinTables([part(2), part(3)], ['a', 'b'], new Turns(undefined))
    const image = requireColumn(joined, 'image')
    expect(image).toMatchObject({ type: 'image', width: 5, height: 4, channels: 1 })
    const [one, two] = [madeImages(2), madeImages(3)]
    expect(image.type === 'image' && [...image.pixels]).toEqual([...one.pixels, ...two.pixels])
    const error = await failure(joinTables([part(2), part(2, 6)], ['a', 'b'], new Turns(undefined)))
    expect(error.code).toBe('images-differ')
    expect(error.message).toContain('5×4×1, 6×4×1')
  })
})

describe('pairs of IDX files', () => {
  function idx(shape: readonly number[], data: Uint8Array): Buffer {
    const header = Buffer.alloc(4 + 4 * shape.length)
    header.writeUInt8(0x08, 2)
    header.writeUInt8(shape.length, 3)
    for (const [index, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * index)
    return gzipSync(Buffer.concat([header, data]))
  }
  const imagesOf = (rows: number) =>
    idx(
      [rows, 2, 3],
      Uint8Array.from({ length: rows * 6 }, (_, at) => at % 251)
    )
  const labelsOf = (rows: number) =>
    idx(
      [rows],
      Uint8Array.from({ length: rows }, (_, row) => row % 2)
    )

  it('are one dataset each, whatever the order in which they are named', async () => {
    const images = await write('train-images-idx3-ubyte.gz', imagesOf(4))
    const labels = await write('train-labels-idx1-ubyte.gz', labelsOf(4))
    const alone = await readTable(images)
    for (const paths of [
      [images, labels],
      [labels, images]
    ]) {
      const data = await readTables(paths)
      expect(data).toEqual(alone)
      expect(data.joined).toBeUndefined()
    }
    const paths = [
      await write('t10k-images-idx3-ubyte.gz', imagesOf(2)),
      await write('t10k-labels-idx1-ubyte.gz', labelsOf(2)),
      labels,
      images
    ]
    const both = await readTables(paths)
    expect(both.rows).toBe(6)
    expect(rowsOf(both).map(([, ...cells]) => cells.join(' '))).toEqual([
      '0 t10k-images-idx3-ubyte.gz',
      '1 t10k-images-idx3-ubyte.gz',
      '0 train-images-idx3-ubyte.gz',
      '1 train-images-idx3-ubyte.gz',
      '0 train-images-idx3-ubyte.gz',
      '1 train-images-idx3-ubyte.gz'
    ])
    const setup = suggestSetup(both)
    expect(setup).toMatchObject({
      target: 'label',
      split: { by: 'fixed', column: 'file', validation: [], test: ['t10k-images-idx3-ubyte.gz'] }
    })
    expect([...prepare(both, setup).testRows]).toEqual([0, 1])
  })
})

describe('the setup that is suggested for several files', () => {
  const text = (from: number, rows: number) =>
    `x,kind\n${Array.from({ length: rows }, (_, row) => `${((from + row) * 7) % 23},${row % 2 ? 'a' : 'b'}\n`).join('')}`

  it('keeps the files back that say so, and leaves their column out', async () => {
    const data = await readTexts({ 'train.csv': text(0, 20), 'val.csv': text(20, 6), 'test.csv': text(26, 4) })
    const setup = suggestSetup(data)
    expect(setup).toMatchObject({
      target: 'kind',
      ignored: ['file'],
      split: { by: 'fixed', column: 'file', validation: ['val.csv'], test: ['test.csv'] }
    })
    const { preparation, trainRows, validationRows, testRows } = prepare(data, setup)
    expect([trainRows, validationRows, testRows].map(({ length }) => length)).toEqual([20, 6, 4])
    expect(preparation.features.map(({ name }) => name)).toEqual(['x'])
  })

  it('is as for one file where the names say nothing, or are of two trainings', async () => {
    const plain = suggestSetup(await readTexts({ 'a.csv': text(0, 10), 'b.csv': text(10, 10) }))
    expect(plain).toMatchObject({ target: 'kind', ignored: ['file'], split: { by: 'auto', column: null } })
    const twice = await readTexts({ 'train_1.csv': text(0, 10), 'train_2.csv': text(9, 9), 'test.csv': text(5, 5) })
    expect(suggestSetup(twice).split.by).toBe('auto')
  })

  it('does not hide rows that are in two files from the check for twins', async () => {
    const wide = (from: number, rows: number) =>
      `x,z,kind\n${Array.from({ length: rows }, (_, row) => `${from + row},${(from + row) * 3.5},${row % 2 ? 'a' : 'b'}\n`).join('')}`
    const data = await readTexts({ 'train.csv': wide(0, 30), 'val.csv': wide(10, 20) })
    const setup = suggestSetup(data)
    const found = honestyFindings(data, setup, prepare(data, setup)).find(({ code }) => code === 'duplicate-rows')
    expect(found?.message).toContain('20 of 20 validation rows')
  })
})

describe('joined tables', () => {
  it('let go of what they were made of', async () => {
    const tables = [table([column('x', [1])]), table([column('x', [2])])]
    await joinTables(tables, ['a', 'b'], new Turns(undefined))
    expect(tables).toEqual([])
  })
})
