/** How regularly the moments of rows follow each other. */
import { stretches, type OrderedRows } from './order'

export interface Regularity {
  /** The step that most rows are from the row before, in words: "1 hour". */
  readonly usual: string
  readonly steps: number
  readonly longer: number
  readonly shorter: number
  readonly longest: string
  /** The place behind the longest step. */
  readonly longestAt: number
  /** Rows at the same moment as the row before. */
  readonly repeated: number
  /** The first of them; −1 where there is none. */
  readonly repeatedAt: number
}

/** A way of counting from one moment to the next. */
interface Measure {
  /** NaN where the two are no whole number of these apart. */
  between(earlier: number, later: number): number
  words(step: number): string
}

/**
 * Of all series together; null where no row follows another. Dates are counted in months where more steps are alike then:
 * months differ in their days.
 * @param isDate whether moments are milliseconds since 1970-01-01 UTC
 */
export function regularityOf(order: OrderedRows, isDate: boolean): Regularity | null {
  const { moments } = order
  if (moments === null) return null
  const measures = isDate ? [milliseconds, months] : [units]
  const counted = measures.map((measure) => ({ measure, ...countSteps(order, moments, measure) }))
  const [best] = counted.sort((a, b) => b.alike - a.alike)
  if (best === undefined || best.alike === 0) return null
  const plain = isDate ? milliseconds : units
  const usualLength = best.length
  let [longer, shorter, longest, longestAt, repeated, repeatedAt] = [0, 0, -Infinity, -1, 0, -1]
  for (const [place, earlier, later] of pairs(order, moments)) {
    const step = later - earlier
    if (step === 0) {
      repeated++
      if (repeatedAt < 0) repeatedAt = place
    } else if (best.measure.between(earlier, later) !== best.usual) {
      if (step > usualLength) longer++
      else shorter++
    }
    if (step > longest) [longest, longestAt] = [step, place]
  }
  const [before = 0, after = 0] = [moments[longestAt - 1], moments[longestAt]]
  const exact = best.measure.between(before, after)
  return {
    usual: best.measure.words(best.usual),
    steps: best.steps,
    longer,
    shorter,
    longest: Number.isNaN(exact) ? plain.words(longest) : best.measure.words(exact),
    longestAt,
    repeated,
    repeatedAt
  }
}

/** The step that occurs most, and how often; `length` is one of that kind as moments count. */
function countSteps(order: OrderedRows, moments: Float64Array, measure: Measure) {
  const counts = new Map<number, { times: number; length: number }>()
  let steps = 0
  for (const [, earlier, later] of pairs(order, moments)) {
    steps++
    const step = measure.between(earlier, later)
    if (Number.isNaN(step) || step === 0) continue
    const count = counts.get(step)
    if (count === undefined) counts.set(step, { times: 1, length: later - earlier })
    else count.times++
  }
  let [usual, alike, length] = [NaN, 0, 0]
  for (const [step, count] of counts)
    if (count.times > alike) [usual, alike, length] = [step, count.times, count.length]
  return { usual, alike, length, steps }
}

/** Each place but the first of its series, with the moment before it and its own. */
function* pairs(order: OrderedRows, moments: Float64Array): Generator<readonly [number, number, number]> {
  for (const [from, to] of stretches(order)) {
    for (let place = from + 1; place < to; place++) yield [place, moments[place - 1] ?? NaN, moments[place] ?? NaN]
  }
}

const units: Measure = {
  // Decimal fractions are not exact in float64: 0.3 − 0.2 is the step 0.1 too.
  between: (earlier, later) => Number((later - earlier).toPrecision(9)),
  words: (step) => String(Number(step.toPrecision(6)))
}

const lengths = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000]
] as const

const milliseconds: Measure = {
  between: (earlier, later) => later - earlier,
  words(step) {
    const [name, length] = lengths.find(([, each]) => step >= each) ?? (['millisecond', 1] as const)
    return amount(step / length, name)
  }
}

const months: Measure = {
  between(earlier, later) {
    const [a, b] = [new Date(earlier), new Date(later)]
    const sameDay = a.getUTCDate() === b.getUTCDate() || (isLastOfMonth(a) && isLastOfMonth(b))
    if (!sameDay || earlier % 86_400_000 !== later % 86_400_000) return NaN
    return 12 * (b.getUTCFullYear() - a.getUTCFullYear()) + b.getUTCMonth() - a.getUTCMonth()
  },
  words: (step) => (step % 12 === 0 ? amount(step / 12, 'year') : amount(step, 'month'))
}

function isLastOfMonth(date: Date): boolean {
  return new Date(date.getTime() + 86_400_000).getUTCDate() === 1
}

function amount(count: number, name: string): string {
  const shown = Number(count.toPrecision(3))
  return `${shown} ${shown === 1 ? name : `${name}s`}`
}
