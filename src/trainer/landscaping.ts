/** The loss around the weights of the run in view: one plane at a time, coarse first, in turns with everything else. */
import {
  extentAround,
  LossSlice,
  principalPlane,
  Projection,
  randomPlaneInSlices,
  type Extent,
  type Model,
  type Parameters,
  type Plane,
  type Weights
} from '../engine'
import type { Moment } from '../project'
import type { LandscapeChoice, LandscapeGround, LandscapeView, PathPoint } from '../shared/landscape-views'
import { affordableRows } from './affordableRows'
import type { RunRequests } from './runRequests'
import { RunWork, type BegunWork, type WorkHands } from './runWork'

/** What 41 × 41 places may take. */
const MEDIUM_PLACES = 41 ** 2
const MEDIUM_MS = 10_000
/** Numbers of all moments on the path together: comparing them takes a breath each. */
const PATH_NUMBERS = 4_000_000
const MOST_MOMENTS = 128
const LEAST_MOMENTS = 12
/** Moments that are read at the same time. */
const READ_AT_ONCE = 16
/** Left on each side of a path, as a share of it. */
const MARGIN = 0.3

interface Work extends BegunWork<'preparing' | 'running'> {
  readonly choice: LandscapeChoice
  readonly began: number
  moment: Moment | null
  ground: LandscapeGround | null
  slice: LossSlice | null
  elapsedMs: number
  /** Losses that the window was told of. */
  told: number
}

export class Landscaping {
  private readonly works: RunWork<'preparing' | 'running', Work>

  /**
   * @param tell told where it stands, in what is made when it is sent: losses that were told of before are left out
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    runs: RunRequests,
    tell: (make: () => LandscapeView | null) => void,
    private readonly now: () => number = () => performance.now()
  ) {
    this.works = new RunWork(runs, (work) => tell(() => (work === null ? null : this.news(work))), now)
  }

  /** All that is known; null where there is none of the run in view. */
  get view(): LandscapeView | null {
    const work = this.works.current
    return work === null ? null : viewOf(work, 0)
  }

  /**
   * Answers at once; what is found out is told. Whatever was computed before gives way.
   * @throws ConfigError `no-run`
   */
  start(choice: LandscapeChoice): LandscapeView {
    const nothing = { moment: null, ground: null, slice: null, elapsedMs: 0, told: 0 }
    const work = this.works.begin(
      (begun) => ({ ...begun, ...nothing, choice, state: 'preparing', began: this.now() }),
      (each, hands) => this.compute(each, hands)
    )
    return viewOf(work, 0)
  }

  /** Ends it, if it is under way; the losses that are known stay in view. */
  cancel(): null {
    return this.works.cancel()
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.works.forget()
  }

  private async compute(work: Work, hands: WorkHands): Promise<void> {
    const slice = await this.prepare(work, hands)
    work.slice = slice
    work.state = 'running'
    this.works.show(work)
    for (let goesOn = true; goesOn;) {
      goesOn = slice.next()
      work.elapsedMs = this.now() - work.began
      this.works.showInTime(work)
      await hands.tick()
    }
  }

  private async prepare(work: Work, { turns, tick }: WorkHands): Promise<LossSlice> {
    const { run, choice } = work
    const { experiment, controller, moments, recorder } = run
    const { model } = experiment
    const moment =
      choice.epoch === null ? await controller.between(() => experiment.moment()) : await moments.at(choice.epoch)
    work.moment = moment
    const origin = moment.parameters
    const kept = [...(recorder?.moments ?? [])]
    const epochs = spread(kept, mostMoments(experiment.parameterCount))
    const read = await this.pathReader(work, epochs, tick)
    const principal =
      choice.plane === 'random'
        ? null
        : await principalPlane(
            model,
            origin,
            { count: epochs.length, load: (index) => read(epochs[index] ?? 0) },
            { seed: choice.seed }
          )
    const plane: Plane = principal ?? (await turns.all(randomPlaneInSlices(model, origin, choice.seed)))
    const projection = new Projection(model, plane)
    const path: PathPoint[] = []
    let travelled = 0
    for (const epoch of epochs) {
      const weights = await read(epoch)
      if (path.length === 0) travelled = distanceBetween(model, origin, weights)
      path.push({ epoch, ...projection.of(weights) })
      await tick()
    }
    // The weights of now are the end of the path, whether or not a moment of them is kept.
    if (choice.epoch === null) {
      if (path.at(-1)?.epoch === moment.epoch) path.pop()
      path.push({ epoch: moment.epoch, alpha: 0, beta: 0, distance: 0 })
    }
    const { reach, size } = choice
    const extent: Extent =
      principal === null ? { alpha: [-reach, reach], beta: [-reach, reach] } : extentAround(path, MARGIN)
    const { subject, placeMs } = await affordableRows(
      experiment,
      MEDIUM_PLACES,
      MEDIUM_MS,
      ({ problem, samples }) => new LossSlice(problem, samples, plane, { extent, size: 3 }),
      tick,
      this.now
    )
    const slice = new LossSlice(subject.problem, subject.samples, plane, { extent, size })
    work.ground = {
      ...{ alphas: slice.alphas, betas: slice.betas, path, moments: kept.length },
      ...{ explained: principal?.explained ?? null, travelled, rows: subject.rows, ofRows: subject.ofRows },
      ...{ expectedMs: placeMs * size ** 2, executor: slice.executor }
    }
    await tick()
    return slice
  }

  /**
   * Where all moments can be held, they are read several at a time: beside a training, every turn of the event loop that a file takes
   * costs a slice of it.
   */
  private async pathReader(
    { run }: Work,
    epochs: readonly number[],
    tick: () => Promise<void>
  ): Promise<(epoch: number) => Promise<Weights>> {
    const { model, parameterCount } = run.experiment
    const held = new Map<number, Weights>()
    const trained = new Set(model.parameters.map(({ name }) => name))
    const load = async (epoch: number): Promise<Weights> => {
      const { tensors } = await run.moments.stateAt(epoch)
      return new Map([...tensors].filter(([name]) => trained.has(name)))
    }
    for (let at = 0; parameterCount * epochs.length <= PATH_NUMBERS && at < epochs.length; at += READ_AT_ONCE) {
      const batch = epochs.slice(at, at + READ_AT_ONCE)
      for (const [i, weights] of (await Promise.all(batch.map(load))).entries()) held.set(batch[i] ?? 0, weights)
      await tick()
    }
    return async (epoch) => {
      const weights = held.get(epoch) ?? (await load(epoch))
      await tick()
      return weights
    }
  }

  /** What is not told yet of the work; all of another that has taken its place meanwhile. */
  private news(work: Work): LandscapeView | null {
    if (!this.works.holds(work)) return this.view
    const view = viewOf(work, work.told)
    work.told = view.done
    return view
  }
}

function viewOf(
  { id, run, choice, moment, state, error, ground, slice, elapsedMs }: Work,
  from: number
): LandscapeView {
  const done = slice?.done ?? 0
  const places = slice?.order.slice(from, done) ?? new Int32Array()
  return {
    ...{ id, runId: run.id, choice, epoch: moment?.epoch ?? 0, step: moment?.step ?? 0, state, error, ground },
    ...{ done, total: choice.size ** 2, elapsedMs, from, places },
    stride: slice?.levels.findLast(({ until }) => until <= done)?.stride ?? 0,
    losses: Float64Array.from(places, (place) => slice?.losses[place] ?? NaN)
  }
}

function mostMoments(parameters: number): number {
  return Math.max(LEAST_MOMENTS, Math.min(MOST_MOMENTS, Math.floor(PATH_NUMBERS / Math.max(1, parameters))))
}

/** At most so many of them, the first and the last among them, spread evenly. */
function spread(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values]
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))] ?? 0)
}

/** ‖θ − θ₀‖ over what is trained. */
function distanceBetween({ parameters }: Model, origin: Parameters, weights: Weights): number {
  let squares = 0
  for (const { name } of parameters) {
    const [data, to] = [origin.get(name)?.data, weights.get(name)]
    if (data === undefined || to === undefined) continue
    for (let i = 0; i < data.length; i++) squares += ((to[i] ?? 0) - (data[i] ?? 0)) ** 2
  }
  return Math.sqrt(squares)
}
