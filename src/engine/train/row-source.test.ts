import { describe, expect, it } from 'vitest'
import type { Tensor } from '../tensor/tensor'
import { blocksOf, copyRows, heldNumbers, reshaped, rowsFrom, wholeTensor, type RowSource } from './row-source'
import { sourceOf } from '../testing'

const tensor: Tensor = { shape: [5, 2, 2], data: Float64Array.from({ length: 20 }, (_, i) => i / 3) }
const source = sourceOf(tensor)

describe('rows that are made when asked for', () => {
  it('are read as a tensor’s', () => {
    expect(wholeTensor(source)).toEqual(tensor)
    expect(rowsFrom(source, 1, 3)).toEqual({ shape: [3, 2, 2], data: tensor.data.slice(4, 16) })
    expect(rowsFrom(tensor, 1, 3)).toEqual(rowsFrom(source, 1, 3))
    expect(rowsFrom(source, 5, 0)).toEqual({ shape: [0, 2, 2], data: new Float64Array() })
    expect([heldNumbers(tensor), heldNumbers(source)]).toEqual([20, 0])
  })

  it('are copied in any order, from a place on, rounded where that is float32', () => {
    const rows = Int32Array.of(4, 0, 4)
    for (const features of [tensor, source]) {
      const exact = new Float64Array(14).fill(-1)
      copyRows(features, rows, exact, 1, null)
      const [first, fifth] = [tensor.data.slice(0, 4), tensor.data.slice(16)]
      expect([...exact]).toEqual([-1, ...fifth, ...first, ...fifth, -1])
      const rounded = new Float32Array(14)
      copyRows(features, rows, rounded, 1, null)
      expect([...rounded.subarray(1, 13)]).toEqual([...exact.subarray(1, 13)].map(Math.fround))
    }
  })

  it('come in blocks that are all rows together', () => {
    const wide: RowSource = {
      shape: [7, 2 ** 18],
      write: (rows, into, at) => rows.forEach((row, i) => into.fill(row, at + i * 2 ** 18, at + (i + 1) * 2 ** 18))
    }
    const blocks = [...blocksOf(wide)].map(({ start, part }) => [start, part.shape, part.data[0], part.data.at(-1)])
    expect(blocks).toEqual([
      [0, [2, 2 ** 18], 0, 1],
      [2, [2, 2 ** 18], 2, 3],
      [4, [2, 2 ** 18], 4, 5],
      [6, [1, 2 ** 18], 6, 6]
    ])
    expect([...blocksOf(tensor)]).toEqual([{ start: 0, part: tensor }])
  })

  it('keep in another shape what they are', () => {
    const image = { channels: 1, height: 2, width: 2, black: [0], white: [7] }
    const flat = reshaped({ ...source, image }, [4])
    expect(flat).toMatchObject({ shape: [5, 4], image })
    expect(wholeTensor(flat).data).toEqual(tensor.data)
    expect(reshaped(tensor, [4])).toEqual({ shape: [5, 4], data: tensor.data })
  })
})
