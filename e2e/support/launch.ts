/** Starts the built studio (`out/`) for a test, with a user folder of its own, and takes it down again. */
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { StudioApi } from '../../src/shared/ipc/api'

declare global {
  interface Window {
    readonly studio: StudioApi
  }
}

export const repository = path.resolve(import.meta.dirname, '..', '..')

export interface Studio {
  readonly app: ElectronApplication
  /** The page in the studio's window. */
  readonly page: Page
  /** Where this studio keeps runs, recent files and its window's place. */
  readonly userData: string
  /** Quits as a person would, and removes the user folder unless the test brought it. */
  close(): Promise<void>
}

export interface LaunchOptions {
  /** A user folder that outlives this studio; without it, a new one that is removed at the end. */
  readonly userData?: string
  /** More arguments of the command line. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export async function launchStudio({ userData, args = [], env = {} }: LaunchOptions = {}): Promise<Studio> {
  const folder = userData ?? (await mkdtemp(path.join(tmpdir(), 'backprop-studio-e2e-')))
  // As root Chromium cannot start with its sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // Without an executable path Playwright takes Electron from node_modules and loads its own preparation into it.
  const app = await _electron.launch({
    args: [repository, `--user-data-dir=${folder}`, ...sandbox, ...args],
    cwd: repository,
    env: { ...environment(), ...env },
    // On Linux Playwright would turn the sandbox off for everyone.
    chromiumSandbox: sandbox.length === 0
  })
  const page = await app.firstWindow()
  await page.waitForLoadState('load')
  return {
    app,
    page,
    userData: folder,
    close: async () => {
      // In mid-training it would ask a person.
      await app
        .evaluate(({ dialog }) => {
          dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false })
        })
        .catch(() => undefined)
      await app.close()
      if (userData === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

/** The environment as it is, but for what makes Electron something else than an app. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  )
  const removed = ['ELECTRON_RUN_AS_NODE', 'ELECTRON_RENDERER_URL', 'NODE_OPTIONS']
  return Object.fromEntries(kept.filter(([name]) => !removed.includes(name)))
}

/** A test that gets a fresh studio of its own; `test.use({ studioOptions: … })` starts it differently. */
export const test = base.extend<{ studioOptions: LaunchOptions; studio: Studio }>({
  studioOptions: [{}, { option: true }],
  studio: async ({ studioOptions }, use) => {
    const studio = await launchStudio(studioOptions)
    await use(studio)
    await studio.close()
  }
})

export { expect } from '@playwright/test'

/** The next open dialogs answer with `file`, or as if the person closed them. */
export async function answerOpenDialog(app: ElectronApplication, file: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] })
  }, file)
}

/** The next save dialogs answer with `file`, or as if the person closed them. */
export async function answerSaveDialog(app: ElectronApplication, file: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === null, filePath: chosen ?? '' })
  }, file)
}

/** Drops files from the disk on the middle of the window, as the system does: with their paths. */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const { x, y } = await page.evaluate(() => ({ x: window.innerWidth / 2, y: window.innerHeight / 2 }))
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  const session = await page.context().newCDPSession(page)
  try {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x, y, data })
    }
  } finally {
    await session.detach()
  }
}

/** The process id of the running trainer, or null while there is none. */
export function trainerPid(app: ElectronApplication): Promise<number | null> {
  return app.evaluate(
    ({ app: electron }) => electron.getAppMetrics().find(({ name }) => name === 'trainer')?.pid ?? null
  )
}

/** The size of the window's content, as a person would make it by dragging its edge. */
export async function resizeWindow(app: ElectronApplication, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height }
  )
}
