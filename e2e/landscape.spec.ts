/** The loss around the weights of a run: from above, from the side, as a table; and the minima of several seeds. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { violations } from './support/axe'
import { epochNumber, fill, goTo, transport } from './support/actions'
import { answerSaveDialog, expect, resizeWindow, test } from './support/launch'

async function trained(page: Page, epochs: string): Promise<void> {
  await page.getByRole('button', { name: /^Two Spirals/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', epochs)
  await transport(page, 'Train').click()
}

/** What stands there for all, not for screen readers alone. */
function told(settings: Locator, text: string | RegExp): Locator {
  return settings.getByRole('paragraph').filter({ hasText: text })
}

async function openLandscape(page: Page): Promise<void> {
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Landscape' }).click()
}

test('the landscape of a run: computed while one looks, from above, from the side and as a table', async ({
  studio: { page, app }
}) => {
  await resizeWindow(app, 1440, 900)
  await page.getByRole('button', { name: /^Two Spirals/ }).click()
  await openLandscape(page)
  await expect(page.getByRole('heading', { name: 'The landscape is drawn around trained weights' })).toBeVisible()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '40')
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible()
  await openLandscape(page)

  const settings = page.getByRole('region', { name: 'Landscape settings' })
  const picture = page.getByRole('img', { name: 'Loss landscape', exact: true })
  await test.step('on the plane of the path', async () => {
    await page.getByRole('button', { name: 'Compute landscape' }).click()
    await expect(told(settings, /^1\s681 losses in /)).toBeVisible({ timeout: 30_000 })
    await expect(picture).toHaveAccessibleDescription(
      /^Epoch 40, step \d+: on the plane of the path the loss is between [\d.]+ at α .* The path has \d+ moments/
    )
    await expect(settings.getByText(/the plane holds [\d.]+\s% of how they vary along α/)).toBeVisible()
    await expect(settings.getByText(/^Every loss is the mean of /)).toBeVisible()
  })

  await test.step('arrow keys tell the loss at a place', async () => {
    await page.getByRole('group', { name: /^Loss at a place/ }).press('ArrowLeft')
    await expect(page.getByText(/^Loss [\d.]+, α /)).toBeAttached()
  })

  await test.step('from the side, turned by keys', async () => {
    await page.getByRole('group', { name: 'View' }).getByRole('button', { name: '3-D' }).click()
    const relief = page.getByRole('img', { name: 'Loss landscape in 3-D' })
    const turn = page.getByRole('group', { name: /^Turn the landscape/ })
    await expect(turn.getByText(/326° around, 52° above$/)).toBeVisible()
    const before = await relief.screenshot()
    await turn.press('ArrowRight')
    await expect(turn.getByText(/318° around/)).toBeVisible()
    expect((await relief.screenshot()).equals(before)).toBe(false)
    await turn.press('Home')
    await expect(turn.getByText(/326° around/)).toBeVisible()
  })

  await test.step('as a table', async () => {
    await page.getByRole('button', { name: 'Show as table' }).first().click()
    await expect(page.getByRole('table', { name: 'Losses on the plane' }).getByRole('row')).toHaveCount(1 + 200)
    const moments = page.getByRole('table', { name: 'Path of the run' })
    await expect(moments.getByRole('row').nth(1).getByRole('cell').first()).toHaveText('0')
    await expect(moments.getByRole('row').last().getByRole('cell')).toHaveText(['40', '0', '0', '0'])
    await page.getByRole('button', { name: 'Contour' }).click()
  })

  await test.step('saved as a picture and as values', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'studio-landscape-'))
    const save = async (label: string, file: string): Promise<Buffer> => {
      const to = path.join(folder, file)
      await answerSaveDialog(app, to)
      await page.getByRole('button', { name: /^Export Loss landscape/ }).click()
      await page.getByRole('button', { name: label }).click()
      await expect
        .poll(() =>
          stat(to).then(
            ({ size }) => size,
            () => 0
          )
        )
        .toBeGreaterThan(0)
      return readFile(to)
    }
    try {
      const png = await save('PNG picture', 'landscape.png')
      expect(png.subarray(1, 4).toString()).toBe('PNG')
      const shown = await picture.boundingBox()
      expect(png.readUInt32BE(16) / png.readUInt32BE(20)).toBeCloseTo((shown?.width ?? 0) / (shown?.height ?? 1), 1)
      const [heading, ...lines] = (await save('CSV values', 'landscape.csv')).toString().trimEnd().split('\n')
      expect(heading).toBe('alpha,beta,loss')
      const values = lines.map((line) => line.split(',').map(Number))
      expect(values).toHaveLength(41 ** 2)
      expect(values.flat().every(Number.isFinite)).toBe(true)
      expect(new Set(values.map(([alpha, beta]) => `${alpha} ${beta}`)).size).toBe(41 ** 2)
      // The same numbers as in the words beside the picture.
      const least = values.map(([, , loss = NaN]) => loss).reduce((low, loss) => Math.min(low, loss))
      const description =
        (await picture.evaluate((drawn) => {
          const id = drawn.getAttribute('aria-describedby') ?? ''
          return document.getElementById(id)?.textContent
        })) ?? ''
      const told = Number(/the loss is between ([\d.]+) at/.exec(description)?.[1])
      expect(Math.abs(told / least - 1)).toBeLessThan(1e-3)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  await test.step('on a random plane, and after a reload of the window', async () => {
    await page.getByLabel('Directions').selectOption('Random')
    await page.getByLabel('Points').selectOption('21 × 21')
    await page.getByRole('button', { name: 'Compute landscape' }).click()
    await expect(told(settings, /^441 losses in /)).toBeVisible({ timeout: 30_000 })
    await expect(picture).toHaveAccessibleDescription(/on a random plane .* At the weights themselves it is [\d.]+\./)
    const said = await told(settings, /^441 losses in /).innerText()
    await page.reload()
    await page.getByRole('tab', { name: 'Landscape' }).click()
    await expect(told(settings, said)).toBeVisible()
    await expect(picture).toHaveAccessibleDescription(/on a random plane/)
  })

  await test.step('in both themes and in a small window it offends nobody', async () => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page)).toEqual([])
    }
    await resizeWindow(app, 1020, 700)
    await expect(picture).toBeVisible()
    const box = await picture.boundingBox()
    expect(box?.height).toBeGreaterThan(300)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  })
})

test('a landscape is computed beside a run that trains, and can be cancelled', async ({ studio: { page } }) => {
  await trained(page, '100000')
  await openLandscape(page)
  await page.getByLabel('Points').selectOption('81 × 81')
  await page.getByRole('button', { name: 'Compute landscape' }).click()
  await expect(page.getByRole('progressbar', { name: 'Share of the losses that are known' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const settings = page.getByRole('region', { name: 'Landscape settings' })
  await expect(told(settings, /^Cancelled after /)).toBeVisible()
  const epoch = await epochNumber(page)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
})

test('the minima of several seeds, and the barriers between them', async ({ studio: { page } }) => {
  await trained(page, '20')
  await expect(page.getByText('Finished.')).toBeVisible()
  await openLandscape(page)
  const card = page.getByRole('region', { name: 'Minima of several seeds' })
  await fill(page, 'Epochs each', '100000')
  await card.getByRole('button', { name: 'Train and compare' }).click()
  await expect(card.getByText(/Training from seed \d+: epoch \d+ of 100000; 1 of 3 minima/)).toBeVisible()
  await card.getByRole('button', { name: 'Cancel comparison' }).click()
  await expect(card.getByText('Cancelled.', { exact: true }).first()).toBeVisible()

  await fill(page, 'Epochs each', '20')
  await card.getByRole('button', { name: 'Train and compare' }).click()
  const sentences = card.getByRole('list', { name: 'Barriers' }).getByRole('listitem')
  await expect(sentences).toHaveCount(3)
  for (const sentence of await sentences.allInnerTexts())
    expect(sentence).toMatch(/^Between the minima of seed \d+ and seed \d+ the loss rises .*(valley|one valley)\.$/)
  await expect(card.getByRole('img', { name: 'Loss between the minima' })).toHaveAccessibleDescription(
    /seed \d+ – seed/
  )
  await card.getByRole('radio', { name: 'kept runs' }).check()
  await expect(card.getByText(/^No other kept run/)).toBeVisible()
  expect(await violations(page)).toEqual([])
})
