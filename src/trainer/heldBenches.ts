/** Benches made ready, and where their trainings were: lessons go to and fro between a few of them, and between rows and steps. */
import type { TrainingState } from '../engine'
import { benchState, openBench, type OpenedBench } from '../project'
import type { Bench } from '../shared/bench'
import { BesideTraining } from './besideTraining'
import { SerialQueue } from './serialQueue'

/** Benches that are held. */
const MOST_BENCHES = 6
/** Moments of each that are held besides its first weights. */
const MOST_STATES = 12

interface Held {
  readonly key: string
  readonly opened: OpenedBench
  /** The one that was asked for last is last. */
  states: readonly TrainingState[]
}

/** A bench after so many steps. */
export interface BenchMoment {
  readonly opened: OpenedBench
  readonly state: TrainingState
}

export class HeldBenches {
  /** The one that was asked for last is last. */
  private held: readonly Held[] = []
  private readonly queue = new SerialQueue()
  private readonly stop = new AbortController()

  /** @param isTraining whether the run in view trains: it goes first */
  constructor(private readonly isTraining: () => boolean) {}

  /** @throws those of `openBench` and `benchState`; Cancelled once it is closed */
  at(bench: Bench, steps: number): Promise<BenchMoment> {
    return this.queue.run(() => this.find(bench, steps))
  }

  close(): void {
    this.stop.abort()
    this.held = []
  }

  private async find(bench: Bench, steps: number): Promise<BenchMoment> {
    const key = JSON.stringify(bench)
    const held = this.held.find((each) => each.key === key) ?? { key, opened: openBench(bench), states: [] }
    this.held = [...this.held.filter((each) => each !== held), held].slice(-MOST_BENCHES)
    const { opened } = held
    const state = await this.stateOf(held, steps)
    const others = held.states.filter((each) => each !== state)
    const [first] = others.filter(({ step }) => step === 0)
    const later = others.filter(({ step }) => step > 0).slice(-MOST_STATES)
    held.states = [...(first === undefined ? [] : [first]), ...later, state]
    return { opened, state }
  }

  private async stateOf({ opened, states }: Held, steps: number): Promise<TrainingState> {
    const before = states.filter(({ step }) => step <= steps).sort((one, other) => one.step - other.step)
    const from = before.at(-1)
    if (from?.step === steps) return from
    const beside = new BesideTraining(this.stop.signal, this.isTraining)
    return benchState(opened, steps, { from, turn: () => beside.take() })
  }
}
