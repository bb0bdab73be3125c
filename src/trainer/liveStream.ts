/**
 * The live messages from the trainer to one window, with credit-based back-pressure.
 *
 * A MessagePort has no back-pressure of its own: a window that is busy would be flooded. So at most
 * `CREDIT` messages are under way unacknowledged; what happens meanwhile is gathered. Epoch ends and states
 * are never left out: epochs pile up in the next frame, states are replaced by newer whole states, and only
 * the losses of single steps are thinned, to their extremes. Frames come at most 20 a second: a curve that
 * grows looks no smoother with more, and each costs training some time.
 */
import type { StepColumns } from '../project'
import type { CrossValidationView } from '../shared/cross-validation'
import type { GradientCheckView } from '../shared/gradient-checks'
import type { DepthExperimentView, LossLabView } from '../shared/gradient-views'
import { PROTOCOL_VERSION, type LiveMessage } from '../shared/ipc/contract'
import type { BarrierView, LandscapeView } from '../shared/landscape-views'
import type { RaceProgress } from '../shared/race-views'
import type { RateTestView, RunFacts } from '../shared/run-views'
import type {
  DatasetView,
  EpochPoint,
  ReadingView,
  RunProgress,
  RunView,
  SessionView,
  SetupView
} from '../shared/views'
import { StepHistory } from './stepHistory'

/** Messages under way before the window must answer. */
export const CREDIT = 4
/** Least time between two frames. */
export const FRAME_MS = 50
/** Most step points in one frame; between two frames a window cannot draw more. */
const STEPS_PER_FRAME = 64

/** What of a MessagePort this file needs. */
export interface LivePort {
  postMessage(message: LiveMessage): void
  close(): void
}

/** What happened in a run since the last frame. */
export interface FrameContent {
  readonly runId: string
  /** Asked for when the frame is sent. */
  readonly progress: () => RunProgress
  readonly epoch?: EpochPoint | undefined
  readonly steps?: StepColumns | undefined
}

/** A message without the number it gets when it is sent. */
type Unnumbered<T> = T extends LiveMessage ? Omit<T, 'seq'> : never

/** Whole states, the newest of each waiting to be sent: in this order, since a later one counts on those before. */
const states = [
  'dataset',
  'setup',
  'reading',
  'cross-validation',
  'rate-test',
  'race',
  'landscape',
  'barrier',
  'depth-experiment',
  'loss-lab',
  'gradient-check',
  'run',
  'facts',
  'runs'
] as const
type State = (typeof states)[number]

interface Frame {
  readonly runId: string
  progress: () => RunProgress
  readonly epochs: EpochPoint[]
  readonly steps: StepHistory
}

export class LiveStream {
  private port: LivePort | null = null
  private seq = 0
  private underWay = 0
  private lastFrameAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | null = null
  /** Made when they are sent, so that they are of that moment. */
  private readonly waiting = new Map<State, () => Unnumbered<LiveMessage>>()
  private pendingFrame: Frame | null = null

  /** @param now a monotonic clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Sends everything to a new window (or the same one after a reload), beginning with the whole state. */
  connect(port: LivePort, session: SessionView): void {
    this.port?.close()
    this.port = port
    this.seq = 0
    this.underWay = 0
    this.clearPending()
    this.send({ type: 'hello', protocolVersion: PROTOCOL_VERSION, session })
  }

  disconnect(port: LivePort): void {
    if (this.port === port) this.port = null
  }

  /** The window has drawn message `seq`. */
  acknowledge(port: LivePort): void {
    if (this.port !== port) return
    this.underWay = Math.max(0, this.underWay - 1)
    this.pump()
  }

  dataset(dataset: DatasetView | null, setup: SetupView | null): void {
    this.waiting.delete('setup')
    this.tell('dataset', () => ({ type: 'dataset', dataset, setup }))
  }

  setup(setup: SetupView): void {
    this.tell('setup', () => ({ type: 'setup', setup }))
  }

  /** Whoever reads calls at a bounded rate. */
  reading(reading: ReadingView | null): void {
    this.tell('reading', () => ({ type: 'reading', reading }))
  }

  /** Whoever cross-validates calls at a bounded rate. */
  crossValidation(crossValidation: CrossValidationView | null): void {
    this.tell('cross-validation', () => ({ type: 'cross-validation', crossValidation }))
  }

  /** Whoever tests rates calls at a bounded rate. */
  rateTest(rateTest: RateTestView | null): void {
    this.tell('rate-test', () => ({ type: 'rate-test', rateTest }))
  }

  /** Whoever experiments calls at a bounded rate. */
  depthExperiment(depthExperiment: DepthExperimentView | null): void {
    this.tell('depth-experiment', () => ({ type: 'depth-experiment', depthExperiment }))
  }

  /** Whoever checks calls at a bounded rate. */
  gradientCheck(gradientCheck: GradientCheckView | null): void {
    this.tell('gradient-check', () => ({ type: 'gradient-check', gradientCheck }))
  }

  /** Whoever compares losses calls at a bounded rate. */
  lossLab(lossLab: LossLabView | null): void {
    this.tell('loss-lab', () => ({ type: 'loss-lab', lossLab }))
  }

  /** Whoever computes it calls at a bounded rate. @param make what is new when it is sent */
  landscape(make: () => LandscapeView | null): void {
    this.tell('landscape', () => ({ type: 'landscape', landscape: make() }))
  }

  /** Whoever compares calls at a bounded rate. */
  barrier(barrier: BarrierView | null): void {
    this.tell('barrier', () => ({ type: 'barrier', barrier }))
  }

  /** Whoever races calls at a bounded rate; what is new is gathered until it is sent. */
  race(race: () => RaceProgress | null): void {
    this.tell('race', () => ({ type: 'race', race: race() }))
  }

  /** The whole run: it replaces whatever frame and facts were waiting, since it contains them. */
  run(run: RunView | null): void {
    this.pendingFrame = null
    this.waiting.delete('facts')
    this.tell('run', () => ({ type: 'run', run }))
  }

  /** Called at a bounded rate. */
  facts(runId: string, facts: () => RunFacts): void {
    this.tell('facts', () => ({ type: 'facts', runId, facts: facts() }))
  }

  /** The list of kept runs is another one. */
  runs(): void {
    this.tell('runs', () => ({ type: 'runs' }))
  }

  frame({ runId, progress, epoch, steps }: FrameContent): void {
    if (this.port === null) return
    if (this.pendingFrame?.runId !== runId) {
      this.pendingFrame = { runId, progress, epochs: [], steps: new StepHistory(STEPS_PER_FRAME) }
    }
    const frame = this.pendingFrame
    frame.progress = progress
    if (epoch !== undefined) frame.epochs.push(epoch)
    if (steps !== undefined) frame.steps.addSteps(steps)
    // What has to wait anyway costs no look at the clock.
    if (this.timer === null && this.underWay < CREDIT) this.pump()
  }

  private tell(state: State, message: () => Unnumbered<LiveMessage>): void {
    this.waiting.set(state, message)
    this.pump()
  }

  private clearPending(): void {
    this.waiting.clear()
    this.pendingFrame = null
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  /** Sends what is waiting, states first, as far as credit and the clock allow. */
  private pump(): void {
    if (this.port === null) return this.clearPending()
    for (const state of states) {
      const message = this.waiting.get(state)
      if (message === undefined) continue
      if (this.underWay >= CREDIT) return
      this.waiting.delete(state)
      this.send(message())
    }
    if (this.pendingFrame === null || this.underWay >= CREDIT) return
    const wait = this.lastFrameAt + FRAME_MS - this.now()
    if (wait > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = null
        this.pump()
      }, wait)
      return
    }
    const { runId, progress, epochs, steps } = this.pendingFrame
    this.pendingFrame = null
    this.lastFrameAt = this.now()
    this.send({ type: 'frame', runId, progress: progress(), epochs, steps: steps.series() })
  }

  private send(message: Unnumbered<LiveMessage>): void {
    if (this.port === null) return
    this.seq += 1
    this.underWay += 1
    this.port.postMessage({ ...message, seq: this.seq })
  }
}
