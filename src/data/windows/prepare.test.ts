import { describe, expect, it } from 'vitest'
import { wholeTensor, type Samples } from '../../engine'
import { madeSeries, seriesSetup } from '../../project/testing/series'
import type { Setup } from '../../shared/setup'
import { encodeFeatures as encodeCells } from '../encode'
import { answeredRows, encodeFeatures, encodeTargets, inputCells, inputRows } from '../inputs'
import { inputShape, outputNames, preparationSchema } from '../preparation'
import { predictionNotices } from '../prediction-notices'
import { prepare } from '../prepare'
import { foldSplit } from '../split'
import { column, table } from '../testing'
import { codeOf } from '../testing-setup'
import * as v from 'valibot'

const numbers = (length: number, of: (i: number) => number | null) => Array.from({ length }, (_, i) => of(i))

/** One series of twelve rows. */
const line = table([
  column(
    'x',
    numbers(12, (i) => i)
  ),
  column(
    'y',
    numbers(12, (i) => 100 + i * i)
  )
])
const lineSetup = (changes: Partial<Setup> = {}): Setup =>
  seriesSetup({ target: 'y', window: { steps: 3, horizon: 2, time: null, series: null }, validation: 0.3, ...changes })

const rowsOf = ({ features, targets }: Samples) => ({ features: wholeTensor(features), targets })
const codes = (notices: readonly { code: string }[]) => notices.map(({ code }) => code)

describe('prepare with windows', () => {
  it('gives each window the prepared cells of its rows, channel by channel, and the answers after them', () => {
    const prepared = prepare(line, lineSetup())
    const { preparation } = prepared
    expect([...prepared.trainRows]).toEqual([2, 3, 4, 5, 6])
    expect([...prepared.validationRows]).toEqual([8, 9])
    expect(inputShape(preparation)).toEqual([2, 3])
    expect(outputNames(preparation)).toEqual(['y +1', 'y +2'])
    const cells = wholeTensor(encodeCells(preparation, line)).data
    const { features, targets } = rowsOf(prepared.validation)
    expect(features.shape).toEqual([2, 2, 3])
    const [x, y] = [(row: number) => cells[2 * row], (row: number) => cells[2 * row + 1]]
    expect([...features.data]).toEqual([x(6), x(7), x(8), y(6), y(7), y(8), x(7), x(8), x(9), y(7), y(8), y(9)])
    expect(targets.shape).toEqual([2, 2])
    const [value] = preparation.target.task === 'regression' ? preparation.target.values : []
    const answer = (row: number) => (100 + row * row - (value?.mean ?? NaN)) / (value?.scale ?? NaN)
    expect([...targets.data]).toEqual([answer(9), answer(10), answer(10), answer(11)])
    expect(wholeTensor(prepared.training.features).data.slice(6, 12)).toEqual(
      Float64Array.from([x(1), x(2), x(3), y(1), y(2), y(3)].map(Number))
    )
    expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(preparation)))).toEqual(preparation)
  })

  it('fits on what training windows see alone', () => {
    const prepared = prepare(line, lineSetup())
    // Windows end at rows 2 to 6 and see rows 0 to 8, of which 3 to 8 are answers.
    const [x, y] = prepared.preparation.features
    expect(x).toMatchObject({ name: 'x', mean: 4 })
    expect(y).toMatchObject({ name: 'y', mean: 100 + (0 + 1 + 4 + 9 + 16 + 25 + 36 + 49 + 64) / 9 })
    expect(prepared.preparation.target).toMatchObject({
      values: [{ name: 'y', mean: 100 + (9 + 16 + 25 + 36 + 49 + 64) / 6 }]
    })
    const later = table([
      column(
        'x',
        numbers(12, (i) => (i > 8 ? -1e6 : i))
      ),
      column(
        'y',
        numbers(12, (i) => (i > 8 ? 1e6 + i : 100 + i * i))
      )
    ])
    expect(prepare(later, lineSetup()).preparation).toEqual(prepared.preparation)
    expect(rowsOf(prepare(later, lineSetup()).training)).toEqual(rowsOf(prepared.training))
  })

  it('has several targets column by column', () => {
    const { preparation, training } = prepare(line, lineSetup({ moreTargets: ['x'] }))
    expect(outputNames(preparation)).toEqual(['y +1', 'y +2', 'x +1', 'x +2'])
    const { shape, data } = training.targets
    expect(shape).toEqual([5, 4])
    const [y, x] = preparation.target.task === 'regression' ? preparation.target.values : []
    const raw = [y, y, x, x].map((value, k) => (value?.mean ?? 0) + (value?.scale ?? 0) * (data[k] ?? NaN))
    expect(raw.map((value) => Math.round(value))).toEqual([109, 116, 3, 4])
  })

  it('keeps the answer, the time and the series out of the features, unless a person says how they are one', () => {
    const series = madeSeries()
    const namesOf = (changes: Partial<Setup>) =>
      prepare(series, seriesSetup(changes)).preparation.features.map(({ name }) => name)
    expect(namesOf({})).toEqual(['sales', 'visits', 'sky', 'open'])
    const now = { steps: 5, horizon: 0, time: 'day', series: 'shop' }
    expect(namesOf({ window: now })).toEqual(['visits', 'sky', 'open'])
    expect(namesOf({ window: now, moreTargets: ['visits'] })).toEqual(['sky', 'open'])
    expect(namesOf({ columns: [{ name: 'day', type: 'date' }, { name: 'shop' }] })).toEqual([
      'day',
      'shop',
      'sales',
      'visits',
      'sky',
      'open'
    ])
    expect(namesOf({ ignored: ['sales'] })).toEqual(['visits', 'sky', 'open'])
  })

  it('goes by time within each series', () => {
    const series = madeSeries(20)
    const { preparation, trainRows, validationRows } = prepare(series, seriesSetup())
    const shop = (row: number) => row % 2
    const cells = inputCells(preparation, series)
    const ends = inputRows(preparation, series)
    expect(ends).toHaveLength(2 * 16)
    ends.forEach((end, i) => {
      const rows = [...cells.subarray(5 * i, 5 * i + 5)]
      expect(rows).toEqual([end - 8, end - 6, end - 4, end - 2, end])
    })
    // Each shop has 15 days that can be answers, the last three of them for validation; a value may be missing.
    for (const which of [0, 1]) {
      const last = Math.max(...trainRows.filter((row) => shop(row) === which))
      expect(Math.min(...validationRows.filter((row) => shop(row) === which))).toBeGreaterThan(last)
    }
  })

  it('leaves out windows without an answer and those with a row that is to be dropped, and says so', () => {
    const gap = table([
      column(
        'x',
        numbers(12, (i) => (i === 1 ? null : i))
      ),
      column(
        'y',
        numbers(12, (i) => (i === 5 ? null : i))
      )
    ])
    const setup = lineSetup({
      window: { steps: 2, horizon: 1, time: null, series: null },
      columns: [{ name: 'x', missing: 'drop-row' }]
    })
    const { trainRows, validationRows, notices, preparation } = prepare(gap, setup)
    expect([...trainRows, ...validationRows]).toEqual([3, 5, 6, 7, 8, 9, 10])
    expect(codes(notices)).toEqual(['windows', 'window-target', 'window-incomplete'])
    expect([...inputRows(preparation, gap)]).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(numbers(12, (i) => i).filter((row) => answeredRows(preparation, gap)(row ?? -1))).toEqual([
      3, 5, 6, 7, 8, 9, 10
    ])
    expect(codes(predictionNotices(preparation, gap))).toContain('rows-too-early')
    // The gap in y is filled as any other where y is an input.
    expect(wholeTensor(encodeFeatures(preparation, gap, Int32Array.of(6))).shape).toEqual([1, 2, 2])
  })

  it('asks for the weights of the rows that windows end at, answered themselves or not', () => {
    const weighted = (weights: (number | null)[]) =>
      table([
        column(
          'y',
          numbers(12, (i) => (i === 8 ? null : i * i))
        ),
        column('w', weights)
      ])
    const setup = lineSetup({ window: { steps: 2, horizon: 1, time: null, series: null }, weight: 'w' })
    const at = (row: number, value: number | null) => weighted(numbers(12, (i) => (i === row ? value : 1)))
    expect(() => prepare(at(8, null), setup)).toThrow(expect.objectContaining({ code: 'missing-weight' }))
    expect(() => prepare(at(8, -1), setup)).toThrow(expect.objectContaining({ code: 'negative-weight' }))
    // No window ends at the first row, and none that is answered at the last one.
    for (const row of [0, 11]) expect(prepare(at(row, null), setup).training.weights?.every(Number.isFinite)).toBe(true)
  })

  it('weighs windows by their last rows, with mean 1 over those of training, and says so', () => {
    const weights = numbers(12, (i) => i + 1)
    const setup = lineSetup({ window: { steps: 3, horizon: 2, time: null, series: null }, weight: 'w' })
    const { trainRows, training, notices } = prepare(table([...line.columns, column('w', weights)]), setup)
    // Windows end at rows 2 to 6, which weigh 3 to 7.
    expect([...trainRows]).toEqual([2, 3, 4, 5, 6])
    const expected = [3, 4, 5, 6, 7].map((weight) => weight / 5)
    expect(training.weights?.length).toBe(5)
    expected.forEach((weight, i) => expect(training.weights?.[i]).toBeCloseTo(weight, 12))
    const told = notices.find(({ code }) => code === 'row-weights')?.message
    expect(told).toContain('from 3 to 7 in the 5 training windows, by their last rows, times 0.2 so')
    expect(told).toContain('metrics count every window alike')
  })

  it('says so where no row has a place', () => {
    const timeless = table([
      column(
        't',
        numbers(12, () => null)
      ),
      column(
        'y',
        numbers(12, (i) => i * i)
      )
    ])
    const setup = lineSetup({ window: { steps: 2, horizon: 1, time: 't', series: null } })
    expect(() => prepare(timeless, setup)).toThrow(
      expect.objectContaining({
        code: 'no-places',
        message: expect.stringContaining('no row has a value in "t"') as string
      })
    )
  })

  it('has classes of the last row or of the next', () => {
    const series = madeSeries()
    const classes = { target: 'open', task: 'binary', loss: 'log' } as const
    const next = prepare(series, seriesSetup(classes))
    const now = prepare(
      series,
      seriesSetup({ ...classes, window: { steps: 5, horizon: 0, time: 'day', series: 'shop' } })
    )
    const openAt = (row: number) => Number((Math.floor(row / 2) + 3 * (row % 2)) % 7 >= 2)
    expect([...next.training.targets.data]).toEqual([...next.trainRows].map((row) => openAt(row + 2)))
    expect([...now.training.targets.data]).toEqual([...now.trainRows].map(openAt))
    expect(next.preparation.features.map(({ name }) => name)).toContain('open')
    expect(now.preparation.features.map(({ name }) => name)).not.toContain('open')
  })

  it('says how regular the time is, and what has no place in it', () => {
    const day = 86_400_000
    const moments = [0, 1, 2, 3, 4, null, 5, 5, 6, 7, 8, 9, 12, 13, 14]
    const time = column(
      't',
      moments.map((each) => (each === null ? null : each * day))
    )
    if (time.type !== 'number') throw new Error('expected numbers')
    const odd = table([
      { ...time, time: 'date' },
      column(
        'y',
        numbers(15, (i) => (i * 7) % 5)
      )
    ])
    const setup = lineSetup({ window: { steps: 2, horizon: 1, time: 't', series: null } })
    const { notices, preparation } = prepare(odd, setup)
    expect(codes(notices)).toEqual(['windows', 'rows-without-place', 'irregular-time', 'repeated-moment'])
    const [, , irregular, repeated] = notices
    expect(irregular?.message).toContain('most steps are 1 day; 1 is longer, the longest 3 days')
    expect(irregular?.evidence).toContain('from 1970-01-10 to 1970-01-13')
    expect(repeated?.message).toContain('1 row has the same "t" as the row before')
    expect(codes(predictionNotices(preparation, odd))).toEqual([
      'rows-too-early',
      'rows-without-place',
      'irregular-time',
      'repeated-moment'
    ])
  })

  it('parts whole series, or rows that a column names', () => {
    const series = madeSeries(20)
    const grouped = prepare(series, seriesSetup({ split: { by: 'grouped', column: 'shop' }, validation: 0.5 }))
    const shops = (rows: Int32Array) => new Set(rows.map((row) => row % 2))
    expect(shops(grouped.trainRows).size).toBe(1)
    expect(shops(grouped.validationRows).size).toBe(1)
    expect([...shops(grouped.trainRows)]).not.toEqual([...shops(grouped.validationRows)])
    const fixed = prepare(
      table([...line.columns, column('part', 'a,a,a,a,a,a,a,b,b,b,b,b'.split(','))]),
      lineSetup({ split: { by: 'fixed', column: 'part', validation: ['b'] } })
    )
    expect([[...fixed.trainRows], [...fixed.validationRows]]).toEqual([
      [2, 3, 4],
      [6, 7, 8, 9]
    ])
  })

  it('validates each fold on what comes after all that it was trained on', () => {
    const last = [0, 1].map((fold) => {
      const { trainRows, validationRows } = prepare(madeSeries(30), seriesSetup(), foldSplit(fold, 2))
      const day = (row: number) => Math.floor(row / 2)
      const lastSeen = Math.max(...trainRows.map((row) => day(row) + 1))
      expect(Math.min(...validationRows.map((row) => day(row) + 1))).toBeGreaterThanOrEqual(lastSeen)
      return trainRows.length
    })
    expect(last[1]).toBeGreaterThan(last[0] ?? 0)
  })

  it('encodes the rows for the test only when they are asked for', () => {
    const { preparation, testRows, validationRows } = prepare(line, lineSetup({ test: 0.2 }))
    expect([...testRows]).toEqual([9])
    expect(Math.max(...validationRows)).toBeLessThan(9)
    expect(encodeTargets(preparation, line, testRows).shape).toEqual([1, 2])
  })

  it('says in words what an emptied field has to hold', () => {
    const of = (steps: number, horizon: number) => () =>
      prepare(line, lineSetup({ window: { steps, horizon, time: null, series: null } }))
    expect(of(NaN, 1)).toThrow(/^Window steps must be a whole number from 1 to 10000; the field is empty or holds/)
    expect(of(3, NaN)).toThrow(/^The horizon must be a whole number from 0 to 1000; the field is empty or holds/)
    expect(of(2.5, 1)).toThrow(/; got 2\.5\.$/)
  })

  it.each<[string, Partial<Setup>]>([
    ['invalid-config', { window: { steps: NaN, horizon: 1, time: null, series: null } }],
    ['invalid-config', { window: { steps: 3, horizon: NaN, time: null, series: null } }],
    ['invalid-config', { validation: 0.6, test: 0.6 }],
    ['unknown-column', { window: { steps: 3, horizon: 1, time: 'when', series: null } }],
    ['unknown-column', { window: { steps: 3, horizon: 1, time: null, series: 'which' } }],
    ['window-column', { window: { steps: 3, horizon: 1, time: 'y', series: null } }],
    ['window-column', { window: { steps: 3, horizon: 1, time: 'x', series: 'x' } }],
    ['invalid-split', { split: { by: 'random', column: null } }],
    ['invalid-split', { split: { by: 'grouped', column: 'x' } }],
    ['invalid-split', { split: { by: 'ordered', column: 'x' } }],
    ['too-few-rows', { window: { steps: 11, horizon: 1, time: null, series: null } }],
    ['too-few-rows', { window: { steps: 20, horizon: 1, time: null, series: null } }],
    ['window-horizon', { target: 'z', task: 'binary', loss: 'log' }]
  ])('refuses, with %s', (code, changes) => {
    const data = table([...line.columns, column('z', 'a,b,a,b,a,b,a,b,a,b,a,b'.split(','))])
    expect(codeOf(() => prepare(data, lineSetup({ ignored: ['z'], ...changes })))).toBe(code)
  })
})
