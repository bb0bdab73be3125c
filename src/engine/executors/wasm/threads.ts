/** Worker threads: started by whoever runs the engine, as it knows no environment itself. */
import type { Modules } from './kernels'
import type { WasmMemory } from './webassembly'

/** What a thread is started with: it instantiates the modules with memory and table, then calls `serve(team, thread)`. */
export interface ThreadWork extends Modules {
  readonly memory: WasmMemory
  /** Address of the team's block. */
  readonly team: number
  readonly thread: number
}

export interface StartedThread {
  /** Whether it has ended, by itself or by `end`; known once the host's event loop has turned. */
  readonly ended: boolean
  /** Ends it, wherever it is; may be called again. */
  end(): void
}

export interface ThreadHost {
  /** Logical processors that training may use. */
  readonly processors: number
  /** Starts a thread; it must not keep the process alive. It need not run yet when this returns. */
  start(work: ThreadWork): StartedThread
}

/** More than this many meet too slowly. */
export const MAX_THREADS = 16

let provided: ThreadHost | null = null

/** Makes training on several threads possible; null: on one alone. */
export function provideThreads(host: ThreadHost | null): void {
  provided = host
}

export function providedThreads(): ThreadHost | null {
  return provided
}
