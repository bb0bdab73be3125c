/** A peer as a process of its own, which times one workload after the other when it is asked to. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import type { Timing } from './timing'
import type { Workload } from './workloads'

/** How long a peer may take to start, or to answer. */
const PATIENCE_MS = 60_000

/** Python ends a traceback with it; Node has its stack and its version after it. */
const ERROR = /Error\b|ERROR/

const root = fileURLToPath(new URL('..', import.meta.url))

const helloSchema = v.object({ peer: v.string(), version: v.string(), threads: v.number() })
const answerSchema = v.union([
  v.object({ microsecondsPerStep: v.number(), differs: v.optional(v.string()) }),
  v.object({ unsupported: v.string() })
])

export interface PeerSpec {
  readonly name: string
  /** Program and arguments, run in the repository's folder; the number of threads comes last. */
  readonly command: readonly [string, ...string[]]
  /** Numbers of threads to try. */
  readonly threads: readonly number[]
  readonly environment?: (threads: number) => Readonly<Record<string, string>>
  /** How to get it. */
  readonly install: string
}

interface Conversation {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly lines: AsyncIterator<string>
  /** When it has ended and all that it said is read. */
  readonly ended: Promise<void>
  /** The last line of stderr that names an error, or else the last. */
  complaint: string
}

export class Peer {
  readonly #spec: PeerSpec
  #conversation: Conversation | null = null
  #version = ''

  constructor(
    spec: PeerSpec,
    readonly threads: number
  ) {
    this.#spec = spec
  }

  get name(): string {
    return this.#spec.name
  }

  get version(): string {
    return this.#version
  }

  /** Starts the process. Answers why it does not, as it does where the peer is not installed; null when it runs. */
  async start(): Promise<string | null> {
    const [program, ...args] = this.#spec.command
    const child = spawn(program, [...args, String(this.threads)], {
      cwd: root,
      env: { ...process.env, ...this.#spec.environment?.(this.threads) },
      stdio: ['pipe', 'pipe', 'pipe']
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const conversation: Conversation = { process: child, lines, ended, complaint: '' }
    child.on('error', (error) => (conversation.complaint = error.message))
    // What is written to a process that has just ended is lost; that it has ended is seen when it does not answer.
    child.stdin.on('error', () => undefined)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() !== '' && (ERROR.test(line) || !ERROR.test(conversation.complaint))) {
        conversation.complaint = line.trim()
      }
    })
    this.#conversation = conversation
    const hello = await this.#answer(conversation)
    if (hello === null) return conversation.complaint
    this.#version = v.parse(helloSchema, JSON.parse(hello)).version
    return null
  }

  async time(workload: Workload, steps: number): Promise<Timing> {
    // It may have ended at the workload before, for want of memory or of patience.
    const problem = this.#conversation === null ? await this.start() : null
    const conversation = this.#conversation
    if (conversation === null) return { unsupported: problem ?? 'has ended' }
    conversation.process.stdin.write(`${JSON.stringify({ ...workload, steps })}\n`)
    const line = await this.#answer(conversation)
    if (line === null) return { unsupported: conversation.complaint }
    return v.parse(answerSchema, JSON.parse(line))
  }

  /** The next line; null, and the reason in `complaint`, when there is none. */
  async #answer(conversation: Conversation): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, null)
    })
    const line = await Promise.race([conversation.lines.next(), patience])
    clearTimeout(timer)
    if (line !== null && line.done !== true) return line.value
    if (line === null) {
      conversation.complaint = `no answer within ${PATIENCE_MS / 1000} s`
      conversation.process.kill('SIGKILL')
    }
    await conversation.ended
    if (conversation.complaint === '') conversation.complaint = 'ended without a word'
    this.#conversation = null
    return null
  }

  close(): void {
    this.#conversation?.process.stdin.end()
  }
}
