import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Transformer } from '@napi-rs/image'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zipFile } from '../../../tests/bad-input'
import { DataFormatError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import { honestyFindings } from '../honesty'
import { prepare } from '../prepare'
import { tableRows } from '../profile'
import { readTable } from '../read'
import { suggestSetup } from '../suggest'
import { requireColumn, type ImageColumn, type Table } from '../table'

let outside = ''
let folder = ''
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'studio-image-column-'))
  folder = join(outside, 'data')
  mkdirSync(folder)
})
afterEach(() => rmSync(outside, { recursive: true, force: true }))

/** An image of one grey. */
function png(level: number): Buffer {
  const pixels = new Uint8Array(4 * 12).fill(level)
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255
  return Transformer.fromRgbaPixels(pixels, 4, 3).pngSync()
}

function write(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

function imagesOf(table: Table, name = 'picture'): ImageColumn {
  const column = requireColumn(table, name)
  if (column.type !== 'image') throw new Error('no images')
  return column
}

/** The first level of each image. */
function levels(table: Table, name?: string): number[] {
  const { width, height, channels, pixels } = imagesOf(table, name)
  const size = width * height * channels
  return Array.from({ length: pixels.length / size }, (_, row) => pixels[row * size] ?? -1)
}

async function failure(path: string, as: ReadAs = {}): Promise<DataFormatError> {
  const error: unknown = await readTable(path, { as }).catch((thrown: unknown) => thrown)
  if (error instanceof DataFormatError) return error
  throw new Error(`no failure: ${String(error)}`)
}

const skip: ReadAs = { badRows: 'skip' }
const codesOf = ({ notices }: Table): string[] => notices.map(({ code }) => code)

describe('a column that names images', () => {
  it('becomes one of images, in any kind of table', async () => {
    for (const level of [10, 20, 30]) write(`images/${level}.png`, png(level))
    const csv = write(
      'a.csv',
      'picture,size,kind\nimages/30.png,1,x\n./images/10.png,2,y\nimages\\20.png,3,x\nimages/30.png,4,y\n'
    )
    const table = await readTable(csv)
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['picture', 'image'],
      ['picture file', 'category'],
      ['size', 'number'],
      ['kind', 'category']
    ])
    expect(imagesOf(table)).toMatchObject({ width: 4, height: 3, channels: 3 })
    expect(levels(table)).toEqual([30, 10, 20, 30])
    expect(tableRows(table, 1, 1)).toEqual([['4×3', './images/10.png', '2', 'y']])
    expect([table.format.kind, codesOf(table)]).toEqual(['delimited', []])

    const rows = [30, 10].map((level, at) => ({ picture: `images/${level}.png`, kind: 'xy'[at] }))
    expect(levels(await readTable(write('b.json', JSON.stringify(rows))))).toEqual([30, 10])
    expect(levels(await readTable(write('c.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))))).toEqual([
      30, 10
    ])
  })

  it('that is not there ends it at once, however many more there are', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `${i}.png`)
    for (const name of names.slice(0, 20)) write(name, png(10))
    const path = write('t.csv', ['picture', ...names, ''].join('\n'))
    const began = performance.now()
    expect(await failure(path)).toMatchObject({ code: 'bad-row', details: { line: 22 } })
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('is the only feature at first, and what it is called is none', async () => {
    let csv = 'picture,size,label\n'
    for (let at = 0; at < 20; at++) {
      write(`${at}.png`, png(10 * at))
      csv += `${at}.png,${at % 7},${at % 2 === 0 ? 'even' : 'odd'}\n`
    }
    const table = await readTable(write('t.csv', csv))
    const setup = suggestSetup(table)
    expect([setup.target, setup.ignored]).toEqual(['label', ['picture file', 'size']])
    const prepared = prepare(table, setup)
    expect(prepared.preparation.features.map(({ kind, name }) => [kind, name])).toEqual([['image', 'picture']])
    expect(() => prepare(table, { ...setup, ignored: ['picture file'] })).toThrow(/can be the only feature/)
    expect(honestyFindings(table, setup, prepared).map(({ code }) => code)).not.toContain('duplicate-rows')
  })

  it('is brought to the size that was said, and counts in the fingerprint', async () => {
    write('1.png', png(10))
    const csv = write('t.csv', 'picture\n1.png\n')
    const table = await readTable(csv, { as: { image: { width: 2, height: 2, channels: 1 } } })
    expect(imagesOf(table)).toMatchObject({ width: 2, height: 2, channels: 1 })
    expect((await readTable(csv)).sha256).toBe(table.sha256)
    write('1.png', png(11))
    expect((await readTable(csv)).sha256).not.toBe(table.sha256)
  })

  it('leaves a name that is taken', async () => {
    write('1.png', png(10))
    const table = await readTable(write('t.csv', 'picture,picture file\n1.png,x\n'))
    expect(table.columns.map(({ name }) => name)).toEqual(['picture', 'picture file_2', 'picture file'])
  })

  it('stays text where the images are not there, which is said', async () => {
    const table = await readTable(write('t.csv', 'picture,kind\n1.png,x\n2.png,y\n'))
    expect(table.columns.map(({ type }) => type)).toEqual(['category', 'category'])
    expect(codesOf(table)).toContain('images-not-found')
  })

  it.each([
    ['the same one in every row', '../secret.png\n../secret.png\n../secret.png\n'],
    ['others', '../secret.png\n/etc/b.png\nC:\\c.png\n']
  ])('stays text where all lead out of the folder, %s, which is said', async (_, cells) => {
    writeFileSync(join(outside, 'secret.png'), png(99))
    const table = await readTable(write('t.csv', `picture\n${cells}`))
    expect(table.columns.map(({ type }) => type)).toEqual(['category'])
    expect(table.notices.find(({ code }) => code === 'images-not-found')?.message).toMatch(
      /^"picture" names images whose paths are refused \("\.\.\/secret\.png" leads out of its folder\): it is read as text/
    )
  })

  it('stays text where it is a link out of the folder in every row, which is said', async () => {
    writeFileSync(join(outside, 'secret.png'), png(99))
    symlinkSync(join(outside, 'secret.png'), join(folder, 'link.png'))
    const table = await readTable(write('t.csv', 'picture\nlink.png\nlink.png\nlink.png\n'))
    expect(codesOf(table)).toEqual(['images-not-found', 'constant-column'])
  })

  it('stays text where few cells name images', async () => {
    write('1.png', png(10))
    const table = await readTable(write('t.csv', 'picture,kind\n1.png,x\nsome.txt,y\nother,y\n'))
    expect(table.columns.map(({ type }) => type)).toEqual(['category', 'category'])
    expect(codesOf(table)).not.toContain('images-not-found')
  })
})

describe('a row whose image cannot be read', () => {
  beforeEach(() => {
    for (const level of [10, 20, 30]) write(`${level}.png`, png(level))
    writeFileSync(join(outside, 'secret.png'), png(99))
  })

  /** Two good rows, then the one in question on line 5, behind a cell of two lines. */
  const tableWith = (cell: string): string =>
    write('t.csv', `note,picture\n"two\nlines",10.png\n,20.png\nx,${cell}\ny,30.png\n`)

  it.each([
    ['that is not there', 'none.png', 'names "none.png", which is not there'],
    ['without a name', '', 'names no image'],
    ['above the folder', '../secret.png', 'leads out of its folder'],
    ['above the folder, in a roundabout way', 'a/../../secret.png', 'leads out of its folder'],
    ['above the folder, as Windows writes it', '..\\secret.png', 'leads out of its folder'],
    ['at the root', '/etc/picture.png', 'begins at the root of the disk'],
    ['of another computer', '\\\\server\\share\\x.png', 'begins at the root of the disk'],
    ['of a drive', 'C:\\x.png', 'has a colon in its name'],
    ['of an address', 'file:///etc/x.png', 'has a colon in its name'],
    ['of a device', 'con.png', 'has the name of a device']
  ])('%s is a bad row', async (_, cell, reason) => {
    const path = tableWith(cell)
    const error = await failure(path)
    expect([error.code, error.details['line']]).toEqual(['bad-row', 5])
    expect(error.message).toContain(reason)
    expect(error.message).toContain('line 5')
    const table = await readTable(path, { as: skip })
    expect([levels(table), tableRows(table, 2, 1)[0]?.[0]]).toEqual([[10, 20, 30], 'y'])
    expect(table.skipped).toMatchObject({ count: 1, rows: [{ line: 5 }] })
    expect(table.skipped.rows[0]?.reason).toContain(reason)
    expect(codesOf(table)).toContain('skipped-images')
  })

  it.each([
    ['a link out of the folder', 'link.png', 'is a link that leads out of the folder'],
    ['a folder', 'folder.png', 'is no ordinary file'],
    ['a pipe', 'pipe.png', 'is no ordinary file'],
    ['a link to a device', 'device.png', 'is a link that leads out of the folder'],
    ['inside a folder that is a link out', 'away/secret.png', 'is a link that leads out of the folder'],
    ['a text', 'text.png', 'it is no image that is read here'],
    ['billions of pixels', 'huge.gif', 'more than the 67 million that are read']
  ])('since it is %s is a bad row', async (_, cell, reason) => {
    symlinkSync(join(outside, 'secret.png'), join(folder, 'link.png'))
    symlinkSync(outside, join(folder, 'away'))
    symlinkSync('/dev/zero', join(folder, 'device.png'))
    mkdirSync(join(folder, 'folder.png'))
    execFileSync('mkfifo', [join(folder, 'pipe.png')])
    write('text.png', 'hello')
    write('huge.gif', Buffer.from('GIF89a\xff\xff\xff\xff\0\0\0', 'latin1'))
    const path = tableWith(cell)
    expect(await failure(path)).toMatchObject({ code: 'bad-row', details: { line: 5 } })
    const table = await readTable(path, { as: skip })
    expect(levels(table)).toEqual([10, 20, 30])
    expect(table.skipped.rows[0]?.reason).toContain(reason)
  })

  it('may not have a NUL in its name', async () => {
    const names = ['10.png', '20.png', '10.png\0.png']
    const path = write('t.ndjson', names.map((picture) => JSON.stringify({ picture })).join('\n'))
    const error = await failure(path)
    expect([error.code, error.details['line']]).toEqual(['bad-row', 3])
    expect(error.message).toContain('has a control character in its name')
  })

  it('may be a link that stays inside', async () => {
    symlinkSync(join(folder, '30.png'), join(folder, 'inside.png'))
    expect(levels(await readTable(tableWith('inside.png')))).toEqual([10, 20, 30, 30])
  })

  it('is listed with the rows that are none', async () => {
    const path = write('t.csv', 'picture,kind\n10.png,x\nbroken\nnone.png,y\n20.png,y\n')
    const table = await readTable(path, { as: skip })
    expect(table.skipped.rows.map(({ line }) => line)).toEqual([3, 4])
    expect(levels(table)).toEqual([10, 20])
  })

  it('is found by its line among records', async () => {
    const path = write('t.ndjson', '{"picture": "10.png"}\n\n{"picture": "20.png"}\n\n{"picture": "none.png"}\n')
    expect(await failure(path)).toMatchObject({ code: 'bad-row', details: { line: 5 } })
  })

  it('is an error where no other is left', async () => {
    rmSync(join(folder, '20.png'))
    write('10.png', 'hello')
    expect(await failure(write('t.csv', 'picture\n10.png\n20.png\n'), skip)).toMatchObject({ code: 'no-rows' })
  })
})

describe('an archive with a table', () => {
  async function zipped(files: readonly (readonly [string, Buffer | string])[]): Promise<string> {
    return write('set.zip', await zipFile(files.map(([name, content]) => [name, Buffer.from(content)] as const)))
  }

  it.each([
    ['csv', 'picture,kind\nimages/a.png,x\nimages/b.png,y\n'],
    ['tsv', 'picture\tkind\nimages/a.png\tx\nimages/b.png\ty\n'],
    ['json', '[{"picture": "images/a.png", "kind": "x"}, {"picture": "images/b.png", "kind": "y"}]']
  ])('has the images that its %s names', async (ending, text) => {
    for (const root of ['', 'around/']) {
      const path = await zipped([
        [`${root}table.${ending}`, text],
        [`${root}images/a.png`, png(10)],
        [`${root}images/b.png`, png(20)]
      ])
      const table = await readTable(path)
      expect(levels(table)).toEqual([10, 20])
      expect(tableRows(table, 1, 1)).toEqual([['4×3', 'images/b.png', 'y']])
      expect(table.fileName).toBe('set.zip')
    }
  })

  it('takes no image from elsewhere', async () => {
    write('beside.png', png(77))
    const path = await zipped([
      ['t.csv', 'picture\na.png\nb.png\nbeside.png\n../data/beside.png\n'],
      ['a.png', png(10)],
      ['b.png', png(20)]
    ])
    expect(await failure(path)).toMatchObject({ code: 'bad-row', details: { line: 4 } })
    const table = await readTable(path, { as: skip })
    expect([levels(table), table.skipped.count]).toEqual([[10, 20], 2])
  })

  it('is one of classes where the table names no images, or is none', async () => {
    for (const text of ['a,b\n1,2\n', 'a,b\n1\n']) {
      const path = await zipped([
        ['notes.csv', text],
        ['x/a.png', png(10)],
        ['y/b.png', png(20)]
      ])
      const table = await readTable(path)
      expect(table.columns.map(({ name }) => name)).toEqual(['image', 'label', 'file'])
      expect(codesOf(table)).toContain('other-files')
    }
  })

  const classes = [
    ['x/a.png', png(10)],
    ['y/b.png', png(20)]
  ] as const

  it('is one of classes where there are two tables, which are named', async () => {
    const path = await zipped([
      ['train.csv', 'picture\nx/a.png\ny/b.png\n'],
      ['test.json', '[{"picture": "x/a.png"}]'],
      ['read me', 'please'],
      ...classes
    ])
    const table = await readTable(path)
    expect(table.columns.map(({ name }) => name)).toEqual(['image', 'label', 'file'])
    expect(table.notices.find(({ code }) => code === 'several-tables')?.message).toMatch(
      /holds 2 tables: "test\.json", "train\.csv"\. .* classes come from the folders alone/
    )
    const others = table.notices.find(({ code }) => code === 'other-files')?.message
    expect(others).toMatch(/: "read me"\.$/)
  })

  it('is one of classes where the images that its table names are not in it, which is said', async () => {
    const table = await readTable(await zipped([['t.csv', 'picture,n\n../a.png,1\n../b.png,2\n'], ...classes]))
    expect(table.columns.map(({ name }) => name)).toEqual(['image', 'label', 'file'])
    expect(codesOf(table)).toEqual(['images-not-found'])
    expect(table.notices[0]?.message).toMatch(/^"t\.csv" names images in "picture" that are not in the archive/)
  })

  it('is refused before a table is unpacked that is far larger than its packed bytes', async () => {
    const lines = 'a.png,1\n'.repeat(4 * 2 ** 20)
    const path = await zipped([
      ['t.csv', `picture,n\n${lines}`],
      ['a.png', png(10)]
    ])
    const error = await failure(path)
    expect(error).toMatchObject({ code: 'zip-too-large', details: { file: 'set.zip', entry: 't.csv' } })
    expect(error.message).toMatch(/"t\.csv" in "set\.zip" unpacks to 32 MB, \d{3} times its size/)
  })
})

describe('the same image twice', () => {
  it('is a duplicate whatever its files are called, and their names are no finding', async () => {
    for (const [at, kind] of Array.from({ length: 20 }, (_, each) => (each % 2 === 0 ? 'x' : 'y')).entries())
      write(`${kind}/${at}.png`, png(at < 10 ? at * 20 : (at - 10) * 20))
    const table = await readTable(folder)
    expect(codesOf(table)).not.toContain('id-column')
    const setup = suggestSetup(table, 'label')
    const found = honestyFindings(table, setup, prepare(table, setup)).find(({ code }) => code === 'duplicate-rows')
    expect(found?.message).toMatch(/^10 rows repeat another one exactly/)
  })
})
