import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateValues, timeText } from './dates'

const isoOf = (texts: readonly string[]): string[] | null => {
  const found = dateValues(texts)
  return found === null ? null : Array.from(found.values, (value) => timeText(value, found.time))
}

describe('dateValues', () => {
  it.each([
    [
      ['2024-02-29', '1969-12-31'],
      ['2024-02-29', '1969-12-31']
    ],
    [
      ['2024/2/9', ' 2024/12/31 '],
      ['2024-02-09', '2024-12-31']
    ],
    [
      ['29.02.2024', '1.3.2024'],
      ['2024-02-29', '2024-03-01']
    ],
    [
      ['13/02/2024', '01/02/2024'],
      ['2024-02-13', '2024-02-01']
    ],
    [
      ['02/13/2024', '01/02/2024'],
      ['2024-02-13', '2024-01-02']
    ],
    [
      ['2024-01-01T23:30', '2024-01-02 00:00:10'],
      ['2024-01-01T23:30:00Z', '2024-01-02T00:00:10Z']
    ],
    [
      ['2024-01-01T00:30:00.25+01:00', '2024-01-01T00:00:00Z'],
      ['2023-12-31T23:30:00.250Z', '2024-01-01T00:00:00Z']
    ],
    [
      ['2024-01-01', '2024-01-01 12:00:00.123456'],
      ['2024-01-01T00:00:00Z', '2024-01-01T12:00:00.123456Z']
    ],
    [['0099-03-01'], ['0099-03-01']]
  ])('reads %j', (texts, expected) => {
    expect(isoOf(texts)).toEqual(expected)
  })

  it.each([
    [['2023-02-29'], 'a day that no calendar has'],
    [['2024-13-01'], 'a month that no calendar has'],
    [['01/02/2024', '03/04/2024'], 'either order of day and month'],
    [['13/02/2024', '02/13/2024'], 'both orders of day and month'],
    [['13/13/2024'], 'no order of day and month'],
    [['2024-01-01', '2024/01/01'], 'two forms'],
    [['2024-01-01T10:00Z', '2024-01-01T10:00'], 'an offset in some times only'],
    [['2024-01-01T24:00'], 'an hour too many'],
    [['2024-01-01', 'soon'], 'a word'],
    [['20240101'], 'nothing but digits']
  ])('leaves %j as they are: %s', (texts) => {
    expect(dateValues(texts)).toBeNull()
  })

  it('reads back every moment that is written', () => {
    const moment = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true
    })
    fc.assert(
      fc.property(moment, (date) => {
        expect(dateValues([timeText(date.getTime(), 'datetime')])?.values[0]).toBe(date.getTime())
        const day = Math.floor(date.getTime() / 86_400_000) * 86_400_000
        expect(dateValues([timeText(date.getTime(), 'date')])).toEqual({ values: Float64Array.of(day), time: 'date' })
      })
    )
  })
})
