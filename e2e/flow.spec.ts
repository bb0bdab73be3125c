/** Gradient flow: the error's way back through the run in view, and through deep networks beside it. */
import type { Locator, Page } from '@playwright/test'
import { epochNumber, fill, goTo, transport } from './support/actions'
import { violations } from './support/axe'
import { expect, resizeWindow, test } from './support/launch'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const ofRun = (page: Page): Locator => page.getByRole('region', { name: 'Gradient flow of the run' })
const experiment = (page: Page): Locator => page.getByRole('region', { name: 'Depth experiment' })

async function openFlow(page: Page): Promise<void> {
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Gradient flow' }).click()
}

/** A slider is moved to its first or last value by the keyboard. */
async function toEnd(slider: Locator, key: 'Home' | 'End'): Promise<void> {
  await slider.focus()
  await slider.press(key)
}

test('the error of the run travels back layer by layer, now and at an earlier epoch', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await openFlow(page)
  await expect(ofRun(page)).toContainText('take one Step')
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '12')
  await transport(page, 'Train').click()
  await expect(page.getByText(/^Finished\./)).toBeVisible()
  await openFlow(page)
  await expect(ofRun(page)).toContainText('From the output ("output") to the first layer')
  await expect(ofRun(page)).toContainText('Epoch 12')
  const layers = page.getByRole('slider', { name: 'Layers reached' })
  await expect(layers).toHaveAttribute('aria-valuetext', 'all')
  await button(page, 'Play the way back').click()
  await expect(button(page, 'Pause the way back')).toBeVisible()
  await expect(layers).toHaveAttribute('aria-valuetext', 'output')
  await expect(layers).toHaveAttribute('aria-valuetext', 'all')
  await expect(button(page, 'Play the way back')).toBeVisible()
  await toEnd(layers, 'Home')
  await expect(layers).toHaveAttribute('aria-valuetext', 'none')

  // By hand: the drawing tells of the layers that the error has reached, from the output on.
  const drawing = ofRun(page).getByRole('img', { name: 'Way back drawing' })
  await expect(drawing).toHaveAccessibleDescription('The error has reached no layer yet.')
  await expect(button(page, 'Step back')).toBeDisabled()
  await button(page, 'Step on').click()
  await expect(layers).toHaveAttribute('aria-valuetext', 'output')
  await expect(drawing).toHaveAccessibleDescription(
    /^Mean \|δ\| from the output back: output: [\d.]+, ×1 of the output’s\.$/
  )
  await button(page, 'Step on').click()
  await expect(drawing).toHaveAccessibleDescription(/output: .*; dense\d+: [\d.]+, (1\/|×)[\d.,]+ of the output’s\.$/)
  await button(page, 'Step back').click()
  await expect(drawing).toHaveAccessibleDescription(/×1 of the output’s\.$/)
  await button(page, 'Play the way back').click()
  await button(page, 'Pause the way back').click()
  await expect(button(page, 'Play the way back')).toBeVisible()
  await toEnd(layers, 'End')
  await expect(button(page, 'Step on')).toBeDisabled()
  await expect(drawing).toHaveAccessibleDescription(/; dense1: [\d.]+, (1\/|×)[\d.,]+ of the output’s\.$/)

  await ofRun(page).getByRole('button', { name: 'Show as table' }).first().click()
  const table = ofRun(page).getByRole('table', { name: 'Gradient flow chart' })
  await expect(table.getByRole('row').nth(1)).toContainText(/^output/)
  const before = await table.innerText()
  await toEnd(page.getByRole('slider', { name: 'Time travel' }), 'Home')
  await expect(ofRun(page)).toContainText('Epoch 0 · step 0')
  await expect(table).not.toHaveText(before)
  await expect(ofRun(page).getByRole('img', { name: 'Gradient over time chart' })).toBeVisible()
  await expect(ofRun(page).getByRole('img', { name: 'Error over time chart' })).toHaveAccessibleDescription(
    /dense1 from [\d.]+ at 1\.000 to [\d.]+ at \d+/
  )
})

test('a window that wants little motion has the way back by hand', async ({ studio: { page } }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.getByRole('button', { name: /^Iris/ }).click()
  await transport(page, 'Step').click()
  await openFlow(page)
  await expect(page.getByRole('slider', { name: 'Layers reached' })).toBeVisible()
  await expect(button(page, 'Play the way back')).toHaveCount(0)
  // The end of the way stands there, and each step of it can be had.
  const drawing = ofRun(page).getByRole('img', { name: 'Way back drawing' })
  await expect(drawing).toHaveAccessibleDescription(/; dense1: [\d.]+, /)
  await button(page, 'Step back').click()
  await expect(drawing).not.toHaveAccessibleDescription(/dense1/)
  await button(page, 'Step on').click()
  await expect(drawing).toHaveAccessibleDescription(/; dense1: [\d.]+, /)
})

test('a deep network loses the error with sigmoid and keeps it with ReLU', async ({ studio: { app, page } }) => {
  await resizeWindow(app, 1440, 900)
  await page.getByRole('button', { name: /^Iris/ }).click()
  await openFlow(page)
  await toEnd(page.getByRole('slider', { name: 'Depth' }), 'End')
  await page.getByLabel('Training steps').fill('60')
  await page.getByLabel('Third activation').selectOption({ label: 'Tanh' })
  await button(page, 'Run the experiment').click()
  await expect(experiment(page).getByRole('status')).toContainText(
    /the first layer gets 1\/\S+ of it with Sigmoid, Glorot uniform, .* In 60 steps the loss went/
  )
  for (const name of ['Sigmoid, Glorot uniform', 'ReLU, He normal', 'Tanh, Automatic']) {
    await expect(experiment(page).getByRole('img', { name: `Gradient per layer, ${name}` })).toBeVisible()
  }
  await toEnd(page.getByRole('slider', { name: 'Looked at after' }), 'Home')
  await expect(page.getByRole('slider', { name: 'Looked at after' })).toHaveAttribute('aria-valuetext', '0 steps')
  // Drawn, little is left for the first layers of the one, and not of the other; both are played at the same time.
  const drawn = (name: string): Locator => experiment(page).getByRole('img', { name: `Way back drawing, ${name}` })
  await expect(drawn('Sigmoid, Glorot uniform')).toHaveAccessibleDescription(
    /; dense1: \S+, 1\/\d\.\de\d+ of the output’s\.$/
  )
  await expect(drawn('ReLU, He normal')).toHaveAccessibleDescription(
    /; dense1: \S+, (1\/|×)\d[\d.]* of the output’s\.$/
  )
  await toEnd(experiment(page).getByRole('slider', { name: 'Layers reached' }), 'Home')
  await experiment(page).getByRole('button', { name: 'Step on' }).click()
  for (const name of ['Sigmoid, Glorot uniform', 'ReLU, He normal', 'Tanh, Automatic']) {
    await expect(drawn(name)).toHaveAccessibleDescription(
      /^Mean \|δ\| from the output back: output: \S+, ×1 of the output’s\.$/
    )
  }
  const tables = experiment(page).getByRole('button', { name: 'Show as table' })
  await tables.nth(0).click()
  const sigmoid = experiment(page).getByRole('table', { name: 'Gradient per layer, Sigmoid, Glorot uniform' })
  await expect(sigmoid.getByRole('row')).toHaveCount(21)
  const deltaOf = async (row: Locator): Promise<number> =>
    Number((await row.getByRole('cell').nth(2).innerText()).replace('−', '-'))
  const [output, first] = [
    await deltaOf(sigmoid.getByRole('row').nth(1)),
    await deltaOf(sigmoid.getByRole('row').last())
  ]
  expect(first / output).toBeLessThan(1e-6)
  // Another tab and back: what was found is still there.
  await page.getByRole('tab', { name: 'Microscope' }).click()
  await page.getByRole('tab', { name: 'Gradient flow' }).click()
  await expect(experiment(page).getByRole('status')).toContainText('In 60 steps')
})

test('an experiment waits for the run in view, and is cancelled', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '100000')
  await transport(page, 'Train').click()
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(2)
  await openFlow(page)
  await page.getByLabel('Training steps').fill('2000')
  await button(page, 'Run the experiment').click()
  await expect(experiment(page).getByRole('status')).toContainText('It waits for the run in view')
  await button(page, 'Cancel the experiment').click()
  await expect(experiment(page).getByRole('status')).toContainText('Cancelled after')
  const epoch = await epochNumber(page)
  await expect.poll(() => epochNumber(page)).toBeGreaterThan(epoch)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`the tab is accessible in a ${scheme} window of either size`, async ({ studio: { app, page } }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await page.getByRole('button', { name: /^Iris/ }).click()
    await goTo(page, 'Train')
    await fill(page, 'Epochs', '5')
    await transport(page, 'Train').click()
    await expect(page.getByText(/^Finished\./)).toBeVisible()
    await openFlow(page)
    await page.getByLabel('Training steps').fill('20')
    await button(page, 'Run the experiment').click()
    await expect(experiment(page).getByRole('status')).toContainText('In 20 steps')
    await expect(ofRun(page)).toContainText('From the output')
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
