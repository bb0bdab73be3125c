import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Setup } from '../shared/setup'
import { ConfigError, DataFormatError } from '../shared/errors'
import { encodeFeatures, encodeTargets } from './encode'
import { prepare } from './prepare'
import { featureNames, preparationSchema } from './preparation'
import { suggestSetup } from './suggest'
import type { Column, Table } from './table'
import { column, table } from './testing'

function setupFor(data: Table, target: string, change: Partial<Setup> = {}): Setup {
  return { ...suggestSetup(data), target, ignored: [], ...change }
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof DataFormatError || error instanceof ConfigError) return error.code
    throw error
  }
  return 'no error'
}

const flowers = table([
  column('length', [1, 2, null, 4, 5, 6, 7, 8]),
  column('island', ['b', 'a', 'b', null, 'a', 'b', 'c', 'b']),
  column('species', ['x', 'y', 'x', 'y', 'x', 'y', 'x', 'y'])
])

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
    expect([...training.features.data]).toEqual(filled.map((value) => (value - mean) / scale))
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
      const island = [...training.features.data.subarray(row * width + 1, (row + 1) * width)]
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
          const data = table([column('a', a), column('b', [1, 2, 3, 4, 5, 6]), column('y', y)])
          const { training, validation, preparation } = prepare(
            data,
            setupFor(data, 'y', { task: 'regression', loss: 'squared', seed })
          )
          for (const part of [training, validation]) {
            expect([...part.features.data, ...part.targets.data].every(Number.isFinite)).toBe(true)
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
    expect(preparation.target).toMatchObject({ scale: 1 })
  })

  it('keeps a constant column at zero', () => {
    const data = table([column('a', [0.1, 0.1, 0.1, 0.1]), column('y', [1, 2, 3, 4])])
    const { training, preparation } = prepare(data, setupFor(data, 'y', { task: 'regression', loss: 'squared' }))
    expect([...training.features.data]).toEqual([0, 0, 0])
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
    for (const [i, row] of trainRows.entries()) {
      expect(target.mean + target.scale * (training.targets.data[i] ?? NaN)).toBeCloseTo(seconds[row] ?? NaN, 5)
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
    if (a?.kind !== 'number') throw new Error('expected a number')
    expect(Math.fround(a.fill)).toBe(a.fill)
    const inputs = [Math.fround(0.1), 16777216, a.fill, 5, a.fill, 7].map((x) => (x - a.mean) / a.scale)
    expect([...training.features.data]).toEqual(Array.from(trainRows, (row) => inputs[row]))
    expect([...validation.features.data]).toEqual(Array.from(validationRows, (row) => inputs[row]))
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

  const a = column('a', [1, 2, 3, 4])
  const cases: [string, Column[], string, Partial<Setup>, string[]?][] = [
    ['unknown-target', [a, column('y', [1, 2, 3, 4])], 'z', { task: 'regression' }],
    [
      'ambiguous-target',
      [a, column('y', [1, 2, 3, 4]), column('y_2', [1, 2, 3, 4])],
      'y',
      { task: 'regression' },
      ['y']
    ],
    ['target-missing', [a, column('y', [null, null, null, null])], 'y', { task: 'regression' }],
    ['too-few-rows', [column('a', [1]), column('y', [1])], 'y', { task: 'regression' }],
    ['too-few-rows', [a, column('y', ['p', null, null, null])], 'y', { task: 'binary' }],
    ['too-few-rows', [a, column('y', ['p', 'q', 'r', 's'])], 'y', { task: 'multi-class' }],
    ['one-class', [a, column('y', ['p', 'p', 'p', 'p'])], 'y', { task: 'binary' }],
    ['one-class', [a, column('y', [1, 1, 1, 1])], 'y', { task: 'multi-class' }],
    ['constant-target', [a, column('y', [1, 1, 1, 1])], 'y', { task: 'regression' }],
    ['task-mismatch', [a, column('y', ['p', 'q', 'p', 'q'])], 'y', { task: 'regression' }],
    ['task-mismatch', [a, column('y', ['p', 'q', 'r', 'r'])], 'y', { task: 'binary' }],
    ['no-features', [a], 'a', { task: 'regression' }],
    ['no-features', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', ignored: ['a'] }],
    ['no-features', [column('a', [null, null, null, null]), column('y', [1, 2, 3, 4])], 'y', { task: 'regression' }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', validation: -0.1 }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', validation: NaN }],
    ['invalid-config', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', seed: 0.5 }],
    ['no error', [a, column('y', [1, 2, 3, 4])], 'y', { task: 'regression', ignored: ['gone'] }]
  ]
  it.each(cases)('%s', (code, columns, target, change, duplicates = []) => {
    const data = table(columns, duplicates)
    expect(codeOf(() => prepare(data, setupFor(data, target, change)))).toBe(code)
  })

  it('refuses as classes what names rows, and inputs that do not fit in memory', () => {
    const names = Array.from({ length: 5000 }, (_, row) => `name ${row}`)
    const twice = [...names, ...names, ...names, ...names, ...names, ...names, ...names]
    const data = table([
      column('name', twice),
      column(
        'a',
        twice.map((_, row) => row % 7)
      )
    ])
    expect(codeOf(() => prepare(data, setupFor(data, 'name', { task: 'multi-class' })))).toBe('too-many-classes')
    expect(codeOf(() => prepare(data, setupFor(data, 'a', { task: 'multi-class' })))).toBe('too-many-features')
    const few = table([
      column('name', names.slice(0, 50)),
      column(
        'a',
        names.slice(0, 50).map((_, row) => row)
      )
    ])
    expect(codeOf(() => prepare(few, setupFor(few, 'name', { task: 'multi-class' })))).toBe('too-many-classes')
  })
})

describe('encoding another table', () => {
  const { preparation } = prepare(flowers, setupFor(flowers, 'species', { task: 'binary', loss: 'log', seed: 3 }))
  const [length, island] = preparation.features
  if (length?.kind !== 'number' || island?.kind !== 'category') throw new Error('unexpected kinds')
  const width = 1 + island.categories.length

  it('fills missing values, and gives zeros for a category never trained on', () => {
    const other = table([
      column('island', [null, 'never seen', island.categories[0] ?? '']),
      column('length', [null, 1, 2])
    ])
    const { shape, data } = encodeFeatures(preparation, other)
    expect(shape).toEqual([3, width])
    const hot = (category: string): number[] => island.categories.map((each) => (each === category ? 1 : 0))
    expect([...data]).toEqual([
      (length.fill - length.mean) / length.scale,
      ...hot(island.fill),
      (1 - length.mean) / length.scale,
      ...hot(''),
      (2 - length.mean) / length.scale,
      ...hot(island.categories[0] ?? '')
    ])
  })

  it('reads numbers in a column that holds text elsewhere, and names the row of what is none', () => {
    const other = table([forceText(['1', '2.5', 'abc', null], 'length'), column('island', ['a', 'a', 'a', 'a'])])
    const rows = Int32Array.of(1, 3)
    expect([...encodeFeatures(preparation, other, rows).data].filter((_, index) => index % width === 0)).toEqual([
      (2.5 - length.mean) / length.scale,
      (length.fill - length.mean) / length.scale
    ])
    expect(() => encodeFeatures(preparation, other)).toThrow(/row 3, column "length".*"abc"/)
  })

  it('finds categories that look like numbers here', () => {
    const data = table([forceText(['1.0', 'x', '1.0', 'x', '1.0', 'x'], 'code'), column('y', [1, 2, 3, 4, 5, 6])])
    const fitted = prepare(data, setupFor(data, 'y', { task: 'regression', loss: 'squared' })).preparation
    expect([...encodeFeatures(fitted, table([column('code', [1, 2, null])])).data]).toEqual([
      1,
      0,
      0,
      0,
      ...missingCode(fitted)
    ])
  })

  it('names the column that is missing', () => {
    expect(codeOf(() => encodeFeatures(preparation, table([column('length', [1])])))).toBe('missing-column')
  })

  it('encodes targets, or names the row that has none', () => {
    const other = table([column('species', ['y', 'x', null, 'q'])])
    expect([...encodeTargets(preparation, other, Int32Array.of(1, 0)).data]).toEqual([0, 1])
    expect(codeOf(() => encodeTargets(preparation, other, Int32Array.of(2)))).toBe('missing-target')
    expect(codeOf(() => encodeTargets(preparation, other, Int32Array.of(3)))).toBe('unknown-class')
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

describe('prepare with numbers as they stand in the file', () => {
  const raw = { prepare: false, validation: 0 }
  const numbers = table([
    column('a', [0.1, -7, 16777217, 1e-50]),
    column('same', [5, 5, 5, 5]),
    column('y', [10, 2, 1, 10])
  ])

  it('changes features by rounding to float32 alone, and values of a target not at all', () => {
    const { training, preparation } = prepare(numbers, setupFor(numbers, 'y', { task: 'regression', ...raw }))
    expect([...training.features.data]).toEqual([Math.fround(0.1), 5, -7, 5, 16777216, 5, 0, 5])
    expect([...training.targets.data]).toEqual([10, 2, 1, 10])
    expect(preparation.features).toEqual([
      { name: 'a', kind: 'raw' },
      { name: 'same', kind: 'raw' }
    ])
    expect(preparation.target).toEqual({ name: 'y', task: 'regression', mean: 0, scale: 1 })
    expect(featureNames(preparation)).toEqual(['a', 'same'])
    expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(preparation)))).toEqual(preparation)
  })

  it('orders classes by their texts, numbers too', () => {
    const setup = setupFor(numbers, 'y', { task: 'multi-class', loss: 'cross-entropy', ...raw })
    const { preparation, training } = prepare(numbers, setup)
    expect(preparation.target).toMatchObject({ classes: ['1', '10', '2'] })
    expect([...training.targets.data]).toEqual([1, 2, 0, 1])
    expect([...encodeTargets(preparation, numbers, Int32Array.of(1, 2)).data]).toEqual([2, 0])
    expect(prepare(numbers, { ...setup, prepare: true }).preparation.target).toMatchObject({
      classes: ['1', '2', '10']
    })
  })

  const y = column('y', [1, 2, 3, 4])
  it.each<[string, string, Column[], RegExp]>([
    ['text', 'not-a-number', [column('a', [1, 2, 'x', 4]), y], /row 3, column "a".*"x".*--ignore.*--no-prepare/],
    ['text after a gap', 'missing-value', [column('a', [1, null, 'x', 4]), y], /row 2, column "a"/],
    [
      'a missing number',
      'missing-value',
      [column('a', [1, 2, 3, null]), y],
      /row 4, column "a".*got nothing.*--ignore/
    ],
    ['a number beyond float32', 'missing-value', [column('a', [1, 1e39, 3, 4]), y], /row 2.*1e\+39.*beyond float32/],
    [
      'a missing target',
      'missing-value',
      [column('a', [1, 2, 3, 4]), column('y', [1, 2, 3, null])],
      /row 4, column "y"/
    ],
    [
      'a missing first target',
      'missing-value',
      [column('a', [1, 2, 3]), column('y', [null, 2, 3])],
      /row 1, column "y"/
    ],
    [
      'a target beyond float32',
      'missing-value',
      [column('a', [1, 2, 3]), column('y', [1, -1e39, 3])],
      /row 2, column "y"/
    ]
  ])('refuses %s, with its row', (_what, code, columns, message) => {
    const data = table(columns)
    const open = () => prepare(data, setupFor(data, 'y', { task: 'regression', ...raw }))
    expect(codeOf(open)).toBe(code)
    expect(open).toThrow(message)
  })

  it('does not mind text in a column that is ignored', () => {
    const data = table([column('a', [1, 2, 3, 4]), column('b', ['x', null, 'y', 'z']), y])
    expect(codeOf(() => prepare(data, setupFor(data, 'y', { task: 'regression', ignored: ['b'], ...raw })))).toBe(
      'no error'
    )
  })

  it('asks for every number again when it is used', () => {
    const { preparation } = prepare(numbers, setupFor(numbers, 'y', { task: 'regression', ...raw }))
    const gap = table([column('a', [1, null]), column('same', [1, 2])])
    expect(codeOf(() => encodeFeatures(preparation, gap))).toBe('missing-value')
    const word = table([column('a', [1, 2]), column('same', [1, 'x'])])
    expect(codeOf(() => encodeFeatures(preparation, word))).toBe('not-a-number')
    expect([...encodeFeatures(preparation, table([column('same', [2]), column('a', [0.1])])).data]).toEqual([
      Math.fround(0.1),
      2
    ])
  })
})

describe('suggestSetup', () => {
  it('prefers a column with a name that targets have, else the last one of use', () => {
    const a = column('a', [1, 2, 3])
    const kind = column('Species', ['p', 'q', 'p'])
    expect(suggestSetup(table([kind, a])).target).toBe('Species')
    expect(suggestSetup(table([a, column('b', [4, 5, 6])])).target).toBe('b')
    expect(suggestSetup(table([a, column('b', [4, 5, 6]), column('empty', [null, null, null])])).target).toBe('b')
    expect(suggestSetup(table([column('x', [1, 2, 3]), column('y', [4, 5, 6])])).target).toBe('y')
    expect(
      suggestSetup(table([column('x', [1, 2, 3]), column('y', [4, 5, 6]), column('arm', ['l', 'r', 'l'])])).target
    ).toBe('arm')
    expect(suggestSetup(table([column('y', [1, 2, 3]), column('y_2', [4, 5, 6]), a], ['y'])).target).toBe('a')
  })

  it('follows from the target that is given', () => {
    const data = table([column('a', [1.5, 2, 3]), column('b', ['p', 'q', 'p']), column('empty', [null, null, null])])
    expect(suggestSetup(data, 'a')).toMatchObject({
      target: 'a',
      task: 'regression',
      loss: 'squared',
      ignored: ['empty']
    })
    expect(suggestSetup(data, 'b')).toMatchObject({ target: 'b', task: 'binary', loss: 'log' })
    expect(codeOf(() => suggestSetup(data, 'c'))).toBe('unknown-target')
  })

  it('starts with two small layers', () => {
    const { layers, optimizer, batchSize, epochs, validation, seed } = suggestSetup(
      table([column('a', [1, 2]), column('b', ['p', 'q'])])
    )
    expect(layers.map(({ name, inputs, config }) => [name, inputs, config['units'], config['activation']])).toEqual([
      ['dense1', [], 16, 'relu'],
      ['dense2', [], 8, 'relu']
    ])
    expect(optimizer).toMatchObject({ type: 'sgd', config: { learningRate: 0.1, momentum: 0.9 } })
    expect([batchSize, epochs, validation, seed]).toEqual([32, 60, 0.2, 1])
  })
})

/** A text column, even of texts that look like numbers or of nothing. */
function forceText(values: readonly (string | null)[], name = 'b'): Column {
  const texts = column(name, [...values, 'text'])
  if (texts.type !== 'category') throw new Error('expected text')
  return { ...texts, codes: texts.codes.slice(0, values.length) }
}

function missingCode(fitted: ReturnType<typeof prepare>['preparation']): number[] {
  const [feature] = fitted.features
  if (feature?.kind !== 'category') throw new Error('expected a category')
  return feature.categories.map((category) => (category === feature.fill ? 1 : 0))
}
