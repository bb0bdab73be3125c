import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageFixture } from './image-fixtures'
import { firstGifPicture } from './image-gif'
import { UnreadableImage } from './image-unreadable'
import { gifFile } from './gif-testing'

const red = [250, 10, 20] as const
const blue = [10, 20, 240] as const
const green = [0, 255, 0] as const
const white = [255, 255, 255] as const
const palette = [red, blue, green, white]

/** The number of each pixel's colour in the palette; -1 for any other. */
function colours({ rgba }: { rgba: Uint8Array }): number[] {
  return Array.from({ length: rgba.length / 4 }, (_, at) => {
    expect(rgba[4 * at + 3]).toBe(255)
    return palette.findIndex((colour) => colour.every((level, channel) => level === rgba[4 * at + channel]))
  })
}

const numbers = (count: number, of: (at: number) => number): number[] =>
  Array.from({ length: count }, (_, at) => of(at))
const halves = numbers(32, (at) => (at % 8 < 4 ? 0 : 1))

function why(bytes: Buffer): string {
  try {
    firstGifPicture(bytes)
    return 'read'
  } catch (error) {
    if (error instanceof UnreadableImage) return error.message
    throw error
  }
}

describe('the first picture of a GIF', () => {
  it('of another program is read', () => {
    const picture = firstGifPicture(imageFixture('animated.gif'))
    expect([picture.width, picture.height, colours(picture)]).toEqual([8, 4, halves])
  })

  it('is the first of an animation, whatever is wrong with those behind', () => {
    const first = { width: 8, height: 4, pixels: halves }
    const file = gifFile(8, 4, palette, [first, { ...first, pixels: numbers(32, () => 2) }])
    expect(colours(firstGifPicture(file))).toEqual(halves)
    expect(colours(firstGifPicture(file.subarray(0, file.length - 8)))).toEqual(halves)
  })

  it('is white where it is transparent, and beside it', () => {
    const frame = { left: 1, top: 1, width: 2, height: 1, pixels: [0, 1], transparent: 0 }
    expect(colours(firstGifPicture(gifFile(4, 2, palette, [frame])))).toEqual([3, 3, 3, 3, 3, 3, 1, 3])
  })

  it('may be interlaced, and have colours of its own', () => {
    const pixels = numbers(8 * 19, (at) => (Math.floor(at / 8) * 3 + at) % 4)
    const frame = { width: 8, height: 19, pixels, interlaced: true }
    expect(colours(firstGifPicture(gifFile(8, 19, palette, [frame])))).toEqual(pixels)
    const own = { ...frame, palette: palette.toReversed() }
    expect(colours(firstGifPicture(gifFile(8, 19, palette, [own])))).toEqual(pixels.map((each) => 3 - each))
  })

  it('is what was packed, whatever it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), fc.nat(), (width, height, seed) => {
        // Long stretches and noise: codes of every length, and tables that are full.
        const pixels = numbers(width * height, (at) =>
          at % 97 < 50 ? 1 : (Math.imul(at + seed, 0x9e3779b1) >>> 9) % 4
        )
        expect(colours(firstGifPicture(gifFile(width, height, palette, [{ width, height, pixels }])))).toEqual(pixels)
      }),
      { numRuns: 30 }
    )
    const pixels = numbers(200 * 200, (at) => (Math.imul(at, 0x9e3779b1) >>> 9) % 4)
    const large = gifFile(200, 200, palette, [{ width: 200, height: 200, pixels }])
    expect(colours(firstGifPicture(large))).toEqual(pixels)
  })
})

describe('a GIF that is hostile', () => {
  const good = gifFile(8, 4, palette, [{ width: 8, height: 4, pixels: halves }])
  const descriptor = 13 + 3 * 4
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good)
    change(bytes)
    return bytes
  }

  it.each([
    ['cut short in its data', good.subarray(0, good.length - 6), 'it is cut short'],
    ['cut short in its header', good.subarray(0, 20), 'it is cut short'],
    ['without a picture', Buffer.concat([good.subarray(0, descriptor), Buffer.of(0x3b)]), 'it holds no picture'],
    [
      'with a picture larger than its canvas',
      changed((bytes) => bytes.writeUInt16LE(9, descriptor + 5)),
      'its first picture is larger than its canvas'
    ],
    ['with a picture of no size', changed((bytes) => bytes.writeUInt16LE(0, descriptor + 5)), 'it has no pixels'],
    [
      'with codes of 40 bits',
      changed((bytes) => (bytes[descriptor + 10] = 40)),
      'it is damaged: its data make no sense'
    ],
    [
      'with data of noise',
      changed((bytes) => bytes.fill(0xff, descriptor + 12)),
      'it is damaged: its data make no sense'
    ],
    ['with another block', changed((bytes) => (bytes[descriptor] = 0x77)), 'it is damaged: its data make no sense'],
    ['without colours', changed((bytes) => (bytes[10] = 0)), 'it is damaged: its data make no sense']
  ])('%s is refused', (_, bytes, reason) => {
    expect(why(bytes)).toBe(reason)
  })

  it('that names a colour beyond its own is refused', () => {
    const frame = { width: 2, height: 1, pixels: [0, 3], palette: [red, blue] }
    expect(why(gifFile(2, 1, palette, [frame]))).toBe('it is damaged: its data make no sense')
  })

  it('that claims more pixels than its data can hold takes no memory for them', () => {
    const file = Buffer.from(good)
    for (const at of [6, 8, descriptor + 5, descriptor + 7]) file.writeUInt16LE(65_535, at)
    const before = process.memoryUsage().arrayBuffers
    const start = performance.now()
    expect(why(file)).toBe('it is cut short')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
    expect(performance.now() - start).toBeLessThan(100)
  })

  it('of any damage gives a picture or a reason', () => {
    fc.assert(
      // Behind the size of the canvas, which others look at first.
      fc.property(
        fc.integer({ min: 10, max: good.length - 1 }),
        fc.nat(255),
        fc.nat(good.length),
        (place, byte, end) => {
          expect(typeof why(changed((each) => (each[place] = byte)).subarray(0, end))).toBe('string')
        }
      ),
      { numRuns: 300 }
    )
  })
})
