/** The trainer: the utility process that owns datasets, weights and runs. Main starts it and hands it its ports. */
import { parseArgs } from 'node:util'
import { listGenerators, listSamples, previewGenerator } from '../data'
import { keepMadeDataset, loadKernels } from '../project'
import { trainerRoutes } from '../shared/ipc/contract'
import { createRpcServer } from '../shared/rpc'
import { acceptLivePort } from './livePort'
import { LiveStream } from './liveStream'
import { Session } from './session'

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

createRpcServer(
  process.parentPort,
  trainerRoutes,
  {
    'dataset.open': (paths, setup, as) => session.openDataset(paths, setup, as),
    'dataset.make': (folder, made) => keepMadeDataset(folder, made),
    'dataset.rows': (from, count) => session.rows(from, count),
    'dataset.images': (...page) => session.images(...page),
    'dataset.augmentedImages': (from, count) => session.augmentedImages(from, count),
    'dataset.columnPreview': (name) => session.columnPreview(name),
    'dataset.cancelRead': () => session.cancelRead(),
    'generators.list': () => listGenerators(),
    'generators.preview': (name, config) => previewGenerator(name, config),
    'samples.list': (folder) => listSamples(folder),
    'setup.update': (setup) => session.updateSetup(setup),
    'train.start': () => session.startTraining(),
    'train.pause': () => session.pauseTraining(),
    'train.resume': () => session.resumeTraining(),
    'train.step': () => session.stepTraining(),
    'train.stop': () => session.stopTraining(),
    'train.reset': () => session.resetTraining(),
    'run.evaluate': (on) => session.evaluate(on),
    'run.weights': () => session.weights(),
    'run.crossValidate': (folds) => session.crossValidate(folds),
    'run.cancelCrossValidation': () => session.crossValidation.cancel(),
    'export.suggestName': (format) => session.suggestExportName(format),
    'session.close': async () => {
      await session.close()
      return null
    },
    'export.write': (format, path) => session.exportRun(format, path)
  },
  { onUnexpectedError: (name, error) => console.error(`[trainer] ${name}:`, error) }
)

process.parentPort.on('message', (event) => {
  const port = event.ports[0]
  if (port !== undefined) acceptLivePort(port, live, session)
})
