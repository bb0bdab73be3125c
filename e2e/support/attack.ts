/** A studio under attack: whatever script runs in its window gets nothing that the page itself was not given. */
import { createServer, type Server } from 'node:http'
import type { StudioApi } from '../../src/shared/ipc/api'
import type { MainRequest } from '../../src/shared/ipc/contract'
import { expect, launchStudio, test, type Studio } from './launch'

/** The function of `window.studio` for each request; the compiler keeps it complete. */
export const requestOf = {
  openDatasetDialog: 'dataset.openDialog',
  openFolderDialog: 'dataset.openFolderDialog',
  openDatasetHandle: 'dataset.openHandle',
  openSample: 'dataset.openSample',
  makeDataset: 'dataset.make',
  datasetRows: 'dataset.rows',
  datasetImages: 'dataset.images',
  augmentedImages: 'dataset.augmentedImages',
  columnPreview: 'dataset.columnPreview',
  readDatasetAs: 'dataset.readAs',
  cancelRead: 'dataset.cancelRead',
  listGenerators: 'generators.list',
  previewGenerator: 'generators.preview',
  listSamples: 'samples.list',
  listRecent: 'recent.list',
  updateSetup: 'setup.update',
  startTraining: 'train.start',
  pauseTraining: 'train.pause',
  resumeTraining: 'train.resume',
  stepTraining: 'train.step',
  stopTraining: 'train.stop',
  resetTraining: 'train.reset',
  evaluateRun: 'run.evaluate',
  runWeights: 'run.weights',
  crossValidate: 'run.crossValidate',
  cancelCrossValidation: 'run.cancelCrossValidation',
  showRun: 'run.show',
  saveExport: 'export.save',
  showExport: 'export.show',
  saveChart: 'chart.save',
  changeTraining: 'train.change',
  forkTraining: 'train.fork',
  continueRun: 'train.continue',
  trainAgain: 'train.again',
  testRates: 'train.rateTest',
  cancelRateTest: 'train.cancelRateTest',
  tryRemedy: 'train.tryRemedy',
  dismissFinding: 'train.dismissFinding',
  runSteps: 'run.steps',
  runSurface: 'run.surface',
  runSurfacePoints: 'run.surfacePoints',
  runFilters: 'run.filters',
  runActivations: 'run.activations',
  gradientFlow: 'explain.flow',
  tryDepth: 'explain.tryDepth',
  cancelDepth: 'explain.cancelDepth',
  tryLosses: 'explain.tryLosses',
  cancelLosses: 'explain.cancelLosses',
  benchTrial: 'bench.trial',
  benchNumber: 'bench.number',
  checkGradients: 'explain.checkGradients',
  cancelCheck: 'explain.cancelCheck',
  openMicroscope: 'explain.open',
  explainRows: 'explain.rows',
  explainUnit: 'explain.unit',
  explainWeight: 'explain.weight',
  explainParameter: 'explain.parameter',
  saveExplanation: 'explain.save',
  startLandscape: 'landscape.start',
  cancelLandscape: 'landscape.cancel',
  compareMinima: 'landscape.barrier',
  cancelMinima: 'landscape.cancelBarrier',
  landscapes: 'landscape.view',
  viewRace: 'race.view',
  startRace: 'race.start',
  playRace: 'race.play',
  pauseRace: 'race.pause',
  stepRace: 'race.step',
  changeRace: 'race.change',
  cancelRace: 'race.cancel',
  listLessons: 'lessons.list',
  addLesson: 'lessons.add',
  removeLesson: 'lessons.remove',
  listRuns: 'runs.list',
  runCurves: 'runs.curves',
  compareRuns: 'runs.compare',
  editRun: 'runs.edit',
  deleteRuns: 'runs.delete',
  restoreRuns: 'runs.restore',
  openRunDesign: 'runs.openDesign',
  savedSession: 'session.saved',
  restoreSession: 'session.restore',
  forgetSession: 'session.forget',
  restartTrainer: 'trainer.restart'
} as const satisfies Record<
  Exclude<keyof StudioApi, 'openDroppedFiles' | 'onOpenCommand' | 'onTrainerNotice'>,
  MainRequest
>

export interface Attacked extends Pick<Studio, 'page' | 'app' | 'userData'> {
  /** Host and port of a server on this machine that counts who reaches it: nobody may. */
  readonly address: string
  readonly reached: readonly string[]
  /** Status of a `fetch` from the page, or the name of the error it ends with. */
  fetch(url: string): Promise<number | string>
  /** Calls a function of the bridge as a hostile script would, with anything; the answers of all calls. */
  callBridge(member: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]>
}

/** One studio for all tests of a file, since none of them may leave a mark; after each it is looked for one. */
export function attackedStudio(): Attacked {
  let studio: Studio | null = null
  let listener: Server
  let reached: string[] = []
  let address = ''
  const running = (): Studio => {
    if (studio === null) throw new Error('the studio runs within tests alone')
    return studio
  }

  test.beforeAll(async () => {
    listener = createServer((request, response) => {
      reached.push(request.url ?? '')
      response.setHeader('access-control-allow-origin', '*').end('reached')
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const bound = listener.address()
    address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : ''
    studio = await launchStudio()
    await studio.app.evaluate(({ session }) => {
      const sent: string[] = []
      Object.assign(globalThis, { sentRequests: sent })
      session.defaultSession.webRequest.onSendHeaders(({ url }) => void sent.push(url))
    })
  })

  test.afterAll(async () => {
    await running().close()
    await new Promise((resolve) => listener.close(resolve))
  })

  test.afterEach(async () => {
    const { page, app } = running()
    expect(page.url()).toBe('app://studio/')
    await expect.poll(() => app.windows().length).toBe(1)
    expect(reached).toEqual([])
    reached = []
  })

  return {
    get page() {
      return running().page
    },
    get app() {
      return running().app
    },
    get userData() {
      return running().userData
    },
    get address() {
      return address
    },
    get reached() {
      return reached
    },
    fetch: (url) =>
      running().page.evaluate(async (target) => {
        try {
          return (await fetch(target)).status
        } catch (error) {
          return error instanceof Error ? error.name : 'unknown'
        }
      }, url),
    callBridge: (member, calls) =>
      running().page.evaluate(
        ([name, list]) => {
          const called: unknown = Reflect.get(window.studio, name)
          if (typeof called !== 'function') throw new Error(`the bridge has no ${name}`)
          return Promise.all(list.map((args): unknown => Reflect.apply(called, undefined, args)))
        },
        [member, calls] as const
      )
  }
}
