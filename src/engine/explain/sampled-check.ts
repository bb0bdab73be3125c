/** Proof of a network's gradients where it stands: backpropagation against central differences, on numbers drawn at random. */
import { STEP_SIZES, centralDifference } from '../backprop/gradient-check'
import { ReferenceProgram } from '../executors/reference/program'
import { RandomStream } from '../random/stream'
import { INPUT } from '../spec'
import { explainedStep, TARGETS } from '../train/step-graph'
import { GRADIENT_TOLERANCE, type CheckedNumber, type GradientCheckResult } from './check-verdict'
import type { MicroscopeSubject } from './microscope'

export interface SampledNumber extends CheckedNumber {
  /** The loss has a kink there: its slopes to both sides differ, and neither difference nor gradient is a derivative. */
  readonly kink: boolean
}

export interface SampledCheck extends GradientCheckResult {
  /** The largest gradient of those that were checked. */
  readonly largest: number
  /** Those that were checked, in the order of the network. */
  readonly numbers: readonly SampledNumber[]
}

/** Gradients below this share of the largest one are judged by their absolute error: there rounding of E is all that is seen. */
const SMALL = 1e-3

/**
 * Differences of E tell no gradient that is smaller: E is rounded to about 1e-16 of what it was made of, and is moved by a weight's
 * 1e-5. Gradients below it, as of a network that is certain of every answer, are judged by their absolute error too.
 */
const RESOLUTION = 1e-6

/** Differences that are so near, relative to the gradient, need no smaller step. */
const NEAR = 1e-6

/** A kink that explains a disagreement is at least this share of it. */
const EXPLAINS = 0.1

/** What is left of a jump between the slopes to both sides when the step is a tenth: all of a kink's, a tenth of a bend's. */
const STAYS = 0.3

/**
 * Each number is moved by up to three sizes of step and the nearest difference counts: next to a kink (ReLU at 0) a large step
 * lands beyond it, and a gradient that is wrong stays wrong at every size. Where a number stands at a kink itself, the slopes to its
 * two sides differ however small the step: it is told as such, and proves nothing.
 * @param most numbers to check; all of them where there are no more @param seed draws which
 * @param enough asked after each number: what is checked by then counts
 * @yields how many are checked so far
 */
export function* sampledCheck(
  subject: MicroscopeSubject,
  most: number,
  seed: number,
  enough: () => boolean = () => false
): Generator<number, SampledCheck, void> {
  const { problem, held, scalars, input, targets, asTraining } = subject
  const step = explainedStep(problem, input.shape[0] ?? 0, { asTraining, of: [] })
  const gradients = step.updates.map(({ gradient }) => gradient)
  const backward = new ReferenceProgram(step.graph, gradients)
  const forward = new ReferenceProgram(step.graph, [step.loss])
  const feeds = new Map(held).set(INPUT, input.data).set(TARGETS, targets.data)
  for (const { source, value } of scalars) feeds.set(source, Float64Array.of(value))
  backward.run(feeds)
  const analytic = step.updates.map(({ gradient }) => backward.value(gradient).slice())
  const sizes = analytic.map(({ length }) => length)
  const parameters = sizes.reduce((sum, size) => sum + size, 0)
  const numbers: (SampledNumber & Drawn)[] = []
  for (const { which, index } of chosen(sizes, Math.min(most, parameters), seed)) {
    const name = step.updates[which]?.name ?? ''
    const point = (feeds.get(name) ?? new Float64Array()).slice()
    const moved = new Map(feeds).set(name, point)
    const x = point[index] ?? NaN
    const lossAt = (changed: number) => {
      point[index] = changed
      forward.run(moved)
      return forward.value(step.loss)[0] ?? NaN
    }
    const known = analytic[which]?.[index] ?? NaN
    let numeric = NaN
    for (const size of STEP_SIZES) {
      const difference = centralDifference(lossAt, x, size)
      if (!(Math.abs(difference - known) >= Math.abs(numeric - known))) numeric = difference
      if (Math.abs(numeric - known) <= NEAR * Math.abs(known)) break
    }
    const kink = isOff(known, numeric) && isKink(lossAt, x, Math.abs(numeric - known))
    numbers.push({ parameter: name, which, index, analytic: known, numeric, relativeError: NaN, kink })
    yield numbers.length
    if (enough()) break
  }
  return judged(parameters, numbers)
}

/** Beyond the tolerance, taken by itself. */
function isOff(analytic: number, numeric: number): boolean {
  return Math.abs(numeric - analytic) > GRADIENT_TOLERANCE * Math.max(Math.abs(analytic), Math.abs(numeric), RESOLUTION)
}

/** Whether the slopes to both sides of x differ by more than a bend would make them, and by enough to explain a disagreement. */
function isKink(lossAt: (x: number) => number, x: number, disagreement: number): boolean {
  const here = lossAt(x)
  const [jump = NaN, before = NaN] = [...STEP_SIZES]
    .sort((one, other) => one - other)
    .slice(0, 2)
    .map((size) => {
      const h = size * Math.max(1, Math.abs(x))
      return Math.abs((lossAt(x + h) - here) / (x + h - x) - (here - lossAt(x - h)) / (x - (x - h)))
    })
  return jump >= EXPLAINS * disagreement && jump >= STAYS * before
}

function judged(parameters: number, drawn: readonly (SampledNumber & Drawn)[]): SampledCheck {
  const numbers = [...drawn]
    .sort((one, other) => one.which - other.which || one.index - other.index)
    .map(({ which: _which, ...number }): SampledNumber => number)
  const largest = numbers.reduce((max, { analytic }) => Math.max(max, Math.abs(analytic)), 0)
  const measured = numbers.map((each) => {
    const scale = Math.max(Math.abs(each.analytic), Math.abs(each.numeric), SMALL * largest, RESOLUTION)
    return { ...each, relativeError: Math.abs(each.analytic - each.numeric) / scale }
  })
  const compared = measured.filter(({ kink }) => !kink).map(({ kink: _kink, ...number }): CheckedNumber => number)
  // NaN counts as the worst: it compares false with everything.
  const worst = compared.reduce<CheckedNumber | null>(
    (found, each) =>
      found !== null && !(each.relativeError > found.relativeError) && !Number.isNaN(each.relativeError) ? found : each,
    null
  )
  return {
    ...{ parameters, checked: measured.length, kinks: measured.length - compared.length },
    ...{ maxRelativeError: worst?.relativeError ?? 0, worst, largest, tooSmall: largest < RESOLUTION },
    numbers: measured
  }
}

/** A number, by its tensor and its place in it. */
interface Drawn {
  readonly which: number
  readonly index: number
}

/**
 * Numbers of tensors of those sizes: all of them, or drawn alike from each tensor, so that small ones are looked at too. By turns
 * from every tensor, so that the first ones of them are drawn alike as well.
 */
function chosen(sizes: readonly number[], most: number, seed: number): readonly Drawn[] {
  const random = new RandomStream(seed, 'gradient-check')
  const isAll = most === sizes.reduce((sum, size) => sum + size, 0)
  const taken = sizes.map(() => new Set<number>())
  const drawn: Drawn[] = []
  while (drawn.length < most) {
    for (const [which, size] of sizes.entries()) {
      const own = taken[which]
      if (drawn.length === most || own === undefined || own.size === size) continue
      let index = isAll ? own.size : random.below(size)
      while (own.has(index)) index = (index + 1) % size
      own.add(index)
      drawn.push({ which, index })
    }
  }
  return drawn
}
