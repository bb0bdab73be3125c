/** The trainer: the utility process that owns datasets, weights and runs. Main starts it and hands it its ports. */
import { parseArgs } from 'node:util'
import { loadKernels } from '../project'
import { trainerRoutes } from '../shared/ipc/contract'
import { createRpcServer } from '../shared/rpc'
import { acceptLivePort } from './livePort'
import { LiveStream } from './liveStream'
import { Session } from './session'

const PULSE_MS = 1000

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    samples: { type: 'string' },
    kernels: { type: 'string' },
    images: { type: 'string' }
  },
  strict: true
})
if (values.runs === undefined || values.samples === undefined || values.kernels === undefined)
  throw new Error('usage: trainer --runs=FOLDER --samples=FOLDER --kernels=FOLDER [--images=FOLDER]')

if (!loadKernels(values.kernels)) console.error(`[trainer] no kernels in ${values.kernels}: training will be slow`)

const live = new LiveStream()
const session = new Session(
  live,
  values.runs,
  values.samples,
  (kept) => process.parentPort.postMessage({ kind: 'run-kept', kept }),
  values.images
)

createRpcServer(process.parentPort, trainerRoutes, session.answers, {
  onUnexpectedError: (name, error) => console.error(`[trainer] ${name}:`, error),
  errorFor: (error, args) => session.errorFor(error, args)
})

// From the event loop that trains: whoever does not hear of it for long knows that it hangs.
setInterval(() => {
  process.parentPort.postMessage({ kind: 'alive' })
  session.pulse()
}, PULSE_MS)

process.parentPort.on('message', (event) => {
  const port = event.ports[0]
  if (port !== undefined) acceptLivePort(port, live, session)
})
