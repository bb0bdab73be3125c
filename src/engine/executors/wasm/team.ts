/** The threads that take steps together with the one that calls: how they are started, and how they end. */
import type { ThreadHost, StartedThread } from './threads'
import type { Modules } from './kernels'
import type { WasmMemory } from './webassembly'

/** Bytes of a team's block, as src/engine/kernels/team.ts uses it: five lines, and one for each thread. */
const LINE = 64
const LINES = 5
/** Words in it. */
const PATIENCE = 260 / 4
const READY = 264 / 4

/** How long the first thread waits for another one in a step: far longer than any thread sleeps on a busy machine. */
const PATIENCE_MS = 5000
/** How long all may take to start. */
const START_MS = 3000

export interface TeamTimes {
  readonly patienceMs?: number
  readonly startMs?: number
}

export function teamBytes(threads: number): number {
  return LINE * (LINES + threads)
}

export class Team {
  readonly #threads: readonly StartedThread[]

  private constructor(threads: readonly StartedThread[]) {
    this.#threads = threads
  }

  /**
   * Starts all threads but the first, which is the caller's, and waits until they are there.
   * @param address of `teamBytes` bytes that nobody has used yet
   * @returns the team, or why there is none
   */
  static start(
    host: ThreadHost,
    modules: Modules,
    memory: WasmMemory,
    address: number,
    threads: number,
    { patienceMs = PATIENCE_MS, startMs = START_MS }: TeamTimes = {}
  ): Team | string {
    const words = new Int32Array(memory.buffer, address, teamBytes(threads) / 4)
    words[PATIENCE] = patienceMs
    const started: StartedThread[] = []
    const team = new Team(started)
    try {
      for (let thread = 1; thread < threads; thread++) {
        started.push(host.start({ ...modules, memory, team: address, thread }))
      }
      if (awaitCount(words, READY, threads - 1, startMs)) return team
      team.end()
      return `${threads} threads did not start within ${startMs / 1000} s.`
    } catch (error) {
      team.end()
      return `Threads cannot be started: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Whether a thread has ended although nobody ended it. */
  get hasLost(): boolean {
    return this.#threads.some((thread) => thread.ended)
  }

  /** Ends all; may be called again. */
  end(): void {
    this.#threads.forEach((thread) => thread.end())
  }
}

function awaitCount(words: Int32Array, index: number, wanted: number, ms: number): boolean {
  const until = Date.now() + ms
  for (;;) {
    const count = Atomics.load(words, index)
    if (count === wanted) return true
    const left = until - Date.now()
    if (left <= 0) return false
    Atomics.wait(words, index, count, left)
  }
}
