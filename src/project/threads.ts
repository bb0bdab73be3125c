/** Starts the threads of the engine as worker threads of Node. */
import os from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ThreadHost } from '../engine'

/** Runs in the worker, as text: a file of its own would have to be found again in every bundle. */
const SCRIPT = `
const { workerData } = require('node:worker_threads')
const { module, chains, slots, memory, team, thread } = workerData
const env = { memory, table: new WebAssembly.Table({ element: 'anyfunc', initial: slots }) }
const { exports } = new WebAssembly.Instance(module, { env })
if (chains !== null) new WebAssembly.Instance(chains, { env })
exports.serve(team, thread)
`

export const workerThreads: ThreadHost = {
  processors: os.availableParallelism(),
  start(work) {
    // Without the loaders that this process was started with: the script needs none.
    const worker = new Worker(SCRIPT, { eval: true, workerData: work, execArgv: [], name: `training ${work.thread}` })
    worker.unref()
    let ended = false
    const end = () => void (ended = true)
    // An error is told by its end; without a listener it would end the process too.
    worker.on('error', end).on('exit', end)
    return {
      get ended() {
        return ended
      },
      end: () => void worker.terminate()
    }
  }
}
