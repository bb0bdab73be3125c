/** The charts of the Train stage: read, zoomed, kept; a run of a million points under the hand. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { epochCounter, goTo, transport } from './support/actions'
import { answerSaveDialog, expect, launchStudio, test } from './support/launch'
import { panFrames, showMadeRun } from './support/made-run'

let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-charts-'))
})

test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function trainStage(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
}

const chart = (page: Page, name: string): Locator => page.getByRole('img', { name, exact: true })
const wholeRun = (page: Page): Locator => page.getByRole('button', { name: 'Whole run' })

/** Epoch under the middle of a chart, as its tooltip says. */
async function epochInTheMiddle(page: Page, name: string): Promise<number> {
  await chart(page, name).hover()
  const text = await page
    .getByText(/^Epoch [\d\u202f]+$/)
    .first()
    .innerText()
  return Number(text.replace(/\D/g, ''))
}

test('a million points pan and zoom smoothly', async ({ studio: { page } }) => {
  await trainStage(page)
  await showMadeRun(page, { epochs: 1_000_000, stepsPerEpoch: 1 })
  await expect(epochCounter(page)).toHaveText(/1\D?000\D?000 of/)
  await chart(page, 'Loss chart').hover()
  const frames = await panFrames(page, chart(page, 'Loss chart'))
  test.info().annotations.push({ type: 'frames', description: JSON.stringify(frames) })
  // Generous: machines that run this have no graphics card and other work to do.
  expect(frames.count).toBeGreaterThan(20)
  expect(frames.median).toBeLessThan(50)
  expect(frames.worst).toBeLessThan(500)
})

test('charts are zoomed together, by mouse and by keys', async ({ studio: { page } }) => {
  await trainStage(page)
  await showMadeRun(page, { epochs: 400, stepsPerEpoch: 10 })
  const loss = chart(page, 'Loss chart')
  await expect(loss).toBeVisible()
  const box = await loss.boundingBox()
  if (box === null) throw new Error('the chart has no place')
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.8, box.y + 80, { steps: 4 })
  await page.mouse.up()
  await expect(wholeRun(page)).toBeVisible()
  const zoomed = await epochInTheMiddle(page, 'Loss chart')
  expect(zoomed).toBeGreaterThan(220)
  expect(Math.abs((await epochInTheMiddle(page, 'MAE chart')) - zoomed)).toBeLessThan(12)
  await loss.dblclick()
  await expect(wholeRun(page)).toHaveCount(0)

  await loss.focus()
  await page.keyboard.press('+')
  await expect(wholeRun(page)).toBeVisible()
  const before = await epochInTheMiddle(page, 'Loss chart')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => epochInTheMiddle(page, 'Loss chart')).toBeGreaterThan(before)
  await page.keyboard.press('0')
  await expect(wholeRun(page)).toHaveCount(0)

  await page.mouse.move(box.x + box.width * 0.5, box.y + 60)
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -200)
  await page.keyboard.up('Control')
  await expect(wholeRun(page)).toBeVisible()
  // The same part of the run stays in sight along another measure.
  await page.getByText('Step', { exact: true }).last().click()
  await expect(wholeRun(page)).toBeVisible()
  await wholeRun(page).click()
  await expect(wholeRun(page)).toHaveCount(0)
})

test('a chart becomes a picture of pixels, one of vectors, and a table of exact values', async ({
  studio: { app, page }
}) => {
  await trainStage(page)
  await showMadeRun(page, { epochs: 300, stepsPerEpoch: 4, facts: { title: '=Run 7' } })
  const save = async (label: string, file: string): Promise<Buffer> => {
    const to = path.join(folder, file)
    await answerSaveDialog(app, to)
    await page.getByRole('button', { name: 'Export Loss', exact: true }).click()
    await page.getByRole('button', { name: label }).click()
    await expect
      .poll(() =>
        readFile(to).then(
          (bytes) => bytes.length,
          () => 0
        )
      )
      .toBeGreaterThan(0)
    return readFile(to)
  }
  const png = await save('PNG picture', 'loss.png')
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1600, 840])
  const svg = (await save('SVG picture', 'loss.svg')).toString()
  expect(svg).toContain('>validation</text>')
  expect(svg).not.toContain('NaN')
  const csv = (await save('CSV of all epochs', 'loss.csv')).toString().trimEnd().split('\r\n')
  expect(csv).toHaveLength(301)
  expect(csv[1]).toMatch(/^'=Run 7,1,4,20,0\.\d{10,}/)
})

test('cards are pinned for good, enlarged and folded away', async () => {
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-cards-'))
  const titles = (page: Page): Promise<string[]> => page.locator('.view-main h2').allInnerTexts()
  try {
    const first = await launchStudio({ userData })
    await trainStage(first.page)
    expect((await titles(first.page)).slice(0, 2)).toEqual(['Loss', 'Accuracy'])
    await expect(chart(first.page, 'Throughput chart')).toHaveCount(0)
    await first.page.getByRole('button', { name: 'More charts' }).click()
    await first.page.getByRole('button', { name: 'Pin Throughput' }).click()
    expect((await titles(first.page)).slice(0, 2)).toEqual(['Throughput', 'Loss'])
    await first.page.getByRole('button', { name: 'Enlarge Loss' }).click()
    await expect(chart(first.page, 'Accuracy chart')).toBeHidden()
    await first.page.keyboard.press('Escape')
    await expect(chart(first.page, 'Accuracy chart')).toBeVisible()
    await first.page.getByRole('button', { name: 'Fewer charts' }).click()
    await first.close()

    const second = await launchStudio({ userData })
    await trainStage(second.page)
    expect((await titles(second.page)).slice(0, 2)).toEqual(['Throughput', 'Loss'])
    await expect(second.page.getByRole('button', { name: 'More charts' })).toBeVisible()
    await second.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('layers, rates and rows a second of a real run are drawn, read as tables and kept', async ({
  studio: { app, page }
}) => {
  await trainStage(page)
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.', { exact: false }).first()).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'More charts' }).click()
  for (const title of ['Gradient norm', 'Update to weight', 'Error per layer', 'Throughput', 'Learning rate']) {
    const card = page.getByRole('region', { name: `${title} card`, exact: true })
    await card.getByRole('button', { name: 'Show as table' }).click()
    const table = card.getByRole('table', { name: `${title} by epoch` })
    await expect(table.getByRole('row')).toHaveCount(61)
    await expect(table.getByRole('row').last()).toContainText(/\d/)
  }
  await expect(page.getByRole('table', { name: 'Gradient norm by epoch' })).toContainText('dense1')

  const file = path.join(folder, 'steps.csv')
  await answerSaveDialog(app, file)
  await page.getByRole('button', { name: 'Export Loss', exact: true }).click()
  await page.getByRole('button', { name: 'CSV of all steps' }).click()
  await expect
    .poll(() =>
      readFile(file, 'utf8').then(
        (text) => text.split('\r\n').length,
        () => 0
      )
    )
    .toBe(242)
  const rows = (await readFile(file, 'utf8')).trimEnd().split('\r\n')
  expect(rows.slice(1).map((row) => Number(row.split(',')[0]))).toEqual(
    Array.from({ length: 240 }, (_, step) => step + 1)
  )
})

test('the run that a fork came from lies under it, and can be taken away', async ({ studio: { page } }) => {
  await trainStage(page)
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.', { exact: false }).first()).toBeVisible({ timeout: 30_000 })
  const forked = await page.evaluate(() => window.studio.forkTraining(30))
  expect(forked).toMatchObject({ ok: true })
  const takeOff = page.getByRole('button', { name: /^Take .+ off the charts$/ })
  await expect(takeOff).toBeVisible()
  // Layers are told apart by colour: those of the parent are dotted.
  const dotted = page.getByRole('region', { name: 'Gradient norm card' }).getByTitle('Dotted: the same layers of iris')
  await expect(dotted).toBeVisible()
  await takeOff.click()
  await expect(takeOff).toHaveCount(0)
  await expect(dotted).toHaveCount(0)
})
