import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { honestyFindings } from './honesty'
import { prepare } from './prepare'
import { profileTable } from './profile'
import { readTable } from './read'
import { shownThumbnail, thumbnailOf } from './sample-thumbnails'
import { listSamples, sampleById } from './samples'
import { suggestSetup } from './suggest'
import type { Table } from './table'

const folder = fileURLToPath(new URL('../../resources/samples/', import.meta.url))

const load = async (id: string): Promise<Table> => readTable((await sampleById(folder, id)).path)

function counts(table: Table, name: string): [string, number][] {
  const view = profileTable(table).find((each) => each.name === name)
  return (view?.top ?? []).map((value, index) => [value, view?.histogram[index] ?? 0])
}

describe('samples', () => {
  it('lists every file, each called by its id, with a thumbnail of its own points', async () => {
    const samples = await listSamples(folder)
    const files = readdirSync(folder).filter((name) => /csv$|parquet$|images/.test(name))
    const ids = files.map((name) => name.replace(/\..*$/, '').replace('-images-idx3-ubyte', ''))
    expect(samples.map(({ id }) => id).sort()).toEqual(ids.sort())
    for (const { points, pictures } of samples) {
      if (pictures !== null) {
        expect([points.length, pictures.width, pictures.height, pictures.pixels.length]).toEqual([0, 28, 28, 18 * 784])
        continue
      }
      expect(points).toHaveLength(120)
      expect(points.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true)
    }
    expect(samples.map(({ points }) => new Set(points.map(({ group }) => group)).size)).toEqual([3, 3, 1, 1, 2, 2, 0])
  })

  it('its thumbnails are those of the files', async () => {
    for (const { id, rows, points, pictures } of await listSamples(folder)) {
      const sample = await sampleById(folder, id)
      expect(shownThumbnail(thumbnailOf(sample, await readTable(sample.path)))).toEqual({ rows, points, pictures })
    }
  })

  it.each(['iris', 'penguins', 'auto-mpg', 'two-spirals', 'parcels', 'mnist'])(
    '%s trains as it is opened',
    async (id) => {
      const sample = await sampleById(folder, id)
      const table = await readTable(sample.path)
      const setup = suggestSetup(table)
      expect([setup.target, setup.task, setup.ignored]).toEqual([sample.target, sample.task, sample.ignored])
      const { trainRows, validationRows } = prepare(table, setup)
      expect([trainRows.length, validationRows.length]).toEqual([
        Math.round(table.rows * 0.8),
        Math.round(table.rows * 0.2)
      ])
    }
  )

  it('the digits are those of the package, ten of each kind and more, in no order', async () => {
    const digits = await load('mnist')
    expect([digits.rows, digits.columns.map(({ type }) => type)]).toEqual([10_000, ['image', 'category']])
    expect(new Map(counts(digits, 'label'))).toEqual(
      new Map([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978].map((count, digit) => [String(digit), count]))
    )
  })

  it('finds every mistake that was planted among the parcels, and trains on them as they are', async () => {
    const sample = await sampleById(folder, 'parcels')
    const parcels = await readTable(sample.path)
    const setup = suggestSetup(parcels, sample.target)
    const found = [...honestyFindings(parcels, setup, prepare(parcels, setup)), ...parcels.notices]
    expect(found.map(({ code, columns }) => [code, ...columns])).toEqual(
      expect.arrayContaining([
        ['leak', 'refund_eur'],
        ['duplicate-rows'],
        ['imbalance', 'late'],
        ['unit-jump', 'weight'],
        ['missing-not-random', 'rating'],
        ['outliers', 'distance_km'],
        ['constant-column', 'country'],
        ['id-column', 'parcel_id']
      ])
    )
    expect(found.some(({ code }) => code === 'time-order')).toBe(true)
  })

  it('Iris is as Fisher printed it', async () => {
    const iris = await load('iris')
    expect(iris.rows).toBe(150)
    expect(counts(iris, 'species')).toEqual([
      ['setosa', 50],
      ['versicolor', 50],
      ['virginica', 50]
    ])
    const means = profileTable(iris)
      .slice(0, 4)
      .map((view) => [view.min, view.max, Number(view.mean?.toFixed(3))])
    expect(means).toEqual([
      [4.3, 7.9, 5.843],
      [2, 4.4, 3.057],
      [1, 6.9, 3.758],
      [0.1, 2.5, 1.199]
    ])
  })

  it('Palmer Penguins has its three species and its missing values', async () => {
    const penguins = await load('penguins')
    expect(penguins.rows).toBe(344)
    expect(counts(penguins, 'species')).toEqual([
      ['Adelie', 152],
      ['Gentoo', 124],
      ['Chinstrap', 68]
    ])
    expect(profileTable(penguins).map((view) => view.missing)).toEqual([0, 0, 2, 2, 2, 2, 11])
  })

  it('Auto MPG has the 398 cars of UCI', async () => {
    const cars = await load('auto-mpg')
    expect(cars.rows).toBe(398)
    expect(counts(cars, 'origin')).toEqual([
      ['usa', 249],
      ['japan', 79],
      ['europe', 70]
    ])
    const [mpg, , , horsepower, , , year] = profileTable(cars)
    expect([mpg?.min, mpg?.max, mpg?.mean?.toFixed(4)]).toEqual([9, 46.6, '23.5146'])
    expect(horsepower?.missing).toBe(6)
    expect(year?.distinct).toBe(13)
  })

  it('says when there is no such sample', async () => {
    await expect(sampleById(folder, 'nothing')).rejects.toMatchObject({ code: 'unknown-sample' })
    await expect(listSamples(fileURLToPath(new URL('.', import.meta.url)))).rejects.toMatchObject({
      code: 'samples-damaged'
    })
  })
})
