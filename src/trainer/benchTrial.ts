/** Trainings on one bench that differ in a setting or a few, and what each comes to. */
import * as v from 'valibot'
import { Evaluator, sizeOf, withMetrics, type ExecutorName, type Parameters } from '../engine'
import { benchWork, lossSubjectOf, openBench, requireShort, type BenchSize, type OpenedBench } from '../project'
import { surfaceOf, surfacePointsOf } from '../project/pictures'
import { changedSetup, MAX_BENCH_ROWS, type Bench, type BenchTrial } from '../shared/bench'
import {
  MAX_NAMED_WEIGHTS,
  MAX_TRIAL_LOSSES,
  type BenchTrialView,
  type TrialVariantView,
  type TrialWeights
} from '../shared/bench-views'
import { ConfigError, StudioError, type ErrorValue } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import type { setupSchema } from '../shared/setup'
import { lookSteps, trainSideBySide, type Contestant } from './sideBySide'

/** Points along each axis of what a network answers. */
const SURFACE_SIZE = 48
/** Work, in terms of `benchWork`, that a trial may be to be done in float64, as what lessons show beside it is: some 0.4 s. */
const FLOAT64_WORK = 2e7

type Variant = BenchTrial['variants'][number]

/** One training, as far as it has come. */
class Tried implements Contestant {
  readonly options
  private readonly steps: number[] = []
  private readonly losses: number[] = []
  private accuracy: number | null = null
  private start: Parameters | null = null
  private end: Parameters | null = null
  private error: ErrorValue | null = null

  constructor(
    private readonly label: string,
    readonly opened: OpenedBench
  ) {
    this.options = opened.trainOptions
  }

  look() {
    const { experiment, trainOptions } = this.opened
    const { problem, samples } = lossSubjectOf(experiment, MAX_BENCH_ROWS)
    const evaluator = new Evaluator(problem, experiment.training.executor.name)
    return (parameters: Parameters, step: number): void => {
      const { loss, metrics } = withMetrics(
        problem,
        evaluator.forward(parameters, samples),
        samples,
        trainOptions.targetScale
      )
      this.steps.push(step)
      this.losses.push(loss)
      this.accuracy = metrics['accuracy'] ?? null
      this.start ??= parameters
      this.end = parameters
    }
  }

  failed(error: ErrorValue): void {
    this.error = error
  }

  view(): TrialVariantView {
    const { label, steps, losses, accuracy, error, start, end } = this
    const { experiment } = this.opened
    const step = steps.at(-1) ?? 0
    const epoch = Math.floor(step / experiment.training.stepsPerEpoch)
    return {
      ...{ label, steps, losses, accuracy, error },
      weights: start === null || end === null ? null : namedWeights(start, end),
      surface: end === null ? null : surfaceOf(experiment, { epoch, step, parameters: end }, SURFACE_SIZE)
    }
  }
}

/**
 * @param turn called often: others work meanwhile. What it throws ends the trial
 * @throws those of `openBench`, naming the variant; that one of them diverged is told in its view
 */
export async function tryBench(
  { bench, steps, variants }: BenchTrial,
  turn: () => Promise<void>
): Promise<BenchTrialView> {
  const tried: Tried[] = []
  for (const variant of variants) {
    tried.push(new Tried(variant.label, openVariant(bench, variant, { steps, trainings: variants.length })))
    await turn()
  }
  await trainSideBySide(tried, lookSteps(steps, MAX_TRIAL_LOSSES), turn)
  const views: TrialVariantView[] = []
  for (const one of tried) {
    views.push(one.view())
    await turn()
  }
  const [first] = tried
  return { variants: views, points: first === undefined ? null : surfacePointsOf(first.opened.experiment) }
}

interface Extent {
  readonly steps: number
  readonly trainings: number
}

function openVariant(bench: Bench, { label, setup, weights }: Variant, { steps, trainings }: Extent): OpenedBench {
  /** A look at all rows is about a third of a step with them. */
  const executorFor = ({ rows, allRows, parameters }: BenchSize): ExecutorName => {
    const looks = Math.min(steps, MAX_TRIAL_LOSSES) / 3
    const work = benchWork({ rows, parameters }, steps) + benchWork({ rows: allRows, parameters }, looks)
    return trainings * work <= FLOAT64_WORK ? 'reference' : 'wasm'
  }
  try {
    const changed = { ...bench, setup: changedSetup(bench, setup), weights: weights ?? bench.weights }
    const opened = openBench(changed, executorFor)
    requireShort(opened, steps * trainings)
    return opened
  } catch (thrown) {
    if (v.isValiError<typeof setupSchema>(thrown)) {
      const [issue] = thrown.issues
      throw new ConfigError('invalid-setup', `Variant "${label}": ${issueSentence(issue, 'setup')}. Correct it.`)
    }
    if (!(thrown instanceof StudioError)) throw thrown
    throw new ConfigError(thrown.code, `Variant "${label}": ${thrown.message}`, thrown.details)
  }
}

function namedWeights(start: Parameters, end: Parameters): readonly TrialWeights[] | null {
  const numbers = [...start.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (numbers > MAX_NAMED_WEIGHTS) return null
  return [...start].map(([name, { shape, data }]) => {
    return { name, shape: [...shape], start: [...data], end: [...(end.get(name)?.data ?? [])] }
  })
}
