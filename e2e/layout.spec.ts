/** Nothing is wider than the window, and nothing that tells a person something is cut off. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { fill, goTo, transport, type Stage } from './support/actions'
import { dropFiles, expect, resizeWindow, test } from './support/launch'

const stages: Stage[] = ['Data', 'Model', 'Train', 'Evaluate', 'Explain', 'Export']
const sizes = [
  { width: 1440, height: 900, zoom: 1 },
  { width: 900, height: 600, zoom: 1 },
  { width: 1280, height: 800, zoom: 2 }
]

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-layout-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function show(app: ElectronApplication, page: Page, size: (typeof sizes)[number]): Promise<void> {
  await resizeWindow(app, size.width, size.height)
  await app.evaluate(({ BrowserWindow }, zoom) => {
    BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(zoom)
  }, size.zoom)
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(size.width / size.zoom)
}

/** What reaches beyond the window's right edge: the page itself, a view that scrolls sideways, a lost button. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const root = document.documentElement
    if (root.scrollWidth > window.innerWidth) found.push(`page: ${root.scrollWidth} > ${window.innerWidth}`)
    for (const part of document.querySelectorAll('header.top, .view-main, .card.setup, .reading')) {
      if (part.scrollWidth > part.clientWidth) {
        found.push(`${part.className}: ${part.scrollWidth} > ${part.clientWidth}`)
      }
    }
    for (const button of document.querySelectorAll('.top button')) {
      if (button.getBoundingClientRect().right > window.innerWidth) found.push(`${button.ariaLabel}: out of view`)
    }
    return found
  })
}

/** A table whose two classes have names of 300 letters and cannot be told apart, so that mistakes are listed. */
async function longNames(): Promise<string> {
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${(row % 2 === 0 ? 'a' : 'b').repeat(300)}`)
  const file = path.join(folder, 'long-names.csv')
  await writeFile(file, `x,class\n${rows.join('\n')}\n`)
  return file
}

for (const open of ['Iris', 'class names of 300 letters'] as const) {
  test(`no stage is wider than the window: ${open}`, async ({ studio: { app, page } }) => {
    test.setTimeout(120_000)
    if (open === 'Iris') await page.getByRole('button', { name: /^Iris/ }).click()
    else await dropFiles(page, [await longNames()])
    await goTo(page, 'Train')
    await fill(page, 'Epochs', '3')
    await transport(page, 'Train').click()
    await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
    for (const size of sizes) {
      await show(app, page, size)
      for (const stage of stages) {
        await goTo(page, stage)
        if (stage === 'Evaluate') await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible()
        expect(await tooWide(page), `${stage} at ${JSON.stringify(size)}`).toEqual([])
      }
      // A bubble at the edge of the window stays inside it.
      await page.getByRole('button', { name: 'Redo' }).hover()
      const bubble = page.getByRole('tooltip').filter({ hasText: /redo/i })
      await expect(bubble).toBeVisible()
      const box = await bubble.evaluate((element) => element.getBoundingClientRect().right - window.innerWidth)
      expect(box).toBeLessThanOrEqual(0)
      expect(await tooWide(page), `the bubble of Redo at ${JSON.stringify(size)}`).toEqual([])
    }
    await show(app, page, { width: 1280, height: 800, zoom: 1 })
    await goTo(page, 'Data')
    const card = await page.getByRole('region', { name: 'Target and task' }).boundingBox()
    expect(card?.height).toBeLessThan(260)
  })
}

test('the time left is never cut off', async ({ studio: { app, page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  const left = page.getByText(/\d (s|min) left$/)
  for (const size of [{ width: 1280, height: 800, zoom: 1 }, ...sizes]) {
    await show(app, page, size)
    await expect(left).toBeVisible({ timeout: 30_000 })
    const inside = await left.evaluate((text) => {
      const frame = text.parentElement
      if (frame === null) return false
      const [own, outer] = [text.getBoundingClientRect(), frame.getBoundingClientRect()]
      return (
        text.scrollWidth <= text.clientWidth + 1 && own.left >= outer.left - 0.5 && own.bottom <= outer.bottom + 0.5
      )
    })
    expect(inside, JSON.stringify(size)).toBe(true)
    expect(await tooWide(page)).toEqual([])
  }
  await transport(page, 'Pause').click()
  // While a run goes on there is no button called Train.
  await fill(page, 'Epochs', '90000')
  await goTo(page, 'Evaluate')
  await expect(page.getByText('Stop ends this run; Train then begins a new one with them.')).toBeVisible()
})
