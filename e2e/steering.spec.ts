/** A run is steered: settings changed on its way, forked, stepped, helped; and measured against simpler models. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { epochCounter, epochNumber, fill, goTo, transport } from './support/actions'
import { answerSaveDialog, expect, test } from './support/launch'

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
  await finding.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue('0.1')
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
  const verdict = page.getByText(/(better|worse) than (logistic regression|always|the most|guess)/i)
  await expect(verdict).toBeVisible()
  await expect(page.getByText(/saved (at|in) epoch \d/)).toBeVisible({ timeout: 40_000 })
  await verdict.click()
  const table = page.getByRole('table', { name: 'Baselines' })
  await expect(table.getByRole('row')).toHaveCount(4)
  await expect(table.getByRole('row', { name: /^Network, epoch/ })).toBeVisible()
})
