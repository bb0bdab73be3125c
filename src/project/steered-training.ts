/** A training whose options can be changed: whoever pulls its events need not know. */
import {
  createTraining,
  type EpochCheck,
  type EpochEvent,
  type Pace,
  type StepEvent,
  type StopSignal,
  type TrainEvent,
  type Training,
  type TrainingState,
  type TrainOptions
} from '../engine'

export class SteeredTraining implements Training {
  /** Time that its steps took, pauses not counted. */
  elapsedMs: number
  /** Another one after each change. */
  #training: Training
  readonly #told: (event: TrainEvent) => void
  readonly #check: () => Promise<EpochCheck | null> | null

  /**
   * @param elapsedMs that it took already where it goes on
   * @param told is told of each event before whoever pulls
   * @param check checks gradients where it stands, after each epoch, before that is told; null where nobody wants it. It takes
   *   nothing but a state, so the steps are the same with and without it.
   * @throws as `createTraining`
   */
  constructor(
    options: TrainOptions,
    elapsedMs: number,
    told: (event: TrainEvent) => void,
    check: () => Promise<EpochCheck | null> | null = () => null
  ) {
    this.#training = createTraining(options)
    this.elapsedMs = elapsedMs
    this.#told = told
    this.#check = check
  }

  get stepsPerEpoch(): number {
    return this.#training.stepsPerEpoch
  }

  get executor(): Training['executor'] {
    return this.#training.executor
  }

  get parameters(): Training['parameters'] {
    return this.#training.parameters
  }

  get stepsAhead(): number {
    return this.#training.stepsAhead
  }

  get position(): number {
    return this.#training.position
  }

  get earlyStop(): Training['earlyStop'] {
    return this.#training.earlyStop
  }

  get restoredEpoch(): number | null {
    return this.#training.restoredEpoch
  }

  state(): TrainingState {
    return this.#training.state()
  }

  /** Goes on with other options from where it stands, ended or closed though it be; as it was when they do not fit. */
  change(options: TrainOptions): void {
    const before = this.#training
    this.#training = createTraining({ ...options, from: before.state() })
    before.close()
  }

  async *events(signal?: StopSignal, pace?: Pace): AsyncGenerator<TrainEvent, void, void> {
    for (;;) {
      const training = this.#training
      const events = training.events(signal, pace)
      try {
        while (training === this.#training) {
          const start = training.stepsAhead === 0 ? performance.now() : null
          const next = await events.next()
          // Others get no turn within a pull, so this is the time of the steps alone.
          if (start !== null) this.elapsedMs += performance.now() - start
          if (next.done === true) break
          const event = next.value.type === 'epoch' ? await this.#checked(next.value) : next.value
          this.#told(event)
          yield event
        }
      } finally {
        await events.return()
      }
      if (training === this.#training) return
    }
  }

  async #checked(event: EpochEvent): Promise<EpochEvent> {
    const gradientCheck = (await this.#check()) ?? null
    return gradientCheck === null ? event : { ...event, gradientCheck }
  }

  tellAhead(): readonly StepEvent[] {
    const steps = this.#training.tellAhead()
    for (const step of steps) this.#told(step)
    return steps
  }

  close(): void {
    this.#training.close()
  }
}
