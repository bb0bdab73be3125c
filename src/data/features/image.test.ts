import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFeatures } from '../encode'
import { featureNames, inputShape } from '../preparation'
import { maxEncodedValues, prepare } from '../prepare'
import { suggestSetup } from '../suggest'
import type { ImageColumn, Table } from '../table'
import { column, table } from '../testing'
import { codeOf } from '../testing-setup'
import { madeImages } from './testing-images'
import { isRowSource, wholeTensor } from '../../engine'

const many = (rows: number, change: Partial<ImageColumn> = {}): Table =>
  table([
    madeImages(rows, change),
    column(
      'label',
      Array.from({ length: rows }, (_, row) => `${row % 3}`)
    )
  ])

describe('images as features', () => {
  it('are standardised for each channel by the pixels of the training rows', () => {
    const data = many(30, { channels: 3 })
    const { preparation, training, trainRows } = prepare(data, suggestSetup(data))
    expect(inputShape(preparation)).toEqual([3, 4, 5])
    expect(featureNames(preparation).slice(18, 22)).toEqual([
      'image[red, 3, 3]',
      'image[red, 3, 4]',
      'image[green, 0, 0]',
      'image[green, 0, 1]'
    ])
    const [feature] = preparation.features
    if (feature?.kind !== 'image') throw new Error('no image')
    const { pixels } = madeImages(30, { channels: 3 })
    for (let channel = 0; channel < 3; channel++) {
      const values = [...trainRows].flatMap((row) => [
        ...pixels.subarray(row * 60 + channel * 20, row * 60 + channel * 20 + 20)
      ])
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
      expect(feature.mean[channel]).toBeCloseTo(mean, 9)
      expect(feature.scale[channel]).toBeCloseTo(deviation, 9)
      const at = channel * 20 + 7
      const first = trainRows[0] ?? 0
      expect(wholeTensor(training.features).data[at]).toBeCloseTo(
        ((pixels[first * 60 + at] ?? 0) - mean) / deviation,
        9
      )
    }
  })

  it('are never NaN, a single colour included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4 * 20, maxLength: 4 * 20 }), fc.boolean(), (drawn, plain) => {
        const pixels = plain ? new Uint8Array(80).fill(drawn[0] ?? 0) : drawn
        const data = table([madeImages(4, { pixels }), column('label', ['a', 'b', 'a', 'b'])])
        const { preparation, training } = prepare(data, suggestSetup(data))
        expect(wholeTensor(training.features).data.every(Number.isFinite)).toBe(true)
        expect(wholeTensor(encodeFeatures(preparation, data)).data.every(Number.isFinite)).toBe(true)
      })
    )
  })

  it('stand as in the file when nothing is prepared', () => {
    const data = many(6)
    const { preparation } = prepare(data, { ...suggestSetup(data), prepare: false, validation: 0 })
    expect([...wholeTensor(encodeFeatures(preparation, data)).data]).toEqual([...madeImages(6).pixels])
  })

  it('can be the only feature', () => {
    const data = table([...many(6).columns, column('x', [1, 2, 3, 4, 5, 6])])
    const setup = { ...suggestSetup(data), target: 'label' }
    expect(setup.ignored).toEqual(['x'])
    expect(codeOf(() => prepare(data, { ...setup, ignored: [] }))).toBe('image-not-alone')
    expect(codeOf(() => prepare(data, { ...setup, ignored: [], prepare: false }))).toBe('image-not-alone')
    expect(prepare(data, { ...setup, ignored: ['image'] }).preparation.features.map(({ kind }) => kind)).toEqual([
      'number'
    ])
  })

  it('cannot be a target, nor be cut otherwise', () => {
    const data = many(6)
    const setup = suggestSetup(data)
    expect(codeOf(() => prepare(data, { ...setup, target: 'image' }))).toBe('image-column')
    expect(codeOf(() => prepare(data, { ...setup, columns: [{ name: 'image', scaling: 'min-max' }] }))).toBe(
      'column-setting'
    )
    expect(codeOf(() => prepare(data, { ...setup, split: { by: 'grouped', column: 'image' } }))).not.toBe('no error')
  })

  it('of another size than those of the training are refused', () => {
    const data = many(6)
    const { preparation } = prepare(data, suggestSetup(data))
    expect(codeOf(() => encodeFeatures(preparation, many(6, { width: 10, height: 2 })))).toBe('image-mismatch')
    expect(codeOf(() => encodeFeatures(preparation, many(6, { channels: 3 })))).toBe('image-mismatch')
    expect(codeOf(() => encodeFeatures(preparation, table([column('image', [1, 2])])))).toBe('image-mismatch')
  })
})

describe('a first setup for images', () => {
  it('is a small convolutional network', () => {
    const { layers, optimizer, task, target } = suggestSetup(many(9, { width: 20, height: 12 }))
    expect([target, task, optimizer.type]).toEqual(['label', 'multi-class', 'adam'])
    expect(layers.map(({ type }) => type)).toEqual(['conv2d', 'max-pool2d', 'conv2d', 'max-pool2d', 'flatten', 'dense'])
  })

  it('does not halve what is too small', () => {
    expect(suggestSetup(many(9, { width: 20, height: 3 })).layers.map(({ type }) => type)).toEqual([
      'conv2d',
      'conv2d',
      'flatten',
      'dense'
    ])
  })
})

describe('rows of images', () => {
  it('are made of the table’s pixels when asked for, and say what black and white are', () => {
    const data = many(12, { channels: 3 })
    const { preparation, training, trainRows } = prepare(data, suggestSetup(data))
    const [feature] = preparation.features
    const { features } = training
    if (feature?.kind !== 'image' || !isRowSource(features)) throw new Error('no rows of images')
    const of = (level: number) => feature.mean.map((mean, k) => (level - mean) / (feature.scale[k] ?? 1))
    expect(features.image).toEqual({ channels: 3, height: 4, width: 5, black: of(0), white: of(255) })
    const exact = new Float64Array(61)
    const rounded = new Float32Array(61)
    for (const into of [exact, rounded]) features.write(Int32Array.of(2), into, 1, null)
    const { pixels } = madeImages(12, { channels: 3 })
    const row = trainRows[2] ?? 0
    const expected = Array.from(pixels.subarray(row * 60, (row + 1) * 60), (pixel, at) => {
      const channel = Math.floor(at / 20)
      return (pixel - (feature.mean[channel] ?? 0)) / (feature.scale[channel] ?? 1)
    })
    expect([...exact]).toEqual([0, ...expected])
    expect([...rounded]).toEqual([0, ...expected].map(Math.fround))
  })

  it('are not refused for their number: they take no memory but the table’s', () => {
    const [rows, side] = [540, 500]
    const data = many(rows, { width: side, height: side, pixels: new Uint8Array(rows * side * side) })
    expect(rows * side * side).toBeGreaterThan(maxEncodedValues)
    expect(prepare(data, suggestSetup(data)).training.features.shape).toEqual([rows * 0.8, side * side])
  })
})
