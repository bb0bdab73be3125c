/** How many rows a loss is taken over at many places, so that it does not take too long. */
import { lossSubjectOf, type Experiment, type LossSubject } from '../project'

/** The most that are taken: more hardly change the picture. */
const ROWS = [1000, 500, 250, 100, 50, 25, 10] as const
/** Rows that the time of one place is measured with. */
const PROBED_ROWS = 64
/** Places that it is measured at, after a first one, which takes longer. */
const PROBED_PLACES = 3

export interface Scan {
  readonly done: number
  next(): boolean
}

export interface Affordable {
  readonly subject: LossSubject
  /** Expected of one place, in milliseconds. */
  readonly placeMs: number
}

/**
 * The rows with which so many places take about `mostMs`: round numbers, so that measuring again comes to the same as a rule.
 * @param scan a few places at least @param tick called after each piece of work
 */
export async function affordableRows(
  experiment: Experiment,
  places: number,
  mostMs: number,
  scan: (subject: LossSubject) => Scan,
  tick: () => Promise<void>,
  now: () => number = () => performance.now()
): Promise<Affordable> {
  const probed = lossSubjectOf(experiment, PROBED_ROWS)
  await tick()
  const probe = scan(probed)
  await tick()
  let best = Infinity
  let spent = 0
  let place = 0
  let goesOn = true
  while (goesOn && place <= PROBED_PLACES) {
    const began = now()
    goesOn = probe.next()
    spent += now() - began
    if (probe.done > place) {
      if (place > 0) best = Math.min(best, spent)
      place = probe.done
      spent = 0
    }
    await tick()
  }
  const rowMs = best / probed.rows
  const rows = ROWS.find((each) => rowMs * each * places <= mostMs) ?? ROWS[ROWS.length - 1] ?? 1
  const subject = lossSubjectOf(experiment, rows)
  await tick()
  return { subject, placeMs: rowMs * subject.rows }
}
