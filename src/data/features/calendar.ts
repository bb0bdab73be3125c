/**
 * A moment as parts of the calendar in UTC, by whole numbers alone, so that an exported file gives the same.
 * Days to dates of the proleptic Gregorian calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * civil_from_days.
 */

export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000

/** Beyond this many milliseconds from 1970-01-01 there is no date: the range of ECMAScript's time values. */
export const MOST_MS = 8.64e15

/** Days from 0000-03-01, where the years of the algorithm begin, to 1970-01-01. */
export const DAYS_BEFORE_1970 = 719_468

export interface DateParts {
  readonly year: number
  /** From 0, January. */
  readonly month: number
  /** From 0, the first of the month. */
  readonly day: number
  /** From 0, Sunday. */
  readonly weekday: number
  /** From 0 to 23. */
  readonly hour: number
}

/** @param ms milliseconds since 1970-01-01 UTC, whole, at most `MOST_MS` from it */
export function datePartsOf(ms: number): DateParts {
  const days = Math.floor(ms / DAY_MS)
  const z = days + DAYS_BEFORE_1970
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  // Months from March.
  const monthOfYear = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthOfYear + 2) / 5)
  const month = (monthOfYear + 2) % 12
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day,
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor((ms - days * DAY_MS) / HOUR_MS)
  }
}

/** The parts that come round again: how many steps a round has, and the word for it in names of inputs. */
const cycles = [
  { part: 'month', steps: 12 },
  { part: 'day', steps: 31 },
  { part: 'weekday', steps: 7 },
  { part: 'hour', steps: 24 }
] as const satisfies readonly { part: keyof DateParts; steps: number }[]
export type Cycle = (typeof cycles)[number]

/** The rounds that are inputs. @param hours whether the hour is one of them */
export function cyclesOf({ hours }: { readonly hours: boolean }): readonly Cycle[] {
  return cycles.filter(({ part }) => hours || part !== 'hour')
}

/** Sine and cosine of every step of a round: neighbours are near each other, the last and the first too. */
export function roundOf({ steps }: Cycle): readonly (readonly [number, number])[] {
  return Array.from({ length: steps }, (_, step) => {
    const angle = (2 * Math.PI * step) / steps
    return [Math.sin(angle), Math.cos(angle)] as const
  })
}
