/** Every screen, light and dark, empty and after training: no violation of WCAG 2.2 AA that axe can find. */
import { addLayer, goTo, transport, type Stage } from './support/actions'
import { violations } from './support/axe'
import { expect, test } from './support/launch'

const stages: Stage[] = ['Data', 'Model', 'Train', 'Evaluate', 'Explain', 'Export']

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every screen in ${colorScheme}`, async ({ studio: { page } }) => {
    test.setTimeout(120_000)
    await page.emulateMedia({ colorScheme })
    expect(await violations(page), 'first screen').toEqual([])
    await page.getByRole('button', { name: /^Palmer Penguins/ }).click()
    for (const stage of stages) {
      await goTo(page, stage)
      expect(await violations(page), `${stage} before training`).toEqual([])
    }
    await goTo(page, 'Data')
    await page.getByRole('button', { name: 'Inspect island' }).click()
    await expect(page.getByRole('table', { name: 'Before and after' })).toBeVisible()
    await page.getByRole('combobox', { name: 'Missing values' }).selectOption('constant')
    await page.getByRole('combobox', { name: 'Way of splitting' }).selectOption('ordered')
    expect(await violations(page), 'Data with a column in view').toEqual([])
    await page.getByRole('button', { name: 'Change…' }).click()
    expect(await violations(page), 'how the file is read').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Way of splitting' }).selectOption('auto')
    await goTo(page, 'Model')
    await page.getByRole('button', { name: 'Choose layer type' }).click()
    await expect(page.getByRole('searchbox', { name: 'Search layer types' })).toBeFocused()
    expect(await violations(page), 'layer types').toEqual([])
    await page.keyboard.press('Escape')
    for (const type of ['Conv 2D', 'Dropout', 'Add']) await addLayer(page, type)
    expect(await violations(page), 'Model with boxes, a connection and mistakes').toEqual([])
    for (const name of ['add1', 'dropout1', 'conv2d1']) {
      await page.getByRole('button', { name: `Remove ${name}` }).click()
    }
    await goTo(page, 'Train')
    await page.getByRole('combobox', { name: 'Schedule' }).selectOption('plateau')
    await page.getByRole('combobox', { name: 'Class weights' }).selectOption('own')
    await page.getByText('Advanced').click()
    expect(await violations(page), 'Train with every setting').toEqual([])
    await transport(page, 'Train').click()
    await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
    for (const stage of stages) {
      await goTo(page, stage)
      expect(await violations(page), `${stage} after training`).toEqual([])
    }
  })
}

test('the main journey by keyboard alone', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Target column' })).toBeVisible()
  await page.keyboard.press('Control+3')
  await expect(page.getByRole('img', { name: 'Loss chart' })).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Control+4')
  await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible()
})
