/**
 * The trainer process under supervision: started with the studio, asked over RPC, joined to the window by a
 * live port, started again when it dies, ended with the studio.
 *
 * A throw ends it with `exit` alone; a signal or a crash tells `child-process-gone` as well, before or after.
 * So either one counts, once, and the reason is read when the wait before the restart is over.
 */
import { app, MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import {
  channels,
  runKeptSchema,
  type ResultOf,
  type RunKept,
  type TrainerNotice,
  type TrainerRequest,
  type trainerRoutes
} from '../shared/ipc/contract'
import { errorValue, StudioError } from '../shared/errors'
import { createRpcClient, type RouteArgs, type RpcClient } from '../shared/rpc'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'
import type { SessionView, SetupView } from '../shared/views'
import { RestartBudget, MOST_RESTARTS, WINDOW_MS } from './restarts'
import { describeExit, goneSentence, restartedSentence, type Exit, type Restored } from './trainer-messages'
import { childEnvironment } from './environment'

const SERVICE_NAME = 'trainer'
const runKeptMessage = v.strictObject({ kind: v.literal('run-kept'), kept: runKeptSchema })
const nothingKept: RunKept = { unsaved: false, savedAs: null }
/** The reason of a death is told a moment before or after the death itself. */
const REASON_DELAY_MS = 100

export interface TrainerOptions {
  /** The built entry of the trainer. */
  readonly entry: string
  readonly runsFolder: string
  readonly samplesFolder: string
  readonly kernelsFolder: string
  /** For images as they were decoded; may be deleted at any time. */
  readonly imagesFolder: string
}

/** One life of the process. */
interface Connection {
  readonly child: UtilityProcess
  readonly client: RpcClient<typeof trainerRoutes>
  readonly ended: Promise<void>
  readonly exit: { code: number | null; reason: string | null }
}

type Result<Name extends TrainerRequest> = ResultOf<(typeof trainerRoutes)[Name]>

export class Trainer {
  private readonly budget = new RestartBudget()
  /** The process that answers, while it lives. */
  private current: Connection | null = null
  /** The process started last, living or not: what is heard of a death belongs to it. */
  private latest: Connection | null = null
  /** Settles when requests can be answered; rejects once it is not started any more. */
  private ready: Promise<Connection>
  private window: WebContents | null = null
  private goneNotice: TrainerNotice | null = null
  private restoring = false
  private closing = false
  /** What a restart brings back: the files that opened last and the last setup that was answered. */
  private lastPaths: readonly string[] | null = null
  private lastSetup: Setup | null = null
  private lastAs: ReadAs = {}
  /** What the trainer last said of its run. */
  private kept: RunKept = nothingKept

  /** Starts the process. Electron must be ready. */
  constructor(private readonly options: TrainerOptions) {
    app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
      const { latest } = this
      if (type !== 'Utility' || name !== SERVICE_NAME || latest === null) return
      latest.exit.reason = reason
      latest.exit.code ??= exitCode
      // Without a process there is no exit to wait for, as when it could not be launched.
      if (latest.child.pid === undefined) this.ended(latest)
    })
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
    this.lastPaths = paths
    this.lastAs = as
    this.lastSetup = session.setup?.setup ?? null
    return session
  }

  async updateSetup(setup: Setup): Promise<SetupView> {
    const view = await this.call('setup.update', setup)
    this.lastSetup = view.setup
    return view
  }

  /** Joins a window that has just loaded, or loaded again, to the live events. */
  connect(window: WebContents): void {
    this.window = window
    if (this.current !== null && !this.restoring) this.openLivePort(this.current)
    if (this.goneNotice !== null) this.tell(this.goneNotice)
  }

  /** Lets the trainer keep what it has, for at most `deadlineMs`; then ends it. */
  async stop(deadlineMs: number): Promise<void> {
    this.closing = true
    const connection = this.current
    if (connection === null) return
    const waiting = new AbortController()
    // Either it has closed its session, or it is gone, or time is up: in every case the process ends here.
    const closed = connection.client.call('session.close').catch(() => null)
    await Promise.race([closed, sleep(deadlineMs, null, { signal: waiting.signal }).catch(() => null)])
    waiting.abort()
    connection.child.kill()
    await Promise.race([connection.ended, sleep(1000, null, { ref: false })])
  }

  private fork(): Connection {
    const { entry, runsFolder, samplesFolder, kernelsFolder, imagesFolder } = this.options
    const folders = [
      `--runs=${runsFolder}`,
      `--samples=${samplesFolder}`,
      `--kernels=${kernelsFolder}`,
      `--images=${imagesFolder}`
    ]
    const child = utilityProcess.fork(entry, folders, {
      serviceName: SERVICE_NAME,
      env: childEnvironment(process.env)
    })
    const client = createRpcClient<typeof trainerRoutes>({
      postMessage: (message) => child.postMessage(message),
      on: (event, listener) => (event === 'close' ? child.once('exit', listener) : child.on('message', listener))
    })
    child.on('message', (message: unknown) => {
      const told = v.safeParse(runKeptMessage, message)
      if (told.success) this.kept = told.output.kept
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const connection: Connection = { child, client, ended, exit: { code: null, reason: null } }
    child.once('exit', (code) => {
      connection.exit.code = code
      this.ended(connection)
    })
    this.current = connection
    this.latest = connection
    return connection
  }

  /** The process of `connection` is gone: called once or twice for each. */
  private ended(connection: Connection): void {
    if (connection !== this.current) return
    this.current = null
    connection.client.close()
    if (this.closing) return
    // What dies while it restores would die again: come back empty.
    const restore = !this.restoring
    this.restoring = false
    const delayMs = this.budget.take()
    this.ready = delayMs === null ? this.giveUp(connection.exit) : this.restart(connection.exit, restore, delayMs)
    // Nobody may be waiting for it; who asks later still gets the rejection.
    this.ready.catch(() => undefined)
  }

  private async giveUp(exit: Exit): Promise<never> {
    await sleep(REASON_DELAY_MS)
    const error = new StudioError('trainer-gone', goneSentence(describeExit(exit), MOST_RESTARTS, WINDOW_MS / 60_000), {
      exitCode: exit.code,
      reason: exit.reason
    })
    this.goneNotice = { state: 'gone', error: error.toValue() }
    this.tell(this.goneNotice)
    throw error
  }

  private async restart(exit: Exit, restore: boolean, delayMs: number): Promise<Connection> {
    await sleep(delayMs)
    if (this.closing) throw new StudioError('quitting', 'The studio is closing.')
    // The new process will tell of its own, empty state.
    const { kept } = this
    this.kept = nothingKept
    const connection = this.fork()
    this.restoring = restore && this.lastPaths !== null
    const restored = this.restoring ? await this.restore(connection) : ('nothing' as const)
    // It died once more meanwhile: another restart is under way, and its result is this one's.
    if (this.current !== connection) return this.ready
    this.restoring = false
    const was = { ...kept, files: this.lastPaths }
    if (restored !== 'everything') {
      this.lastPaths = null
      this.lastSetup = null
    }
    this.openLivePort(connection)
    this.tell({
      state: 'restarted',
      error: {
        code: 'trainer-restarted',
        message: restartedSentence(describeExit(exit), restored, was),
        details: { exitCode: exit.code, reason: exit.reason }
      }
    })
    return connection
  }

  private async restore(connection: Connection): Promise<Restored> {
    if (this.lastPaths === null) return 'nothing'
    try {
      await connection.client.call('dataset.open', this.lastPaths, this.lastSetup, this.lastAs)
      return 'everything'
    } catch (error) {
      return { failed: errorValue(error).message }
    }
  }

  /** A new channel for each load of the page: the old one went with the old page. */
  private openLivePort(connection: Connection): void {
    if (this.window === null || this.window.isDestroyed()) return
    const { port1, port2 } = new MessageChannelMain()
    connection.child.postMessage({ kind: 'live-port' }, [port1])
    this.window.postMessage(channels.livePort, null, [port2])
  }

  private tell(notice: TrainerNotice): void {
    if (this.window !== null && !this.window.isDestroyed()) this.window.send(channels.trainerNotice, notice)
  }
}
