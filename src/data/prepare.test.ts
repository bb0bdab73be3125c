import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { prepare } from './prepare'
import { featureNames, preparationSchema } from './preparation'
import { column, table } from './testing'
import { codeOf, flowers, forceText, setupFor } from './testing-setup'
import { wholeTensor } from '../engine'

describe('prepare', () => {
  it('standardises with the mean and deviation of the training rows and fills with their median', () => {
    const data = table([column('a', [2, 4, null, 9, 5, 1, 3, 7]), column('y', [1, 2, 3, 4, 5, 6, 7, 8])])
    const { preparation, trainRows, training } = prepare(
      data,
      setupFor(data, 'y', { task: 'regression', loss: 'squared' })
    )
    const [a] = data.columns
    if (a?.type !== 'number') throw new Error('expected numbers')
    const present = Array.from(trainRows, (row) => a.values[row] ?? NaN)
      .filter((value) => !Number.isNaN(value))
      .sort((left, right) => left - right)
    const middle = present.length / 2
    const median =
      present.length % 2 === 1 ? present[Math.floor(middle)] : ((present[middle - 1] ?? 0) + (present[middle] ?? 0)) / 2
    const filled = Array.from(trainRows, (row) => (Number.isNaN(a.values[row]) ? (median ?? 0) : (a.values[row] ?? 0)))
    const mean = filled.reduce((sum, value) => sum + value, 0) / filled.length
    const scale = Math.sqrt(filled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / filled.length)
    expect(preparation.features).toEqual([{ name: 'a', kind: 'number', fill: median, mean, scale }])
    expect([...wholeTensor(training.features).data]).toEqual(filled.map((value) => (value - mean) / scale))
    expect(training.targets.shape).toEqual([trainRows.length, 1])
    expect([...training.targets.data].reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
  })

  it('encodes categories one-hot in the order of the table and of the code points', () => {
    const { preparation, training, trainRows } = prepare(
      flowers,
      setupFor(flowers, 'species', { task: 'binary', loss: 'log' })
    )
    expect(featureNames(preparation)).toEqual(expect.arrayContaining(['length', 'island=a', 'island=b']))
    expect(featureNames(preparation)[0]).toBe('length')
    const width = featureNames(preparation).length
    expect(training.features.shape).toEqual([trainRows.length, width])
    for (let row = 0; row < trainRows.length; row++) {
      const island = [...wholeTensor(training.features).data.subarray(row * width + 1, (row + 1) * width)]
      expect(island.filter((value) => value === 1)).toHaveLength(1)
      expect(island.filter((value) => value === 0)).toHaveLength(width - 2)
    }
    expect(preparation.target).toEqual({ name: 'species', task: 'binary', classes: ['x', 'y'] })
    expect([...training.targets.data]).toEqual(Array.from(trainRows, (row) => row % 2))
  })

  it('fits on training rows alone: no value of a validation row changes the preparation', () => {
    const numbers = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { minLength: 12, maxLength: 12 })
    const texts = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'zzz')), { minLength: 12, maxLength: 12 })
    const target = column('y', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    fc.assert(
      fc.property(numbers, texts, numbers, texts, fc.nat(99), (a, b, otherA, otherB, seed) => {
        fc.pre(b.some((text) => text !== null))
        const data = table([
          column('a', a),
          column('b', b),
          target,
          column(
            'always',
            a.map((_, row) => row % 3)
          )
        ])
        const setup = setupFor(data, 'y', { task: 'regression', loss: 'squared', seed })
        const first = prepare(data, setup)
        const kept = new Set(first.validationRows)
        const mixed = table([
          column(
            'a',
            a.map((value, row) => (kept.has(row) ? (otherA[row] ?? null) : value))
          ),
          forceText(b.map((value, row) => (kept.has(row) ? (otherB[row] ?? null) : value))),
          target,
          column(
            'always',
            a.map((_, row) => (kept.has(row) ? 1000 : row % 3))
          )
        ])
        const second = prepare(mixed, setup)
        expect([...second.validationRows]).toEqual([...first.validationRows])
        expect(second.preparation).toEqual(first.preparation)
        expect(second.training).toEqual(first.training)
      })
    )
  })

  it('gives finite numbers, whatever the table', () => {
    const value = fc.option(
      fc.oneof(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(0, -0, 3.4e38, -3.4e38, 1e-45, 1e-200, 5e-324)
      )
    )
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 6, maxLength: 6 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        fc.nat(9),
        (a, y, seed) => {
          const usable = y.filter((each) => each !== null && Number.isFinite(Math.fround(each)))
          fc.pre(new Set(usable).size > 1)
          // Values nearer to 0 than float32 can tell are refused.
          fc.pre(usable.some((each) => each !== null && Math.fround(each) !== 0))
          const data = table([column('a', a), column('b', [1, 2, 3, 4, 5, 6]), column('y', y)])
          const { training, validation, preparation } = prepare(
            data,
            setupFor(data, 'y', { task: 'regression', loss: 'squared', seed })
          )
          for (const part of [training, validation]) {
            expect([...wholeTensor(part.features).data, ...part.targets.data].every(Number.isFinite)).toBe(true)
          }
          expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(preparation)))).toEqual(preparation)
        }
      )
    )
  })

  it('takes a deviation next to nothing for none', () => {
    const y = [0, 5e-324, null, null, -8.881784197001252e-16, null]
    const data = table([column('b', [1, 2, 3, 4, 5, 6]), column('y', y)])
    const { training, validation, preparation } = prepare(
      data,
      setupFor(data, 'y', { task: 'regression', loss: 'squared', seed: 2 })
    )
    expect([...training.targets.data, ...validation.targets.data].every(Number.isFinite)).toBe(true)
    expect(preparation.target).toMatchObject({ values: [{ scale: 1 }] })
  })

  it('keeps a constant column at zero', () => {
    const data = table([column('a', [0.1, 0.1, 0.1, 0.1]), column('y', [1, 2, 3, 4])])
    const { training, preparation } = prepare(data, setupFor(data, 'y', { task: 'regression', loss: 'squared' }))
    expect([...wholeTensor(training.features).data]).toEqual([0, 0, 0])
    expect(preparation.features[0]).toMatchObject({ mean: Math.fround(0.1), scale: 1 })
  })

  it('orders numeric classes by value', () => {
    const data = table([column('a', [1, 2, 3, 4, 5, 6]), column('y', [10, 9, -1, 10, 9, -1])])
    const { preparation } = prepare(data, setupFor(data, 'y', { task: 'multi-class', loss: 'cross-entropy' }))
    expect(preparation.target).toEqual({ name: 'y', task: 'multi-class', classes: ['-1', '9', '10'] })
  })

  it('keeps numeric classes apart that are one float32', () => {
    const days = [20240101, 20240102, 20240103]
    const rows = Array.from({ length: 12 }, (_, row) => row)
    const data = table([
      column('a', rows),
      column(
        'day',
        rows.map((row) => days[row % 3] ?? 0)
      )
    ])
    const { preparation, training, trainRows } = prepare(
      data,
      setupFor(data, 'day', { task: 'multi-class', loss: 'cross-entropy' })
    )
    expect(preparation.target).toMatchObject({ classes: ['20240101', '20240102', '20240103'] })
    expect([...training.targets.data]).toEqual(Array.from(trainRows, (row) => row % 3))
    const close = table([column('a', [1, 2, 3, 4]), column('y', [16777216, 16777217, 16777216, 16777217])])
    expect(codeOf(() => prepare(close, setupFor(close, 'y', { task: 'binary', loss: 'log' })))).toBe('no error')
  })

  it('keeps every digit of a value to predict', () => {
    const seconds = Array.from({ length: 10 }, (_, row) => 1735689600.25 + row)
    const data = table([column('a', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), column('time', seconds)])
    const { preparation, training, trainRows } = prepare(
      data,
      setupFor(data, 'time', { task: 'regression', loss: 'squared' })
    )
    const { target } = preparation
    if (target.task !== 'regression') throw new Error('expected regression')
    const { mean = NaN, scale = NaN } = target.values[0] ?? {}
    for (const [i, row] of trainRows.entries()) {
      expect(mean + scale * (training.targets.data[i] ?? NaN)).toBeCloseTo(seconds[row] ?? NaN, 5)
    }
  })

  it('leaves out a target that float32 cannot express, and says so', () => {
    const data = table([column('a', [1, 2, 3, 4, 5]), column('y', [1, 2, 1e39, 4, null])])
    const { trainRows, validationRows, notices } = prepare(
      data,
      setupFor(data, 'y', { task: 'regression', loss: 'squared' })
    )
    expect([...trainRows, ...validationRows].sort()).toEqual([0, 1, 3])
    expect(notices[0]?.message).toMatch(/^2 of 5 rows .*\(1 of them a number beyond/)
  })

  it('rounds features to float32 and takes what lies beyond it for missing', () => {
    const data = table([column('a', [0.1, 16777217, 1e39, 5, null, 7]), column('y', [1, 2, 3, 4, 5, 6])])
    const { preparation, training, validation, trainRows, validationRows } = prepare(
      data,
      setupFor(data, 'y', { task: 'regression', loss: 'squared' })
    )
    const [a] = preparation.features
    if (a?.kind !== 'number' || a.fill === null) throw new Error('expected a number')
    expect(Math.fround(a.fill)).toBe(a.fill)
    const inputs = [Math.fround(0.1), 16777216, a.fill, 5, a.fill, 7].map((x) => (x - a.mean) / a.scale)
    expect([...wholeTensor(training.features).data]).toEqual(Array.from(trainRows, (row) => inputs[row]))
    expect([...wholeTensor(validation.features).data]).toEqual(Array.from(validationRows, (row) => inputs[row]))
  })

  it('leaves out rows without a target and says so', () => {
    const data = table([column('a', [1, 2, 3, 4, 5]), column('y', ['p', null, 'q', 'p', 'q'])])
    const { trainRows, validationRows, notices } = prepare(data, setupFor(data, 'y', { task: 'binary', loss: 'log' }))
    expect([...trainRows, ...validationRows].sort()).toEqual([0, 2, 3, 4])
    expect(notices.map((notice) => notice.code)).toEqual(['missing-target'])
  })

  it('trains on a class of one row and says so', () => {
    const data = table([column('a', [1, 2, 3, 4, 5]), column('y', ['p', 'p', 'q', 'q', 'r'])])
    const { trainRows, notices } = prepare(data, setupFor(data, 'y', { task: 'multi-class', loss: 'cross-entropy' }))
    expect(trainRows).toContain(4)
    expect(notices.map((notice) => notice.code)).toEqual(['rare-class'])
  })

  it('keeps columns called __proto__ and constructor apart from objects', () => {
    const data = table([
      column('__proto__', [1, 2, 3, 4]),
      column('constructor', ['a', 'b', 'a', 'b']),
      column('toString', [1, 2, 3, 4])
    ])
    const { preparation } = prepare(data, setupFor(data, 'toString', { task: 'regression', loss: 'squared' }))
    const saved: unknown = JSON.parse(JSON.stringify(preparation))
    expect(v.parse(preparationSchema, saved)).toEqual(preparation)
    expect(featureNames(preparation)[0]).toBe('__proto__')
    const plain: object = {}
    expect('polluted' in plain).toBe(false)
  })
})

describe('prepare without validation', () => {
  it('trains on every row, in the order of the file', () => {
    const { trainRows, validationRows, validation, preparation } = prepare(
      flowers,
      setupFor(flowers, 'species', { task: 'binary', loss: 'log', validation: 0 })
    )
    expect([...trainRows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(validationRows).toHaveLength(0)
    expect([validation.features.shape, validation.targets.shape]).toEqual([
      [0, 4],
      [0, 1]
    ])
    expect([preparation.trainRows, preparation.validationRows]).toEqual([8, 0])
    expect(v.safeParse(preparationSchema, preparation).success).toBe(true)
  })

  it('takes classes of one row each, of which none could be kept', () => {
    const data = table([column('a', [1, 2, 3]), column('y', ['p', 'q', 'r'])])
    const { trainRows, notices } = prepare(data, setupFor(data, 'y', { task: 'multi-class', validation: 0 }))
    expect([...trainRows]).toEqual([0, 1, 2])
    expect(notices).toEqual([])
  })
})
