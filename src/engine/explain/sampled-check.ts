/** Proof of a network's gradients where it stands: backpropagation against central differences, on numbers drawn at random. */
import { STEP_SIZES, centralDifference } from '../backprop/gradient-check'
import { ReferenceProgram } from '../executors/reference/program'
import { RandomStream } from '../random/stream'
import { INPUT } from '../spec'
import { explainedStep, TARGETS } from '../train/step-graph'
import type { MicroscopeSubject } from './microscope'

export interface CheckedNumber {
  /** As `dense1.weight`. */
  readonly parameter: string
  readonly index: number
  readonly analytic: number
  readonly numeric: number
  readonly relativeError: number
}

export interface SampledCheck {
  /** Trained numbers of the network. */
  readonly parameters: number
  /** Of them so many were checked. */
  readonly checked: number
  /** max |analytic − numeric| / max(|analytic|, |numeric|, 1e-3 · largest gradient, RESOLUTION). */
  readonly maxRelativeError: number
  /** The largest gradient of those that were checked. */
  readonly largest: number
  /** Nothing is proven: differences tell no gradient of those that were checked from 0. */
  readonly tooSmall: boolean
  readonly worst: CheckedNumber | null
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

/**
 * Each number is moved by up to three sizes of step and the nearest difference counts: next to a kink (ReLU at 0) a large step
 * lands beyond it, and a gradient that is wrong stays wrong at every size.
 * @param most numbers to check; all of them where there are no more @param seed draws which
 * @yields how many are checked so far
 */
export function* sampledCheck(
  subject: MicroscopeSubject,
  most: number,
  seed: number
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
  const numbers: CheckedNumber[] = []
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
    numbers.push({ parameter: name, index, analytic: known, numeric, relativeError: NaN })
    yield numbers.length
  }
  return judged(parameters, numbers)
}

function judged(parameters: number, numbers: readonly CheckedNumber[]): SampledCheck {
  const largest = numbers.reduce((max, { analytic }) => Math.max(max, Math.abs(analytic)), 0)
  const measured = numbers.map((each) => {
    const scale = Math.max(Math.abs(each.analytic), Math.abs(each.numeric), SMALL * largest, RESOLUTION)
    return { ...each, relativeError: Math.abs(each.analytic - each.numeric) / scale }
  })
  // NaN counts as the worst: it compares false with everything.
  const worst = measured.reduce<CheckedNumber | null>(
    (found, each) =>
      found !== null && !(each.relativeError > found.relativeError) && !Number.isNaN(each.relativeError) ? found : each,
    null
  )
  return {
    ...{ parameters, checked: numbers.length, maxRelativeError: worst?.relativeError ?? 0, worst },
    ...{ largest, tooSmall: largest < RESOLUTION }
  }
}

/** Numbers of tensors of those sizes: all of them, or drawn alike from each tensor, so that small ones are looked at too. */
function chosen(sizes: readonly number[], most: number, seed: number): readonly { which: number; index: number }[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (most === total)
    return sizes.flatMap((size, which) => Array.from({ length: size }, (_, index) => ({ which, index })))
  const random = new RandomStream(seed, 'gradient-check')
  const taken = sizes.map(() => new Set<number>())
  let left = most
  while (left > 0) {
    for (const [which, size] of sizes.entries()) {
      const own = taken[which]
      if (left === 0 || own === undefined || own.size === size) continue
      let index = random.below(size)
      while (own.has(index)) index = (index + 1) % size
      own.add(index)
      left--
    }
  }
  return taken.flatMap((own, which) => [...own].sort((one, other) => one - other).map((index) => ({ which, index })))
}
