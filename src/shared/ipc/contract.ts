/**
 * The contract between the windows, the main process and the trainer: every request with the schema of its
 * arguments and the type of its result, and every live message. Nothing crosses a process that is not here.
 *
 * Requests go renderer → main (`ipcRenderer.invoke`), where the sender and the arguments are checked; those
 * marked `trainer` are passed on to the trainer. No request takes a path: files are opaque handles that main
 * has given out, and it replaces them with paths on the way to the trainer.
 */
import * as v from 'valibot'
import { benchSchema, benchSteps, benchTrialSchema } from '../bench'
import type { BenchTrialView } from '../bench-views'
import { foldsField, type CrossValidationView } from '../cross-validation'
import type { ErrorValue } from '../errors'
import type { ExplainedRow, ExplainedWeight, MicroscopeView, ParameterView, UnitView } from '../explain-views'
import { MAX_FILES } from '../file-names'
import { checkChoiceSchema, type GradientCheckView } from '../gradient-checks'
import {
  depthChoiceSchema,
  labChoiceSchema,
  type DepthExperimentView,
  type FlowView,
  type LossLabView
} from '../gradient-views'
import {
  LEAST_OTHERS,
  landscapeReaches,
  landscapeSizes,
  MOST_OTHERS,
  type BarrierView,
  type LandscapesView,
  type LandscapeView
} from '../landscape-views'
import { generatorConfigSchema, generatorNameSchema, madeDatasetSchema } from '../made-dataset'
import { benchNumberSchema } from '../lessons/lesson'
import type { LessonFile } from '../lessons/lesson-file'
import { MAX_LANES, MAX_PACE, SURFACE_STEPS, type RaceProgress, type RaceView } from '../race-views'
import { readAsSchema, type ReadAs } from '../read-as'
import type {
  ActivationsView,
  ComparisonView,
  FiltersView,
  RateTestView,
  RunCurvesView,
  RunFacts,
  RunSummary,
  SurfacePointsView,
  SurfaceView
} from '../run-views'
import { MAX_COLUMN_NAME, setupSchema } from '../setup'
import type {
  ColumnPreviewView,
  DatasetView,
  EpochPoint,
  EvaluationView,
  ExportView,
  GeneratorView,
  ImagePageView,
  ImagesView,
  ReadingView,
  RunProgress,
  RunView,
  SampleView,
  SessionView,
  SetupView,
  StepSeries,
  WeightsView
} from '../views'

export const PROTOCOL_VERSION = 1

/** One request: the schema of its arguments; `Result` exists for the compiler alone. */
export interface Route<Schema extends v.GenericSchema<unknown, readonly unknown[]>, Result> {
  readonly args: Schema
  readonly result?: Result
}

function route<Result>() {
  return <Schema extends v.GenericSchema<unknown, readonly unknown[]>>(args: Schema): Route<Schema, Result> => ({
    args
  })
}

/** A layer of the network, or one of its parameters (`dense1.weight`). */
const partName = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

/** Every step of a run of a few million of them, as a table. */
const MAX_CHART_BYTES = 1_000_000_000

/** Longest text of a cell that rows are looked for by. */
const MAX_CELL = 100_000

const nothing = v.tuple([])
const handle = v.pipe(v.string(), v.uuid())
const pathText = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768), v.excludes('\0'))
const pathTexts = v.pipe(v.array(pathText), v.minLength(1), v.maxLength(MAX_FILES), v.readonly())
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const columnName = v.pipe(v.string(), v.maxLength(MAX_COLUMN_NAME))
/** Augmented images asked for at once. */
const MAX_AUGMENTED = 32
/** What stands in a cell. */
const cell = v.pipe(v.string(), v.maxLength(MAX_CELL))
/** Name of a run's folder. */
const runName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.excludes('/'),
  v.excludes('\\'),
  v.notValue('.'),
  v.notValue('..')
)
/** Id of a lesson that the person added: the name of its file behind `own:`. */
const ownLesson = v.pipe(v.string(), v.maxLength(300), v.regex(/^own:[^/\\\0]+$/))
const runNames = v.pipe(v.array(runName), v.minLength(1), v.maxLength(10_000), v.readonly())
const runId = v.pipe(v.string(), v.uuid())
/** An epoch that can be gone back to; null for the weights of now. */
const moment = v.nullable(count)
/** What is pasted may have line breaks, or what a terminal would obey. */
const oneLine = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/\p{Cc}+/gu, ' ')),
  v.trim(),
  v.minLength(1)
)
const notesSchema = v.strictObject({
  title: v.optional(v.pipe(oneLine, v.maxLength(200))),
  notes: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
  tags: v.optional(v.pipe(v.array(v.pipe(oneLine, v.maxLength(50))), v.maxLength(50), v.readonly())),
  starred: v.optional(v.boolean()),
  archived: v.optional(v.boolean())
})
const microscopeChoice = v.strictObject({
  of: v.variant('kind', [
    v.strictObject({ kind: v.literal('view'), epoch: moment }),
    v.strictObject({ kind: v.literal('kept'), name: runName, epoch: moment }),
    v.strictObject({ kind: v.literal('bench'), bench: benchSchema, steps: benchSteps })
  ]),
  on: v.variant('kind', [
    v.strictObject({ kind: v.literal('row'), row: count }),
    v.strictObject({ kind: v.literal('batch'), shown: count })
  ])
})
const landscapeChoice = v.strictObject({
  epoch: moment,
  plane: v.picklist(['random', 'principal']),
  size: v.picklist(landscapeSizes),
  seed: v.pipe(count, v.maxValue(0xffffffff)),
  reach: v.picklist(landscapeReaches)
})
const barrierChoice = v.variant('kind', [
  v.strictObject({
    kind: v.literal('seeds'),
    others: v.pipe(count, v.minValue(LEAST_OTHERS), v.maxValue(MOST_OTHERS)),
    epochs: v.pipe(count, v.minValue(1), v.maxValue(1_000_000))
  }),
  v.strictObject({
    kind: v.literal('runs'),
    names: v.pipe(v.array(runName), v.minLength(LEAST_OTHERS), v.maxLength(MOST_OTHERS), v.readonly())
  })
])
/** A number on an axis of a surface. */
const coordinate = v.pipe(v.number(), v.finite())
const { optimizer: laneSchema } = setupSchema.entries
const raceChoice = v.strictObject({
  course: v.variant('kind', [
    v.strictObject({
      kind: v.literal('surface'),
      surface: partName,
      start: v.pipe(v.strictTuple([coordinate, coordinate]), v.readonly()),
      steps: v.optional(v.pipe(count, v.minValue(1), v.maxValue(SURFACE_STEPS)))
    }),
    v.strictObject({ kind: v.literal('network') })
  ]),
  lanes: v.pipe(v.array(laneSchema), v.minLength(1), v.maxLength(MAX_LANES), v.readonly())
})
const format = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/))

/** A dataset that was opened before, of one file or several, as the first screen lists it. */
export interface RecentView {
  readonly handle: string
  readonly fileName: string
  readonly openedAt: string
}

/** The work that was open when the studio ended last. */
export interface SavedSessionView {
  /** Of the dataset. */
  readonly fileName: string
  readonly savedAt: string
  /** The studio was closed by the person; else it was ended from outside, or crashed. */
  readonly closed: boolean
  /** The run that had not ended: what it is called, and how far it was. */
  readonly run: { readonly title: string; readonly share: number } | null
}

/** The work of last time, open again. */
export interface RestoredSession {
  readonly session: SessionView
  /** Why its run could not be resumed, or not with the settings as they were edited; the dataset is open all the same. */
  readonly problem: ErrorValue | null
}

/** What the trainer has opened with a kept run; the paths stay in main. */
export interface OpenedRun {
  readonly session: SessionView
  readonly paths: readonly string[]
  readonly readAs: ReadAs
}

/** Cells in the order of the generator's columns. */
export type GeneratedRows = readonly (readonly (number | string)[])[]

/** What renderer → main carries. `null` as a result of a dialog means the person closed it. */
export const mainRoutes = {
  'dataset.openDialog': route<SessionView | null>()(nothing),
  /** The same for a folder of images: on Linux and Windows one dialog cannot choose both. */
  'dataset.openFolderDialog': route<SessionView | null>()(nothing),
  'dataset.openHandle': route<SessionView>()(v.tuple([handle])),
  'dataset.openSample': route<SessionView>()(v.tuple([v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))])),
  /** Makes a dataset, keeps it as a file in the studio's folder and opens it. */
  'dataset.make': route<SessionView>()(v.tuple([madeDatasetSchema])),
  'dataset.rows': route<(string | null)[][]>()(v.tuple([count, v.pipe(count, v.maxValue(1000))])),
  /** At most so many images from the first on, of rows with that value in the column or of all; null when there are none. */
  'dataset.images': route<ImagePageView | null>()(
    v.tuple([count, v.pipe(count, v.maxValue(500)), v.nullable(columnName), v.nullable(cell)])
  ),
  /** Training images as the network sees them in its first epoch, from one on; null when the features are no images. */
  'dataset.augmentedImages': route<ImagesView | null>()(v.tuple([count, v.pipe(count, v.maxValue(MAX_AUGMENTED))])),
  /** Cells of a column's training rows before and after preparation. */
  'dataset.columnPreview': route<ColumnPreviewView>()(v.tuple([columnName])),
  /** Reads again what is open, or what could not be opened last, as the person says. */
  'dataset.readAs': route<SessionView>()(v.tuple([v.picklist(['open', 'refused']), readAsSchema])),
  /** Ends the reading under way, if there is one; what was open stays open. */
  'dataset.cancelRead': route<null>()(nothing),
  'generators.list': route<readonly GeneratorView[]>()(nothing),
  /** The first rows that a generator would make, for a look before anything is made. */
  'generators.preview': route<GeneratedRows>()(v.tuple([generatorNameSchema, generatorConfigSchema])),
  'samples.list': route<readonly SampleView[]>()(nothing),
  'recent.list': route<readonly RecentView[]>()(nothing),
  /** Null when nothing was open, or it was brought back or forgotten. */
  'session.saved': route<SavedSessionView | null>()(nothing),
  /** Opens it again: dataset, settings and the run, which goes on from its last checkpoint when it is resumed. */
  'session.restore': route<RestoredSession>()(nothing),
  'session.forget': route<null>()(nothing),
  /** Ends a trainer that does not respond and starts another one, which goes on where the last checkpoint was. */
  'trainer.restart': route<null>()(nothing),
  'setup.update': route<SetupView>()(v.tuple([setupSchema])),
  'train.start': route<RunView>()(nothing),
  'train.pause': route<RunProgress>()(nothing),
  'train.resume': route<RunProgress>()(nothing),
  /** One optimizer update, or as many as it takes to the end of the epoch. */
  'train.step': route<RunProgress>()(v.tuple([v.picklist(['step', 'epoch'])])),
  'train.stop': route<RunProgress>()(nothing),
  'train.reset': route<SessionView>()(nothing),
  /** The run goes on with the settings of the draft, from the next step on; what cannot change in a run is refused. */
  'train.change': route<RunView>()(nothing),
  /** Begins a run with the settings of the draft from where the run in view stood after that epoch. */
  'train.fork': route<RunView>()(v.tuple([count])),
  /** Opens a kept run with its data and goes on where it was interrupted; to that many epochs where it had ended. */
  'train.continue': route<SessionView>()(v.tuple([runName, v.nullable(v.pipe(count, v.minValue(1)))])),
  /** Opens a kept run with its data and trains it once more from its beginning; `facts.repeats` tells whether the weights are the same. */
  'train.again': route<SessionView>()(v.tuple([runName])),
  /** Live messages tell how far it is. */
  'train.rateTest': route<RateTestView>()(nothing),
  'train.cancelRateTest': route<null>()(nothing),
  /** Tries the remedy of that rule's finding beside the settings as they are; live messages tell how far it is. */
  'train.tryRemedy': route<null>()(v.tuple([v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/))])),
  /** That rule says nothing more of the run in view. */
  'train.dismissFinding': route<null>()(v.tuple([v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/))])),
  /** Null before the first run. Test rows are looked at only when they are asked for, and with the weights of now. */
  'run.evaluate': route<EvaluationView | null>()(v.tuple([v.picklist(['validation', 'test']), moment])),
  'run.weights': route<WeightsView | null>()(v.tuple([moment])),
  /** Steps from one to another, thinned to about so many points; by the id of the run in view. Null when that is another. */
  'run.steps': route<StepSeries | null>()(
    v.tuple([runId, count, count, v.pipe(count, v.minValue(2), v.maxValue(20_000))])
  ),
  /** Null where the network is not of one or two columns of numbers. The number is that of points along an axis. */
  'run.surface': route<SurfaceView | null>()(v.tuple([moment, v.pipe(count, v.minValue(8), v.maxValue(256))])),
  'run.surfacePoints': route<SurfacePointsView | null>()(nothing),
  /** Null where the first layers are no convolution. */
  'run.filters': route<FiltersView | null>()(v.tuple([moment])),
  /** What each layer makes of that row of the table. */
  'run.activations': route<ActivationsView | null>()(v.tuple([count, moment])),
  /** Sets the microscope on a step of the run in view, of a kept run or of a bench. */
  'explain.open': route<MicroscopeView>()(v.tuple([microscopeChoice])),
  /** Rows of its table, of the microscope with that id: at most so many from one on. */
  'explain.rows': route<readonly ExplainedRow[]>()(v.tuple([count, count, v.pipe(count, v.maxValue(1000))])),
  /** How a unit's numbers came about, of the microscope with that id. */
  'explain.unit': route<UnitView>()(v.tuple([count, partName, count])),
  'explain.weight': route<ExplainedWeight>()(v.tuple([count, partName, count])),
  'explain.parameter': route<ParameterView>()(v.tuple([count, partName])),
  /** What of the error reaches each layer of the run in view; null before the first run. */
  'explain.flow': route<FlowView | null>()(v.tuple([moment])),
  /**
   * Trains the same deep network with several activations beside the run in view, on the open dataset or on the rows and with the
   * setup of a bench; live messages tell how far it is.
   */
  'explain.tryDepth': route<DepthExperimentView>()(v.tuple([depthChoiceSchema, v.nullable(benchSchema)])),
  'explain.cancelDepth': route<null>()(nothing),
  /** Trains the network of the setup under several losses beside the run in view; live messages tell how far it is. */
  'explain.tryLosses': route<LossLabView>()(v.tuple([labChoiceSchema])),
  'explain.cancelLosses': route<null>()(nothing),
  /** Checks drawn gradients of the run in view by differences, beside it; live messages tell how far it is. */
  'explain.checkGradients': route<GradientCheckView>()(v.tuple([checkChoiceSchema])),
  'explain.cancelCheck': route<null>()(nothing),
  /** Trainings on a bench beside one another, as far as they go; one that is under way ends with `cancelled`. */
  'bench.trial': route<BenchTrialView>()(v.tuple([benchTrialSchema])),
  /** Of a row by itself, from 0, in the step after so many on a bench. */
  'bench.number': route<number>()(v.tuple([benchSchema, count, benchSteps, benchNumberSchema])),
  /** Writes the whole step, worked out, where the person says; the file's name, or null when they thought better of it. */
  'explain.save': route<string | null>()(v.tuple([count, v.picklist(['html', 'latex', 'pdf'])])),
  /** Computes the loss around the run in view, from coarse to fine; live messages tell it. What was computed before gives way. */
  'landscape.start': route<LandscapeView>()(v.tuple([landscapeChoice])),
  /** Ends it, if it is under way; what is known stays. */
  'landscape.cancel': route<null>()(nothing),
  /** Compares the minimum of the run in view with those of other seeds, or of kept runs; live messages tell how far it is. */
  'landscape.barrier': route<BarrierView>()(v.tuple([barrierChoice])),
  'landscape.cancelBarrier': route<null>()(nothing),
  /** All that is known of both. */
  'landscape.view': route<LandscapesView>()(nothing),
  /** The race that there is, with all of its points; null when there is none. */
  'race.view': route<RaceView | null>()(nothing),
  /** Sets optimizers at one start, paused, in place of any race before it; live messages tell how far they are. */
  'race.start': route<RaceView>()(v.tuple([raceChoice])),
  /** Of the race with that id: at so many steps a second; null: as fast as it goes. */
  'race.play': route<null>()(v.tuple([count, v.nullable(v.pipe(v.number(), v.gtValue(0), v.maxValue(MAX_PACE)))])),
  'race.pause': route<null>()(v.tuple([count])),
  /** One step of every lane; on a network as many as make a point. */
  'race.step': route<null>()(v.tuple([count])),
  /** A lane, by its place, goes on with those settings from its next step on. */
  'race.change': route<null>()(v.tuple([count, count, laneSchema.entries.config])),
  'race.cancel': route<null>()(nothing),
  /** Those of the studio, in their order, then the person's own. */
  'lessons.list': route<readonly LessonFile[]>()(nothing),
  /** Asks for a file and copies it into the studio's folder; null when the person closed the dialog. */
  'lessons.add': route<LessonFile | null>()(nothing),
  'lessons.remove': route<null>()(v.tuple([ownLesson])),
  /** Trains a network for each of so many folds of the open dataset, beside the run in view; live messages tell how far it is. */
  'run.crossValidate': route<CrossValidationView>()(
    v.tuple([v.pipe(v.number(), v.integer(), v.minValue(foldsField.min), v.maxValue(foldsField.max))])
  ),
  /** Ends the cross-validation under way, if there is one; the folds that are done stay in view. */
  'run.cancelCrossValidation': route<null>()(nothing),
  /** Shows a kept run's folder, by its name, in the system's file manager. */
  'run.show': route<null>()(v.tuple([runName])),
  /** All kept runs, the newest first, archived ones among them. */
  'runs.list': route<readonly RunSummary[]>()(nothing),
  'runs.curves': route<RunCurvesView>()(v.tuple([runName])),
  'runs.compare': route<ComparisonView>()(v.tuple([runName, runName])),
  'runs.edit': route<RunSummary>()(v.tuple([runName, notesSchema])),
  /** They can be brought back until the studio has been closed for a while. */
  'runs.delete': route<null>()(v.tuple([runNames])),
  'runs.restore': route<null>()(v.tuple([runNames])),
  /** Opens a kept run's data with its settings as the draft. */
  'runs.openDesign': route<SessionView>()(v.tuple([runName])),
  'export.save': route<ExportView | null>()(v.tuple([format])),
  'export.show': route<null>()(nothing),
  /** Writes a picture or a table of a chart where the person says; the file's name, or null when they thought better of it. */
  'chart.save': route<string | null>()(
    v.tuple([
      v.pipe(v.string(), v.maxLength(200), v.regex(/^[^/\\]+\.(?:png|svg|csv)$/)),
      v.pipe(
        v.instance(Uint8Array),
        v.check((bytes) => bytes.byteLength <= MAX_CHART_BYTES)
      )
    ])
  )
}

/** What main → trainer carries: the same requests with paths in place of handles and dialogs. */
export const trainerRoutes = {
  /** One file or folder, or several as one table. */
  'dataset.open': route<SessionView>()(v.tuple([pathTexts, v.nullable(setupSchema), readAsSchema])),
  /** Writes the dataset into the folder and answers with its path. */
  'dataset.make': route<string>()(v.tuple([pathText, madeDatasetSchema])),
  'dataset.rows': mainRoutes['dataset.rows'],
  'dataset.images': mainRoutes['dataset.images'],
  'dataset.augmentedImages': mainRoutes['dataset.augmentedImages'],
  'dataset.columnPreview': mainRoutes['dataset.columnPreview'],
  'dataset.cancelRead': mainRoutes['dataset.cancelRead'],
  'generators.list': mainRoutes['generators.list'],
  'generators.preview': mainRoutes['generators.preview'],
  'samples.list': route<readonly SampleView[]>()(v.tuple([pathText])),
  'setup.update': mainRoutes['setup.update'],
  'train.start': mainRoutes['train.start'],
  'train.pause': mainRoutes['train.pause'],
  'train.resume': mainRoutes['train.resume'],
  'train.step': mainRoutes['train.step'],
  'train.stop': mainRoutes['train.stop'],
  'train.reset': mainRoutes['train.reset'],
  'train.change': mainRoutes['train.change'],
  'train.fork': mainRoutes['train.fork'],
  /** The last one says whether it goes on at once, or waits paused. */
  'train.continue': route<OpenedRun>()(v.tuple([...mainRoutes['train.continue'].args.items, v.boolean()])),
  'train.again': route<OpenedRun>()(mainRoutes['train.again'].args),
  'train.rateTest': mainRoutes['train.rateTest'],
  'train.cancelRateTest': mainRoutes['train.cancelRateTest'],
  'train.tryRemedy': mainRoutes['train.tryRemedy'],
  'train.dismissFinding': mainRoutes['train.dismissFinding'],
  'run.evaluate': mainRoutes['run.evaluate'],
  'run.weights': mainRoutes['run.weights'],
  'run.steps': mainRoutes['run.steps'],
  'run.surface': mainRoutes['run.surface'],
  'run.surfacePoints': mainRoutes['run.surfacePoints'],
  'run.filters': mainRoutes['run.filters'],
  'run.activations': mainRoutes['run.activations'],
  'explain.open': mainRoutes['explain.open'],
  'explain.rows': mainRoutes['explain.rows'],
  'explain.unit': mainRoutes['explain.unit'],
  'explain.weight': mainRoutes['explain.weight'],
  'explain.parameter': mainRoutes['explain.parameter'],
  'explain.flow': mainRoutes['explain.flow'],
  'explain.tryDepth': mainRoutes['explain.tryDepth'],
  'explain.cancelDepth': mainRoutes['explain.cancelDepth'],
  'explain.tryLosses': mainRoutes['explain.tryLosses'],
  'explain.cancelLosses': mainRoutes['explain.cancelLosses'],
  'explain.checkGradients': mainRoutes['explain.checkGradients'],
  'explain.cancelCheck': mainRoutes['explain.cancelCheck'],
  'bench.trial': mainRoutes['bench.trial'],
  'bench.number': mainRoutes['bench.number'],
  'explain.document': route<string>()(v.tuple([count, v.picklist(['html', 'latex'])])),
  'landscape.start': mainRoutes['landscape.start'],
  'landscape.cancel': mainRoutes['landscape.cancel'],
  'landscape.barrier': mainRoutes['landscape.barrier'],
  'landscape.cancelBarrier': mainRoutes['landscape.cancelBarrier'],
  'landscape.view': mainRoutes['landscape.view'],
  'race.view': mainRoutes['race.view'],
  'race.start': mainRoutes['race.start'],
  'race.play': mainRoutes['race.play'],
  'race.pause': mainRoutes['race.pause'],
  'race.step': mainRoutes['race.step'],
  'race.change': mainRoutes['race.change'],
  'race.cancel': mainRoutes['race.cancel'],
  'runs.list': mainRoutes['runs.list'],
  'runs.curves': mainRoutes['runs.curves'],
  'runs.compare': mainRoutes['runs.compare'],
  'runs.edit': mainRoutes['runs.edit'],
  'runs.delete': mainRoutes['runs.delete'],
  'runs.restore': mainRoutes['runs.restore'],
  'runs.openDesign': route<OpenedRun>()(mainRoutes['runs.openDesign'].args),
  'run.crossValidate': mainRoutes['run.crossValidate'],
  'run.cancelCrossValidation': mainRoutes['run.cancelCrossValidation'],
  'export.suggestName': route<string>()(v.tuple([format])),
  /** The studio is about to quit: keep what runs, so that it can go on. */
  'session.close': route<null>()(nothing),
  /** The computer is about to sleep: a checkpoint of what runs. */
  'session.checkpoint': route<null>()(nothing),
  'export.write': route<ExportView>()(v.tuple([format, pathText]))
}

export type Routes = Readonly<Record<string, Route<v.GenericSchema<unknown, readonly unknown[]>, unknown>>>
export type ArgsOf<R> = R extends Route<infer Schema, unknown> ? v.InferOutput<Schema> : never
export type ResultOf<R> = R extends Route<v.GenericSchema<unknown, readonly unknown[]>, infer Result> ? Result : never
export type MainRequest = keyof typeof mainRoutes
export type TrainerRequest = keyof typeof trainerRoutes

/** How a result travels: a thrown error would arrive as its message alone. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorValue }

/** Trainer → renderer over the MessagePort. `seq` grows by one with every message of a connection. */
export type LiveMessage =
  | { readonly type: 'hello'; readonly seq: number; readonly protocolVersion: number; readonly session: SessionView }
  | {
      readonly type: 'frame'
      readonly seq: number
      readonly runId: string
      readonly progress: RunProgress
      /** Every epoch that ended since the last frame, none left out. */
      readonly epochs: readonly EpochPoint[]
      /** Steps since the last frame, thinned to their extremes when there are many. */
      readonly steps: StepSeries
    }
  | { readonly type: 'run'; readonly seq: number; readonly run: RunView | null }
  | {
      readonly type: 'dataset'
      readonly seq: number
      readonly dataset: DatasetView | null
      readonly setup: SetupView | null
    }
  /** What has changed about a run beside its curves. */
  | { readonly type: 'facts'; readonly seq: number; readonly runId: string; readonly facts: RunFacts }
  /** The list of kept runs is another one: one was begun or has ended. What the window itself changed it knows by the answer. */
  | { readonly type: 'runs'; readonly seq: number }
  /** How far a learning-rate test is, and what came of it; null when there is none. */
  | { readonly type: 'rate-test'; readonly seq: number; readonly rateTest: RateTestView | null }
  /** More losses around the run in view, from number `from` on; null when there are none any more. */
  | { readonly type: 'landscape'; readonly seq: number; readonly landscape: LandscapeView | null }
  /** How far a comparison of minima is; null when there is none. */
  | { readonly type: 'barrier'; readonly seq: number; readonly barrier: BarrierView | null }
  /** What is new of the race of optimizers; null when there is none any more. */
  | { readonly type: 'race'; readonly seq: number; readonly race: RaceProgress | null }
  /** What the checks found out about a setup that was answered before. */
  | { readonly type: 'setup'; readonly seq: number; readonly setup: SetupView }
  /** How far the reading of a file is that takes long; null when it has ended. */
  | { readonly type: 'reading'; readonly seq: number; readonly reading: ReadingView | null }
  /** How far an experiment with depth is, and what it found out; null when there is none. */
  | { readonly type: 'depth-experiment'; readonly seq: number; readonly depthExperiment: DepthExperimentView | null }
  /** How far a gradient check is, and what it found; null when there is none. */
  | { readonly type: 'gradient-check'; readonly seq: number; readonly gradientCheck: GradientCheckView | null }
  /** How far a comparison of losses is, and what it found out; null when there is none. */
  | { readonly type: 'loss-lab'; readonly seq: number; readonly lossLab: LossLabView | null }
  /** How far a cross-validation is, and what it found out; null when there is none. */
  | { readonly type: 'cross-validation'; readonly seq: number; readonly crossValidation: CrossValidationView | null }

/** Renderer → trainer over the MessagePort: frees one credit, so a slow window is never flooded. */
export interface LiveAck {
  readonly ack: number
}

/** Trainer → main, outside the requests: where the run in view stands, for what outlives the trainer. */
export const runKeptSchema = v.strictObject({
  /** Name of the folder that the run in view is kept in; null where there is no run, or it could not be kept. */
  name: v.nullable(v.string()),
  title: v.nullable(v.string()),
  status: v.nullable(v.picklist(['running', 'paused', 'completed', 'stopped', 'failed'])),
  /** From 0 to 1. */
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** One sentence on how it ended; null while it goes on. */
  outcome: v.nullable(v.string()),
  /** Nothing of it is on disk. */
  unsaved: v.boolean()
})

export type RunKept = Readonly<v.InferOutput<typeof runKeptSchema>>

/** Main → renderer, outside the port: the trainer died or came back, has stopped to respond or responds again. */
export interface TrainerNotice {
  readonly state: 'restarted' | 'gone' | 'hanging' | 'responding'
  /** What there is to say. */
  readonly error: ErrorValue
}

/** What a command of the menu opens. */
export type OpenCommand = 'dataset' | 'folder'

/** Names of the channels that are not requests. */
export const channels = {
  livePort: 'studio:live-port',
  trainerNotice: 'studio:trainer-notice',
  /** Main → renderer: the menu's command to open a file or a folder; the page opens, since it knows what may have to be asked first. */
  openCommand: 'studio:open-command',
  registerFiles: 'studio:register-files'
} as const
