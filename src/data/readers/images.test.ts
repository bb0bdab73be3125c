import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Transformer } from '@napi-rs/image'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { Cancelled, DataFormatError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import { prepare } from '../prepare'
import { tableRows } from '../profile'
import { readTable } from '../read'
import { suggestSetup } from '../suggest'
import { requireColumn, type ImageColumn, type Table } from '../table'
import { imageFixture, type ImageFixture } from './image-fixtures'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-images-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Colour =
  | readonly [red: number, green: number, blue: number]
  | readonly [red: number, green: number, blue: number, alpha: number]

/** An image with one colour on its left half and one on its right. */
function halves(left: Colour, right: Colour, width = 8, height = 6): Transformer {
  const pixels = new Uint8Array(width * height * 4)
  for (let at = 0; at < width * height; at++) {
    const [red, green, blue, alpha = 255] = at % width < width / 2 ? left : right
    pixels.set([red, green, blue, alpha], 4 * at)
  }
  return Transformer.fromRgbaPixels(pixels, width, height)
}

const red: Colour = [250, 10, 20]
const blue: Colour = [10, 20, 240]

function write(name: string, content: Uint8Array | string): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function read(as: ReadAs['image'] = {}): Promise<Table> {
  return readTable(folder, { as: { image: as } })
}

async function codeOf(reading: Promise<Table>): Promise<string> {
  return reading.then(
    () => 'no error',
    (error: unknown) => (error instanceof DataFormatError ? error.code : String(error))
  )
}

function imagesOf(table: Table): ImageColumn {
  const column = requireColumn(table, 'image')
  if (column.type !== 'image') throw new Error('no images')
  return column
}

/** Channels of the pixel at a place of an image. */
function pixel(table: Table, row: number, y: number, x: number): number[] {
  const { channels, width, height, pixels } = imagesOf(table)
  return Array.from(
    { length: channels },
    (_, channel) => pixels[((row * channels + channel) * height + y) * width + x] ?? -1
  )
}

function expectNear(actual: readonly number[], expected: readonly number[], within: number): void {
  expect(actual.length).toBe(expected.length)
  for (const [at, value] of actual.entries())
    expect(Math.abs(value - (expected[at] ?? NaN))).toBeLessThanOrEqual(within)
}

describe('a folder of images', () => {
  it('has a row for each, the name of its folder as the class, whatever the format', async () => {
    const image = halves(red, blue)
    write('b/1.png', image.pngSync())
    write('b/2.bmp', image.bmpSync())
    write('a/3.webp', image.webpLosslessSync())
    write('a/deeper/4.tiff', image.tiffSync())
    write('a/5.JPG', image.jpegSync(95))
    for (const name of ['a/.DS_Store', 'a/Thumbs.db', '__MACOSX/a/5.JPG', '.git/x.png']) write(name, 'x')
    const table = await readTable(folder)
    expect(tableRows(table, 0, 9)).toEqual([
      ['8×6', 'a', 'a/3.webp'],
      ['8×6', 'a', 'a/5.JPG'],
      ['8×6', 'a', 'a/deeper/4.tiff'],
      ['8×6', 'b', 'b/1.png'],
      ['8×6', 'b', 'b/2.bmp']
    ])
    for (let row = 0; row < 5; row++) {
      expectNear(pixel(table, row, 3, 1), red, row === 1 ? 12 : 0)
      expectNear(pixel(table, row, 3, 6), blue, row === 1 ? 12 : 0)
    }
    expect(table.notices).toEqual([])
    expect(table.skipped.count).toBe(0)
    const setup = suggestSetup(table)
    expect([setup.target, setup.ignored]).toEqual(['label', ['file']])
    expect(prepare(table, setup).preparation.features.map(({ kind }) => kind)).toEqual(['image'])
    expect((await readTable(folder)).sha256).toBe(table.sha256)
    write('a/6.png', image.pngSync())
    expect((await readTable(folder)).sha256).not.toBe(table.sha256)
  })

  it('takes no class from a folder around all, and none where there are none', async () => {
    const png = halves(red, blue).pngSync()
    write('all/cats/1.png', png)
    write('all/dogs/1.png', png)
    expect(tableRows(await readTable(folder), 0, 2).map((cells) => cells[1])).toEqual(['cats', 'dogs'])
    const bare = await readTable(join(folder, 'all/cats'))
    expect(bare.columns.map(({ name }) => name)).toEqual(['image', 'file'])
  })

  it('brings different sizes to 32 × 32, or to what was said', async () => {
    write('a/1.png', halves(red, blue, 40, 20).pngSync())
    write('b/2.png', halves(blue, red, 10, 50).pngSync())
    expect(imagesOf(await readTable(folder))).toMatchObject({ width: 32, height: 32, channels: 3 })
    const small = await read({ width: 4, height: 2, channels: 1 })
    expect(imagesOf(small)).toMatchObject({ width: 4, height: 2, channels: 1 })
    expectNear(pixel(small, 0, 0, 0), [0.299 * 250 + 0.587 * 10 + 0.114 * 20], 2)
  })

  it('is cropped or padded in the middle', async () => {
    write('a/1.png', halves(red, blue, 40, 20).pngSync())
    const padded = await read({ width: 8, height: 8, fit: 'pad' })
    expect(pixel(padded, 0, 1, 1)).toEqual([0, 0, 0])
    expectNear(pixel(padded, 0, 3, 0), red, 2)
    expectNear(pixel(padded, 0, 3, 7), blue, 2)
    const cropped = await read({ width: 8, height: 8, fit: 'crop' })
    expectNear(pixel(cropped, 0, 0, 0), red, 2)
    expectNear(pixel(cropped, 0, 7, 7), blue, 2)
  })

  it('is grey where all images are, and white where they are transparent', async () => {
    write('a/1.png', halves([100, 100, 100], [0, 0, 0]).grayscale().pngSync())
    expect(imagesOf(await readTable(folder)).channels).toBe(1)
    write('a/2.png', halves([0, 0, 0, 0], [0, 0, 0, 255]).pngSync())
    const table = await readTable(folder)
    expect([pixel(table, 0, 0, 0), pixel(table, 1, 0, 0), pixel(table, 1, 0, 7)]).toEqual([
      [100, 100, 100],
      [255, 255, 255],
      [0, 0, 0]
    ])
  })

  it('is turned as its EXIF says', async () => {
    const jpeg = halves(red, blue, 32, 16).jpegSync(100)
    // Orientation 6: to be turned a quarter to the right; what is left comes to the top.
    const tiff = Buffer.from('4d4d002a0000000800010112000300000001000600000000000000', 'hex')
    const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
    const segment = Buffer.concat([Buffer.of(0xff, 0xe1, 0, exif.length + 2), exif])
    write('a/1.jpg', Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]))
    const table = await read({ width: 16, height: 32 })
    expectNear(pixel(table, 0, 4, 3), red, 20)
    expectNear(pixel(table, 0, 28, 12), blue, 20)
  })

  it('follows links to files, not to folders', async () => {
    write('a/1.png', halves(red, blue).pngSync())
    symlinkSync(join(folder, 'a/1.png'), join(folder, 'a/2.png'))
    symlinkSync(folder, join(folder, 'a/around'))
    expect((await readTable(folder)).rows).toBe(2)
  })

  it('ends when it is cancelled', async () => {
    for (let at = 0; at < 20; at++) write(`a/${at}.png`, halves(red, blue).pngSync())
    const controller = new AbortController()
    const reading = readTable(folder, {
      signal: controller.signal,
      onProgress: ({ rows }) => {
        if (rows === 3) controller.abort()
      }
    })
    await expect(reading).rejects.toBeInstanceOf(Cancelled)
  })
})

describe('an image of another program', () => {
  const turned = { width: 8, height: 16 }
  it.each<[ImageFixture, { width: number; height: number }, boolean]>([
    ['cmyk.jpg', { width: 16, height: 8 }, false],
    ['ycck.jpg', { width: 16, height: 8 }, false],
    ['palette.png', { width: 16, height: 8 }, false],
    ['animated.gif', { width: 8, height: 4 }, false],
    ['turned.jpg', turned, true],
    ['turned.png', turned, true],
    ['turned.webp', turned, true],
    ['turned.tif', { width: 4, height: 8 }, true]
  ])('%s is red and blue, where it is to be', async (name, size, isTurned) => {
    write(`a/${name}`, imageFixture(name))
    const table = await readTable(folder)
    expect(imagesOf(table)).toMatchObject({ ...size, channels: 3 })
    const last = [size.height - 1, size.width - 1] as const
    expectNear(pixel(table, 0, 0, 0), red, 3)
    expectNear(pixel(table, 0, ...last), blue, 3)
    expectNear(pixel(table, 0, 0, last[1]), isTurned ? red : blue, 3)
    expectNear(pixel(table, 0, last[0], 0), isTurned ? blue : red, 3)
    // Its own shape is kept: nothing is cut off and nothing is added.
    const half = { width: size.width / 2, height: size.height / 2 }
    const [padded, cropped] = [await read({ ...half, fit: 'pad' }), await read({ ...half, fit: 'crop' })]
    expectNear(pixel(padded, 0, 0, 0), red, 3)
    expect(imagesOf(padded).pixels).toEqual(imagesOf(cropped).pixels)
  })

  it.each<[ImageFixture]>([['bits.tif'], ['bitsG4.tif']])('%s is white and black', async (name) => {
    write(`a/${name}`, imageFixture(name))
    const table = await readTable(folder)
    expect(imagesOf(table)).toMatchObject({ width: 8, height: 4, channels: 1 })
    expect([...imagesOf(table).pixels.subarray(0, 8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0])
  })

  it('of 16 bits keeps the upper 8', async () => {
    write('a/1.png', imageFixture('grey16.png'))
    expect([...imagesOf(await readTable(folder)).pixels]).toEqual([0, 0x40, 0x80, 0xff])
  })

  it('that is transparent is white there, and what is hidden does not show when it is made smaller', async () => {
    write('a/1.png', imageFixture('paletteTransparent.png'))
    expect([pixel(await readTable(folder), 0, 0, 0), pixel(await readTable(folder), 0, 0, 15)]).toEqual([
      [255, 255, 255],
      [...blue]
    ])
    // Half red, half transparent black, to one pixel: red on white, as if it had been seen from afar.
    write('a/1.png', halves([255, 0, 0], [0, 0, 0, 0], 32, 32).pngSync())
    expectNear(pixel(await read({ width: 1, height: 1 }), 0, 0, 0), [255, 128, 128], 2)
  })

  it('that is long and narrow is not cropped to billions of pixels', async () => {
    write('a/1.png', halves(red, blue, 2, 40_000).pngSync())
    await expect(read({ width: 512, height: 512, fit: 'crop' })).rejects.toThrow(/it is too narrow to be cropped/)
    expectNear(pixel(await read({ width: 8, height: 8, fit: 'crop' }), 0, 0, 0), red, 2)
  })

  it('that is a TIFF of a kind that is not read is named with the reason', async () => {
    const tiff = imageFixture('bits.tif')
    const entries = tiff.readUInt16LE(tiff.readUInt32LE(4))
    for (let entry = 0; entry < entries; entry++) {
      const at = tiff.readUInt32LE(4) + 2 + 12 * entry
      // With a palette, says the photometric interpretation.
      if (tiff.readUInt16LE(at) === 262) tiff.writeUInt16LE(3, at + 8)
    }
    write('a/palette.tif', tiff)
    await expect(readTable(folder)).rejects.toThrow(/a\/palette\.tif: it cannot be decoded \(.*RGBPalette/)
  })
})

describe('images that cannot be read', () => {
  const png = halves(red, blue).pngSync()
  const huge = Buffer.from(png)
  huge.writeUInt32BE(65_535, 16)
  huge.writeUInt32BE(65_535, 20)
  it.each([
    ['of no bytes', 'x.png', Buffer.alloc(0)],
    ['cut short', 'x.png', png.subarray(0, 40)],
    ['with billions of pixels', 'x.png', huge],
    ['without pixels', 'x.gif', Buffer.from('GIF89a\0\0\0\0', 'latin1')],
    ['that are GIF and cut short', 'x.gif', imageFixture('animated.gif').subarray(0, 60)],
    ['that are GIF with billions of pixels', 'x.gif', Buffer.from('GIF89a\xff\xff\xff\xff', 'latin1')],
    ['that are SVG', 'x.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>')],
    ['that are SVG by another name', 'x.png', Buffer.from('<?xml version="1.0"?><svg width="3" height="3"/>')],
    ['that are text', 'x.jpg', Buffer.from('hello')]
  ])('%s are left out and listed', async (_what, name, content) => {
    write(`a/${name}`, content)
    expect(await codeOf(readTable(folder))).toBe('no-images')
    write('a/good.webp', png)
    const table = await readTable(folder)
    expect([table.rows, table.skipped.count]).toEqual([1, 1])
    expect(table.skipped.rows[0]?.reason).toContain(`a/${name}: `)
    expect(table.notices.map(({ code }) => code)).toContain('skipped-images')
    expect(await codeOf(readTable(folder, { as: { badRows: 'stop' } }))).toBe('bad-image')
  })

  it('of any damage give rows or a typed error', async () => {
    const jpeg = halves(red, blue).jpegSync()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(png, jpeg), fc.nat(400), fc.nat(255), async (good, place, byte) => {
        const damaged = Buffer.from(good)
        damaged[place % damaged.length] = byte
        write('a/1.png', damaged)
        expect(await codeOf(readTable(folder))).toMatch(/^no error$|^no-images$/)
      }),
      { numRuns: 80 }
    )
  })
})

describe('a zip archive of images', () => {
  async function zipped(files: readonly (readonly [string, Uint8Array])[]): Promise<string> {
    const zip = new ZipFile()
    for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name)
    zip.end()
    const path = join(folder, 'pictures.zip')
    writeFileSync(path, await buffer(zip.outputStream))
    return path
  }

  it('is read as the folder would be', async () => {
    const png = halves(red, blue).pngSync()
    const path = await zipped([
      ['set/b/1.png', png],
      ['set/a/2.jpg', halves(blue, red).jpegSync(95)],
      ['__MACOSX/set/a/._2.jpg', Buffer.from('x')],
      ['set/.DS_Store', Buffer.from('x')],
      ['set/readme.txt', Buffer.from('x')]
    ])
    const table = await readTable(path)
    expect(tableRows(table, 0, 9)).toEqual([
      ['8×6', 'a', 'set/a/2.jpg'],
      ['8×6', 'b', 'set/b/1.png']
    ])
    expect(pixel(table, 1, 0, 0)).toEqual([...red])
    expect(table.notices.map(({ code }) => code)).toContain('other-files')
    expect(table.format).toEqual({ kind: 'images', width: 8, height: 6, channels: 3, fit: 'stretch' })
  })

  it('without images is refused', async () => {
    expect(await codeOf(readTable(await zipped([['table.csv', Buffer.from('a,b\n1,2\n')]])))).toBe('no-images')
  })

  it('with an archive inside is refused', async () => {
    expect(await codeOf(readTable(await zipped([['a/x.png', Buffer.from('504b0304', 'hex')]])))).toBe('nested-archive')
  })
})
