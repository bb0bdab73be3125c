/**
 * The live messages from the trainer to one window, with credit-based back-pressure.
 *
 * A MessagePort has no back-pressure of its own: a window that is busy would be flooded. So at most
 * `CREDIT` messages are under way unacknowledged; what happens meanwhile is gathered. Epoch ends and states
 * are never left out: epochs pile up in the next frame, states are replaced by newer whole states, and only
 * the losses of single steps are thinned, to their extremes. Frames come at most 30 a second.
 */
import type { CrossValidationView } from '../shared/cross-validation'
import { PROTOCOL_VERSION, type LiveMessage } from '../shared/ipc/contract'
import type {
  DatasetView,
  EpochPoint,
  ReadingView,
  RunProgress,
  RunView,
  SessionView,
  SetupView
} from '../shared/views'
import { thinToExtremes, toSeries, type StepPoint } from './stepHistory'

/** Messages under way before the window must answer. */
export const CREDIT = 4
/** Least time between two frames. */
export const FRAME_MS = 33
/** Most step points in one frame; between two frames a window cannot draw more. */
const STEPS_PER_FRAME = 128
/** Step points held for the next frame before they are thinned, so that a stalled window costs no memory. */
const STEPS_HELD = 8 * STEPS_PER_FRAME

/** What of a MessagePort this file needs. */
export interface LivePort {
  postMessage(message: LiveMessage): void
  close(): void
}

/** What happened in a run since the last frame. */
export interface FrameContent {
  readonly runId: string
  readonly progress: RunProgress
  readonly epoch?: EpochPoint
  readonly step?: StepPoint
}

/** A message without the number it gets when it is sent. */
type Unnumbered<T> = T extends LiveMessage ? Omit<T, 'seq'> : never

export class LiveStream {
  private port: LivePort | null = null
  private seq = 0
  private underWay = 0
  private lastFrameAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | null = null
  private pendingDataset: { dataset: DatasetView | null; setup: SetupView | null } | null = null
  private pendingSetup: { setup: SetupView } | null = null
  private pendingReading: { reading: ReadingView | null } | null = null
  private pendingCrossValidation: { crossValidation: CrossValidationView | null } | null = null
  private pendingRun: { run: RunView | null } | null = null
  private pendingFrame: { runId: string; progress: RunProgress; epochs: EpochPoint[]; steps: StepPoint[] } | null = null

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
    this.pendingDataset = { dataset, setup }
    this.pendingSetup = null
    this.pump()
  }

  setup(setup: SetupView): void {
    this.pendingSetup = { setup }
    this.pump()
  }

  /** Whoever reads calls at a bounded rate. */
  reading(reading: ReadingView | null): void {
    this.pendingReading = { reading }
    this.pump()
  }

  /** Whoever cross-validates calls at a bounded rate. */
  crossValidation(crossValidation: CrossValidationView | null): void {
    this.pendingCrossValidation = { crossValidation }
    this.pump()
  }

  /** The whole run: it replaces whatever frame was waiting, since it contains it. */
  run(run: RunView | null): void {
    this.pendingRun = { run }
    this.pendingFrame = null
    this.pump()
  }

  frame(content: FrameContent): void {
    if (this.port === null) return
    const { runId, progress } = content
    if (this.pendingFrame?.runId !== runId) this.pendingFrame = { runId, progress, epochs: [], steps: [] }
    const frame = this.pendingFrame
    frame.progress = progress
    if (content.epoch !== undefined) frame.epochs.push(content.epoch)
    if (content.step !== undefined) frame.steps.push(content.step)
    if (frame.steps.length >= STEPS_HELD) frame.steps = thinToExtremes(frame.steps, STEPS_PER_FRAME)
    this.pump()
  }

  private clearPending(): void {
    this.pendingDataset = null
    this.pendingSetup = null
    this.pendingReading = null
    this.pendingCrossValidation = null
    this.pendingRun = null
    this.pendingFrame = null
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  /** Sends what is waiting, oldest kind first, as far as credit and the clock allow. */
  private pump(): void {
    if (this.port === null) return this.clearPending()
    if (this.pendingDataset !== null && this.underWay < CREDIT) {
      const { dataset, setup } = this.pendingDataset
      this.pendingDataset = null
      this.send({ type: 'dataset', dataset, setup })
    }
    if (this.pendingSetup !== null && this.underWay < CREDIT) {
      const { setup } = this.pendingSetup
      this.pendingSetup = null
      this.send({ type: 'setup', setup })
    }
    if (this.pendingReading !== null && this.underWay < CREDIT) {
      const { reading } = this.pendingReading
      this.pendingReading = null
      this.send({ type: 'reading', reading })
    }
    if (this.pendingCrossValidation !== null && this.underWay < CREDIT) {
      const { crossValidation } = this.pendingCrossValidation
      this.pendingCrossValidation = null
      this.send({ type: 'cross-validation', crossValidation })
    }
    if (this.pendingRun !== null && this.underWay < CREDIT) {
      const { run } = this.pendingRun
      this.pendingRun = null
      this.send({ type: 'run', run })
    }
    // A frame counts on the run it belongs to being known, so it never overtakes a waiting state.
    if (this.pendingFrame === null || this.pendingRun !== null || this.underWay >= CREDIT) return
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
    this.send({ type: 'frame', runId, progress, epochs, steps: toSeries(thinToExtremes(steps, STEPS_PER_FRAME)) })
  }

  private send(message: Unnumbered<LiveMessage>): void {
    if (this.port === null) return
    this.seq += 1
    this.underWay += 1
    this.port.postMessage({ ...message, seq: this.seq })
  }
}
