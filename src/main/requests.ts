/** What main does for each request: dialogs and handles itself, all else by the trainer. */
import { app, dialog, shell, type BrowserWindow, type OpenDialogOptions } from 'electron'
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { StudioError } from '../shared/errors'
import { MAX_FILES, tooManyFiles } from '../shared/file-names'
import type { mainRoutes } from '../shared/ipc/contract'
import type { ReadAs } from '../shared/read-as'
import type { Handlers } from '../shared/rpc'
import type { SessionView } from '../shared/views'
import { printed } from './print'
import { saveFile } from './save-file'
import type { FileHandles } from './files'
import type { Lessons } from './lessons'
import type { OpenWork } from './open-work'
import type { SavedSessions } from './saved-session'
import { sessionRequests } from './session-requests'
import type { Trainer } from './trainer'

const tableFilters = [
  {
    name: 'Tables',
    extensions: [
      ...['csv', 'tsv', 'txt', 'json', 'ndjson', 'jsonl', 'parquet', 'arrow', 'feather'],
      ...['xlsx', 'xlsm', 'arff', 'npy', 'npz']
    ]
  },
  // MNIST's names end in `-ubyte`, which is no extension.
  { name: 'Images (zip, MNIST)', extensions: ['zip', 'gz', 'idx3-ubyte', 'idx1-ubyte'] },
  { name: 'All files', extensions: ['*'] }
]

export interface RequestContext {
  readonly trainer: Trainer
  /** What is open. */
  readonly work: OpenWork
  /** What was open last time. */
  readonly saved: SavedSessions
  readonly files: FileHandles
  readonly lessons: Lessons
  readonly samplesFolder: string
  readonly runsFolder: string
  /** Where datasets that are made in the studio are kept. */
  readonly datasetsFolder: string
  /** The window dialogs belong to. */
  readonly window: () => BrowserWindow
}

export function createRequestHandlers({
  trainer,
  work,
  saved,
  files,
  lessons,
  samplesFolder,
  runsFolder,
  datasetsFolder,
  window
}: RequestContext): Handlers<typeof mainRoutes> {
  let lastExport: string | null = null

  // What may be read again as the person says, beside the files that are open: those that could not be opened last.
  let refused: readonly string[] | null = null

  const open = async (paths: readonly string[], as: ReadAs = {}): Promise<SessionView> => {
    refused = paths
    const session = await trainer.openDataset(paths, as)
    refused = null
    return session
  }

  const openFiles = async (paths: readonly string[], as: ReadAs = {}): Promise<SessionView> => {
    const session = await open(paths, as)
    await files.noteOpened(paths, as)
    return session
  }

  const choose = async (options: OpenDialogOptions): Promise<SessionView | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window(), options)
    if (canceled || filePaths.length === 0) return null
    requireFew(filePaths)
    return openFiles(files.pathsOf(await files.register(filePaths)))
  }

  return {
    'dataset.openDialog': () =>
      choose({ title: 'Open dataset', properties: ['openFile', 'multiSelections'], filters: tableFilters }),
    'dataset.openFolderDialog': () => choose({ title: 'Open folder of images', properties: ['openDirectory'] }),
    'dataset.openHandle': (handle) => openFiles(files.pathsOf(handle), files.readAsOf(handle)),
    'dataset.openSample': async (id) => open([await samplePath(samplesFolder, id)]),
    'dataset.make': async (made) => openFiles([await trainer.call('dataset.make', datasetsFolder, made)]),
    'dataset.rows': (from, count) => trainer.call('dataset.rows', from, count),
    'dataset.images': (...page) => trainer.call('dataset.images', ...page),
    'dataset.augmentedImages': (from, count) => trainer.call('dataset.augmentedImages', from, count),
    'dataset.columnPreview': (name) => trainer.call('dataset.columnPreview', name),
    'dataset.readAs': async (which, as) => {
      const paths = which === 'open' ? (work.current?.paths ?? null) : refused
      if (paths === null) throw new StudioError('no-dataset', 'There is no file to read again. Open a dataset first.')
      const session = await open(paths, as)
      if (which === 'refused') await files.noteOpened(paths, as)
      else await files.noteReadAs(paths, as)
      return session
    },
    'dataset.cancelRead': () => trainer.call('dataset.cancelRead'),
    'generators.list': () => trainer.call('generators.list'),
    'generators.preview': (name, config) => trainer.call('generators.preview', name, config),
    'samples.list': () => trainer.call('samples.list', samplesFolder),
    'recent.list': () => files.listRecent(),
    ...sessionRequests(saved, trainer),
    'trainer.restart': async () => {
      await trainer.restartNow()
      return null
    },
    'setup.update': (setup) => trainer.updateSetup(setup),
    'train.start': () => trainer.call('train.start'),
    'train.pause': () => trainer.call('train.pause'),
    'train.resume': () => trainer.call('train.resume'),
    'train.step': (unit) => trainer.call('train.step', unit),
    'train.stop': () => trainer.call('train.stop'),
    'train.reset': () => trainer.call('train.reset'),
    'train.change': () => trainer.call('train.change'),
    'train.fork': (epoch) => trainer.call('train.fork', epoch),
    'train.continue': (name, epochs) => trainer.openRun(trainer.call('train.continue', name, epochs, true)),
    'train.again': (name) => trainer.openRun(trainer.call('train.again', name)),
    'train.rateTest': () => trainer.call('train.rateTest'),
    'train.cancelRateTest': () => trainer.call('train.cancelRateTest'),
    'train.tryRemedy': (rule) => trainer.call('train.tryRemedy', rule),
    'train.dismissFinding': (rule) => trainer.call('train.dismissFinding', rule),
    'run.evaluate': (on, moment) => trainer.call('run.evaluate', on, moment),
    'run.weights': (moment) => trainer.call('run.weights', moment),
    'run.steps': (...stretch) => trainer.call('run.steps', ...stretch),
    'run.surface': (moment, size) => trainer.call('run.surface', moment, size),
    'run.surfacePoints': () => trainer.call('run.surfacePoints'),
    'run.filters': (moment) => trainer.call('run.filters', moment),
    'run.activations': (row, moment) => trainer.call('run.activations', row, moment),
    'explain.open': (choice) => trainer.call('explain.open', choice),
    'explain.rows': (id, from, count) => trainer.call('explain.rows', id, from, count),
    'explain.unit': (id, layer, unit) => trainer.call('explain.unit', id, layer, unit),
    'explain.weight': (id, parameter, index) => trainer.call('explain.weight', id, parameter, index),
    'explain.parameter': (id, name) => trainer.call('explain.parameter', id, name),
    'explain.flow': (moment) => trainer.call('explain.flow', moment),
    'explain.tryDepth': (choice, bench) => trainer.call('explain.tryDepth', choice, bench),
    'explain.cancelDepth': () => trainer.call('explain.cancelDepth'),
    'explain.tryLosses': (choice) => trainer.call('explain.tryLosses', choice),
    'explain.cancelLosses': () => trainer.call('explain.cancelLosses'),
    'bench.trial': (trial) => trainer.call('bench.trial', trial),
    'bench.number': (...asked) => trainer.call('bench.number', ...asked),
    'explain.checkGradients': (choice) => trainer.call('explain.checkGradients', choice),
    'explain.cancelCheck': () => trainer.call('explain.cancelCheck'),
    'explain.save': async (id, format) => {
      const text = await trainer.call('explain.document', id, format === 'latex' ? 'latex' : 'html')
      const extension = format === 'latex' ? 'tex' : format
      return saveFile(window(), `one-step-of-learning.${extension}`, 'Save the worked derivation', () =>
        format === 'pdf' ? printed(text) : Promise.resolve(text)
      )
    },
    'landscape.start': (choice) => trainer.call('landscape.start', choice),
    'landscape.cancel': () => trainer.call('landscape.cancel'),
    'landscape.barrier': (choice) => trainer.call('landscape.barrier', choice),
    'landscape.cancelBarrier': () => trainer.call('landscape.cancelBarrier'),
    'landscape.view': () => trainer.call('landscape.view'),
    'race.view': () => trainer.call('race.view'),
    'race.start': (choice) => trainer.call('race.start', choice),
    'race.play': (id, pace) => trainer.call('race.play', id, pace),
    'race.pause': (id) => trainer.call('race.pause', id),
    'race.step': (id) => trainer.call('race.step', id),
    'race.change': (id, lane, config) => trainer.call('race.change', id, lane, config),
    'race.cancel': () => trainer.call('race.cancel'),
    'lessons.list': () => lessons.list(),
    'lessons.add': async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        ...{ title: 'Add a lesson', properties: ['openFile'] },
        filters: [{ name: 'Lessons (Markdown)', extensions: ['md', 'markdown'] }]
      })
      const [file] = filePaths
      return canceled || file === undefined ? null : lessons.add(file)
    },
    'lessons.remove': async (id) => {
      await lessons.remove(id)
      return null
    },
    'run.crossValidate': (folds) => trainer.call('run.crossValidate', folds),
    'run.cancelCrossValidation': () => trainer.call('run.cancelCrossValidation'),
    'run.show': async (name) => {
      const code = 'run-not-found'
      shell.showItemInFolder(await entryOf(runsFolder, name, code, `There is no run "${name}" in the studio's folder.`))
      return null
    },
    'runs.list': () => trainer.call('runs.list'),
    'runs.curves': (name) => trainer.call('runs.curves', name),
    'runs.compare': (one, other) => trainer.call('runs.compare', one, other),
    'runs.edit': (name, notes) => trainer.call('runs.edit', name, notes),
    'runs.delete': (names) => trainer.call('runs.delete', names),
    'runs.restore': (names) => trainer.call('runs.restore', names),
    'runs.openDesign': (name) => trainer.openRun(trainer.call('runs.openDesign', name)),
    'export.save': async (format) => {
      const suggested = await trainer.call('export.suggestName', format)
      const extension = path.extname(suggested)
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'Export',
        // The name comes from a dataset's name: only its last part counts.
        defaultPath: path.join(app.getPath('documents'), path.basename(suggested)),
        filters: extension === '' ? [] : [{ name: extension.slice(1).toUpperCase(), extensions: [extension.slice(1)] }],
        properties: ['showOverwriteConfirmation']
      })
      if (canceled || filePath === '') return null
      const view = await trainer.call('export.write', format, filePath)
      lastExport = filePath
      return view
    },
    'export.show': () => {
      if (lastExport === null) {
        throw new StudioError('nothing-exported', 'Nothing has been exported yet. Export the model first.')
      }
      shell.showItemInFolder(lastExport)
      return null
    },
    'chart.save': (name, bytes) => saveFile(window(), name, 'Export chart', () => Promise.resolve(bytes))
  }
}

/** @throws StudioError `several-files` for more than a dataset may be made of */
function requireFew(paths: readonly string[]): void {
  if (paths.length <= MAX_FILES) return
  throw new StudioError('several-files', tooManyFiles(paths.length), { files: paths.length })
}

/** What the file of a sample is called behind its id: a table, or images. */
const sampleEndings = ['.csv', '.parquet', '-images-idx3-ubyte.gz']

/**
 * A built-in sample is `<id>.csv`, `<id>.parquet` or `<id>-images-idx3-ubyte.gz` in the samples' folder itself.
 * @throws StudioError `unknown-sample`
 */
export async function samplePath(folder: string, id: string): Promise<string> {
  const names = sampleEndings.map((ending) => `${id}${ending}`)
  const found = await Promise.all(names.map((name) => stat(path.join(folder, name)).catch(() => null)))
  const name = names.find((_name, index) => found[index] !== null) ?? ''
  return entryOf(folder, name, 'unknown-sample', `There is no sample named "${id}".`)
}

/**
 * The path of an entry that lies in the folder itself, neither outside nor behind a link to outside.
 * @throws StudioError `code`, when there is none
 */
async function entryOf(folder: string, name: string, code: string, message: string): Promise<string> {
  const entry = path.join(folder, name)
  // A folder that is not there holds nothing; its path is not for the page to see.
  const [real, home] = await Promise.all([entry, folder].map((each) => realpath(each).catch(() => null)))
  if (typeof real !== 'string' || typeof home !== 'string' || path.dirname(real) !== home)
    throw new StudioError(code, message, { name })
  return entry
}
