/** The race of the Explain stage as the window knows it: the lanes as they are set, and what is told of them. */
import {
  defaultsOf,
  optimizerSpecs,
  surfaceSpecs,
  type Config,
  type LaneChoice,
  type Place,
  type SurfaceSpec
} from '../../../../engine/catalog'
import type { ErrorValue } from '../../../../shared/errors'
import type { Reply } from '../../../../shared/ipc/contract'
import {
  MAX_LANES,
  type RaceChoice,
  type RaceLane,
  type RaceProgress,
  type RaceState,
  type RaceView
} from '../../../../shared/race-views'
import type { Setup } from '../../../../shared/setup'
import { api } from '../../api'
import { joined, type LaneCurve } from './curves'
import { choiceLike, configFor, configOn, namedApart, usualLanes, withLane, type DraftLane } from './lanes'

export type Course = 'surface' | 'network'

/** Steps a second; null: as fast as it goes. */
export const paces: readonly { readonly value: number | null; readonly label: string }[] = [
  { value: 5, label: '5 steps a second' },
  { value: 20, label: '20 steps a second' },
  { value: 60, label: '60 steps a second' },
  { value: 250, label: '250 steps a second' },
  { value: null, label: 'As fast as it goes' }
]

const [firstSurface] = surfaceSpecs

/** A race as a lesson sets it. */
export interface SetRace {
  readonly surface: SurfaceSpec
  readonly start: Place
  readonly lanes: readonly RaceLane[]
  /** It is over after so many. */
  readonly steps: number
  readonly pace: number | null
}

class RaceStore {
  course = $state.raw<Course>('surface')
  surface = $state.raw<SurfaceSpec | null>(firstSurface ?? null)
  start = $state.raw<Place>(firstSurface?.start ?? [0, 0])
  lanes = $state.raw<readonly DraftLane[]>([])
  pace = $state.raw<number | null>(20)
  /** The race that there is, but for its points; null before the first. */
  view = $state.raw<RaceView | null>(null)
  curves = $state.raw<readonly LaneCurve[]>([])
  error = $state.raw<ErrorValue | null>(null)
  /** What was set before a lesson set its own race; null while none has. */
  #before: Pick<RaceStore, 'course' | 'surface' | 'start' | 'lanes' | 'pace'> | null = null
  /** Steps of a lesson's race; null: as many as there are. */
  #steps: number | null = null
  /** The settings of the draft that a race on the network was begun with. */
  #setup: Setup | null = null
  /** Of the race that was asked for last: an answer to another one says nothing. */
  #asked = 0
  /** Until its answer is there, no command knows which race it is for. */
  #starting: Promise<void> = Promise.resolve()

  readonly state: RaceState | null = $derived(this.view?.state ?? null)
  readonly isPlaying: boolean = $derived(this.state === 'running' || this.state === 'waiting')
  /** The lanes of the race are those that are set: their curves are theirs. */
  readonly curveOf = (lane: number): LaneCurve | null => this.curves[lane] ?? null

  /** Settings of the draft that the race on the network began with, for comparison. */
  get setup(): Setup | null {
    return this.#setup
  }

  /** Sets the usual lanes up where none were, and stands at the start. */
  async open(setup: Setup | null): Promise<void> {
    await this.#takeBack()
    if (this.lanes.length === 0) await this.#takeUp()
    if (this.lanes.length === 0) {
      const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
      if (calm) this.pace = null
      for (const choice of usualLanes) this.lanes = withLane(this.lanes, choice, this.#configOf(choice, setup))
    }
    await this.look()
    if (this.view === null) await this.restart(setup)
  }

  /** Sets a lesson's race at its start, in place of the one that there is; `open` brings back what was set before. */
  async set({ surface, start, lanes, steps, pace }: SetRace): Promise<void> {
    const { course, lanes: laid, pace: paceBefore } = this
    this.#before ??= { course, surface: this.surface, start: this.start, lanes: laid, pace: paceBefore }
    this.course = 'surface'
    this.surface = surface
    this.start = start
    this.pace = pace
    this.#steps = steps
    this.lanes = []
    for (const { type, config } of lanes) {
      const whole = { ...defaultsOf(optimizerSpecs.find((spec) => spec.type === type)?.fields ?? []), ...config }
      const like = choiceLike({ type, config: whole })
      if (like !== undefined) this.lanes = withLane(this.lanes, like, whole)
    }
    this.lanes = namedApart(this.lanes)
    await this.restart(null)
  }

  /** What was set before a lesson's race, which is over with that. */
  async #takeBack(): Promise<void> {
    const before = this.#before
    if (before === null) return
    this.#before = null
    this.#steps = null
    this.course = before.course
    this.surface = before.surface
    this.start = before.start
    this.lanes = before.lanes
    this.pace = before.pace
    await api.cancelRace()
  }

  /** The trainer is another one, or the window was away: what there is of a race is asked for, or it stands at the start. */
  async reconnected(): Promise<void> {
    if (this.lanes.length === 0) return
    await this.look()
    if (this.view === null && this.course === 'surface') await this.restart(null)
  }

  /** Chooses what is raced on; rates that fit one surface do not fit another. */
  async choose(course: Course, surface: SurfaceSpec | null, setup: Setup | null): Promise<void> {
    this.course = course
    if (surface !== null) {
      this.surface = surface
      this.start = surface.start
    }
    this.pace = course === 'network' ? null : (this.pace ?? (this.view?.choice.course.kind === 'network' ? 20 : null))
    this.lanes = this.lanes.map((lane) => ({ ...lane, config: this.#configOf(lane.choice, setup) }))
    await this.restart(setup)
  }

  async startAt(place: Place): Promise<void> {
    const wasPlaying = this.isPlaying
    this.start = place
    await this.restart(null)
    if (wasPlaying) await this.play()
  }

  async add(choice: LaneChoice, setup: Setup | null): Promise<void> {
    if (this.lanes.length >= MAX_LANES) return
    this.lanes = withLane(this.lanes, choice, this.#configOf(choice, setup))
    await this.restart(setup)
  }

  async remove(lane: DraftLane, setup: Setup | null): Promise<void> {
    this.lanes = this.lanes.filter((each) => each !== lane)
    await this.restart(setup)
  }

  /** Another setting of a lane: counts from its next step on where the race is under way. */
  async change(lane: DraftLane, config: Config): Promise<void> {
    const place = this.lanes.indexOf(lane)
    this.lanes = this.lanes.map((each) => (each === lane ? { ...each, config } : each))
    await this.#starting
    const { view } = this
    if (view === null || place < 0 || view.state === 'failed') return
    // What is being prepared has no steps yet that could go on.
    if (view.state === 'preparing') return this.restart(this.#setup)
    this.#report(await api.changeRace(view.id, place, config))
  }

  /** All lanes back at the start, with their settings as they are now. */
  restart(setup: Setup | null): Promise<void> {
    return (this.#starting = this.#begin(setup))
  }

  async #begin(setup: Setup | null): Promise<void> {
    const asked = ++this.#asked
    this.error = null
    if (this.course === 'network') this.#setup = setup
    const lanes = this.lanes.map(({ choice, config }) => ({ type: choice.type, config }))
    if (lanes.length === 0) return
    const surface = this.surface?.name ?? ''
    const choice: RaceChoice =
      this.course === 'network'
        ? { course: { kind: 'network' }, lanes }
        : { course: { kind: 'surface', surface, start: this.start, ...this.#limit }, lanes }
    const reply = await api.startRace(choice)
    if (asked !== this.#asked) return
    if (reply.ok) this.#show(reply.value)
    else this.error = reply.error
  }

  async play(): Promise<void> {
    await this.#starting
    if (this.view !== null) this.#report(await api.playRace(this.view.id, this.pace))
  }

  async pause(): Promise<void> {
    await this.#starting
    if (this.view !== null) this.#report(await api.pauseRace(this.view.id))
  }

  async step(): Promise<void> {
    await this.#starting
    if (this.view !== null) this.#report(await api.stepRace(this.view.id))
  }

  async setPace(pace: number | null): Promise<void> {
    this.pace = pace
    if (this.isPlaying) await this.play()
  }

  /** Asks for the whole race: after a reload, or where points are missing. */
  async look(): Promise<void> {
    const reply = await api.viewRace()
    if (!reply.ok) return
    if (reply.value === null || reply.value.lanes.length !== this.lanes.length) {
      this.view = null
      this.curves = []
    }
    // What the trainer has counts, whatever was in view.
    else this.#show(reply.value)
  }

  /** What is told live. */
  take(news: RaceProgress | null): void {
    const { view } = this
    if (news === null) {
      this.view = null
      this.curves = []
    } else if (view?.id === news.id) {
      const curves = joined(this.curves, news)
      if (curves === null) void this.look()
      else {
        this.curves = curves
        // A course that was being prepared has a length by now.
        if (view.state === 'preparing' && news.state !== 'preparing') void this.look()
        if (view.state !== news.state || news.error !== null) {
          this.view = { ...view, state: news.state, error: news.error }
        }
      }
    }
  }

  /** The race of a window that was here before, if there is one. */
  async #takeUp(): Promise<void> {
    const reply = await api.viewRace()
    if (!reply.ok || reply.value === null) return
    const { choice, pace } = reply.value
    this.course = choice.course.kind
    this.pace = pace ?? this.pace
    if (choice.course.kind === 'surface') {
      const { surface } = choice.course
      this.surface = surfaceSpecs.find(({ name }) => name === surface) ?? this.surface
    }
    for (const lane of choice.lanes) {
      const like = choiceLike(lane)
      if (like !== undefined) this.lanes = withLane(this.lanes, like, { ...like.config, ...lane.config })
    }
  }

  #show(view: RaceView): void {
    const { course } = view.choice
    // Another one was asked for meanwhile.
    if (course.kind !== this.course || (course.kind === 'surface' && course.surface !== this.surface?.name)) return
    if (course.kind === 'surface') this.start = course.start
    this.curves = view.lanes.map(({ from: _, ...lane }) => lane)
    this.view = view
  }

  get #limit(): { readonly steps?: number } {
    return this.#steps === null ? {} : { steps: this.#steps }
  }

  #configOf(choice: LaneChoice, setup: Setup | null): Config {
    return this.course === 'surface' && this.surface !== null
      ? configOn(this.surface, choice)
      : configFor(setup, choice)
  }

  #report(reply: Reply<null>): void {
    this.error = reply.ok ? null : reply.error
  }
}

export const race = new RaceStore()
