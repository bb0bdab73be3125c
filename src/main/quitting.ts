/** The end of the studio: asked for while something trains, then everything is kept, then it ends. Closing the window is the same. */
import { app, dialog, powerMonitor, type BrowserWindow } from 'electron'

export interface QuittingOptions {
  readonly window: BrowserWindow
  /** Whether the person may not know what a quit interrupts. */
  readonly isTraining: () => boolean
  /** Keeps what there is; takes seconds at most, and does not fail. */
  readonly finish: () => Promise<void>
  /** Begins to write what would be lost if the studio were ended now; it goes on all the same. */
  readonly keepNow: () => void
}

export function quitInOrder({ window, isTraining, finish, keepNow }: QuittingOptions): void {
  let underWay: Promise<void> | null = null
  /** Aborted when nobody is there to answer: the system shuts down, or a signal says so. An open question is taken back. */
  const asking = new AbortController()
  let finished = false

  const quit = async (): Promise<void> => {
    if (isTraining() && !(await mayInterrupt(window, asking.signal))) {
      underWay = null
      return
    }
    await finish()
    finished = true
    app.quit()
  }
  const quitUnasked = (): void => {
    asking.abort()
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (finished) return
    event.preventDefault()
    underWay ??= quit()
  })
  window.on('close', (event) => {
    if (finished) return
    event.preventDefault()
    app.quit()
  })
  powerMonitor.on('shutdown', quitUnasked)
  // Windows asks before it ends the session, which somebody may still take back, and then waits for nothing.
  window.on('query-session-end', keepNow)
  window.on('session-end', quitUnasked)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, quitUnasked)
}

async function mayInterrupt(window: BrowserWindow, signal: AbortSignal): Promise<boolean> {
  if (window.isDestroyed() || signal.aborted) return true
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Training goes on. Quit?',
    detail: 'It is kept and goes on where it was next time.',
    buttons: ['Quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
    signal
  })
  return response === 0 || mustEnd(signal)
}

/** Read anew: it may have been aborted while the question was open. */
function mustEnd(signal: AbortSignal): boolean {
  return signal.aborted
}
