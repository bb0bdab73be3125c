/** Main: wires windows, requests and the trainer together. It never trains and never parses a dataset. */
import { app, Menu, powerMonitor } from 'electron'
import path from 'node:path'
import { channels } from '../shared/ipc/contract'
import { FileHandles } from './files'
import { heapLimitMb } from './heap'
import { hardenContents, hardenProcess } from './hardening'
import { handleRequests } from './ipc'
import { Lessons } from './lessons'
import { menuTemplate } from './menu'
import { noRun, OpenWork } from './open-work'
import { APP_URL, devServer } from './origin'
import { quitInOrder } from './quitting'
import { createRequestHandlers } from './requests'
import { SavedSessions } from './saved-session'
import { Trainer } from './trainer'
import { TrainingShown } from './training-shown'
import { TrainingWatch } from './training-watch'
import { createWindow, focusWindow } from './windows'

/** How long a run may take to stop and be kept when the studio quits. */
const QUIT_DEADLINE_MS = 5000

const appFolder = app.getAppPath()
const userData = app.getPath('userData')
const dev = devServer(process.env['ELECTRON_RENDERER_URL'], app.isPackaged)
// Native code reads the samples, and it cannot look into an archive.
const resourcesFolder = path.join(appFolder.replace(/app\.asar$/, 'app.asar.unpacked'), 'resources')
const samplesFolder = path.join(resourcesFolder, 'samples')

hardenProcess(dev)

if (app.requestSingleInstanceLock()) {
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      console.error('Backprop Studio could not start:', error)
      app.exit(1)
    })
} else {
  app.quit()
}

async function start(): Promise<void> {
  hardenContents(path.join(appFolder, 'out', 'renderer'), dev)
  const url = dev?.href ?? APP_URL
  const window = await createWindow({
    url,
    preload: path.join(appFolder, 'out', 'preload', 'index.cjs'),
    stateFile: path.join(userData, 'window.json'),
    onLoaded: ({ webContents }) => trainer.connect(webContents)
  })
  const runsFolder = path.join(userData, 'runs')
  const saved = new SavedSessions(path.join(userData, 'session.json'))
  const watch = new TrainingWatch()
  const shown = new TrainingShown(window)
  const work = new OpenWork((open) => {
    saved.take(open)
    shown.show(watch.take(open?.run ?? noRun))
  })
  const trainer = new Trainer(
    {
      entry: path.join(appFolder, 'out', 'main', 'trainer.js'),
      runsFolder,
      samplesFolder,
      kernelsFolder: path.join(resourcesFolder, 'kernels'),
      imagesFolder: path.join(userData, 'decoded-images'),
      heapLimitMb: heapLimitMb(app.commandLine.getSwitchValue('trainer-memory'))
    },
    work
  )
  const files = new FileHandles(path.join(userData, 'recent.json'))
  const handlers = createRequestHandlers({
    trainer,
    work,
    saved,
    files,
    lessons: new Lessons(path.join(resourcesFolder, 'lessons'), path.join(userData, 'lessons')),
    samplesFolder,
    runsFolder,
    datasetsFolder: path.join(userData, 'datasets'),
    window: () => window
  })
  handleRequests(handlers, (paths) => files.register(paths), dev)

  const menu = menuTemplate({
    open: (what) => {
      focusWindow(window)
      window.webContents.send(channels.openCommand, what)
    },
    showAbout: () => app.showAboutPanel(),
    development: dev !== null
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  app.on('second-instance', () => focusWindow(window))
  const keepNow = (): void => {
    void saved.flush()
    void trainer.call('session.checkpoint').catch(() => null)
  }
  quitInOrder({
    window,
    isTraining: () => trainer.isTraining,
    finish: async () => {
      await Promise.all([saved.close(), trainer.stop(QUIT_DEADLINE_MS)])
    },
    keepNow
  })
  // Whether it wakes up again, nobody knows.
  powerMonitor.on('suspend', keepNow)
  await window.loadURL(url)
}
