import { describe, expect, it } from 'vitest'
import { setupDefaults } from '../shared/setup'
import { augmentedImages } from './augmented-images'
import { madeImages } from './features/testing-images'
import { prepare } from './prepare'
import { suggestSetup } from './suggest'
import { column, table } from './testing'

const kinds = column(
  'kind',
  Array.from({ length: 30 }, (_, row) => (row % 2 === 0 ? 'a' : 'b'))
)
const setup = (data: ReturnType<typeof table>) => ({ ...suggestSetup(data), validation: 0.2 })

describe.each([1, 3] as const)('augmented images of %d channels', (channels) => {
  const images = madeImages(30, { channels })
  const data = table([images, kinds])
  const prepared = prepare(data, setup(data))
  const size = channels * 20
  const fileOf = (place: number) => {
    const row = prepared.trainRows[place] ?? -1
    return [...images.pixels.subarray(row * size, (row + 1) * size)]
  }
  const shown = (changes: object, from: number, count: number) => {
    const view = augmentedImages(prepared, { ...setup(data), augmentation: { ...changes } }, from, count)
    if (view === null) throw new Error('no images')
    expect(view).toMatchObject({ width: 5, height: 4, channels })
    return Array.from({ length: view.pixels.length / size }, (_, at) => [
      ...view.pixels.subarray(at * size, (at + 1) * size)
    ])
  }

  it('are those of the file while nothing is changed; the first follows the last', () => {
    expect(shown({}, 0, 3)).toEqual([0, 1, 2].map(fileOf))
    expect(shown({}, 23, 2)).toEqual([fileOf(23), fileOf(0)])
    expect(shown({}, 5, 100)).toHaveLength(24)
  })

  it('are as the first epoch has them, whichever are asked for', () => {
    const all = shown({ flipHorizontal: true }, 0, 24)
    const mirrored = all.filter((image, place) => image.join() !== fileOf(place).join())
    expect(mirrored).not.toHaveLength(0)
    expect(mirrored).not.toHaveLength(24)
    all.forEach((image, place) => {
      const mirror = fileOf(place).map((_, at, own) => own[at - (at % 5) + 4 - (at % 5)])
      expect([fileOf(place), mirror]).toContainEqual(image)
    })
    expect(shown({ flipHorizontal: true }, 7, 2)).toEqual(all.slice(7, 9))
  })

  it('refuses what training refuses', () => {
    const refused = () => augmentedImages(prepared, { seed: 1, augmentation: { zoom: 2 } }, 0, 1)
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid-config' }))
  })
})

it('there are none of a table of numbers', () => {
  const data = table([column('x', [...Array(30).keys()]), kinds])
  expect(augmentedImages(prepare(data, setup(data)), { ...setupDefaults, seed: 1 }, 0, 8)).toBeNull()
})
