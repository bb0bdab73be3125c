/**
 * `window.studio`: all that a page of the studio can ask for. The preload script makes it, one named function
 * for each request of the contract; the page gets neither Node nor a way to send anything else.
 */
import type { RouteArgs } from '../rpc'
import type { mainRoutes, MainRequest, OpenCommand, Reply, ResultOf, TrainerNotice } from './contract'
import type { SessionView } from '../views'

/** A request as the page calls it. Never rejects: what went wrong is in the reply. */
export type Request<Name extends MainRequest> = (
  ...args: RouteArgs<(typeof mainRoutes)[Name]>
) => Promise<Reply<ResultOf<(typeof mainRoutes)[Name]>>>

/** The DOM's `File` where there is a DOM; this file is also compiled for places that have none. */
type DroppedFile = typeof globalThis extends { File: { prototype: infer F } } ? F : never

export interface StudioApi {
  /** Asks for a file with the system's dialog and opens it; null when the person closed the dialog. */
  readonly openDatasetDialog: Request<'dataset.openDialog'>
  /** The same for a folder of images. */
  readonly openFolderDialog: Request<'dataset.openFolderDialog'>
  /** Opens what main has given a handle for, for example a recent dataset. */
  readonly openDatasetHandle: Request<'dataset.openHandle'>
  /** Opens files that were dropped on the page, several as one table. Their paths stay outside the page. */
  readonly openDroppedFiles: (files: readonly DroppedFile[]) => Promise<Reply<SessionView>>
  readonly openSample: Request<'dataset.openSample'>
  readonly makeDataset: Request<'dataset.make'>
  readonly datasetRows: Request<'dataset.rows'>
  readonly datasetImages: Request<'dataset.images'>
  readonly augmentedImages: Request<'dataset.augmentedImages'>
  readonly columnPreview: Request<'dataset.columnPreview'>
  readonly readDatasetAs: Request<'dataset.readAs'>
  readonly cancelRead: Request<'dataset.cancelRead'>
  readonly listGenerators: Request<'generators.list'>
  readonly previewGenerator: Request<'generators.preview'>
  readonly listSamples: Request<'samples.list'>
  readonly listRecent: Request<'recent.list'>
  readonly updateSetup: Request<'setup.update'>
  readonly startTraining: Request<'train.start'>
  readonly pauseTraining: Request<'train.pause'>
  readonly resumeTraining: Request<'train.resume'>
  readonly stepTraining: Request<'train.step'>
  readonly stopTraining: Request<'train.stop'>
  readonly resetTraining: Request<'train.reset'>
  readonly changeTraining: Request<'train.change'>
  readonly forkTraining: Request<'train.fork'>
  readonly continueRun: Request<'train.continue'>
  readonly trainAgain: Request<'train.again'>
  readonly testRates: Request<'train.rateTest'>
  readonly cancelRateTest: Request<'train.cancelRateTest'>
  readonly tryRemedy: Request<'train.tryRemedy'>
  readonly dismissFinding: Request<'train.dismissFinding'>
  readonly evaluateRun: Request<'run.evaluate'>
  readonly runWeights: Request<'run.weights'>
  readonly runSteps: Request<'run.steps'>
  readonly runSurface: Request<'run.surface'>
  readonly runSurfacePoints: Request<'run.surfacePoints'>
  readonly runFilters: Request<'run.filters'>
  readonly runActivations: Request<'run.activations'>
  readonly openMicroscope: Request<'explain.open'>
  readonly explainRows: Request<'explain.rows'>
  readonly explainUnit: Request<'explain.unit'>
  readonly explainWeight: Request<'explain.weight'>
  readonly explainParameter: Request<'explain.parameter'>
  readonly gradientFlow: Request<'explain.flow'>
  readonly tryDepth: Request<'explain.tryDepth'>
  readonly cancelDepth: Request<'explain.cancelDepth'>
  readonly tryLosses: Request<'explain.tryLosses'>
  readonly cancelLosses: Request<'explain.cancelLosses'>
  readonly checkGradients: Request<'explain.checkGradients'>
  readonly cancelCheck: Request<'explain.cancelCheck'>
  readonly benchTrial: Request<'bench.trial'>
  readonly benchNumber: Request<'bench.number'>
  readonly saveExplanation: Request<'explain.save'>
  readonly startLandscape: Request<'landscape.start'>
  readonly cancelLandscape: Request<'landscape.cancel'>
  readonly compareMinima: Request<'landscape.barrier'>
  readonly cancelMinima: Request<'landscape.cancelBarrier'>
  readonly landscapes: Request<'landscape.view'>
  readonly viewRace: Request<'race.view'>
  readonly startRace: Request<'race.start'>
  readonly playRace: Request<'race.play'>
  readonly pauseRace: Request<'race.pause'>
  readonly stepRace: Request<'race.step'>
  readonly changeRace: Request<'race.change'>
  readonly cancelRace: Request<'race.cancel'>
  readonly listLessons: Request<'lessons.list'>
  readonly addLesson: Request<'lessons.add'>
  readonly removeLesson: Request<'lessons.remove'>
  readonly listRuns: Request<'runs.list'>
  readonly runCurves: Request<'runs.curves'>
  readonly compareRuns: Request<'runs.compare'>
  readonly editRun: Request<'runs.edit'>
  readonly deleteRuns: Request<'runs.delete'>
  readonly restoreRuns: Request<'runs.restore'>
  readonly openRunDesign: Request<'runs.openDesign'>
  readonly savedSession: Request<'session.saved'>
  readonly restoreSession: Request<'session.restore'>
  readonly forgetSession: Request<'session.forget'>
  readonly restartTrainer: Request<'trainer.restart'>
  readonly crossValidate: Request<'run.crossValidate'>
  readonly cancelCrossValidation: Request<'run.cancelCrossValidation'>
  /** Shows the folder of a kept run in the system's file manager. */
  readonly showRun: Request<'run.show'>
  /** Asks where to save, exports, checks; null when the person closed the dialog. */
  readonly saveExport: Request<'export.save'>
  /** Shows the last exported file in the system's file manager. */
  readonly showExport: Request<'export.show'>
  readonly saveChart: Request<'chart.save'>
  /** Tells when the menu's command to open a dataset or a folder was given; the result ends it. */
  readonly onOpenCommand: (callback: (what: OpenCommand) => void) => () => void
  /** Tells when the trainer died or came back, stopped to respond or responds again; the result ends it. */
  readonly onTrainerNotice: (callback: (notice: TrainerNotice) => void) => () => void
}
