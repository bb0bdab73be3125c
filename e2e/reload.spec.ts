/** The window may go and come back; the trainer goes on, and the window catches up without a gap. */
import { epochNumber, fill, goTo, transport } from './support/actions'
import { expect, test, trainerPid, type Studio } from './support/launch'

async function trainForLong({ page }: Studio): Promise<void> {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(3)
}

/** Epochs in the loss chart's table, in order. */
async function epochsInTable({ page }: Studio): Promise<number[]> {
  await goTo(page, 'Train')
  await page.getByRole('button', { name: 'Show as table' }).first().click()
  const cells = page.getByRole('table', { name: /loss/i }).getByRole('row').locator('th[scope=row], td:first-child')
  return (await cells.allInnerTexts())
    .map((text) => Number(text.replaceAll(',', '')))
    .filter((epoch) => !Number.isNaN(epoch))
}

test('reloading in mid-training loses nothing', async ({ studio }) => {
  const { app, page } = studio
  await trainForLong(studio)
  const pid = await trainerPid(app)
  const before = await epochNumber(page)
  await page.reload()
  await expect(transport(page, 'Pause')).toBeVisible()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(before)
  expect(await trainerPid(app)).toBe(pid)
  await transport(page, 'Pause').click()
  await expect(transport(page, 'Resume')).toBeVisible()
  const epochs = await epochsInTable(studio)
  expect(epochs.length).toBeGreaterThan(3)
  const sorted = [...new Set(epochs)].sort((a, b) => a - b)
  expect(sorted).toHaveLength(epochs.length)
  expect(sorted.at(0)).toBe(1)
  expect(sorted.at(-1)).toBe(sorted.length)
})

test('a window that is busy for seconds catches up exactly', async ({ studio }) => {
  const { page } = studio
  await trainForLong(studio)
  await page.evaluate(() => {
    const until = performance.now() + 3000
    while (performance.now() < until);
  })
  await transport(page, 'Pause').click()
  await expect(transport(page, 'Resume')).toBeVisible()
  const epochs = await epochsInTable(studio)
  expect(epochs.length).toBe(Math.max(...epochs))
})
