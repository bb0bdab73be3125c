import { describe, expect, it } from 'vitest'
import { imagePage } from './images'
import { column, table } from './testing'

/** Five grey images of 2×1; each begins with the number of its row. */
const pictures = table([
  {
    type: 'image',
    name: 'image',
    width: 2,
    height: 1,
    channels: 1,
    pixels: Uint8Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? at / 2 : 255))
  },
  column('label', ['cat', 'dog', null, 'cat', 'dog'])
])

describe('imagePage', () => {
  it('has the images of a page with their labels', () => {
    expect(imagePage(pictures, 1, 2, 'label', null)).toEqual({
      total: 5,
      rows: [1, 2],
      images: { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(1, 255, 2, 255) },
      labels: ['dog', null]
    })
    expect(imagePage(pictures, 4, 60, null, null)).toMatchObject({ rows: [4], labels: [null] })
    expect(imagePage(pictures, 99, 60, null, null)).toMatchObject({ total: 5, rows: [] })
  })

  it('or those of one class', () => {
    expect(imagePage(pictures, 0, 60, 'label', 'cat')).toMatchObject({
      total: 2,
      rows: [0, 3],
      images: { pixels: Uint8Array.of(0, 255, 3, 255) },
      labels: ['cat', 'cat']
    })
  })

  it('has none of a table without images, and refuses a column that is not there', () => {
    expect(imagePage(table([column('a', [1, 2])]), 0, 60, 'a', null)).toBeNull()
    expect(() => imagePage(pictures, 0, 60, 'nothing', null)).toThrow('nothing')
  })
})
