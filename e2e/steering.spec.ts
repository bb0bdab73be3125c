/** A run is steered: settings changed on its way, forked, stepped, helped; and measured against simpler models. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { epochCounter, epochNumber, fill, goTo, transport } from './support/actions'
import { violations } from './support/axe'
import { answerSaveDialog, expect, launchStudio, test, trainerPid } from './support/launch'

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-steering-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const doctor = (page: Page): Locator => page.getByRole('region', { name: 'Training doctor' })

async function openAtTrain(page: Page, sample: string): Promise<void> {
  await button(page, new RegExp(`^${sample}`)).click()
  await goTo(page, 'Train')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Trains to at least that epoch, and pauses. */
async function trainTo(page: Page, epoch: number): Promise<void> {
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThanOrEqual(epoch)
  await transport(page, 'Pause').click()
  await expect(transport(page, 'Resume')).toBeVisible()
}

/** What was recorded of the run in view among the kept ones. */
function recordedChanges(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const runs = await window.studio.listRuns()
    const name = runs.ok ? runs.value[0]?.name : undefined
    if (name === undefined) return []
    const curves = await window.studio.runCurves(name)
    if (!curves.ok) return []
    return curves.value.changes.flatMap(({ settings }) =>
      settings.map(({ label, before, after }) => `${label}: ${before} → ${after}`)
    )
  })
}

test('a rate that is changed in mid-training is applied, recorded and marked', async ({ studio: { app, page } }) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '5000')
  await trainTo(page, 3)
  const before = Number(await page.getByLabel('Learning rate', { exact: true }).inputValue())
  await fill(page, 'Learning rate', String(before / 2))
  await expect(page.getByText(`Learning rate from ${before} to ${before / 2}`)).toBeVisible()
  await button(page, 'Apply to this run').click()
  await expect(page.getByText('Settings have changed')).toHaveCount(0)
  await expect.poll(() => recordedChanges(page)).toEqual([`Learning rate: ${before} → ${before / 2}`])
  const picture = path.join(folder, 'loss.svg')
  await answerSaveDialog(app, picture)
  await button(page, 'Export Loss').click()
  await button(page, 'SVG picture').click()
  await expect.poll(() => readFile(picture, 'utf8').catch(() => '')).toContain('rate × 0.5')

  // What cannot change says so, and leaves starting over.
  await fill(page, 'Seed', '77')
  await expect(page.getByText('Seed cannot change within a run')).toBeVisible()
  await expect(button(page, 'Apply to this run')).toHaveCount(0)
  await expect(button(page, 'Start over with these')).toBeVisible()
})

test('a run is forked from an early epoch with one thing changed, over the curve of its parent', async ({
  studio: { page }
}) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '60')
  await transport(page, 'Train').click()
  await expect(page.getByText(/^Finished\./)).toBeVisible()
  const travel = page.getByRole('slider', { name: 'Time travel' })
  await travel.focus()
  await page.keyboard.press('Home')
  for (let moment = 0; moment < 5; moment += 1) await page.keyboard.press('ArrowRight')
  await expect(travel).toHaveAttribute('aria-valuetext', /^epoch 5/i)

  await button(page, 'Fork from here').click()
  const dialog = page.getByRole('dialog', { name: 'Fork after epoch 5' })
  await expect(dialog).toContainText('No setting differs')
  await button(page, 'Cancel').click()

  await fill(page, 'Batch size', '8')
  await button(page, 'Fork from here').click()
  await expect(dialog.getByRole('list', { name: 'What differs' })).toContainText('Batch size from')
  await expect(dialog).toContainText('what differs is that change')
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click()
  await expect(button(page, /^Take .* off the charts$/)).toBeVisible()
  await expect(page.getByText(/^Finished\./)).toBeVisible()
  await expect(epochCounter(page)).toHaveText('Epoch 60 of 60')
  const runs = await page.evaluate(async () => {
    const reply = await window.studio.listRuns()
    return reply.ok ? reply.value.map(({ parent, epochs }) => ({ from: parent?.epoch ?? null, epochs })) : []
  })
  expect(runs).toEqual([
    { from: 5, epochs: 60 },
    { from: null, epochs: 60 }
  ])
})

test('a test of rates advises one, and it is used', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Iris')
  const rate = page.getByLabel('Learning rate', { exact: true })
  await fill(page, 'Learning rate', '0.00012')
  await button(page, 'Find a learning rate').click()
  const dialog = page.getByRole('dialog', { name: 'Find a learning rate' })
  await expect(dialog.getByRole('img', { name: 'Learning rate test chart' })).toBeVisible()
  await expect(dialog.getByRole('status')).toContainText(/where a rate is too large for long/)
  await dialog.getByRole('button', { name: 'Show as table' }).click()
  expect(await dialog.getByRole('row').count()).toBeGreaterThan(20)
  const use = dialog.getByRole('button', { name: /^Use \d/ })
  const advised = Number((await use.innerText()).replace('Use ', ''))
  expect(advised).toBeGreaterThan(0.00012)
  await use.click()
  await expect(dialog).toHaveCount(0)
  await expect(rate).toHaveValue(String(advised))
})

test('a test of rates waits for the run in view, and is cancelled', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(3)
  await button(page, 'Find a learning rate').click()
  const dialog = page.getByRole('dialog', { name: 'Find a learning rate' })
  await expect(dialog).toContainText('It waits for the run in view')
  const another = (): Promise<string> =>
    page.evaluate(async () => {
      const reply = await window.studio.testRates()
      return reply.ok ? 'begun' : reply.error.code
    })
  expect(await another()).toBe('rate-test-in-progress')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(button(page, 'Find a learning rate')).toBeFocused()
  // The one before is over, and the run has not noticed.
  await expect.poll(another).toBe('begun')
  const epoch = await epochNumber(page)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
})

test('the end of a long run is told by the system while the window is not in front', async ({
  studio: { app, page }
}) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(3)
  await app.evaluate(({ BrowserWindow, Notification }) => {
    const shown: string[] = []
    Object.assign(globalThis, { shownNotifications: shown })
    Notification.isSupported = () => true
    Notification.prototype.show = function (this: Electron.Notification) {
      shown.push(`${this.title}: ${this.body}`)
    }
    BrowserWindow.getAllWindows()[0]?.hide()
    // The clock goes forward by more than a run takes that is worth telling of.
    const real = performance.now.bind(performance)
    performance.now = () => real() + 60_000
  })
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getFocusedWindow() === null)).toBe(true)
  expect(await page.evaluate(() => window.studio.stopTraining())).toMatchObject({ ok: true })
  const shown = (): Promise<unknown> => app.evaluate((): unknown => Reflect.get(globalThis, 'shownNotifications'))
  await expect.poll(shown).toEqual([expect.stringMatching(/^iris: "iris" was stopped after \d+ epochs/)])
})

test('a run that was broken off goes on from the table of runs', async () => {
  const userData = await mkdtemp(path.join(folder, 'user-'))
  const first = await launchStudio({ userData })
  await openAtTrain(first.page, 'Iris')
  await fill(first.page, 'Epochs', '3000')
  await trainTo(first.page, 5)
  await expect(first.page.getByText(/saved (at|in) epoch \d/)).toBeVisible()
  const trainer = (await trainerPid(first.app)) ?? -1
  const exited = new Promise((resolve) => first.app.process().once('exit', resolve))
  first.app.process().kill('SIGKILL')
  await exited
  // As long as its trainer lives the run counts as running.
  await expect.poll(() => isAlive(trainer)).toBe(false)

  const { page, close } = await launchStudio({ userData })
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await page.getByRole('button', { name: 'Runs 1', exact: true }).click()
  const row = page.getByRole('table', { name: 'Runs', exact: true }).getByRole('row').last()
  await expect(row).toContainText('interrupted')
  await row.getByRole('checkbox').check()
  await page
    .getByRole('toolbar', { name: 'Actions on runs' })
    .getByRole('button', { name: 'Continue', exact: true })
    .click()
  await expect(epochCounter(page)).toHaveText('Epoch 3000 of 3000', { timeout: 30_000 })
  await expect(row).toContainText('completed')
  await expect(page.getByRole('table', { name: 'Runs', exact: true }).getByRole('row')).toHaveCount(2)
  await close()
})

test('a run that diverged has one advice: that of the doctor', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Auto MPG')
  await page.getByLabel('Optimizer', { exact: true }).selectOption('sgd')
  await fill(page, 'Learning rate', '100')
  await transport(page, 'Train').click()
  const outcome = page.getByRole('alert').filter({ hasText: 'Training diverged' })
  await expect(outcome).toContainText('The training doctor says why')
  await expect(outcome.getByRole('button')).toHaveCount(0)
  const finding = doctor(page).getByRole('article').first()
  await finding.getByRole('button', { name: 'Dismiss' }).click()
  // Without a finding the engine's own advice stands.
  while ((await doctor(page).getByRole('article').count()) > 0) {
    const count = await doctor(page).getByRole('article').count()
    await finding.getByRole('button', { name: 'Dismiss' }).click()
    await expect(doctor(page).getByRole('article')).not.toHaveCount(count)
  }
  await expect(outcome.getByRole('button', { name: /^Start over with learning rate/ })).toBeVisible()
})

test('the doctor finds a rate too high, tries a lower one and has it accepted', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Auto MPG')
  await page.getByLabel('Optimizer', { exact: true }).selectOption('sgd')
  await fill(page, 'Learning rate', '1')
  await fill(page, 'Epochs', '400')
  await transport(page, 'Train').click()
  const finding = doctor(page).getByRole('article', { name: 'Learning rate too high' })
  await expect(finding).toBeVisible()
  await expect(finding.getByRole('img', { name: /^Evidence/ })).toBeVisible()
  await finding.getByRole('button', { name: 'Try it' }).click()
  await expect(finding.getByRole('img', { name: /^Trial/ })).toBeVisible()
  await expect(finding.getByRole('status')).toContainText(/with it|the remedy/i)
  await expect(finding).toContainText(/Accept (applies it to this run|starts over with it)/)
  const advised = /Set the learning rate to (\S+)/.exec(await finding.innerText())?.[1] ?? 'none'
  expect(Number(advised)).toBeLessThanOrEqual(0.1)
  await finding.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue(advised)
  await expect(page.getByText('Settings have changed')).toHaveCount(0)
})

test('all is well: the doctor has nothing to say', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '5000')
  await trainTo(page, 4)
  await expect(doctor(page).getByText('No findings')).toBeVisible()
  await expect(doctor(page).getByRole('article')).toHaveCount(0)
})

test('one epoch is stepped, by its button and by its keys', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Iris')
  await button(page, 'Step one epoch').click()
  await expect(transport(page, 'Resume')).toBeVisible()
  await expect(epochCounter(page)).toHaveText(/Epoch 1 of/)
  await expect(page.getByText(/step (\d+)\/\1$/)).toBeVisible()
  await page.keyboard.press('Control+Shift+Period')
  await expect(epochCounter(page)).toHaveText(/Epoch 2 of/)
  await expect(page.getByText(/step (\d+)\/\1$/)).toBeVisible()
  await expect(transport(page, 'Resume')).toBeVisible()
})

test('the network is measured against simpler models, and the time left has a spread', async ({ studio: { page } }) => {
  await openAtTrain(page, 'Iris')
  await fill(page, 'Epochs', '20000')
  await transport(page, 'Train').click()
  await expect(page.getByText(/\d–\d\S* (s|min|h) left/)).toBeVisible()
  const verdict = page.getByText(
    /(better than|worse than|about as good as) (logistic regression|always|the most|guess)/i
  )
  await expect(verdict).toBeVisible()
  await expect(page.getByText(/saved (at|in) epoch \d/)).toBeVisible({ timeout: 40_000 })
  await verdict.click()
  const table = page.getByRole('table', { name: 'Baselines' })
  await expect(table.getByRole('row')).toHaveCount(4)
  await expect(table.getByRole('row', { name: /^Network, epoch/ })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`all that steers a run in ${colorScheme}: nothing that axe can find`, async ({ studio: { page } }) => {
    test.setTimeout(90_000)
    await page.emulateMedia({ colorScheme })
    await openAtTrain(page, 'Two Spirals')
    await page.getByLabel('Optimizer', { exact: true }).selectOption('sgd')
    await fill(page, 'Learning rate', '30')
    await fill(page, 'Epochs', '300')
    await transport(page, 'Train').click()
    const finding = doctor(page).getByRole('article').first()
    await expect(finding).toBeVisible()
    await expect(page.getByRole('list', { name: 'Legend' })).toBeVisible()
    await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
    await finding.getByRole('button', { name: 'Try it' }).click()
    await expect(finding.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 30_000 })
    await fill(page, 'Batch size', '16')
    await expect(page.getByText('Settings have changed')).toBeVisible()
    await page.getByRole('slider', { name: 'Time travel' }).press('Home')
    expect(await violations(page), 'a finding, its trial, changed settings, an early moment').toEqual([])

    await button(page, 'Fork from here').click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await violations(page), 'the fork').toEqual([])
    await button(page, 'Cancel').click()
    await expect(button(page, 'Fork from here')).toBeFocused()

    await button(page, 'Find a learning rate').click()
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Test again' })).toBeVisible({ timeout: 30_000 })
    expect(await violations(page), 'the test of rates').toEqual([])
  })
}
