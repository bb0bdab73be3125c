import { describe, expect, it } from 'vitest'
import { defaultsOf, parseConfig, type Config } from '../fields'
import { RandomStream } from '../random/stream'
import { sourceOf } from '../testing'
import { isRowSource, rowNumbers, type Features, type RowSource } from '../train/row-source'
import { augmented, drawn } from './augment'
import { augmentationFields } from './fields'

const ROWS = 40
const random = new RandomStream(1, 'pixels')
const tensor = { shape: [ROWS, 1, 5, 4], data: new Float64Array(ROWS * 20).map(() => random.uniform()) }
const images: RowSource = {
  ...sourceOf(tensor),
  image: { channels: 1, height: 5, width: 4, black: [0], white: [1] }
}
const all: Config = { flipHorizontal: true, flipVertical: true, shift: 0.2, rotate: 30, zoom: 0.2, brightness: 0.3 }

function written(features: Features, rows: Int32Array, epoch: number | null): Float64Array {
  if (!isRowSource(features)) throw new Error('no source')
  const into = new Float64Array(rows.length * 20)
  features.write(rows, into, 0, epoch === null ? null : { epoch })
  return into
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return 'no error'
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? thrown.code : thrown
  }
}

describe('augmented rows', () => {
  it('are the rows themselves while everything is off', () => {
    expect(augmented(images, {}, 1)).toBe(images)
    expect(augmented(images, defaultsOf(augmentationFields), 1)).toBe(images)
    expect(augmented(tensor, {}, 1)).toBe(tensor)
  })

  it('are images alone', () => {
    expect(codeOf(() => augmented(tensor, { zoom: 0.1 }, 1))).toBe('augmentation-without-images')
    expect(codeOf(() => augmented(sourceOf(tensor), { zoom: 0.1 }, 1))).toBe('augmentation-without-images')
    expect(codeOf(() => augmented(images, { zoom: 0.7 }, 1))).toBe('invalid-config')
    expect(codeOf(() => augmented(images, { turn: 1 }, 1))).toBe('invalid-config')
  })

  it('stay as they are where they are judged', () => {
    expect(written(augmented(images, all, 1), rowNumbers(0, ROWS), null)).toEqual(tensor.data)
  })

  it('depend on seed, epoch and row alone', () => {
    const first = written(augmented(images, all, 1), rowNumbers(0, ROWS), 3)
    expect(written(augmented(images, all, 1), rowNumbers(0, ROWS), 3)).toEqual(first)
    const source = augmented(images, all, 1)
    written(source, rowNumbers(0, ROWS), 2)
    const some = Int32Array.of(17, 3, 17)
    const rowOf = (row: number) => [...first.subarray(row * 20, (row + 1) * 20)]
    expect([...written(source, some, 3)]).toEqual([...rowOf(17), ...rowOf(3), ...rowOf(17)])
    for (const other of [
      written(source, rowNumbers(0, ROWS), 4),
      written(augmented(images, all, 2), rowNumbers(0, ROWS), 3)
    ]) {
      for (let row = 0; row < ROWS; row++) expect([...other.subarray(row * 20, (row + 1) * 20)]).not.toEqual(rowOf(row))
    }
  })

  it('are rounded once where they become float32', () => {
    const source = augmented(images, all, 1)
    const into = new Float32Array(5 + ROWS * 20)
    source.shape.forEach((size, axis) => expect(size).toBe(tensor.shape[axis]))
    if (!isRowSource(source)) throw new Error('no source')
    source.write(rowNumbers(0, ROWS), into, 5, { epoch: 0 })
    expect([...into.subarray(5)]).toEqual([...written(source, rowNumbers(0, ROWS), 0)].map(Math.fround))
  })

  it('are mirrored or not, half of them', () => {
    const source = augmented(images, { flipHorizontal: true }, 1)
    const got = written(source, rowNumbers(0, ROWS), 0)
    let mirrored = 0
    for (let row = 0; row < ROWS; row++) {
      const was = [...tensor.data.subarray(row * 20, (row + 1) * 20)]
      const mirror = was.map((_, at) => was[at - (at % 4) + 3 - (at % 4)])
      const is = [...got.subarray(row * 20, (row + 1) * 20)]
      expect([was, mirror]).toContainEqual(is)
      if (is[0] === mirror[0]) mirrored++
    }
    expect(mirrored).toBeGreaterThan(ROWS / 4)
    expect(mirrored).toBeLessThan((3 * ROWS) / 4)
  })
})

describe('what is drawn', () => {
  const settings = parseConfig('', augmentationFields, all)
  const draws = Array.from({ length: 2000 }, (_, row) => drawn(settings, 7, 5, row))

  it('fills the ranges evenly, both ways', () => {
    const kinds: [number, number[]][] = [
      [0.2, draws.map(({ shift: [x] }) => x)],
      [0.2, draws.map(({ shift: [, y] }) => y)],
      [30, draws.map(({ rotate }) => rotate)],
      [0.2, draws.map(({ zoom }) => zoom - 1)],
      [0.3, draws.map(({ brightness }) => brightness)]
    ]
    for (const [most, values] of kinds) {
      expect(Math.max(...values)).toBeLessThan(most + 1e-12)
      expect(Math.max(...values)).toBeGreaterThan(0.98 * most)
      expect(Math.min(...values)).toBeLessThan(-0.98 * most)
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(0.05 * most)
    }
    for (const key of ['flipHorizontal', 'flipVertical'] as const) {
      const share = draws.filter((each) => each[key]).length / draws.length
      expect(Math.abs(share - 0.5)).toBeLessThan(0.05)
    }
  })

  it('of one setting does not change with the others', () => {
    const alone = drawn(parseConfig('', augmentationFields, { rotate: 30 }), 7, 5, 12)
    expect(alone.rotate).toBe(draws[12]?.rotate)
    const { flipHorizontal, flipVertical, zoom, shift, brightness } = alone
    expect([flipHorizontal, flipVertical, zoom, ...[...shift, brightness].map(Math.abs)]).toEqual([
      ...[false, false, 1, 0, 0, 0]
    ])
  })
})
