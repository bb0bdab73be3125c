/**
 * The contract between the windows, the main process and the trainer: every request with the schema of its
 * arguments and the type of its result, and every live message. Nothing crosses a process that is not here.
 *
 * Requests go renderer → main (`ipcRenderer.invoke`), where the sender and the arguments are checked; those
 * marked `trainer` are passed on to the trainer. No request takes a path: files are opaque handles that main
 * has given out, and it replaces them with paths on the way to the trainer.
 */
import * as v from 'valibot'
import { foldsField, type CrossValidationView } from '../cross-validation'
import type { ErrorValue } from '../errors'
import { MAX_FILES } from '../file-names'
import { generatorConfigSchema, generatorNameSchema, madeDatasetSchema } from '../made-dataset'
import { readAsSchema } from '../read-as'
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

/** Longest text of a cell that rows are looked for by. */
const MAX_CELL = 100_000

const nothing = v.tuple([])
const handle = v.pipe(v.string(), v.uuid())
const pathText = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768))
const pathTexts = v.pipe(v.array(pathText), v.minLength(1), v.maxLength(MAX_FILES), v.readonly())
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const columnName = v.pipe(v.string(), v.maxLength(MAX_COLUMN_NAME))
/** Augmented images asked for at once. */
const MAX_AUGMENTED = 32
/** What stands in a cell. */
const cell = v.pipe(v.string(), v.maxLength(MAX_CELL))
const format = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/))

/** A dataset that was opened before, of one file or several, as the first screen lists it. */
export interface RecentView {
  readonly handle: string
  readonly fileName: string
  readonly openedAt: string
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
  'setup.update': route<SetupView>()(v.tuple([setupSchema])),
  'train.start': route<RunView>()(nothing),
  'train.pause': route<RunProgress>()(nothing),
  'train.resume': route<RunProgress>()(nothing),
  'train.step': route<RunProgress>()(nothing),
  'train.stop': route<RunProgress>()(nothing),
  'train.reset': route<SessionView>()(nothing),
  /** Null before the first run. Test rows are looked at only when they are asked for. */
  'run.evaluate': route<EvaluationView | null>()(v.tuple([v.picklist(['validation', 'test'])])),
  'run.weights': route<WeightsView | null>()(nothing),
  /** Trains a network for each of so many folds of the open dataset, beside the run in view; live messages tell how far it is. */
  'run.crossValidate': route<CrossValidationView>()(
    v.tuple([v.pipe(v.number(), v.integer(), v.minValue(foldsField.min), v.maxValue(foldsField.max))])
  ),
  /** Ends the cross-validation under way, if there is one; the folds that are done stay in view. */
  'run.cancelCrossValidation': route<null>()(nothing),
  /** Shows a kept run's folder, by its name, in the system's file manager. */
  'run.show': route<null>()(
    v.tuple([v.pipe(v.string(), v.minLength(1), v.maxLength(255), v.excludes('/'), v.excludes('\\'))])
  ),
  'export.save': route<ExportView | null>()(v.tuple([format])),
  'export.show': route<null>()(nothing)
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
  'run.evaluate': mainRoutes['run.evaluate'],
  'run.weights': mainRoutes['run.weights'],
  'run.crossValidate': mainRoutes['run.crossValidate'],
  'run.cancelCrossValidation': mainRoutes['run.cancelCrossValidation'],
  'export.suggestName': route<string>()(v.tuple([format])),
  /** The studio is about to quit: stop what runs and keep it. */
  'session.close': route<null>()(nothing),
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
  /** What the checks found out about a setup that was answered before. */
  | { readonly type: 'setup'; readonly seq: number; readonly setup: SetupView }
  /** How far the reading of a file is that takes long; null when it has ended. */
  | { readonly type: 'reading'; readonly seq: number; readonly reading: ReadingView | null }
  /** How far a cross-validation is, and what it found out; null when there is none. */
  | { readonly type: 'cross-validation'; readonly seq: number; readonly crossValidation: CrossValidationView | null }

/** Renderer → trainer over the MessagePort: frees one credit, so a slow window is never flooded. */
export interface LiveAck {
  readonly ack: number
}

/** Trainer → main, outside the requests: whether the run in view would be lost with the trainer. */
export const runKeptSchema = v.strictObject({
  unsaved: v.boolean(),
  /** Name under which the finished run is kept. */
  savedAs: v.nullable(v.string())
})

export type RunKept = Readonly<v.InferOutput<typeof runKeptSchema>>

/** Main → renderer, outside the port: the trainer died or came back. */
export interface TrainerNotice {
  readonly state: 'restarted' | 'gone'
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
