/** Gradient checks that are asked for: of the run in view at a moment, beside it and whatever else goes on. */
import { sampledCheck, type SampledCheck } from '../engine'
import { checkedStep, keptCheck } from '../project'
import { Cancelled } from '../shared/errors'
import {
  errorDecades,
  type AskedCheck,
  type CheckChoice,
  type GradientCheckView,
  type ParameterCheck
} from '../shared/gradient-checks'
import type { ActiveRun } from './activeRun'
import type { Pathless } from './pathless'
import type { RunRequests } from './runRequests'
import { SideTraining, type SideHands } from './sideTraining'

type Found = Omit<GradientCheckView, 'state' | 'error'>

/** Between the seeds of two checks of one run, so that none draws as another does after an epoch. */
const SEEDS_APART = 2 ** 24

export class GradientChecks {
  private readonly work: SideTraining<Found>

  /**
   * @param pathless hides where folders lie
   * @param tell told where it stands; null when there is none any more
   */
  constructor(
    private readonly runs: RunRequests,
    private readonly pathless: Pathless,
    tell: (view: GradientCheckView | null) => void
  ) {
    // It is short and was asked for: a run that trains goes on beside it, and is not waited for.
    this.work = new SideTraining<Found>(
      'a gradient check',
      (view) => tell(this.shown(view)),
      () => false
    )
  }

  get view(): GradientCheckView | null {
    return this.shown(this.work.view)
  }

  /** @throws ConfigError `no-run`, `experiment-in-progress` */
  start(choice: CheckChoice): GradientCheckView {
    const run = this.runs.require()
    const wanted = Math.min(choice.samples, run.experiment.parameterCount)
    const nothing: Found = { choice, runId: run.id, done: 0, wanted, found: null }
    return this.work.start(nothing, (hands) => this.check(run, nothing, hands))
  }

  cancel(): null {
    return this.work.cancel()
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.work.forget()
  }

  private shown(view: GradientCheckView | null): GradientCheckView | null {
    return view && { ...view, error: this.pathless.errorOrNull(view.error) }
  }

  /** @throws ConfigError `unknown-moment`; StorageError when what was found cannot be kept */
  private async check(run: ActiveRun, nothing: Found, { found, turn }: SideHands<Found>): Promise<void> {
    const { experiment, checks } = run
    const { epoch, samples } = nothing.choice
    const { state, trainOptions } = await run.trainingAt(epoch)
    const seed = (experiment.setup.seed + SEEDS_APART * (checks.count + 1) + state.epochs) % 2 ** 32
    const subject = checkedStep({ ...trainOptions, from: state })
    await turn()
    const work = sampledCheck(subject, samples, seed)
    for (;;) {
      if (this.runs.current !== run) {
        this.cancel()
        throw new Cancelled()
      }
      const { done, value } = work.next()
      if (done !== true) {
        found({ ...nothing, done: value })
        await turn()
        continue
      }
      const check: AskedCheck = {
        ...keptCheck(value),
        ...{ rows: subject.rows.length, at: new Date().toISOString() },
        ...{ epoch: state.epochs, step: subject.step, seed }
      }
      const parameters = parametersOf(value, experiment.model.parameters)
      found({ ...nothing, done: value.checked, found: { check, parameters, histogram: histogramOf(value) } })
      await checks.keep(check)
      return
    }
  }
}

/** What was found of each parameter, in the order of the network. */
function parametersOf(
  { numbers }: SampledCheck,
  all: readonly { readonly name: string; readonly shape: readonly number[] }[]
): ParameterCheck[] {
  return all.map(({ name, shape }) => {
    const own = numbers.filter(({ parameter }) => parameter === name)
    const compared = own.filter(({ kink }) => !kink)
    // What is no number stands last, as the worst.
    const order = (error: number): number => (Number.isNaN(error) ? Infinity : error)
    const sorted = [...compared].sort((one, other) => order(one.relativeError) - order(other.relativeError))
    const last = sorted.at(-1)
    return {
      parameter: name,
      numbers: shape.reduce((product, size) => product * size, 1),
      checked: own.length,
      kinks: own.length - compared.length,
      median: sorted[Math.floor((sorted.length - 1) / 2)]?.relativeError ?? null,
      worst:
        last === undefined
          ? null
          : {
              ...{ parameter: name, index: last.index, analytic: last.analytic, numeric: last.numeric },
              relativeError: last.relativeError
            }
    }
  })
}

function histogramOf({ numbers }: SampledCheck): number[] {
  const bins = new Array<number>(errorDecades.length + 1).fill(0)
  for (const { kink, relativeError } of numbers) {
    if (kink) continue
    const at = errorDecades.findIndex((decade) => relativeError < 10 ** decade)
    const bin = at < 0 ? errorDecades.length : at
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  return bins
}
