/**
 * The trainer process under supervision: started with the studio, asked over RPC, joined to the window by a live port, started again
 * when it dies, with the work that was open, watched while it does not respond, ended with the studio.
 *
 * A throw ends it with `exit` alone; a signal or a crash tells `child-process-gone` as well, before or after.
 * So either one counts, once, and the reason is read when the wait before the restart is over.
 */
import { app, type WebContents } from 'electron'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  channels,
  type OpenedRun,
  type ResultOf,
  type TrainerNotice,
  type TrainerRequest,
  type trainerRoutes
} from '../shared/ipc/contract'
import { errorValue, StudioError } from '../shared/errors'
import type { RouteArgs } from '../shared/rpc'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'
import type { SessionView, SetupView } from '../shared/views'
import { CHECK_MS, SILENCE_MS } from './heartbeat'
import { noRun, type OpenWork, type Work } from './open-work'
import { reopen, type Reopened } from './reopen'
import { RestartBudget, MOST_RESTARTS, WINDOW_MS } from './restarts'
import { describeExit, goneSentence, restartedSentence, type Exit, type Restored } from './trainer-messages'
import { SERVICE_NAME, TrainerProcess, type TrainerOptions } from './trainer-process'

/** The reason of a death is told a moment before or after the death itself. */
const REASON_DELAY_MS = 100

type Result<Name extends TrainerRequest> = ResultOf<(typeof trainerRoutes)[Name]>

export class Trainer {
  private readonly budget = new RestartBudget()
  /** The process that answers, while it lives. */
  private current: TrainerProcess | null = null
  /** The process started last, living or not: what is heard of a death belongs to it. */
  private latest: TrainerProcess | null = null
  /** Settles when requests can be answered; rejects once it is not started any more. */
  private ready: Promise<TrainerProcess>
  private window: WebContents | null = null
  /** That it is gone or does not respond, for a window that is loaded meanwhile. */
  private standing: TrainerNotice | null = null
  private restoring = false
  /** Work is being brought back: until it is there, what the trainer says of its run is half of the truth. */
  private reopening = 0
  private closing = false

  /**
   * Starts the process. Electron must be ready.
   * @param work what is open, and what a restart brings back
   */
  constructor(
    private readonly options: TrainerOptions,
    private readonly work: OpenWork
  ) {
    app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
      const { latest } = this
      if (type !== 'Utility' || name !== SERVICE_NAME || latest === null) return
      latest.exit.reason = reason
      latest.exit.code ??= exitCode
      // Without a process there is no exit to wait for, as when it could not be launched.
      if (latest.pid === undefined) this.ended(latest)
    })
    setInterval(() => this.listen(), CHECK_MS).unref()
    this.ready = Promise.resolve(this.fork())
  }

  /** Asks the trainer; waits while it is being started again. Rejects with a `StudioError`. */
  async call<Name extends TrainerRequest>(
    name: Name,
    ...args: RouteArgs<(typeof trainerRoutes)[Name]>
  ): Promise<Result<Name>> {
    const { client } = await this.ready
    return client.call(name, ...args)
  }

  /** @param as what the person says of the files, in place of what is detected */
  async openDataset(paths: readonly string[], as: ReadAs = {}): Promise<SessionView> {
    const session = await this.call('dataset.open', paths, null, as)
    this.work.opened(paths, as, session.setup?.setup ?? null)
    return session
  }

  /** The paths of what is opened with a kept run stay here. */
  async openRun(request: Promise<OpenedRun>): Promise<SessionView> {
    const { session, paths, readAs } = await request
    this.work.opened(paths, readAs, session.setup?.setup ?? null)
    return session
  }

  async updateSetup(setup: Setup): Promise<SetupView> {
    const before = this.work.current?.setup ?? null
    this.work.edited(setup)
    try {
      return await this.call('setup.update', setup)
    } catch (error) {
      // One that died has judged nothing.
      if (errorValue(error).code !== 'trainer-gone') this.work.refused(setup, before)
      throw error
    }
  }

  /** Brings back what was open when the studio ended; a run that had not ended waits, paused. */
  async reopenWork(work: Work): Promise<Reopened> {
    const trainer = await this.ready
    this.reopening++
    try {
      const reopened = await reopen(trainer.client, work, false)
      this.takeReopened(trainer, work, reopened)
      return reopened
    } finally {
      this.reopening--
    }
  }

  /** Whether somebody would lose time if the studio ended now. */
  get isTraining(): boolean {
    return this.work.current?.run.status === 'running'
  }

  /** Joins a window that has just loaded, or loaded again, to the live events. */
  connect(window: WebContents): void {
    this.window = window
    if (this.current !== null && !this.restoring) this.openLivePort(this.current)
    if (this.standing !== null) this.tell(this.standing)
  }

  /** Ends the process, which does not respond, and starts another one with the work that was open. */
  async restartNow(): Promise<void> {
    const { current } = this
    if (current === null) {
      await this.ready
      return
    }
    current.exit.asked = true
    current.end()
    await current.ended
    await this.ready
  }

  /** Lets the trainer keep what it has, for at most `deadlineMs`; then ends it. */
  async stop(deadlineMs: number): Promise<void> {
    this.closing = true
    const { current } = this
    if (current === null) return
    const waiting = new AbortController()
    // Either it has closed its session, or it is gone, or time is up: in every case the process ends here.
    const closed = current.client.call('session.close').catch(() => null)
    await Promise.race([closed, sleep(deadlineMs, null, { signal: waiting.signal }).catch(() => null)])
    waiting.abort()
    current.end()
    await Promise.race([current.ended, sleep(1000, null, { ref: false })])
  }

  private fork(): TrainerProcess {
    const trainer: TrainerProcess = new TrainerProcess(this.options, {
      told: (kept) => {
        if (trainer === this.current && this.reopening === 0 && !this.closing) this.work.told(kept)
      },
      back: () => {
        if (trainer === this.current) this.responds()
      },
      ended: () => this.ended(trainer)
    })
    this.current = trainer
    this.latest = trainer
    return trainer
  }

  /** The process is gone: called once or twice for each. */
  private ended(trainer: TrainerProcess): void {
    if (trainer !== this.current) return
    this.current = null
    this.standing = null
    trainer.client.close()
    if (this.closing) return
    // What dies while it restores would die again: come back empty.
    const restore = !this.restoring
    this.restoring = false
    // Whoever asks for another process has not seen it fail by itself.
    const delayMs = trainer.exit.asked ? 0 : this.budget.take()
    this.ready = delayMs === null ? this.giveUp(trainer.exit) : this.restart(trainer.exit, restore, delayMs)
    // Nobody may be waiting for it; who asks later still gets the rejection.
    this.ready.catch(() => undefined)
  }

  private async giveUp(exit: Exit): Promise<never> {
    await sleep(REASON_DELAY_MS)
    const run = this.work.current?.run ?? noRun
    const message = goneSentence(describeExit(exit), MOST_RESTARTS, WINDOW_MS / 60_000, run)
    this.work.interrupted()
    const error = new StudioError('trainer-gone', message, { exitCode: exit.code, reason: exit.reason })
    this.standing = { state: 'gone', error: error.toValue() }
    this.tell(this.standing)
    throw error
  }

  private async restart(exit: Exit, restore: boolean, delayMs: number): Promise<TrainerProcess> {
    await sleep(Math.max(delayMs, REASON_DELAY_MS))
    if (this.closing) throw new StudioError('quitting', 'The studio is closing.')
    const work = this.work.current
    const trainer = this.fork()
    this.restoring = restore && work !== null
    const restored: Restored = restore && work !== null ? await this.restore(trainer, work) : { what: 'nothing' }
    // It died once more meanwhile: another restart is under way, and its result is this one's.
    if (this.current !== trainer) return this.ready
    this.restoring = false
    if (restored.what !== 'dataset') this.work.closed()
    this.openLivePort(trainer)
    this.tell({
      state: 'restarted',
      error: {
        code: 'trainer-restarted',
        message: restartedSentence(describeExit(exit), restored, work),
        details: { exitCode: exit.code, reason: exit.reason }
      }
    })
    return trainer
  }

  private async restore(trainer: TrainerProcess, work: Work): Promise<Restored> {
    this.reopening++
    try {
      // What the trainer alone has lost goes on by itself: the person has not stopped it.
      const reopened = await reopen(trainer.client, work, work.run.status === 'running')
      this.takeReopened(trainer, work, reopened)
      const run = reopened.resumed ? (reopened.session.run?.progress ?? null) : null
      return { what: 'dataset', run, why: reopened.problem?.message ?? null }
    } catch (error) {
      return { what: 'failed', why: errorValue(error).message }
    } finally {
      this.reopening--
    }
  }

  private takeReopened(trainer: TrainerProcess, work: Work, { session, resumed }: Reopened): void {
    if (trainer !== this.current) return
    this.work.told(trainer.kept ?? (resumed ? work.run : noRun))
    this.work.opened(work.paths, work.readAs, session.setup?.setup ?? null)
  }

  /** Called every second: is the process heard? */
  private listen(): void {
    if (this.closing || this.current?.heartbeat.check() !== true) return
    const message =
      `The training process has not responded for ${SILENCE_MS / 1000} seconds. It may come back by itself; ` +
      'restarted, it goes on from the last checkpoint.'
    this.standing = { state: 'hanging', error: { code: 'trainer-hanging', message, details: {} } }
    this.tell(this.standing)
  }

  private responds(): void {
    this.standing = null
    const error = { code: 'trainer-responding', message: 'The training process responds again.', details: {} }
    this.tell({ state: 'responding', error })
  }

  /** A new channel for each load of the page: the old one went with the old page. */
  private openLivePort(trainer: TrainerProcess): void {
    if (this.window !== null && !this.window.isDestroyed()) trainer.openLivePort(this.window)
  }

  private tell(notice: TrainerNotice): void {
    if (this.window !== null && !this.window.isDestroyed()) this.window.send(channels.trainerNotice, notice)
  }
}
