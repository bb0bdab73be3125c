/** Loss lab: what each loss sends back from the output, and the same network under each of them. */
import type { Locator, Page } from '@playwright/test'
import { goTo } from './support/actions'
import { violations } from './support/axe'
import { expect, resizeWindow, test } from './support/launch'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const trainings = (page: Page): Locator => page.getByRole('region', { name: 'Trainings under each loss' })
const atZ = (page: Page): Locator => page.getByRole('table', { name: 'Output gradient at z' })

async function openLab(page: Page, sample: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${sample}`) }).click()
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Loss lab' }).click()
}

/** ∂E/∂z of a loss for target 1. */
async function gradientOf(page: Page, loss: string): Promise<number> {
  const cell = atZ(page)
    .getByRole('row', { name: new RegExp(`^${loss}`) })
    .getByRole('cell')
    .first()
  return Number((await cell.innerText()).replaceAll('−', '-'))
}

test('where the network is surely wrong squared error sends nothing back', async ({ studio: { page } }) => {
  await openLab(page, 'Two Spirals')
  for (const target of [0, 1]) {
    await expect(page.getByRole('img', { name: `Output gradient for target ${target} chart` })).toBeVisible()
  }
  const z = page.getByRole('slider', { name: 'z', exact: true })
  await z.focus()
  await z.press('Home')
  await expect(z).toHaveAttribute('aria-valuetext', '−10.0')
  await expect(atZ(page)).toContainText('saturated')
  expect(Math.abs(await gradientOf(page, 'Squared error'))).toBeLessThan(1e-3)
  expect(await gradientOf(page, 'Log loss')).toBeCloseTo(-1, 3)
  expect(await gradientOf(page, 'Cross-entropy')).toBeCloseTo(-1, 3)
  // The pointer reads a place too.
  await page.getByRole('img', { name: 'Output gradient for target 1 chart' }).hover()
  await expect(z).not.toHaveAttribute('aria-valuetext', '−10.0')
  await expect(atZ(page)).not.toContainText('saturated')
  await expect(page.getByRole('group', { name: 'Derivation, Log loss' }).locator('math').first()).toBeAttached()
})

test('three trainings from one start: with squared error it stays wrong', async ({ studio: { page } }) => {
  await openLab(page, 'Two Spirals')
  const shift = page.getByRole('slider', { name: 'Bias shift' })
  await shift.focus()
  await shift.press('End')
  await page.getByLabel('Training steps').fill('120')
  await button(page, 'Train under each loss').click()
  await expect(trainings(page).getByRole('status')).toContainText(
    /log loss sends back \S+ times the gradient of squared error .* After 120 steps .* with squared error, .* of the rows are right/
  )
  await expect(trainings(page)).toContainText('shifted by 12')
  await trainings(page).getByRole('button', { name: 'Show as table' }).nth(1).click()
  const table = trainings(page).getByRole('table', { name: 'Gradient under each loss chart' })
  const ends = async (loss: string): Promise<readonly [number, number]> => {
    const rows = table.getByRole('row', { name: new RegExp(`^${loss}`) })
    const value = async (row: Locator): Promise<number> =>
      Number((await row.getByRole('cell').last().innerText()).replace('−', '-'))
    return [await value(rows.first()), await value(rows.last())]
  }
  const [squaredStart, squaredEnd] = await ends('Squared error')
  const [logStart, logEnd] = await ends('Log loss')
  expect(logStart / squaredStart).toBeGreaterThan(1000)
  expect(squaredEnd / squaredStart).toBeLessThan(2)
  expect(logEnd).toBeLessThan(logStart)

  await page.getByLabel('Training steps').fill('5000')
  await button(page, 'Train under each loss').click()
  await button(page, 'Cancel the trainings').click()
  await expect(trainings(page).getByRole('status')).toContainText('Cancelled after')
  await page.getByLabel('Rate of descent').fill('0')
  await expect(button(page, 'Train under each loss')).toHaveAttribute('aria-disabled', 'true')
})

test('more classes have two losses', async ({ studio: { page } }) => {
  await openLab(page, 'Iris')
  await expect(atZ(page).getByRole('row')).toHaveCount(3)
  await page.getByLabel('Training steps').fill('30')
  await button(page, 'Train under each loss').click()
  await expect(trainings(page).getByRole('status')).toContainText('cross-entropy sends back')
})

test('a regression says why squared error, and offers a sample of two classes', async ({ studio: { page } }) => {
  await openLab(page, 'Auto MPG')
  await expect(page.getByRole('region', { name: 'Why squared error' })).toContainText('nothing that could saturate')
  await button(page, /^Open Two Spirals/).click()
  await page.getByRole('tab', { name: 'Loss lab' }).click()
  await expect(page.getByRole('img', { name: 'Output gradient for target 1 chart' })).toBeVisible()
})

for (const scheme of ['light', 'dark'] as const) {
  test(`the tab is accessible in a ${scheme} window of either size`, async ({ studio: { app, page } }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await openLab(page, 'Two Spirals')
    await page.getByLabel('Training steps').fill('40')
    await button(page, 'Train under each loss').click()
    await expect(trainings(page).getByRole('status')).toContainText('After 40 steps')
    for (const [width, height] of [
      [1440, 900],
      [1020, 700]
    ] as const) {
      await resizeWindow(app, width, height)
      await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width)
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    }
  })
}
