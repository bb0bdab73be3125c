/** What optimizers race on: a surface, or a network and its data. Each takes one step of one lane at a time. */
import type { Table } from '../data'
import { SurfaceRace, type Training } from '../engine'
import { surfaceNamed, type Config, type Place } from '../engine/catalog'
import { openExperiment, SteeredTraining, type Experiment } from '../project'
import { NumericError } from '../shared/errors'
import { SURFACE_STEPS, type LaneProgress, type RaceCourse, type RaceLane, type RaceView } from '../shared/race-views'
import type { Setup } from '../shared/setup'

/** Points of each curve of a network, at most. */
const POINTS = 600

export interface CourseLane {
  readonly state: LaneProgress['state']
  readonly step: number
  readonly validationLoss: number | null
  readonly note: string | null
  readonly points: LanePoints
}

/** Everything that was ever drawn of a lane. */
export interface LanePoints {
  readonly steps: number[]
  readonly losses: number[]
  readonly times: number[]
  readonly places: Place[]
}

export interface Course {
  readonly lanes: readonly CourseLane[]
  readonly length: RaceView['length']
  /** Whether a run in view goes first, since the steps cost as much as its own. */
  readonly givesWay: boolean
  /** Nothing is left to do. */
  readonly isOver: boolean
  /** One step of a lane, if it has any left. */
  advance(lane: number): Promise<void>
  /** @throws ConfigError `invalid-config`; the lane goes on as before then */
  change(lane: number, config: Config): Promise<void>
  close(): Promise<void>
}

/** On a surface. @throws ConfigError `unknown-surface`, `unknown-optimizer`, `invalid-config` */
export function surfaceCourse(
  { surface, start, steps: most = SURFACE_STEPS }: Extract<RaceCourse, { kind: 'surface' }>,
  settings: readonly RaceLane[]
): Course {
  const race = new SurfaceRace(surfaceNamed(surface), start, settings)
  const points = settings.map((): LanePoints => ({ steps: [], losses: [], times: [], places: [] }))
  const note = (lane: number) => {
    const { steps, losses, places } = points[lane] ?? {}
    const { state, step, at, height } = laneOf(lane)
    // A place that is none cannot be drawn.
    if (state === 'diverged') return
    steps?.push(step)
    losses?.push(height)
    places?.push(at)
  }
  const laneOf = (lane: number) => {
    const { state = 'diverged', steps: step = 0, at = [NaN, NaN] as const, height = NaN } = race.lanes[lane] ?? {}
    return { state, step, at, height }
  }
  settings.forEach((_, lane) => note(lane))
  return {
    get lanes() {
      return points.map((each, i): CourseLane => {
        const { state, step } = laneOf(i)
        const gone = state === 'diverged' ? `Diverged at step ${step}: the steps are too large for this slope.` : null
        return { state, step, validationLoss: null, note: gone, points: each }
      })
    },
    length: null,
    givesWay: false,
    get isOver() {
      return !race.isUnderWay || race.lanes.some(({ steps }) => steps >= most)
    },
    advance(lane) {
      const moving = laneOf(lane).state !== 'diverged'
      race.lanes[lane]?.step()
      if (moving) note(lane)
      return Promise.resolve()
    },
    change(lane, config) {
      race.change(lane, config)
      return Promise.resolve()
    },
    close: () => Promise.resolve()
  }
}

/**
 * On the network and the data of a setup: a training for each lane, which differ in their optimizer alone. The learning-rate
 * schedule stays; early stopping is off, so that all run as far.
 * @param now a monotonic clock in milliseconds
 * @throws those of `openExperiment`
 */
export function networkCourse(table: Table, setup: Setup, settings: readonly RaceLane[], now: () => number): Course {
  const experiment = openExperiment(table, { ...setup, earlyStopping: { ...setup.earlyStopping, patience: 0 } })
  // It gives the lanes their options; none of its steps is taken.
  experiment.training.close()
  const lanes: NetworkLane[] = []
  try {
    const { stepsPerEpoch } = experiment.training
    const steps = stepsPerEpoch * setup.epochs
    const stepsPerPoint = Math.max(1, Math.ceil(steps / POINTS))
    for (const lane of settings) lanes.push(new NetworkLane(experiment, lane, stepsPerPoint, now))
    return {
      lanes,
      length: { stepsPerEpoch, steps, stepsPerPoint },
      givesWay: true,
      get isOver() {
        return lanes.every(({ state }) => state !== 'moving')
      },
      advance: (lane) => lanes[lane]?.advance() ?? Promise.resolve(),
      change: (lane, config) => lanes[lane]?.change(config) ?? Promise.resolve(),
      close: async () => {
        for (const lane of lanes) await lane.close()
      }
    }
  } catch (thrown) {
    for (const lane of lanes) void lane.close()
    throw thrown
  }
}

class NetworkLane implements CourseLane {
  state: CourseLane['state'] = 'moving'
  step = 0
  validationLoss: number | null = null
  note: string | null = null
  readonly points: LanePoints = { steps: [], losses: [], times: [], places: [] }
  private readonly training: SteeredTraining
  private readonly events: ReturnType<Training['events']>
  /** Milliseconds that its steps took. */
  private spent = 0
  /** Of the batches since the last point. */
  private gathered = { sum: 0, count: 0 }

  constructor(
    private readonly experiment: Experiment,
    private readonly settings: RaceLane,
    private readonly stepsPerPoint: number,
    private readonly now: () => number
  ) {
    this.training = new SteeredTraining(this.optionsWith(settings.config), 0, () => undefined)
    this.events = this.training.events()
  }

  /** Up to the next step, the end of an epoch before it included. */
  async advance(): Promise<void> {
    if (this.state !== 'moving') return
    const began = this.now()
    try {
      for (;;) {
        const next = await this.events.next()
        if (next.done === true) {
          this.end('finished', null)
          return
        }
        const { value: event } = next
        if (event.type === 'epoch') this.validationLoss = event.validationLoss
        else {
          this.spent += this.now() - began
          this.take(event.step, event.loss)
          return
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof NumericError)) throw thrown
      const at = this.step + 1
      this.end('diverged', `Diverged at step ${at}: its numbers grew beyond all bounds. A lower rate may help.`)
    }
  }

  change(config: Config): Promise<void> {
    this.training.change(this.optionsWith(config))
    return Promise.resolve()
  }

  async close(): Promise<void> {
    await this.events.return()
    this.training.close()
  }

  private take(step: number, loss: number): void {
    this.step = step
    this.gathered = { sum: this.gathered.sum + loss, count: this.gathered.count + 1 }
    // The first batch is a point by itself: all lanes begin there.
    if (step === 1 || this.gathered.count >= this.stepsPerPoint) this.point()
  }

  private point(): void {
    const { sum, count } = this.gathered
    if (count === 0) return
    const { steps, losses, times } = this.points
    steps.push(this.step)
    losses.push(sum / count)
    times.push(this.spent)
    this.gathered = { sum: 0, count: 0 }
  }

  private end(state: 'finished' | 'diverged', note: string | null): void {
    this.point()
    this.state = state
    this.note = note
  }

  /** One thread each: their times can be compared then. */
  private optionsWith(config: Config) {
    const { trainOptions } = this.experiment
    return { ...trainOptions, optimizer: { type: this.settings.type, config }, threads: 1, watch: false }
  }
}
