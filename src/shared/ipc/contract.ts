/**
 * The contract between the windows, the main process and the trainer: every request with the schema of its
 * arguments and the type of its result, and every live message. Nothing crosses a process that is not here.
 *
 * Requests go renderer → main (`ipcRenderer.invoke`), where the sender and the arguments are checked; those
 * marked `trainer` are passed on to the trainer. No request takes a path: files are opaque handles that main
 * has given out, and it replaces them with paths on the way to the trainer.
 */
import * as v from 'valibot'
import type { ErrorValue } from '../errors'
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
  ImagesView,
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

const nothing = v.tuple([])
const handle = v.pipe(v.string(), v.uuid())
const pathText = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const columnName = v.pipe(v.string(), v.maxLength(MAX_COLUMN_NAME))
const format = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/))

/** A dataset that was opened before, as the first screen lists it. */
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
  'dataset.openHandle': route<SessionView>()(v.tuple([handle])),
  'dataset.openSample': route<SessionView>()(v.tuple([v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))])),
  /** Makes a dataset, keeps it as a file in the studio's folder and opens it. */
  'dataset.make': route<SessionView>()(v.tuple([madeDatasetSchema])),
  'dataset.rows': route<(string | null)[][]>()(v.tuple([count, v.pipe(count, v.maxValue(1000))])),
  /** At most so many images from a row on; null when the table has none. */
  'dataset.images': route<ImagesView | null>()(v.tuple([count, v.pipe(count, v.maxValue(500))])),
  /** Cells of a column's training rows before and after preparation. */
  'dataset.columnPreview': route<ColumnPreviewView>()(v.tuple([columnName])),
  /** Reads again what is open, or what could not be opened last, as the person says. */
  'dataset.readAs': route<SessionView>()(v.tuple([v.picklist(['open', 'refused']), readAsSchema])),
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
  'run.evaluate': route<EvaluationView | null>()(nothing),
  'run.weights': route<WeightsView | null>()(nothing),
  /** Shows a kept run's folder, by its name, in the system's file manager. */
  'run.show': route<null>()(
    v.tuple([v.pipe(v.string(), v.minLength(1), v.maxLength(255), v.excludes('/'), v.excludes('\\'))])
  ),
  'export.save': route<ExportView | null>()(v.tuple([format])),
  'export.show': route<null>()(nothing)
}

/** What main → trainer carries: the same requests with paths in place of handles and dialogs. */
export const trainerRoutes = {
  'dataset.open': route<SessionView>()(v.tuple([pathText, v.nullable(setupSchema), readAsSchema])),
  /** Writes the dataset into the folder and answers with its path. */
  'dataset.make': route<string>()(v.tuple([pathText, madeDatasetSchema])),
  'dataset.rows': mainRoutes['dataset.rows'],
  'dataset.images': mainRoutes['dataset.images'],
  'dataset.columnPreview': mainRoutes['dataset.columnPreview'],
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

/** Names of the channels that are not requests. */
export const channels = {
  livePort: 'studio:live-port',
  trainerNotice: 'studio:trainer-notice',
  /** Main → renderer: the menu's command; the page opens, since it knows what may have to be asked first. */
  openCommand: 'studio:open-command',
  registerFile: 'studio:register-file'
} as const
