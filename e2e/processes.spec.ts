/** Processes that die, come twice or end: what a person keeps, and what is left behind. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { TrainerNotice } from '../src/shared/ipc/contract'
import { fill, goTo, transport } from './support/actions'
import { answerOpenDialog, expect, launchStudio, repository, test, trainerPid, type Studio } from './support/launch'

const iris = path.join(repository, 'resources', 'samples', 'iris.csv')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function requirePid(app: Studio['app']): Promise<number> {
  await expect.poll(() => trainerPid(app)).not.toBeNull()
  return (await trainerPid(app)) ?? -1
}

async function openIris({ app, page }: Studio): Promise<void> {
  await answerOpenDialog(app, iris)
  expect(await page.evaluate(() => window.studio.openDatasetDialog())).toMatchObject({ ok: true })
}

function title({ app }: Studio): Promise<string | undefined> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
}

/** Gathers the notices about the trainer from now on. */
function gatherNotices(page: Page): Promise<() => Promise<readonly TrainerNotice[]>> {
  return page
    .evaluate(() => {
      const notices: TrainerNotice[] = []
      Object.assign(window, { gatheredNotices: notices })
      window.studio.onTrainerNotice((notice) => notices.push(notice))
    })
    .then(() => () => page.evaluate<readonly TrainerNotice[]>('window.gatheredNotices'))
}

test('a trainer that was killed comes back with the dataset and the setup', async ({ studio }) => {
  const { app, page } = studio
  await openIris(studio)
  const pid = await requirePid(app)
  const notices = await gatherNotices(page)
  process.kill(pid, 'SIGKILL')
  // Asked while it is away: answered when it is back.
  await expect.poll(async () => (await notices()).length).toBe(1)
  const [notice] = await notices()
  expect(notice).toMatchObject({ state: 'restarted', error: { code: 'trainer-restarted' } })
  expect(notice?.error.message).toMatch(/ended from outside.*"iris\.csv" is open with your settings as before\.$/)
  expect(await requirePid(app)).not.toBe(pid)
  const rows = await page.evaluate(() => window.studio.datasetRows(0, 1))
  expect(rows).toMatchObject({ ok: true })
  await expect.poll(() => title(studio)).toBe('Backprop Studio – iris')
})

test('a request made while the trainer is away is answered when it is back', async ({ studio }) => {
  const { app, page } = studio
  await openIris(studio)
  const pid = await requirePid(app)
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => isAlive(pid)).toBe(false)
  await expect.poll(() => page.evaluate(() => window.studio.datasetRows(0, 1))).toMatchObject({ ok: true })
})

test('a trainer that keeps dying is given up, with the reason, and the window stays usable', async ({ studio }) => {
  const { app, page } = studio
  const notices = await gatherNotices(page)
  for (let death = 1; death <= 4; death++) {
    process.kill(await requirePid(app), 'SIGKILL')
    await expect.poll(async () => (await notices()).length, { timeout: 10_000 }).toBe(death)
  }
  const all = await notices()
  expect(all.map(({ state }) => state)).toEqual(['restarted', 'restarted', 'restarted', 'gone'])
  expect(all[3]?.error).toMatchObject({ code: 'trainer-gone' })
  expect(await page.evaluate(() => window.studio.openSample('iris'))).toMatchObject({
    ok: false,
    error: { code: 'trainer-gone' }
  })
  expect(await page.evaluate(() => window.studio.listRecent())).toMatchObject({ ok: true })
})

test('a window that crashed is loaded again and finds everything', async ({ studio }) => {
  const { app } = studio
  await openIris(studio)
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.once('did-finish-load', () => Object.assign(globalThis, { loadedAgain: true }))
    contents?.forcefullyCrashRenderer()
  })
  await expect.poll(() => app.evaluate((): unknown => Reflect.get(globalThis, 'loadedAgain'))).toBe(true)
  const answer = await app.evaluate(async ({ BrowserWindow }): Promise<unknown> => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const reply: unknown = await contents?.executeJavaScript('window.studio.datasetRows(0, 1)')
    return reply
  })
  expect(answer).toMatchObject({ ok: true })
})

test('quitting ends every process', async () => {
  const studio = await launchStudio()
  const trainer = await requirePid(studio.app)
  const main = studio.app.process().pid ?? -1
  await studio.close()
  await expect.poll(() => isAlive(trainer)).toBe(false)
  expect(isAlive(main)).toBe(false)
})

test('the trainer ends when main is killed', async () => {
  const userData = await mkdtemp(path.join(tmpdir(), 'backprop-studio-e2e-'))
  const studio = await launchStudio({ userData })
  const trainer = await requirePid(studio.app)
  const exited = new Promise((resolve) => studio.app.process().once('exit', resolve))
  studio.app.process().kill('SIGKILL')
  await exited
  await expect.poll(() => isAlive(trainer), { timeout: 3000 }).toBe(false)
  await rm(userData, { recursive: true, force: true, maxRetries: 5 })
})

test('a second studio hands over to the first and ends', async ({ studio: { app, userData } }) => {
  await app.evaluate(({ app: electron, BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.minimize()
    Object.assign(globalThis, { secondInstances: 0 })
    electron.on('second-instance', () => Object.assign(globalThis, { secondInstances: 1 }))
  })
  const electron: unknown = createRequire(import.meta.url)('electron')
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const second = spawn(String(electron), [repository, `--user-data-dir=${userData}`, ...sandbox], {
    env,
    stdio: 'ignore'
  })
  const code = await new Promise((resolve) => second.once('exit', resolve))
  expect(code).toBe(0)
  await expect.poll(() => app.evaluate((): unknown => Reflect.get(globalThis, 'secondInstances'))).toBe(1)
  await expect
    .poll(() =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isMinimized()))
    )
    .toEqual([false])
})

test('files that were opened are listed at the next start', async () => {
  const userData = await mkdtemp(path.join(tmpdir(), 'backprop-studio-e2e-'))
  try {
    const first = await launchStudio({ userData })
    await openIris(first)
    await first.close()
    expect(JSON.parse(await readFile(path.join(userData, 'recent.json'), 'utf8'))).toMatchObject({ formatVersion: 1 })
    const second = await launchStudio({ userData })
    const recent = await second.page.evaluate(() => window.studio.listRecent())
    expect(recent).toMatchObject({ ok: true, value: [{ fileName: 'iris.csv' }] })
    expect(JSON.stringify(recent)).not.toContain(path.dirname(iris))
    const handle = recent.ok ? recent.value[0]?.handle : undefined
    expect(await second.page.evaluate((known) => window.studio.openDatasetHandle(known), handle ?? '')).toMatchObject({
      ok: true,
      value: { dataset: { fileName: 'iris.csv' } }
    })
    await second.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('File > Open dataset… opens what was chosen and names it in the title', async ({ studio }) => {
  const { app } = studio
  await answerOpenDialog(app, iris)
  await app.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('open-dataset')?.click()
  })
  await expect.poll(() => title(studio)).toBe('Backprop Studio – iris')
})

test('File > Open dataset… asks before it ends a run', async ({ studio }) => {
  const { app, page } = studio
  await openIris(studio)
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  await expect(transport(page, 'Pause')).toBeVisible()
  const choose = () =>
    app.evaluate(({ Menu }) => {
      Menu.getApplicationMenu()?.getMenuItemById('open-dataset')?.click()
    })
  await answerOpenDialog(app, path.join(path.dirname(iris), 'penguins.csv'))
  await choose()
  const question = page.getByRole('dialog', { name: 'Stop this run and open another dataset?' })
  await expect(question).toBeVisible()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(transport(page, 'Pause')).toBeVisible()
  expect(await title(studio)).toBe('Backprop Studio – iris')
  await choose()
  await question.getByRole('button', { name: 'Stop and open' }).click()
  await expect.poll(() => title(studio)).toBe('Backprop Studio – penguins')
})

test('a dialog that was closed opens nothing', async ({ studio }) => {
  const { app, page } = studio
  await answerOpenDialog(app, null)
  expect(await page.evaluate(() => window.studio.openDatasetDialog())).toEqual({ ok: true, value: null })
  expect(await title(studio)).toBe('Backprop Studio')
})
