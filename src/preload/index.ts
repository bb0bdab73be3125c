/**
 * The bridge between the page and main. Runs sandboxed: it has `contextBridge`, `ipcRenderer` and `webUtils`
 * and hands the page none of them, only one named function for each action.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import * as v from 'valibot'
import { channels, type MainRequest, type OpenCommand, type Reply, type TrainerNotice } from '../shared/ipc/contract'
import type { Request, StudioApi } from '../shared/ipc/api'

function refused(message: string): Reply<never> {
  return { ok: false, error: { code: 'invalid-arguments', message, details: {} } }
}

/** Main answers every request with a `Reply`; only a value that cannot be copied to it fails on the way. */
async function ask(channel: string, args: readonly unknown[]): Promise<unknown> {
  try {
    return await ipcRenderer.invoke(channel, ...args)
  } catch (error) {
    return refused(`The request "${channel}" could not be sent: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

function request<Name extends MainRequest>(name: Name): Request<Name> {
  // Main's handler for this name is typed by the same contract; `invoke` itself knows no types.
  return ((...args: readonly unknown[]) => ask(name, args)) as Request<Name>
}

const openHandle = request('dataset.openHandle')
const handleReply = v.object({ ok: v.literal(true), value: v.string() })

const api: StudioApi = {
  openDatasetDialog: request('dataset.openDialog'),
  openFolderDialog: request('dataset.openFolderDialog'),
  openDatasetHandle: openHandle,
  openDroppedFiles: async (files) => {
    let paths: string[]
    try {
      // The page may hand over anything: what is no list of files names no paths.
      const given: unknown = files
      if (!Array.isArray(given)) throw new TypeError('expected a list')
      paths = Array.from(files, (file) => webUtils.getPathForFile(file))
    } catch {
      return refused('Only files can be opened here. Nothing was done.')
    }
    const reply = await ask(channels.registerFiles, [paths])
    const registered = v.safeParse(handleReply, reply)
    // What is not a handle is main's error reply, which has the same form for every request.
    return registered.success ? openHandle(registered.output.value) : (reply as Reply<never>)
  },
  openSample: request('dataset.openSample'),
  makeDataset: request('dataset.make'),
  datasetRows: request('dataset.rows'),
  datasetImages: request('dataset.images'),
  augmentedImages: request('dataset.augmentedImages'),
  columnPreview: request('dataset.columnPreview'),
  readDatasetAs: request('dataset.readAs'),
  cancelRead: request('dataset.cancelRead'),
  listGenerators: request('generators.list'),
  previewGenerator: request('generators.preview'),
  listSamples: request('samples.list'),
  listRecent: request('recent.list'),
  updateSetup: request('setup.update'),
  startTraining: request('train.start'),
  pauseTraining: request('train.pause'),
  resumeTraining: request('train.resume'),
  stepTraining: request('train.step'),
  stopTraining: request('train.stop'),
  resetTraining: request('train.reset'),
  changeTraining: request('train.change'),
  forkTraining: request('train.fork'),
  continueRun: request('train.continue'),
  trainAgain: request('train.again'),
  testRates: request('train.rateTest'),
  cancelRateTest: request('train.cancelRateTest'),
  tryRemedy: request('train.tryRemedy'),
  dismissFinding: request('train.dismissFinding'),
  evaluateRun: request('run.evaluate'),
  runWeights: request('run.weights'),
  runSteps: request('run.steps'),
  runSurface: request('run.surface'),
  runSurfacePoints: request('run.surfacePoints'),
  runFilters: request('run.filters'),
  runActivations: request('run.activations'),
  openMicroscope: request('explain.open'),
  explainRows: request('explain.rows'),
  explainUnit: request('explain.unit'),
  explainWeight: request('explain.weight'),
  explainParameter: request('explain.parameter'),
  gradientFlow: request('explain.flow'),
  tryDepth: request('explain.tryDepth'),
  cancelDepth: request('explain.cancelDepth'),
  tryLosses: request('explain.tryLosses'),
  cancelLosses: request('explain.cancelLosses'),
  benchTrial: request('bench.trial'),
  benchNumber: request('bench.number'),
  checkGradients: request('explain.checkGradients'),
  cancelCheck: request('explain.cancelCheck'),
  saveExplanation: request('explain.save'),
  startLandscape: request('landscape.start'),
  cancelLandscape: request('landscape.cancel'),
  compareMinima: request('landscape.barrier'),
  cancelMinima: request('landscape.cancelBarrier'),
  landscapes: request('landscape.view'),
  viewRace: request('race.view'),
  startRace: request('race.start'),
  playRace: request('race.play'),
  pauseRace: request('race.pause'),
  stepRace: request('race.step'),
  changeRace: request('race.change'),
  cancelRace: request('race.cancel'),
  listLessons: request('lessons.list'),
  addLesson: request('lessons.add'),
  removeLesson: request('lessons.remove'),
  listRuns: request('runs.list'),
  runCurves: request('runs.curves'),
  compareRuns: request('runs.compare'),
  editRun: request('runs.edit'),
  deleteRuns: request('runs.delete'),
  restoreRuns: request('runs.restore'),
  openRunDesign: request('runs.openDesign'),
  savedSession: request('session.saved'),
  restoreSession: request('session.restore'),
  forgetSession: request('session.forget'),
  restartTrainer: request('trainer.restart'),
  crossValidate: request('run.crossValidate'),
  cancelCrossValidation: request('run.cancelCrossValidation'),
  showRun: request('run.show'),
  saveExport: request('export.save'),
  showExport: request('export.show'),
  saveChart: request('chart.save'),
  onOpenCommand: (callback) => {
    const listener = (_event: unknown, what: OpenCommand): void => callback(what)
    ipcRenderer.on(channels.openCommand, listener)
    return () => void ipcRenderer.off(channels.openCommand, listener)
  },
  onTrainerNotice: (callback) => {
    // The event stays here: it carries `sender` and ports.
    const listener = (_event: unknown, notice: TrainerNotice): void => callback(notice)
    ipcRenderer.on(channels.trainerNotice, listener)
    return () => void ipcRenderer.off(channels.trainerNotice, listener)
  }
}

contextBridge.exposeInMainWorld('studio', api)

// A MessagePort cannot cross the bridge as a value, so the page gets it as a message from its own window.
ipcRenderer.on(channels.livePort, (event) => {
  window.postMessage({ type: channels.livePort }, window.location.origin, [...event.ports])
})
