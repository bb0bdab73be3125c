import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Transformer } from '@napi-rs/image'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zipFile } from '../../../tests/bad-input'
import type { ReadAs } from '../../shared/read-as'
import { readTable } from '../read'
import { requireColumn, type Table } from '../table'
import { ImageCache, type CachedImages } from './image-cache'

let folder = ''
let images = ''
let cache = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-image-cache-'))
  images = join(folder, 'images')
  cache = join(folder, 'userData', 'cache')
  for (let at = 0; at < 6; at++) put(`${at % 2 === 0 ? 'even' : 'odd'}/${at}.png`, png(40 * at))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function png(level: number, side = 4): Buffer {
  const pixels = new Uint8Array(4 * side * side).fill(255)
  for (let at = 0; at < pixels.length; at++) if (at % 4 < 3) pixels[at] = level
  return Transformer.fromRgbaPixels(pixels, side, side).pngSync()
}

/** A file that was written to a while ago, as most were. */
function put(name: string, content: Uint8Array | string, age = 60): void {
  const path = join(images, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  const then = Date.now() / 1000 - age
  utimesSync(path, then, then)
}

function read(as: ReadAs = {}, path = images): Promise<Table> {
  return readTable(path, { as, cacheFolder: cache })
}

function levels(table: Table): number[] {
  const column = requireColumn(table, 'image')
  if (column.type !== 'image') throw new Error('no images')
  const size = column.width * column.height * column.channels
  return Array.from({ length: table.rows }, (_, row) => column.pixels[row * size] ?? -1)
}

function kept(): string[] {
  return existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : []
}

function only(): string {
  const [path, another] = kept()
  if (path === undefined || another !== undefined) throw new Error(`files: ${kept().join(', ')}`)
  return path
}

/** Other pixels than there are: whether they are seen tells whether the cache was used. */
async function forge(level: number): Promise<void> {
  const key = JSON.stringify([`folder ${images}`, {}])
  const store = new ImageCache(cache, key)
  const found = await store.load()
  if (found === null) throw new Error('nothing was kept')
  await store.save({ ...found, pixels: found.pixels.map(() => level) })
}

describe('images that were decoded before', () => {
  it('are not decoded again, and the table is the same', async () => {
    const first = await read()
    const { size } = statSync(only())
    expect(size).toBeGreaterThan(6 * 4 * 4 * 3)
    expect(await read()).toEqual(first)
    await forge(77)
    expect(levels(await read())).toEqual([77, 77, 77, 77, 77, 77])
    expect(levels(await readTable(images))).toEqual([0, 80, 160, 40, 120, 200])
  })

  it('are decoded again where a file has changed, is new or is gone, the others not', async () => {
    await read()
    await forge(77)
    put('even/2.png', png(81), 30)
    put('odd/9.png', png(9))
    rmSync(join(images, 'odd/1.png'))
    const table = await read()
    expect(levels(table)).toEqual([77, 81, 77, 77, 77, 9])
    expect(table.sha256).toBe((await readTable(images)).sha256)
    // What was found is kept in its place.
    expect(levels(await read())).toEqual([77, 81, 77, 77, 77, 9])
    expect(kept()).toHaveLength(1)
  })

  it('count for their own size, fit and channels alone', async () => {
    await read()
    await forge(77)
    expect(levels(await read({ image: { width: 2, height: 2 } }))).toEqual([0, 80, 160, 40, 120, 200])
    expect(levels(await read({ image: { channels: 1 } }))).toEqual([0, 80, 160, 40, 120, 200])
    expect(kept()).toHaveLength(3)
    // One of another size takes all to the usual one.
    put('odd/9.png', png(9, 5))
    expect(levels(await read())).toEqual([0, 80, 160, 40, 120, 200, 9])
  })

  it('are those of an archive and of a table too', async () => {
    const zip = join(folder, 'a.zip')
    writeFileSync(zip, await zipFile([['x/1.png', png(1)]] as const))
    expect(levels(await read({}, zip))).toEqual([1])
    writeFileSync(zip, await zipFile([['x/1.png', png(2)]] as const))
    expect(levels(await read({}, zip))).toEqual([2])
    expect(levels(await read({}, zip))).toEqual([2])
    put('t.csv', 'image,kind\neven/0.png,x\nodd/1.png,y\neven/0.png,x\n')
    const table = await read({}, join(images, 't.csv'))
    expect([levels(table), kept().length]).toEqual([[0, 40, 0], 3])
    expect(await read({}, join(images, 't.csv'))).toEqual(table)
  })

  it('are not those of files written to just now, which may change unseen', async () => {
    put('even/new.png', png(5), 0)
    await read()
    await forge(77)
    expect(levels(await read())).toEqual([77, 77, 77, 5, 77, 77, 77])
  })

  it('do not hide what cannot be read', async () => {
    put('even/bad.png', 'hello')
    for (let time = 0; time < 2; time++) {
      const table = await read()
      expect([table.rows, table.skipped.count]).toEqual([6, 1])
    }
  })
})

describe('a cache that is of no use', () => {
  const right = [0, 80, 160, 40, 120, 200]

  it('since it is damaged anywhere counts as not there, and is made anew', async () => {
    await read()
    const good = readFileSync(only())
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const bad = Buffer.from(good)
        bad[place] = (bad[place] ?? 0) ^ change
        const path = only()
        writeFileSync(path, bad)
        expect(levels(await read())).toEqual(right)
        expect(readFileSync(path)).toEqual(good)
      }),
      { numRuns: 40 }
    )
  })

  it.each<[string, (path: string) => void]>([
    ['cut short', (path) => truncateSync(path, statSync(path).size - 5)],
    ['longer', (path) => appendFileSync(path, 'x')],
    ['empty', (path) => truncateSync(path, 0)],
    [
      'a folder',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      }
    ],
    [
      'one that claims a header of gigabytes',
      (path) => {
        const bytes = readFileSync(path)
        bytes.writeUInt32LE(0xffffffff, 8)
        writeFileSync(path, bytes)
      }
    ]
  ])('since it is %s counts as not there', async (_, spoil) => {
    await read()
    spoil(only())
    expect(levels(await read())).toEqual(right)
    expect(readdirSync(cache).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('since its folder cannot be made, or written to, is nobody’s error', async () => {
    mkdirSync(dirname(cache), { recursive: true })
    writeFileSync(cache, 'a file')
    expect(levels(await read())).toEqual(right)
    expect(readFileSync(cache, 'utf8')).toBe('a file')
    rmSync(cache)
    mkdirSync(cache)
    chmodSync(cache, 0o500)
    expect(levels(await read())).toEqual(right)
    chmodSync(cache, 0o700)
    // A disk without room: nothing is left of what was begun.
    const full = '/dev/full/never'
    expect(levels(await readTable(images, { cacheFolder: full }))).toEqual(right)
  })
})

describe('all that is kept', () => {
  const some = (images: number): CachedImages => ({
    shape: { width: 10, height: 10, channels: 1, fit: 'stretch' },
    images: Array.from({ length: images }, (_, at) => ({
      name: `${at}.png`,
      version: '1',
      sha256: 'a'.repeat(64),
      width: 10,
      height: 10,
      isGrey: true
    })),
    pixels: new Uint8Array(100 * images).fill(images)
  })

  it('stays within its limit: what was used longest ago goes first, and what is foreign stays', async () => {
    const store = (key: string): ImageCache => new ImageCache(cache, key, 10_000)
    for (const [at, key] of ['a', 'b', 'c'].entries()) {
      await store(key).save(some(12))
      const [newest] = kept().filter((path) => statSync(path).mtimeMs > Date.now() - 5000)
      if (newest !== undefined) utimesSync(newest, 1000 + at, 1000 + at)
    }
    writeFileSync(join(cache, 'notes.txt'), 'x'.repeat(9000))
    const stale = `${kept().find((path) => path.endsWith('.cache')) ?? ''}.${'0'.repeat(36)}.tmp`
    writeFileSync(stale, 'x')
    utimesSync(stale, 1000, 1000)
    // Used again, so no longer the oldest.
    expect((await store('a').load())?.images).toHaveLength(12)
    await store('d').save(some(12))
    expect(await store('b').load()).toBeNull()
    for (const key of ['a', 'c', 'd']) expect((await store(key).load())?.pixels).toEqual(some(12).pixels)
    expect([existsSync(join(cache, 'notes.txt')), existsSync(stale)]).toEqual([true, false])
    // One that is alone too large is not kept either.
    await store('e').save(some(60))
    expect(await store('e').load()).toBeNull()
  })

  it('is given to its own key alone', async () => {
    const one = new ImageCache(cache, 'one')
    await one.save(some(2))
    const other = new ImageCache(cache, 'other')
    const path = only()
    await other.save(some(3))
    const otherPath = kept().find((each) => each !== path) ?? ''
    writeFileSync(path, readFileSync(otherPath))
    expect(await one.load()).toBeNull()
  })
})
