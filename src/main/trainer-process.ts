/** One life of the trainer process: started, asked over RPC, heard, ended. What follows a death is decided in `trainer.ts`. */
import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'
import * as v from 'valibot'
import { channels, runKeptSchema, type RunKept, type trainerRoutes } from '../shared/ipc/contract'
import { createRpcClient, type RpcClient } from '../shared/rpc'
import { childEnvironment } from './environment'
import { heapArguments } from './heap'
import { Heartbeat } from './heartbeat'

export const SERVICE_NAME = 'trainer'

/** Outside of its answers the trainer also says every second that it is alive; that is heard as any message is. */
const runKeptMessage = v.strictObject({ kind: v.literal('run-kept'), kept: runKeptSchema })
/** V8 says so as it ends; Electron only tells of a crash. */
const HEAP_FULL = 'JavaScript heap out of memory'
/** So much of the last that was written to stderr is searched for it. */
const LAST_WORDS = 4096

export interface TrainerOptions {
  /** The built entry of the trainer. */
  readonly entry: string
  readonly runsFolder: string
  readonly samplesFolder: string
  readonly kernelsFolder: string
  /** For images as they were decoded; may be deleted at any time. */
  readonly imagesFolder: string
  /** Of its JavaScript, in MB. */
  readonly heapLimitMb: number
}

export interface TrainerEvents {
  /** Where the run in view stands. */
  readonly told: (kept: RunKept) => void
  /** It speaks again after it had not responded. */
  readonly back: () => void
  readonly ended: () => void
}

export class TrainerProcess {
  readonly client: RpcClient<typeof trainerRoutes>
  readonly heartbeat = new Heartbeat()
  /** Settles when the process is gone. */
  readonly ended: Promise<void>
  /** How it ended, as far as that is known by now. */
  readonly exit = { code: null as number | null, reason: null as string | null, asked: false, heapFull: false }
  /** What it said last of its run; null when it has said nothing. */
  kept: RunKept | null = null
  private readonly child: UtilityProcess

  /** Starts the process. Electron must be ready. */
  constructor(options: TrainerOptions, events: TrainerEvents) {
    const folders = [
      `--runs=${options.runsFolder}`,
      `--samples=${options.samplesFolder}`,
      `--kernels=${options.kernelsFolder}`,
      `--images=${options.imagesFolder}`
    ]
    const child = utilityProcess.fork(options.entry, folders, {
      serviceName: SERVICE_NAME,
      env: childEnvironment(process.env),
      execArgv: heapArguments(options.heapLimitMb),
      stdio: ['ignore', 'inherit', 'pipe']
    })
    this.child = child
    this.client = createRpcClient<typeof trainerRoutes>({
      postMessage: (message) => child.postMessage(message),
      on: (event, listener) => (event === 'close' ? child.once('exit', listener) : child.on('message', listener))
    })
    child.on('message', (message: unknown) => {
      // Whatever it says, it lives.
      if (this.heartbeat.beat()) events.back()
      const told = v.safeParse(runKeptMessage, message)
      if (told.success) events.told((this.kept = told.output.kept))
    })
    this.hearLastWords()
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()))
    child.once('exit', (code) => {
      this.exit.code = code
      events.ended()
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Joins a page to the live events. */
  openLivePort(window: WebContents): void {
    const { port1, port2 } = new MessageChannelMain()
    this.child.postMessage({ kind: 'live-port' }, [port1])
    window.postMessage(channels.livePort, null, [port2])
  }

  /** Ends it, even where it hears nothing any more, as when it was stopped by a signal. */
  end(): void {
    try {
      if (this.pid !== undefined) process.kill(this.pid, 'SIGKILL')
    } catch {
      // It is gone already, or belongs to the system: then that has to end it.
      this.child.kill()
    }
  }

  private hearLastWords(): void {
    let last = ''
    this.child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      last = (last + chunk.toString()).slice(-LAST_WORDS)
      if (last.includes(HEAP_FULL)) this.exit.heapFull = true
    })
  }
}
