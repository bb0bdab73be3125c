/** The learning-rate range test: which rates does this network learn with at all? */
import { chooseExecutor } from '../executors/choose'
import { EpochProgress } from './epoch-progress'
import { checkOptions, type TrainOptions } from './options'
import { stepScalars } from './step-graph'

/** From the first rate to the last, each a constant factor above the one before. */
export interface RateRange {
  readonly lowest: number
  readonly highest: number
  /** Batches, and so rates. */
  readonly steps: number
}

export const rateRange: RateRange = { lowest: 1e-7, highest: 10, steps: 160 }

export interface RatePoint {
  readonly rate: number
  /** Of the batches up to this one, smoothed; before the step with this rate was taken. */
  readonly loss: number
}

/** Share of the smoothed loss that is kept at each batch: it is a mean over about the last ten. */
const KEPT = 0.9
/** It runs away when it is so many times the lowest one (Gugger 2018; fastai). */
const RUNAWAY = 4
/** Share of the rates at the low end, where no step moves anything: what the loss does there is the batches' own noise. */
const STILL = 0.25

/**
 * Trains with a rate that grows from batch to batch, ηᵢ = lowest · (highest / lowest)^(i / (steps − 1)), and tells the loss
 * sᵢ / (1 − 0.9^(i + 1)) with sᵢ = 0.9 · sᵢ₋₁ + 0.1 · Lᵢ. It ends with the last rate, or as soon as the loss is above 4 times the
 * lowest one (past the lowest quarter of the rates, where it only jitters), or a number is no longer finite. Smith 2015,
 * Cyclical Learning Rates for Training Neural Networks, §3.3; grown geometrically, smoothed and ended as by Gugger 2018,
 * How Do You Find A Good Learning Rate.
 *
 * Begins with the weights of `options.from`, or those that a training by these options would begin with, and with the
 * optimizer's state fresh; takes the batches that training would take. Optimizer, penalties, augmentation and seed are the
 * options'; their schedule and early stopping play no part. Touches nothing of any training. One step is taken at each
 * pull; closes its executor when it ends or is left.
 * @throws ConfigError, ShapeError, NumericError as `createTraining`
 */
export function* rateRangeTest(options: TrainOptions, range: RateRange = rateRange): Generator<RatePoint, void, void> {
  const checked = checkOptions(options)
  const { problem, rows } = checked
  const { from, ...fresh } = options
  const { executor } = chooseExecutor(problem, options.executor, options.memory)
  try {
    let epoch = from?.epochs ?? 0
    let progress = new EpochProgress(fresh, checked, epoch)
    let [sum, best] = [0, Infinity]
    for (let i = 0; i < range.steps; i++) {
      if (progress.done === rows) progress = new EpochProgress(fresh, checked, ++epoch)
      const rate = range.lowest * (range.highest / range.lowest) ** (i / Math.max(1, range.steps - 1))
      const config = { ...problem.config, learningRate: rate }
      const scalars = stepScalars(problem.optimizer, config, (from?.step ?? 0) + i + 1, i + 1)
      const batches = progress.next(1)
      const taken = executor.takeSteps(batches.map((each) => ({ rows: each, epoch, scalars })))
      const [batchLoss] = taken.losses
      if (taken.failure !== null || batchLoss === undefined) return
      progress.add(batches, taken)
      sum = KEPT * sum + (1 - KEPT) * batchLoss
      const loss = sum / (1 - KEPT ** (i + 1))
      yield { rate, loss }
      best = Math.min(best, loss)
      if (i >= STILL * range.steps && loss > RUNAWAY * best) return
    }
  } finally {
    executor.close()
  }
}

export interface RateSuggestion {
  /** Null where the test shows none. */
  readonly rate: number | null
  /** Why that rate, or why none. */
  readonly sentence: string
}

/** Keeps the logarithm finite. */
const LEAST_LOSS = 1e-12
/** Points on each side of one that its slope is taken over. */
const SLOPE_REACH = 4
/** Share of the whole fall at which it has begun. */
const BEGUN = 0.1
/** The loss must fall by so many times what it jitters by at rates that move nothing, */
const CLEAR_OF_NOISE = 2
/** and by this share of where it began. */
const LEAST_FALL = 0.05

/**
 * The rate η at which the smoothed loss s falls most steeply, min ∂ ln s / ∂ ln η (least squares over nine points, from where
 * a tenth of the fall is behind), and at most a tenth of that with the lowest loss: at the lowest point the gains of this rate
 * are eaten up already by what it breaks. Both rules are fastai's (`lr_find`: `steep` and `minimum`, after Smith 2015). Its
 * slope is that of s itself; by ln s a fall from 0.2 to 0.1 counts as much as one from 1 to 0.5, and the noise of the first
 * batches does not decide. None where the loss does not fall by more than twice its jitter at the low end, and 5 % of its
 * first value.
 * @param points of one test, in its order
 */
export function suggestRate(points: readonly RatePoint[]): RateSuggestion {
  // The first points are means of few batches.
  const settled = Math.ceil(1 / (1 - KEPT))
  const still = points.slice(settled, Math.ceil(STILL * rateRange.steps)).map(({ loss }) => loss)
  const start = still.reduce((sum, loss) => sum + loss, 0) / still.length
  const jitter = Math.max(...still) - Math.min(...still)
  const moving = points.slice(settled + still.length)
  const lowest = moving.reduce((low, { loss }, i) => (loss < (moving[low]?.loss ?? Infinity) ? i : low), 0)
  const bottom = moving[lowest]
  if (still.length === 0 || bottom === undefined) {
    return {
      rate: null,
      sentence: 'The test ended before any rate could help: the loss ran away, or stopped being a number.'
    }
  }
  const fall = start - bottom.loss
  if (!(fall > Math.max(CLEAR_OF_NOISE * jitter, LEAST_FALL * Math.abs(start)))) {
    return {
      rate: null,
      sentence: `With no rate did the loss fall clearly: it began at ${shown(start)} and came to ${shown(bottom.loss)} at best, no more than it changes from batch to batch.`
    }
  }
  // Before the loss is below where it began for good, it only jitters.
  const falling = moving.slice(0, lowest + 1).findLastIndex(({ loss }) => loss > start - BEGUN * fall) + 1
  const slopes = moving.slice(falling, lowest + 1).map((_, i) => slopeAround(moving, falling + i))
  const steepest = slopes.reduce((low, slope, i) => (slope < (slopes[low] ?? Infinity) ? i : low), 0)
  const steep = moving[falling + steepest]?.rate ?? bottom.rate
  const rate = Math.min(steep, bottom.rate / 10)
  const least = `the lowest loss, ${shown(bottom.loss)}, comes at ${shown(bottom.rate)}`
  return {
    rate,
    sentence:
      rate === steep
        ? `The loss falls most steeply at a rate of ${shown(rate)}; ${least}, where a rate is too large for long.`
        : `A tenth of where the loss is lowest: ${least}, where a rate is too large for long.`
  }
}

/** Of ln(loss) by ln η around a point, by least squares. */
function slopeAround(points: readonly RatePoint[], at: number): number {
  const near = points.slice(Math.max(0, at - SLOPE_REACH), at + SLOPE_REACH + 1)
  const x = near.map(({ rate }) => Math.log(rate))
  const y = near.map(({ loss }) => Math.log(Math.max(loss, LEAST_LOSS)))
  const [meanX, meanY] = [mean(x), mean(y)]
  let [xy, xx] = [0, 0]
  y.forEach((value, i) => {
    const dx = (x[i] ?? NaN) - meanX
    xy += dx * (value - meanY)
    xx += dx * dx
  })
  return xx === 0 ? 0 : xy / xx
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Three significant digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)))
}
