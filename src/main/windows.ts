/** The window of the studio: sandboxed, where it was left, titled as its page is. */
import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { RestartBudget } from './restarts'
import { MIN_HEIGHT, MIN_WIDTH, readWindowState, startBounds, writeWindowState } from './window-state'

const TITLE = 'Backprop Studio'
/** `--bg` of the two themes, so that no other colour flashes before the page is drawn. */
const BACKGROUND = { dark: '#0e1016', light: '#f5f6f9' }
const SAVE_DELAY_MS = 500

export interface WindowOptions {
  readonly preload: string
  /** The page of the studio. */
  readonly url: string
  /** Where size and place are kept. */
  readonly stateFile: string
  /** The page was loaded, for the first time or again. */
  readonly onLoaded: (window: BrowserWindow) => void
}

/** Makes the window; it shows itself when its page is drawn. The caller loads `url`, once it can answer the page. */
export async function createWindow({ preload, url, stateFile, onLoaded }: WindowOptions): Promise<BrowserWindow> {
  const state = await readWindowState(stateFile)
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  const window = new BrowserWindow({
    ...startBounds(
      state,
      [primary, ...others].map(({ workArea }) => workArea)
    ),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: TITLE,
    show: false,
    backgroundColor: background(),
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false
    }
  })
  window.once('ready-to-show', () => {
    if (state?.maximized === true) window.maximize()
    window.show()
  })
  window.webContents.on('did-finish-load', () => {
    if (isAt(url, window.webContents.getURL())) onLoaded(window)
  })
  followTheme(window)
  keepState(window, stateFile)
  reloadAfterCrash(window)
  comeBack(window, url)
  return window
}

export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light
}

function followTheme(window: BrowserWindow): void {
  const update = (): void => window.setBackgroundColor(background())
  nativeTheme.on('updated', update)
  window.once('closed', () => nativeTheme.off('updated', update))
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | null = null
  const save = (): void => {
    if (timer === null || window.isDestroyed()) return
    clearTimeout(timer)
    timer = null
    const state = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    writeWindowState(file, state).catch((error: unknown) =>
      console.error('The window state could not be saved:', error)
    )
  }
  const saveSoon = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  // Both come before the wait for the trainer, so the file is written by the time the process ends.
  window.on('close', save)
  app.on('before-quit', save)
}

/** The trainer holds the state, so a page that crashed loses nothing by being loaded again. */
function reloadAfterCrash(window: BrowserWindow): void {
  const budget = new RestartBudget()
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    console.error(`The window's process is gone (${reason}, code ${exitCode}).`)
    const delayMs = budget.take()
    if (delayMs === null) return
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload()
    }, delayMs)
  })
}

/** Chromium asks before it leaves the page, but not before `about:blank`: whoever went there is brought back. */
function comeBack(window: BrowserWindow, url: string): void {
  window.webContents.on('did-navigate', (_event, visited) => {
    if (!isAt(url, visited)) void window.loadURL(url)
  })
}

/** True when `visited` has the scheme and host of `url`. */
function isAt(url: string, visited: string): boolean {
  const home = new URL(url)
  const there = URL.canParse(visited) ? new URL(visited) : null
  return there?.protocol === home.protocol && there.host === home.host
}
