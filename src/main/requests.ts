/** What main does for each request: dialogs and handles itself, all else by the trainer. */
import { app, dialog, shell, type BrowserWindow } from 'electron'
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { StudioError } from '../shared/errors'
import type { mainRoutes } from '../shared/ipc/contract'
import type { Handlers } from '../shared/rpc'
import type { SessionView } from '../shared/views'
import type { FileHandles } from './files'
import type { Trainer } from './trainer'

const tableFilters = [
  { name: 'Tables (CSV, TSV, text)', extensions: ['csv', 'tsv', 'txt'] },
  { name: 'All files', extensions: ['*'] }
]

export interface RequestContext {
  readonly trainer: Trainer
  readonly files: FileHandles
  readonly samplesFolder: string
  readonly runsFolder: string
  /** The window dialogs belong to. */
  readonly window: () => BrowserWindow
}

export function createRequestHandlers({
  trainer,
  files,
  samplesFolder,
  runsFolder,
  window
}: RequestContext): Handlers<typeof mainRoutes> {
  let lastExport: string | null = null

  const openFile = async (file: string): Promise<SessionView> => {
    const session = await trainer.openDataset(file)
    await files.noteOpened(file)
    return session
  }

  return {
    'dataset.openDialog': async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        title: 'Open dataset',
        properties: ['openFile'],
        filters: tableFilters
      })
      const [file] = filePaths
      return canceled || file === undefined ? null : openFile(files.pathOf(await files.register(file)))
    },
    'dataset.openHandle': (handle) => openFile(files.pathOf(handle)),
    'dataset.openSample': async (id) => trainer.openDataset(await samplePath(samplesFolder, id)),
    'dataset.rows': (from, count) => trainer.call('dataset.rows', from, count),
    'samples.list': () => trainer.call('samples.list', samplesFolder),
    'recent.list': () => files.listRecent(),
    'setup.update': (setup) => trainer.updateSetup(setup),
    'train.start': () => trainer.call('train.start'),
    'train.pause': () => trainer.call('train.pause'),
    'train.resume': () => trainer.call('train.resume'),
    'train.step': () => trainer.call('train.step'),
    'train.stop': () => trainer.call('train.stop'),
    'train.reset': () => trainer.call('train.reset'),
    'run.evaluate': () => trainer.call('run.evaluate'),
    'run.weights': () => trainer.call('run.weights'),
    'run.show': async (name) => {
      const code = 'run-not-found'
      shell.showItemInFolder(await entryOf(runsFolder, name, code, `There is no run "${name}" in the studio's folder.`))
      return null
    },
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
    }
  }
}

/**
 * A built-in sample is `<id>.csv` in the samples' folder itself.
 * @throws StudioError `unknown-sample`
 */
export function samplePath(folder: string, id: string): Promise<string> {
  return entryOf(folder, `${id}.csv`, 'unknown-sample', `There is no sample named "${id}".`)
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
