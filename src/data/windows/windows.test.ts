import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Table } from '../table'
import { column, table } from '../testing'
import { codeOf } from '../testing-setup'
import { orderRows, stretches, type Order } from './order'
import { partsByTime, partWindows, TEST, TRAINING, VALIDATION } from './parts'
import { covered, targetsAt, windowPlaces } from './places'
import { windowSource } from './source'
import { regularityOf } from './steps'

const plain: Order = { time: null, series: null }
const none = (order: { rows: Int32Array }) => new Uint8Array(order.rows.length)

describe('orderRows', () => {
  const shops = table([
    column('day', [3, 1, 2, null, 1, 2, 1, 9]),
    column('shop', ['b', 'b', 'a', 'a', 'a', 'b', 'b', null])
  ])

  it('puts each series in a stretch of its own, by time, equal moments as in the file', () => {
    const order = orderRows(shops, { time: 'day', series: 'shop' })
    expect([...order.rows]).toEqual([4, 2, 1, 6, 5, 0])
    expect([...order.starts]).toEqual([0, 2, 6])
    expect([...(order.moments ?? [])]).toEqual([1, 2, 1, 1, 2, 3])
    expect([order.withoutTime, order.withoutSeries]).toEqual([1, 1])
    expect([...stretches(order)]).toEqual([
      [0, 2],
      [2, 6]
    ])
  })

  it('keeps the order of the file without a time, and takes all rows for one series without a series', () => {
    const order = orderRows(shops, plain)
    expect([...order.rows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([...order.starts]).toEqual([0, 8])
    expect(order.moments).toBeNull()
    expect([...orderRows(shops, { time: null, series: 'shop' }).rows]).toEqual([2, 3, 4, 0, 1, 5, 6])
  })

  it('refuses a time of text, and columns that are not there', () => {
    expect(codeOf(() => orderRows(shops, { time: 'shop', series: null }))).toBe('window-time')
    expect(codeOf(() => orderRows(shops, { time: 'hour', series: null }))).toBe('missing-column')
    expect(codeOf(() => orderRows(shops, { time: null, series: 'town' }))).toBe('missing-column')
  })
})

describe('windowPlaces', () => {
  const order = orderRows(table([column('s', ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c'])]), { time: null, series: 's' })

  it('stays within a series, with its targets where they must be known', () => {
    const reach = { steps: 2, horizon: 1 }
    expect([...windowPlaces(order, reach, {}).ends]).toEqual([1, 2, 3, 5, 6])
    expect(windowPlaces(order, reach, {}).short).toBe(1)
    expect([...windowPlaces(order, reach, { target: none(order) }).ends]).toEqual([1, 2, 5])
    expect([...windowPlaces(order, { steps: 2, horizon: 0 }, { target: none(order) }).ends]).toEqual([1, 2, 3, 5, 6])
    expect([...windowPlaces(order, { steps: 1, horizon: 3 }, { target: none(order) }).ends]).toEqual([0])
    expect(windowPlaces(order, { steps: 5, horizon: 0 }, {})).toMatchObject({ short: 3, ends: new Int32Array(0) })
  })

  it('leaves out windows that hold what cannot be an input, and those without an answer', () => {
    const input = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0)
    const target = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0)
    const reach = { steps: 2, horizon: 1 }
    expect(windowPlaces(order, reach, { input, target })).toMatchObject({
      ends: Int32Array.of(5),
      incomplete: 2,
      unanswered: 0
    })
    expect(windowPlaces(order, reach, { target })).toMatchObject({ ends: Int32Array.of(1, 5), unanswered: 1 })
  })
})

describe('partsByTime', () => {
  it('keeps the last targets of each series for the test, and those before them for validation', () => {
    const order = orderRows(
      table([
        column(
          'x',
          Array.from({ length: 12 }, (_, i) => i)
        )
      ]),
      plain
    )
    const reach = { steps: 2, horizon: 1 }
    const shares = { validation: 0.2, test: 0.3 }
    // Ten places can be targets.
    expect([...partsByTime(order, reach, none(order), shares)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2])
    // Answers that are not known yet are nobody's share.
    const open = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    expect([...partsByTime(order, reach, open, shares)]).toEqual([0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2])
  })

  it('shares what rounding leaves among short series', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [name, name, name])
    const order = orderRows(table([column('s', names)]), { time: null, series: 's' })
    const parts = partsByTime(order, { steps: 1, horizon: 1 }, none(order), { validation: 0.2, test: 0 })
    expect(parts.filter((part) => part === VALIDATION)).toHaveLength(2)
  })

  it('leaves out windows whose targets are in several parts', () => {
    const order = orderRows(
      table([
        column(
          'x',
          Array.from({ length: 12 }, (_, i) => i)
        )
      ]),
      plain
    )
    const reach = { steps: 2, horizon: 2 }
    const parts = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2)
    const { ends } = windowPlaces(order, reach, { target: none(order) })
    const parted = partWindows(ends, reach, parts)
    expect([...parted.training]).toEqual([1, 2, 3])
    expect([...parted.validation]).toEqual([5, 6])
    expect([...parted.test]).toEqual([8, 9])
    expect(parted.straddling).toBe(2)
  })

  it('trains on no window that sees a place kept for later', () => {
    const order = orderRows(table([column('x', [0, 1, 2, 3, 4, 5])]), plain)
    const reach = { steps: 2, horizon: 1 }
    const { ends } = windowPlaces(order, reach, { target: none(order) })
    // Fixed parts need not be in the order of time.
    const parted = partWindows(ends, reach, Uint8Array.of(0, 1, 0, 0, 0, 0))
    expect([...parted.training]).toEqual([3, 4])
    expect(parted.straddling).toBe(2)
  })
})

describe('windows of any table', () => {
  const made = fc.record({
    series: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 }),
    moments: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 40, maxLength: 40 }),
    unknown: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    steps: fc.integer({ min: 1, max: 5 }),
    horizon: fc.integer({ min: 0, max: 4 }),
    validation: fc.constantFrom(0, 0.1, 0.3),
    test: fc.constantFrom(0, 0.2, 0.4)
  })

  it('no target is in two parts, and nobody sees what is later than its own part', () => {
    fc.assert(
      fc.property(made, ({ series, moments, unknown, steps, horizon, validation, test }) => {
        const data: Table = table([column('s', series), column('t', moments.slice(0, series.length))])
        const order = orderRows(data, { time: 't', series: 's' })
        const reach = { steps, horizon }
        const target = Uint8Array.from(order.rows, (row) => Number(unknown[row]))
        const { ends } = windowPlaces(order, reach, { target })
        const parts = partsByTime(order, reach, target, { validation, test })
        const parted = partWindows(ends, reach, parts)
        const owner = new Map<number, number>()
        const all = [parted.training, parted.validation, parted.test]
        expect(all.reduce((sum, each) => sum + each.length, parted.straddling)).toBe(ends.length)
        for (const [part, chosen] of all.entries()) {
          for (const end of chosen) {
            const [first, count] = targetsAt(end, reach)
            for (let place = first; place < first + count; place++) {
              expect(owner.get(place) ?? part).toBe(part)
              expect(target[place]).toBe(0)
              owner.set(place, part)
            }
            // One series, in order of time, seen up to the part's own places.
            const rows = [...order.rows.subarray(end - steps + 1, first + count)]
            expect(new Set(rows.map((row) => series[row])).size).toBe(1)
            const times = rows.map((row) => moments[row] ?? 0)
            expect(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0))).toBe(true)
            for (let place = end - steps + 1; place <= end; place++) expect(parts[place]).toBeLessThanOrEqual(part)
          }
        }
        expect(all.map((_, part) => part)).toEqual([TRAINING, VALIDATION, TEST])
      })
    )
  })
})

describe('windowSource', () => {
  // Two features of five places.
  const features = { width: 2, data: Float64Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50) }
  const source = windowSource(features, Int32Array.of(2, 4), 3)

  it('is [N, F, T], channel by channel, the oldest first', () => {
    expect(source.shape).toEqual([2, 2, 3])
    const into = new Float64Array(14)
    source.write(Int32Array.of(1, 0), into, 1, null)
    expect([...into]).toEqual([0, 3, 4, 5, 30, 40, 50, 1, 2, 3, 10, 20, 30, 0])
  })
})

describe('covered', () => {
  it('marks what windows hold', () => {
    expect([...covered(6, Int32Array.of(2, 4), 2, 1)]).toEqual([0, 1, 1, 1, 1, 1])
    expect([...covered(4, new Int32Array(0), 2, 1)]).toEqual([0, 0, 0, 0])
  })
})

describe('regularityOf', () => {
  const regularity = (moments: readonly number[], isDate: boolean) =>
    regularityOf(orderRows(table([column('t', moments)]), { time: 't', series: null }), isDate)
  const days = (...texts: string[]) => texts.map((text) => Date.parse(text))

  it('counts dates in the unit that most of them keep', () => {
    expect(regularity(days('2024-01-01', '2024-01-02', '2024-01-03', '2024-01-06'), true)).toMatchObject({
      usual: '1 day',
      ...{ steps: 3, longer: 1, shorter: 0, longest: '3 days', longestAt: 3, repeated: 0 }
    })
    const monthly = days('2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2024-06-30')
    expect(regularity(monthly, true)).toMatchObject({ usual: '1 month', longer: 1, longest: '2 months' })
    expect(regularity(days('2019-01-01', '2020-01-01', '2021-01-01'), true)).toMatchObject({
      usual: '1 year',
      ...{ longer: 0, shorter: 0 }
    })
    const clock = days('2024-01-01T00:00Z', '2024-01-01T01:00Z', '2024-01-01T01:20Z', '2024-01-01T02:20Z')
    expect(regularity(clock, true)).toMatchObject({ usual: '1 hour', longer: 0, shorter: 1, longest: '1 hour' })
  })

  it('counts numbers, and moments that occur twice', () => {
    expect(regularity([0.1, 0.2, 0.3, 0.4, 0.4, 0.7], false)).toMatchObject({
      usual: '0.1',
      ...{ steps: 5, longer: 1, shorter: 0, longest: '0.3', repeated: 1, repeatedAt: 4 }
    })
    expect(regularity([7], false)).toBeNull()
    expect(regularity([7, 7], false)).toBeNull()
  })
})
