/** Pictures of a run while it trains, and as they were at earlier moments. */
import type { Locator, Page } from '@playwright/test'
import { epochNumber, fill, goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

/** What a picture says of itself. */
async function told(page: Page, picture: Locator): Promise<string> {
  const id = await picture.getAttribute('aria-describedby')
  return (await page.locator(`[id="${id ?? ''}"]`).textContent()) ?? ''
}

/** Once it does not change any more. */
async function settled(page: Page, picture: Locator, beginning: RegExp): Promise<string> {
  await expect(picture).toHaveAccessibleDescription(beginning)
  return told(page, picture)
}

async function startSample(page: Page, sample: RegExp, epochs: string): Promise<void> {
  await page.getByRole('button', { name: sample }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', epochs)
  await transport(page, 'Train').click()
}

test('the decision boundary lives while it trains, and time travel goes back to any moment', async ({
  studio: { page }
}) => {
  await startSample(page, /^Two Spirals/, '100000')
  const boundary = page.getByRole('img', { name: 'Decision boundary' })
  const legend = page.getByRole('region', { name: 'Decision boundary' }).getByRole('list', { name: 'Legend' })
  const slider = page.getByRole('slider', { name: 'Time travel' })
  const travel = page.getByRole('region', { name: 'Past moments of the run' })
  const now = travel.getByRole('button', { name: 'Now' })

  await test.step('it is the largest picture, about as high as wide, with a legend', async () => {
    await expect(legend.getByRole('listitem')).toHaveText(['left', 'right', 'training', 'validation'])
    const box = await boundary.boundingBox()
    const loss = await page.getByRole('img', { name: 'Loss chart' }).boundingBox()
    if (box === null || loss === null) throw new Error('a picture has no place')
    expect(Math.max(box.width / box.height, box.height / box.width)).toBeLessThan(1.3)
    expect(box.width * box.height).toBeGreaterThan(1.5 * loss.width * loss.height)
  })

  await test.step('the boundary changes while steps are taken', async () => {
    await boundary.scrollIntoViewIfNeeded()
    await expect(boundary).toHaveAccessibleDescription(/Epoch \d+, step \d+\. .*left \d/)
    const first = await told(page, boundary)
    await expect.poll(() => told(page, boundary)).not.toBe(first)
    await expect(transport(page, 'Pause')).toBeVisible()
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(60)
  })

  await transport(page, 'Pause').click()
  await expect(transport(page, 'Resume')).toBeVisible()
  const stopped = await slider.getAttribute('aria-valuetext')
  const step = /step (\d+)/.exec(stopped ?? '')?.[1] ?? ''
  const today = await settled(page, boundary, new RegExp(`step ${step}\\. `))
  const todayPixels = await boundary.screenshot()

  const weights = page.getByRole('img', { name: 'Weights of dense1 over the run' })
  await test.step('the first moment is before the first step', async () => {
    await slider.press('Home')
    await expect(slider).toHaveAttribute('aria-valuetext', 'Epoch 0 · step 0')
    const early = await settled(page, boundary, /^Epoch 0, step 0\. /)
    expect(early).not.toBe(today)
    expect((await boundary.screenshot()).equals(todayPixels)).toBe(false)
    await slider.press('ArrowRight')
    await expect(slider).toHaveAttribute('aria-valuetext', 'Epoch 1 · step 10')
    await settled(page, boundary, /^Epoch 1, step 10\. /)
    await expect(weights).toHaveAccessibleDescription(/after epoch 1:/)
  })

  await test.step('other stages show the same moment', async () => {
    await goTo(page, 'Evaluate')
    const matrix = page.getByRole('table', { name: 'Confusion matrix' })
    await expect(page.getByText('validation rows, epoch 1', { exact: false })).toBeVisible()
    const early = await matrix.innerText()
    await page.getByRole('button', { name: 'Now', exact: true }).click()
    await expect(page.getByText('Epoch 1 · step 10')).toBeHidden()
    await expect.poll(() => matrix.innerText()).not.toBe(early)
    await goTo(page, 'Train')
    await slider.press('Home')
    await goTo(page, 'Model')
    await expect(page.getByText('weights after epoch 0')).toBeVisible()
  })

  await test.step('and back to now, where everything is as it was', async () => {
    await goTo(page, 'Train')
    await now.click()
    await expect(slider).toHaveAttribute('aria-valuetext', stopped ?? '')
    await expect(now).toHaveAttribute('aria-pressed', 'true')
    await boundary.scrollIntoViewIfNeeded()
    expect(await settled(page, boundary, new RegExp(`step ${step}\\. `))).toBe(today)
    await expect(weights).not.toHaveAccessibleDescription(/after epoch 1:/)
  })

  await test.step('the boundary as a table', async () => {
    const card = page.getByRole('region', { name: 'Decision boundary' })
    await card.getByRole('button', { name: 'Show as table' }).click()
    const table = card.getByRole('table', { name: 'Decision boundary at some places' })
    await expect(table.getByRole('columnheader', { name: 'left' })).toBeVisible()
    await expect(table.getByRole('row')).toHaveCount(1 + 81)
  })
})

test('the filters and activations of a network for images, and those of its beginning', async ({
  studio: { page }
}) => {
  await startSample(page, /^Handwritten Digits/, '2')
  const filters = page.getByRole('img', { name: 'First-layer filters' })
  await filters.scrollIntoViewIfNeeded()
  await expect(filters).toHaveAccessibleDescription(/^Epoch \d+: 16 filters of conv1, 3×3 weights each\.$/)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(1)
  await transport(page, 'Stop').click()
  await expect(transport(page, 'Stop')).toBeDisabled()

  const trained = await filters.screenshot()
  await page.getByRole('slider', { name: 'Time travel' }).press('Home')
  await expect(filters).toHaveAccessibleDescription(/^Epoch 0:/)
  expect((await filters.screenshot()).equals(trained)).toBe(false)

  await page.getByRole('button', { name: 'Next row' }).click()
  await expect(page.getByRole('list', { name: 'Answer to row 2' }).getByRole('listitem')).toHaveCount(3)
  await expect(page.getByRole('img', { name: 'Activations of conv1' })).toHaveAccessibleDescription(/^Row 2, epoch 0:/)
})
