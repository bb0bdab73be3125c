/** Main: wires windows, requests and the trainer together. It never trains and never parses a dataset. */
import { app, Menu } from 'electron'
import path from 'node:path'
import { channels } from '../shared/ipc/contract'
import { FileHandles } from './files'
import { hardenContents, hardenProcess } from './hardening'
import { handleRequests } from './ipc'
import { menuTemplate } from './menu'
import { APP_URL, devServer } from './origin'
import { createRequestHandlers } from './requests'
import { Trainer } from './trainer'
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
  const trainer = new Trainer({
    entry: path.join(appFolder, 'out', 'main', 'trainer.js'),
    runsFolder,
    samplesFolder,
    kernelsFolder: path.join(resourcesFolder, 'kernels'),
    imagesFolder: path.join(userData, 'decoded-images')
  })
  const files = new FileHandles(path.join(userData, 'recent.json'))
  const handlers = createRequestHandlers({
    trainer,
    files,
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
  stopTrainerBeforeQuit(trainer)
  await window.loadURL(url)
}

function stopTrainerBeforeQuit(trainer: Trainer): void {
  let stopping: Promise<void> | null = null
  let stopped = false
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    stopping ??= trainer.stop(QUIT_DEADLINE_MS).finally(() => {
      stopped = true
      app.quit()
    })
  })
}
