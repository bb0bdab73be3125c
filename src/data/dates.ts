/** Dates and times as text. */
import type { NumberColumn } from './table'
import { atOnce } from './turns'

type Time = NonNullable<NumberColumn['time']>

/** Times of a column: milliseconds since 1970-01-01 UTC, and whether any of them tells more than the day. */
export interface DateValues {
  readonly values: Float64Array
  readonly time: Time
}

/** Cells read between two turns of others. */
const cellsPerStep = 4096

const clock =
  '(?:(?:T| +)(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:\\.(?<fraction>\\d{1,9}))?)?(?<zone>Z|[+-]\\d{2}:?\\d{2})?)?'

/** How a column may write its days; all cells must do so alike. `a` and `b` are day and month, in one order or the other. */
const forms: readonly RegExp[] = [
  `(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})`,
  `(?<year>\\d{4})/(?<month>\\d{1,2})/(?<day>\\d{1,2})`,
  `(?<day>\\d{1,2})\\.(?<month>\\d{1,2})\\.(?<year>\\d{4})`,
  `(?<a>\\d{1,2})/(?<b>\\d{1,2})/(?<year>\\d{4})`
].map((form) => new RegExp(`^\\s*${form}${clock}\\s*$`))

/**
 * The values of a column in which every cell is a date: `2024-02-29`, `2024/02/29`, `29.02.2024`, or `29/02/2024` and
 * `02/29/2024` where a number above 12 tells the order, each with or without a time (`T13:45`, ` 13:45:10.5`,
 * and after it `Z` or `+01:00`; else it is taken for UTC). Null for other columns: those that mix forms, that tell an
 * offset in some times only, or that hold a day that no calendar has.
 *
 * @param texts the different cells that are not missing, at least one
 */
export function dateValues(texts: readonly string[]): DateValues | null {
  return atOnce(dateSteps(texts))
}

/** The same, which others may interrupt. */
export function* dateSteps(texts: readonly string[]): Generator<void, DateValues | null> {
  const form = forms.find((each) => each.test(texts[0] ?? ''))
  if (form === undefined) return null
  const values = new Float64Array(texts.length)
  // The order of day and month, where nothing but a number above 12 can tell.
  const order = form.source.includes('<a>') ? yield* dayMonthOrder(form, texts) : 'ymd'
  if (order === null) return null
  let time: Time = 'date'
  let zoned: boolean | null = null
  for (const [index, text] of texts.entries()) {
    if (index % cellsPerStep === 0) yield
    const parts = form.exec(text)?.groups
    if (parts === undefined) return null
    const month = order === 'ymd' ? parts['month'] : order === 'dmy' ? parts['b'] : parts['a']
    const day = order === 'ymd' ? parts['day'] : order === 'dmy' ? parts['a'] : parts['b']
    const days = dayNumber(Number(parts['year']), Number(month), Number(day))
    if (days === null) return null
    let value = days * 86_400_000
    if (parts['hour'] !== undefined) {
      time = 'datetime'
      const hasZone = parts['zone'] !== undefined
      if (zoned !== null && zoned !== hasZone) return null
      zoned = hasZone
      const moment = timeOfDay(parts)
      if (moment === null) return null
      value += moment
    }
    values[index] = value
  }
  return { values, time }
}

/** ISO 8601: `2024-02-29`, or `2024-02-29T13:45:10Z` with as many digits of the second as it has. */
export function timeText(value: number, time: Time): string {
  const whole = Math.floor(value)
  const date = new Date(whole)
  // No calendar reaches so far.
  if (Number.isNaN(date.getTime())) return String(value)
  const iso = date.toISOString()
  if (time === 'date') return iso.slice(0, -'T00:00:00.000Z'.length)
  const micros = Math.round((value - whole) * 1000)
  if (micros > 0 && micros < 1000) return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso
}

function* dayMonthOrder(form: RegExp, texts: readonly string[]): Generator<void, 'dmy' | 'mdy' | null> {
  let largestA = 0
  let largestB = 0
  for (const [index, text] of texts.entries()) {
    if (index % cellsPerStep === 0) yield
    const parts = form.exec(text)?.groups
    if (parts === undefined) return null
    largestA = Math.max(largestA, Number(parts['a']))
    largestB = Math.max(largestB, Number(parts['b']))
  }
  if (largestA > 12 === largestB > 12) return null
  return largestA > 12 ? 'dmy' : 'mdy'
}

/** Days from 1970-01-01 to a day of the Gregorian calendar, or null when there is no such day. */
function dayNumber(year: number, month: number, day: number): number | null {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() / 86_400_000 : null
}

/** Milliseconds since the day began, in UTC: less than nothing where the offset reaches back into the day before. */
function timeOfDay(parts: Readonly<Record<string, string | undefined>>): number | null {
  const [hour, minute, second] = [Number(parts['hour']), Number(parts['minute']), Number(parts['second'] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return null
  // Whole microseconds, which is what a float64 holds beside the years.
  const fraction = Math.round(Number(`0.${parts['fraction'] ?? '0'}`) * 1e6) / 1000
  const value = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
  const zone = parts['zone'] ?? 'Z'
  if (zone === 'Z') return value
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) return null
  return value - (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
