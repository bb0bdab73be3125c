/** How a run goes: its learning rate, its end before time, its rows. */
import { fill, goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

test('the learning rate follows its schedule, and the run ends when nothing is gained', async ({
  studio: { page }
}) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await page.getByRole('combobox', { name: 'Schedule' }).selectOption('cosine')
  await expect(page.getByRole('img', { name: 'Learning rate chart' })).toBeVisible()
  await fill(page, 'Warm-up epochs', '5')
  await expect(page.getByRole('img', { name: /^Learning rate over .*is 0\.1000 at most/ })).toBeVisible()
  await fill(page, 'Epochs', '1000')
  await fill(page, 'Patience', '6')
  await expect(page.getByText('Stops after 6 epochs')).toBeVisible()
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('balanced')
  await transport(page, 'Train').click()

  const sentence = /Stopped early at epoch (\d+): no better since epoch (\d+), whose weights were taken back/
  const outcome = page.locator('.outcome')
  await expect(outcome).toContainText(sentence, { timeout: 30_000 })
  const [, last, best] = sentence.exec(await outcome.innerText()) ?? []
  expect(Number(last)).toBeLessThan(1000)
  expect(Number(best)).toBeLessThan(Number(last))
  await expect(page.getByText(/^float32 · \d+ threads?$/)).toBeVisible()
  const rates = page.getByRole('region', { name: 'Learning rate card' })
  await rates.getByRole('button', { name: 'Show as table' }).click()
  await expect(page.getByRole('table', { name: 'Learning rate by epoch' }).getByRole('row')).toHaveCount(
    Number(last) + 1
  )
  await goTo(page, 'Evaluate')
  await expect(page.getByText(`on 30 validation rows, epoch ${best ?? ''}`)).toBeVisible()
})

test('without rows kept back the figures say what they were measured on', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Validation share', '0')
  await fill(page, 'Epochs', '10')
  await transport(page, 'Train').click()
  await expect(page.getByText(/on the training rows/)).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Evaluate')
  await expect(page.getByText('on 150 training rows, epoch 10')).toBeVisible()
  await expect(page.getByText('Measured on the rows it was trained on.')).toBeVisible()
})
