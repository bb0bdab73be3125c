/** For tests: threads over one memory that small programs use one after the other. */
import { bindKernels, withChains, type Kernels } from '../src/engine/executors/wasm/kernels'
import { createMemory, Layout } from '../src/engine/executors/wasm/layout'
import type { Crew } from '../src/engine/executors/wasm/program'
import { Team, teamBytes } from '../src/engine/executors/wasm/team'
import type { ThreadHost } from '../src/engine/executors/wasm/threads'
import { workerThreads } from '../src/project/threads'

export { workerThreads }

/** Real threads, of which the process may be told at any time that they died. */
export function losableThreads(): { host: ThreadHost; lose: () => void } {
  const start = workerThreads.start.bind(workerThreads)
  let lost = false
  const host: ThreadHost = {
    processors: 2,
    start: (work) => {
      const thread = start(work)
      return {
        get ended() {
          return lost || thread.ended
        },
        end: () => thread.end()
      }
    }
  }
  return { host, lose: () => void (lost = true) }
}

const MEMORY_BYTES = 2 ** 24

export function startCrew(kernels: Kernels, threads: number): { crew: Crew; end: () => void } {
  const layout = new Layout()
  const team = layout.take(teamBytes(threads))
  const memory = createMemory(MEMORY_BYTES)
  const modules = withChains(kernels, null)
  const started = Team.start(workerThreads, modules, memory, team, threads)
  if (typeof started === 'string') throw new Error(started)
  const crew = { memory, kernels: bindKernels(modules, memory), team, threads, free: layout.bytes }
  return { crew, end: () => started.end() }
}
