/**
 * Writes a run down while it trains: its steps and epochs, snapshots of its moments, and checkpoints to go on from should the
 * process end. What cannot be written is told (`kept.problem`) and never stops the training.
 */
import { rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { TimeShare, type TrainEvent, type TrainingState } from '../engine'
import { ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import type { KeptView, RunChange, StepSeries } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import { removeQuietly, writeFileAtomic } from './atomic'
import { pruneCheckpoints, writeCheckpoint, type Checkpoint } from './checkpoint'
import type { EventLog } from './event-log'
import { epochPointOf, type Experiment } from './experiment'
import { measuredEpochs } from './measured'
import type { Plan } from './plan'
import type { Run } from './record'
import { CHECKPOINTS, RECORD, sha256, WEIGHTS } from './run-files'
import type { RunLock } from './run-lock'
import { runFilesOf } from './save-run'
import type { StepColumns } from './step-series'
import { writeError } from './storage-error'
import { bytesOf, type Timeline } from './timeline'
import { studioVersion } from './version'

/** Between two checkpoints that nobody asked for. */
const CHECKPOINT_MS = 20_000
/** Share of the time that writing them may take. */
const CHECKPOINT_SHARE = 0.02
/** Share of the time that snapshots may take, and what one is taken to cost beside its copy: rather too much than too little. */
const SNAPSHOT_SHARE = 0.003
const SNAPSHOT_MS = 0.2
const SNAPSHOT_MS_PER_BYTE = 2 / 2 ** 20
/** Bytes of snapshots that may wait for a slow disk; more are left out. */
const MOST_WAITING = 32 * 2 ** 20
/** Training between two turns of the event loop, while a moment is worked out again. */
const SLICE_MS = 12

export interface RunRecorder {
  readonly folder: string
  readonly kept: KeptView
  /** Whether a checkpoint should be written; to be asked where `training.stepsAhead` is 0. */
  readonly due: boolean
  /** Epochs of which there are snapshots, in order. */
  readonly moments: readonly number[]
  /** To be told at once what was pulled. It is buffered; never throws. */
  record(event: TrainEvent, elapsedMs: number): void
  /** As `record` for each of some steps. */
  recordSteps(steps: StepColumns): void
  /** Settings were changed. They are kept in a checkpoint at once. */
  change(change: RunChange, setup: Setup): void
  /** Takes the state at once, where `training.stepsAhead` is 0, and writes it while training may go on. Never rejects: see `kept.problem`. */
  checkpoint(): Promise<void>
  /**
   * The training as it was after an epoch: worked out again from the nearest moment before, where there is none of it.
   * @throws ConfigError `no-such-moment`; StorageError
   */
  snapshotAt(epoch: number): Promise<TrainingState>
  /** The settings that the step after that one was taken by. */
  setupAt(step: number): Setup
  /** Steps from one to another, thinned to about so many points. */
  steps(from: number, to: number, points: number): Promise<StepSeries>
  /**
   * Keeps the run as it ended, and lets go of the folder.
   * @throws StorageError; the folder can then be gone on with (`resumeRun`), as after `release`
   */
  finish(run: Run): Promise<void>
  /** Lets go of the folder: the run can be gone on with. */
  release(): Promise<void>
}

export interface RecorderParts {
  readonly folder: string
  readonly plan: Plan
  readonly experiment: Experiment
  readonly log: EventLog
  readonly timeline: Timeline
  readonly lock: RunLock
  /** What stood in the place of the run: removed once it has ended, put back if nothing comes of it. */
  readonly aside: string | null
  /** Of a run that had ended and goes on: what its record was, to be put back if nothing comes of that. */
  readonly record: Uint8Array | null
  readonly checkpointStep: number | null
  readonly elapsedMs: number
  /** Between two checkpoints, in milliseconds. */
  readonly checkpointEvery?: number | undefined
}

export class FolderRecorder implements RunRecorder {
  readonly folder: string
  private problem: ErrorValue | null = null
  private checkpointStep: number | null
  private weightsSha256: string | null = null
  private elapsedMs: number
  private changes: number
  /** To be written next. */
  private next: Checkpoint | null = null
  private writing: Promise<void> | null = null
  private lastAt = performance.now()
  private tookMs = 0
  private recorded = false
  private released = false
  /** Trained for so long before this process. */
  private readonly begunAtMs: number
  private readonly snapshotShare = new TimeShare(SNAPSHOT_SHARE)

  constructor(private readonly parts: RecorderParts) {
    this.folder = parts.folder
    this.checkpointStep = parts.checkpointStep
    this.elapsedMs = this.begunAtMs = parts.elapsedMs
    this.changes = parts.log.changes.length
  }

  get kept(): KeptView {
    const { problem: logProblem } = this.parts.log
    return {
      name: basename(this.folder),
      checkpointStep: this.checkpointStep,
      problem: this.problem ?? (logProblem === null ? null : errorValue(logProblem)),
      weightsSha256: this.weightsSha256
    }
  }

  get due(): boolean {
    if (this.released || this.writing !== null) return false
    const every = Math.max(this.parts.checkpointEvery ?? CHECKPOINT_MS, this.tookMs / CHECKPOINT_SHARE)
    return performance.now() - this.lastAt >= every
  }

  get moments(): readonly number[] {
    return this.parts.timeline.moments
  }

  record(event: TrainEvent, elapsedMs: number): void {
    const { log, timeline, experiment } = this.parts
    if (this.released) return
    this.recorded = true
    this.elapsedMs = elapsedMs
    if (event.type === 'step') {
      log.step(event, elapsedMs)
      return
    }
    log.epoch(epochPointOf(event, elapsedMs))
    const trainedMs = elapsedMs - this.begunAtMs
    if (!timeline.wants(event.epoch) || !this.snapshotShare.allows(trainedMs)) return
    if (timeline.waitingBytes >= MOST_WAITING || experiment.training.stepsAhead > 0) return
    const start = performance.now()
    const state = experiment.state()
    this.snapshot(state)
    this.snapshotShare.took(performance.now() - start + SNAPSHOT_MS + bytesOf(state) * SNAPSHOT_MS_PER_BYTE)
  }

  recordSteps(steps: StepColumns): void {
    if (this.released) return
    this.recorded = true
    this.elapsedMs = steps.elapsedMs.at(-1) ?? this.elapsedMs
    this.parts.log.addSteps(steps)
  }

  change(change: RunChange, setup: Setup): void {
    if (this.released) return
    this.recorded = true
    this.changes++
    this.parts.log.change(change, setup)
    void this.checkpoint()
  }

  /** Keeps where the run stands as a moment. */
  snapshot(state: TrainingState): void {
    this.parts.timeline.add(state).catch((thrown: unknown) => {
      this.problem = errorValue(thrown)
    })
  }

  checkpoint(): Promise<void> {
    if (this.released) return Promise.resolve()
    try {
      this.next = this.taken()
    } catch (thrown) {
      this.problem = errorValue(thrown)
    }
    return (this.writing ??= this.writeNext().finally(() => (this.writing = null)))
  }

  async snapshotAt(epoch: number): Promise<TrainingState> {
    const { timeline, experiment } = this.parts
    const known = epoch <= experiment.epochs.length && epoch >= 0
    const nearest = known ? await timeline.nearest(epoch) : null
    if (nearest === null) {
      throw new ConfigError(
        'no-such-moment',
        `There is no way back to epoch ${epoch} of this run: nothing was kept of it or of an epoch before. Choose another one.`,
        { epoch }
      )
    }
    return this.replayed(nearest, epoch)
  }

  setupAt(step: number): Setup {
    return this.parts.log.changes.findLast(({ change }) => change.step <= step)?.setup ?? this.parts.plan.setup
  }

  steps(from: number, to: number, points: number): Promise<StepSeries> {
    return this.parts.log.steps(from, to, points)
  }

  async finish(run: Run): Promise<void> {
    const { folder } = this
    try {
      const { record, others } = runFilesOf(folder, run)
      await this.checkpoint()
      await this.parts.log.sync()
      // A record names the files beside it: without one, the folder is a run to be gone on with, whatever happens now.
      await rm(join(folder, RECORD), { force: true })
      for (const { name, bytes } of others) await writeFileAtomic(join(folder, name), bytes)
      await writeFileAtomic(join(folder, RECORD), record.bytes)
      const weights = others.find(({ name }) => name === WEIGHTS)
      this.weightsSha256 = weights === undefined ? null : sha256(weights.bytes)
      this.recorded = true
      // What is not pruned costs room and nothing else.
      await pruneCheckpoints(join(folder, CHECKPOINTS), 1).catch(() => undefined)
    } catch (thrown) {
      throw writeError(folder, thrown)
    } finally {
      await this.release()
    }
  }

  async release(): Promise<void> {
    if (this.released) return
    await this.writing
    this.released = true
    const { log, timeline, lock } = this.parts
    await timeline.close().catch(() => undefined)
    await log.close().catch((thrown: unknown) => {
      this.problem = errorValue(thrown)
    })
    await this.settleAside().catch(() => undefined)
    await lock.release()
  }

  /** What the run replaced goes, or comes back where nothing was done. */
  private async settleAside(): Promise<void> {
    const { aside, record, lock } = this.parts
    if (this.recorded) {
      if (aside !== null) await removeQuietly(aside)
    } else if (record !== null) {
      await writeFileAtomic(join(this.folder, RECORD), record)
    } else if (aside !== null) {
      await lock.release()
      await removeQuietly(this.folder)
      await rename(aside, this.folder)
    }
  }

  private taken(): Checkpoint {
    const { plan, experiment } = this.parts
    const last = experiment.epochs.at(-1)
    const loss = last === undefined ? null : (last.validationLoss ?? last.trainLoss)
    const { name, threads } = experiment.training.executor
    const { fileName, sha256, rows } = plan.data
    return {
      id: plan.id,
      savedAt: new Date().toISOString(),
      engineVersion: studioVersion,
      setup: experiment.setup,
      data: { fileName, sha256, rows },
      executor: { name, threads },
      elapsedMs: this.elapsedMs,
      changes: this.changes,
      loss: loss === null || !Number.isFinite(loss) ? null : loss,
      measured: measuredEpochs(experiment.epochs),
      state: experiment.state()
    }
  }

  private async writeNext(): Promise<void> {
    while (this.next !== null) {
      const checkpoint = this.next
      this.next = null
      await this.write(checkpoint)
    }
  }

  private async write(checkpoint: Checkpoint): Promise<void> {
    const start = performance.now()
    const folder = join(this.folder, CHECKPOINTS)
    try {
      // The log must not end before the checkpoint.
      await this.parts.log.sync()
      await writeCheckpoint(folder, checkpoint)
      this.checkpointStep = checkpoint.state.step
      this.problem = null
      await pruneCheckpoints(folder)
    } catch (thrown) {
      this.problem = errorValue(thrown)
    }
    this.lastAt = performance.now()
    this.tookMs = this.lastAt - start
  }

  private async replayed(from: TrainingState, epoch: number): Promise<TrainingState> {
    const { log, experiment } = this.parts
    let state = from
    while (state.epochs < epoch) {
      const training = experiment.trainingFrom(state, this.setupAt(state.step))
      const begun = state.step
      const until = log.changes.find(({ change }) => change.step > begun)?.change.step ?? Infinity
      let sliceStart = performance.now()
      try {
        for await (const event of training.events()) {
          if (event.type === 'epoch' && event.epoch === epoch) break
          // Settings change between two epochs only after the end of the first.
          if (event.step >= until && (event.type === 'epoch' || !Number.isInteger(training.position))) break
          if (performance.now() - sliceStart < SLICE_MS) continue
          await setImmediate()
          sliceStart = performance.now()
        }
        const reached = training.state()
        if (reached.step === state.step && reached.epochs === state.epochs)
          throw new Error(`Replaying from step ${state.step} did not come to epoch ${epoch}`)
        state = reached
      } finally {
        training.close()
      }
    }
    return state
  }
}
