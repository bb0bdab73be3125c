/** The race of the Explain stage: one at a time, played, paused and changed while it goes, in turns with everything else. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Table } from '../data'
import { surfaceGrid } from '../engine'
import { surfaceNamed, type Config } from '../engine/catalog'
import { ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import {
  RACE_GRID,
  type LaneProgress,
  type RaceChoice,
  type RaceProgress,
  type RaceState,
  type RaceView
} from '../shared/race-views'
import type { Setup } from '../shared/setup'
import { networkCourse, surfaceCourse, type Course, type CourseLane } from './raceCourses'

/** Longest stretch of steps after which others get a turn. */
export const TURN_MS = 12
/** Least time between two tellings of how far it is. */
export const TOLD_EVERY_MS = 33
/** Between two looks whether the run still trains. */
const LOOK_EVERY_MS = 50
/** Steps that could not be taken in time are made up for this long; a race does not rush after a pause of the machine. */
const MAKE_UP_MS = 250

interface Race {
  readonly id: number
  readonly choice: RaceChoice
  readonly grid: Float64Array | null
  readonly stop: AbortController
  course: Course | null
  state: RaceState
  error: ErrorValue | null
  playing: boolean
  pace: number | null
  /** From when steps are due by the pace. */
  since: number
  /** Steps asked for one by one. */
  owed: number
  /** Resolves whoever waits for something to do. */
  wake: () => void
  /** Points of each lane that were told. */
  readonly told: number[]
}

/** The data and the settings of the draft. */
export type OpenDraft = () => { readonly table: Table; readonly setup: Setup }

export class Racing {
  private race: Race | null = null
  private last = 0
  private toldAt = Number.NEGATIVE_INFINITY

  /**
   * @param tell is given what makes the message when it is sent: all that is new by then
   * @param isTraining whether the run in view trains: it goes first
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly tell: (progress: () => RaceProgress | null) => void,
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {}

  /** The whole race, as a window needs it that has just begun to look. */
  get view(): RaceView | null {
    const { race } = this
    if (race === null) return null
    const { choice, pace, grid, course } = race
    return { ...this.progressOf(race, () => 0), choice, pace, grid, length: course?.length ?? null }
  }

  /**
   * Stands at the start, paused, in place of any race before it.
   * @throws ConfigError `unknown-surface`, `unknown-optimizer`, `invalid-config`; `no-dataset` for a network without data
   */
  start(choice: RaceChoice, draft: OpenDraft): RaceView {
    const { course: on, lanes } = choice
    const grid = on.kind === 'surface' ? surfaceGrid(surfaceNamed(on.surface), RACE_GRID) : null
    const opened = on.kind === 'surface' ? surfaceCourse(on, lanes) : null
    const source = on.kind === 'surface' ? null : draft()
    this.forget()
    const race: Race = {
      ...{ id: ++this.last, choice, grid, stop: new AbortController(), course: opened },
      ...{ state: opened === null ? 'preparing' : 'paused', error: null },
      ...{ playing: false, pace: null, since: 0, owed: 0, wake: () => undefined },
      told: lanes.map(() => 0)
    }
    this.race = race
    void this.run(race, source)
    return this.view ?? refused()
  }

  /** From now on, at so many steps a second; null: as fast as it goes. */
  play(id: number, pace: number | null): null {
    const race = this.require(id)
    Object.assign(race, { playing: true, pace, since: this.now() })
    race.wake()
    return null
  }

  /** Nothing moves until it is played again. */
  pause(id: number): null {
    this.require(id).playing = false
    return null
  }

  /** One step of every lane; on a network as many as make a point. */
  step(id: number): null {
    const race = this.require(id)
    race.playing = false
    race.owed += race.course?.length?.stepsPerPoint ?? 1
    race.wake()
    return null
  }

  /** A lane goes on with other settings from its next step on. @throws ConfigError `invalid-config`, `race-preparing` */
  async change(id: number, lane: number, config: Config): Promise<null> {
    const race = this.require(id)
    if (race.course === null)
      throw new ConfigError('race-preparing', 'The race is not ready yet. Change it in a moment.')
    await race.course.change(lane, config)
    if (race.state === 'ended' && !race.course.isOver) race.state = 'paused'
    this.show(race)
    return null
  }

  /** Ends it, if there is one. */
  cancel(): null {
    if (this.race !== null) {
      this.forget()
      this.tell(() => this.news())
    }
    return null
  }

  /** Another dataset is open, or none: a race on the network is one of the other. */
  dataReplaced(): void {
    if (this.race?.choice.course.kind === 'network') this.cancel()
  }

  forget(): void {
    const { race } = this
    if (race === null) return
    this.race = null
    race.stop.abort()
    race.wake()
  }

  private async run(race: Race, source: ReturnType<OpenDraft> | null): Promise<void> {
    const { signal } = race.stop
    try {
      // The answer goes first.
      await setImmediate()
      if (source !== null) {
        while (this.isTraining() && !signal.aborted) await setTimeout(LOOK_EVERY_MS)
        if (signal.aborted) return
        race.course = networkCourse(source.table, source.setup, race.choice.lanes, this.now)
        race.state = 'paused'
        race.since = this.now()
        this.show(race)
      }
      while (!signal.aborted) await this.turn(race, race.course)
    } catch (thrown) {
      Object.assign(race, { state: 'failed', error: errorValue(thrown) })
      this.show(race)
    } finally {
      await race.course?.close()
    }
  }

  /** What there is to do now, or a wait until there is something. */
  private async turn(race: Race, course: Course | null): Promise<void> {
    if (course === null || course.isOver || (!race.playing && race.owed === 0)) {
      race.owed = 0
      if (course?.isOver === true) race.playing = false
      this.turnInto(race, course?.isOver === true ? 'ended' : 'paused')
      return this.untilWoken(race)
    }
    if (course.givesWay && this.isTraining()) {
      this.turnInto(race, 'waiting')
      await setTimeout(LOOK_EVERY_MS)
      race.since = this.now()
      return
    }
    race.state = 'running'
    const due = this.due(race)
    const taken = await this.takeSteps(race, course, due)
    if (race.owed > 0) race.owed -= taken
    else if (race.pace !== null) race.since += (1000 * taken) / race.pace
    if (this.now() - this.toldAt >= TOLD_EVERY_MS) this.show(race)
    // What is not due yet costs no turns.
    if (taken === due && race.owed === 0 && race.pace !== null) {
      await setTimeout(Math.max(1, race.since + 1000 / race.pace - this.now()))
    } else await setImmediate()
  }

  private due(race: Race): number {
    if (race.owed > 0) return race.owed
    if (race.pace === null) return Infinity
    race.since = Math.max(race.since, this.now() - MAKE_UP_MS)
    return Math.floor(((this.now() - race.since) * race.pace) / 1000)
  }

  /** Rounds, each of one step of every lane, for as long as a turn may last. @returns how many were taken whole */
  private async takeSteps(race: Race, course: Course, rounds: number): Promise<number> {
    const began = this.now()
    let taken = 0
    while (taken < rounds && !course.isOver) {
      for (let lane = 0; lane < course.lanes.length; lane++) {
        await course.advance(lane)
        if (race.stop.signal.aborted) return taken
      }
      taken += 1
      if (this.now() - began >= TURN_MS || (!race.playing && race.owed === 0)) break
    }
    return taken
  }

  private async untilWoken(race: Race): Promise<void> {
    await new Promise<void>((resolve) => {
      race.wake = resolve
      // Whatever came while this turn was taken must not be slept over.
      if (race.stop.signal.aborted || ((race.playing || race.owed > 0) && race.course?.isOver !== true)) resolve()
    })
  }

  private turnInto(race: Race, state: RaceState): void {
    if (race.state === state) return
    race.state = state
    this.show(race)
  }

  private require(id: number): Race {
    if (this.race?.id === id && this.race.state !== 'failed') return this.race
    throw new ConfigError('race-over', 'That race is over: another one was begun, or its data is closed. Begin again.')
  }

  /** A race that was given up may still say something of itself; nobody wants to know. */
  private show(race: Race): void {
    if (this.race !== race) return
    this.toldAt = this.now()
    this.tell(() => this.news())
  }

  /** What was not told yet of the race that there is now. */
  private news(): RaceProgress | null {
    const { race } = this
    if (race === null) return null
    const progress = this.progressOf(race, (lane) => race.told[lane] ?? 0)
    progress.lanes.forEach(({ from, steps }, lane) => (race.told[lane] = from + steps.length))
    return progress
  }

  /** @param from the first point that is told, by lane */
  private progressOf({ id, state, error, course, choice }: Race, from: (lane: number) => number): RaceProgress {
    const lanes = course?.lanes ?? choice.lanes.map(() => waitingLane)
    return { id, state, error, lanes: lanes.map((lane, i) => laneProgress(lane, from(i))) }
  }
}

const waitingLane: CourseLane = {
  ...{ state: 'moving', step: 0, validationLoss: null, note: null },
  points: { steps: [], losses: [], times: [], places: [] }
}

function laneProgress({ points, state, step, validationLoss, note }: CourseLane, from: number): LaneProgress {
  const { steps, losses, times, places } = points
  return {
    ...{ from, state, step, validationLoss, note },
    ...{ steps: steps.slice(from), losses: losses.slice(from), times: times.slice(from), places: places.slice(from) }
  }
}

/** The race was set a moment ago. */
function refused(): never {
  throw new Error('A race that was just begun is gone')
}
