/** Runs: from a table and a setup to a trained network that is kept, read again and asked. */
export { readAsFor } from './read-as'
export { actualOf } from './row-answers'
export { beginRun, type RunAbout } from './begin-run'
export { listCheckpoints, type SkippedFile } from './checkpoint'
export { readPlan, type Plan } from './plan'
export type { RunRecorder } from './recorder'
export type { StepColumns } from './step-series'
export { repetitionOf, type Repetition } from './repetition'
export { resumeRun, type ResumedRun, type ResumeOptions } from './resume-run'
export type { LoggedChange } from './event-log'
export { readCurves, type RunCurves } from './run-curves'
export { lockedBy } from './run-lock'
export { writeFileAtomic } from './atomic'
export { targetScaleOf } from './evaluation'
export {
  crossValidate,
  type CrossValidation,
  type FoldProgress,
  type FoldResult,
  type Spread
} from './cross-validation'
export {
  epochPointOf,
  evaluateRun,
  openExperiment,
  type Experiment,
  type ExperimentOptions,
  type Moment
} from './experiment'
export {
  batchSubject,
  benchMicroscope,
  benchNumber,
  benchState,
  benchWork,
  checkedStep,
  derivation,
  documentHtml,
  documentLatex,
  heldRun,
  keptCheck,
  keptMoments,
  keptState,
  lossSubjectOf,
  microscopeView,
  openBench,
  requireShort,
  rowSubject,
  subjectOf,
  tableOfBench,
  type KeptState,
  type BenchSize,
  type LossSubject,
  type OpenedBench
} from './explain'
export { SteeredTraining } from './steered-training'
export { checksAfter } from './measured'
export { keepAskedCheck, newest, readAskedChecks } from './gradient-checks'
export { readWeightsFile, type WeightsFile } from './initial-weights'
export { loadKernels } from './kernels'
export { keepMadeDataset } from './made-datasets'
export { readModelFile, withModelFile } from './model-file'
export { networkOf } from './network'
export { predictTable, type RowPrediction } from './predict'
export {
  epochRecordSchema,
  FORMAT_VERSION,
  runRecordSchema,
  type EpochRecord,
  type FinalStatus,
  type Run,
  type RunRecord
} from './record'
export { fitBaselines, type Baselines } from './baselines'
export { type LossErrors } from './loss-errors'
export { verdictOf } from './baseline-verdict'
export { compareRuns } from './compare-runs'
export { loadRun } from './load-run'
export { deleteRuns, editRun, folderOfRun, listRuns, purgeTrash, restoreRuns } from './run-store'
export { summaryOf } from './run-summary'
export { runFolderAround } from './run-place'
export { rescueRun } from './save-rescue'
export { requireRunPlace, saveRun } from './save-run'
export { readSafetensors, writeSafetensors, type Safetensors } from './safetensors'
export { chooseRows, selectRows } from './sample'
export { checkSetup } from './setup-check'
export { studioVersion } from './version'
