/** Files that take long to read, what is said of how a file is read, and what is remembered of that. */
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Transformer } from '@napi-rs/image'
import type { Page } from '@playwright/test'
import { epochNumber, fill, goTo, transport } from './support/actions'
import { answerOpenDialog, dropFiles, expect, launchStudio, repository, test } from './support/launch'

const MEGABYTE = 1_000_000
/** From the click to the moment when everything works again. */
const CANCEL_MS = 200
const samples = path.join(repository, 'resources', 'samples')

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-reading-'))
  await writeLarge(path.join(folder, 'large.csv'), 60 * MEGABYTE)
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Rows of numbers and words; of so many bytes or a few more. */
async function writeLarge(file: string, bytes: number): Promise<void> {
  const rows = Array.from({ length: 4096 }, (_, row) => {
    const numbers = Array.from({ length: 9 }, (_, column) => ((row * 7919 + column * 104729) % 99991) / 1000)
    return `${numbers.join(',')},${['north', 'south', 'east', 'west'][row % 4] ?? ''}\n`
  })
  const block = Buffer.from(rows.join(''))
  const handle = await open(file, 'w')
  try {
    await handle.write(`${Array.from({ length: 9 }, (_, column) => `c${column}`).join(',')},direction\n`)
    for (let written = 0; written < bytes; written += block.length) await handle.write(block)
  } finally {
    await handle.close()
  }
}

const readingOf = (page: Page) => page.getByRole('region', { name: 'Reading large.csv' })

async function openIris(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await expect(transport(page, 'Train')).toBeEnabled()
}

test('a long reading shows how far it is, and Cancel gives back what was open', async ({ studio: { page } }) => {
  await openIris(page)
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '4321')
  await goTo(page, 'Data')
  await dropFiles(page, [path.join(folder, 'large.csv')])
  const reading = readingOf(page)
  await expect(reading).toContainText(/rows\/s/)
  await expect(reading).toContainText(/\d+ % of \d+ MB/)
  await expect(reading.getByRole('progressbar')).toHaveAttribute('value', /0\.\d+/)
  await expect(transport(page, 'Train')).toBeDisabled()
  // What is open stays in view meanwhile.
  await expect(page.getByRole('heading', { name: 'iris.csv' })).toBeVisible()

  const train = await transport(page, 'Train').elementHandle()
  const took = await reading.getByRole('button', { name: 'Cancel' }).evaluate(async (button, other) => {
    const from = performance.now()
    if (button instanceof HTMLElement) button.click()
    while (other.getAttribute('aria-disabled') === 'true') await new Promise(requestAnimationFrame)
    return performance.now() - from
  }, train)
  test.info().annotations.push({ type: 'cancel', description: `${took.toFixed(0)} ms` })
  expect(took).toBeLessThan(CANCEL_MS)
  await expect(reading).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'iris.csv' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await goTo(page, 'Train')
  await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('4321')
  await transport(page, 'Train').click()
  await expect(transport(page, 'Pause')).toBeVisible()
})

test('Escape cancels a reading, and a run goes on through it', async ({ studio: { page } }) => {
  await openIris(page)
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '1000000')
  await transport(page, 'Train').click()
  await expect(transport(page, 'Pause')).toBeVisible()
  await dropFiles(page, [path.join(folder, 'large.csv')])
  await page.getByRole('button', { name: 'Stop and open' }).click()
  await expect(readingOf(page)).toBeVisible()
  const before = await epochNumber(page)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(before)
  await page.keyboard.press('Escape')
  await expect(readingOf(page)).toHaveCount(0)
  await expect(transport(page, 'Pause')).toBeEnabled()
  const after = await epochNumber(page)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(after)
})

test('another file takes the place of one that is being read', async ({ studio: { page } }) => {
  await dropFiles(page, [path.join(folder, 'large.csv')])
  await expect(readingOf(page)).toBeVisible()
  await dropFiles(page, [path.join(samples, 'penguins.csv')])
  await expect(page.getByRole('heading', { name: 'penguins.csv' })).toBeVisible()
  await expect(readingOf(page)).toHaveCount(0)
  await expect(transport(page, 'Train')).toBeEnabled()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('words are taken as values or as missing, and a recent file is read again like that', async () => {
  const file = path.join(folder, 'words.csv')
  const rows = Array.from({ length: 40 }, (_, row) => {
    return `${row % 5 === 0 ? '-999' : row},${['None', 'some', 'many'][row % 3] ?? ''},${row % 2 === 0 ? 'a' : 'b'}`
  })
  await writeFile(file, ['n,amount,class', ...rows].join('\n'))
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-recents-'))
  try {
    const first = await launchStudio({ userData })
    await dropFiles(first.page, [file])
    await first.page.getByRole('button', { name: 'Change…' }).click()
    const form = first.page.getByRole('dialog', { name: 'How the file is read' })
    const words = form.getByRole('group', { name: 'Counts as no value, besides empty cells' })
    await expect(words.getByRole('listitem').first()).toContainText('None')
    await expect(words.getByRole('listitem').first()).toContainText('14')
    await words.getByRole('button', { name: 'Take “None” as a value' }).click()
    await words.getByRole('textbox', { name: 'Word that counts as no value' }).fill('-999')
    await words.getByRole('button', { name: 'Add' }).click()
    await form.getByRole('button', { name: 'Read again' }).click()
    await expect(first.page.getByRole('button', { name: 'Inspect amount' })).toBeVisible()
    const missing = (page: Page) =>
      page.getByRole('region', { name: 'Notices about the data' }).getByText('"n" (8)', { exact: false })
    await expect(missing(first.page).first()).toBeVisible()
    await first.close()

    const second = await launchStudio({ userData })
    await second.page.getByRole('button', { name: /^words\.csv/ }).click()
    await expect(missing(second.page).first()).toBeVisible()
    // Dropped anew, it is read as it is found.
    await dropFiles(second.page, [file])
    await expect(missing(second.page)).toHaveCount(0)
    await second.close()
  } finally {
    await rm(userData, { recursive: true, force: true })
  }
})

test('a folder of images is chosen, and its images are read in another size', async ({ studio: { app, page } }) => {
  const pictures = path.join(folder, 'pictures')
  for (const [kind, level] of [
    ['dark', 40],
    ['light', 200]
  ] as const) {
    await mkdir(path.join(pictures, kind), { recursive: true })
    for (let image = 0; image < 6; image++) {
      const pixels = new Uint8Array(20 * 10 * 4).fill(level + image).map((value, at) => (at % 4 === 3 ? 255 : value))
      await writeFile(path.join(pictures, kind, `${image}.png`), Transformer.fromRgbaPixels(pixels, 20, 10).pngSync())
    }
  }
  await answerOpenDialog(app, pictures)
  await page.getByRole('button', { name: 'Open folder of images…' }).click()
  await expect(page.getByText('Images, 20×10, colour')).toBeVisible()
  await page.getByRole('button', { name: 'Change…' }).click()
  const form = page.getByRole('dialog', { name: 'How the file is read' })
  await form.getByRole('spinbutton', { name: 'Width' }).fill('0')
  await expect(form.getByText('Whole numbers from 1 to 512.')).toBeVisible()
  await expect(form.getByRole('button', { name: 'Read again' })).toBeDisabled()
  await form.getByRole('spinbutton', { name: 'Width' }).fill('12')
  await form.getByRole('combobox', { name: 'Images of another shape' }).selectOption('Crop what is beyond')
  await form.getByRole('combobox', { name: 'Colours' }).selectOption('Grey')
  await form.getByRole('button', { name: 'Read again' }).click()
  await expect(page.getByText('Images, 12×10, grey')).toBeVisible()
})

test('File > Open folder of images… opens a folder', async ({ studio: { app, page } }) => {
  const pictures = path.join(folder, 'few')
  await mkdir(pictures, { recursive: true })
  const pixels = new Uint8Array(4 * 4 * 4).fill(120)
  for (const name of ['a', 'b']) {
    await writeFile(path.join(pictures, `${name}.png`), Transformer.fromRgbaPixels(pixels, 4, 4).pngSync())
  }
  await answerOpenDialog(app, pictures)
  await app.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('open-folder')?.click()
  })
  await expect(page.getByRole('heading', { name: 'few' })).toBeVisible()
})
