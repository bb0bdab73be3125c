/** A number to predict: Auto MPG from the sample's button to its metrics in miles a gallon. */
import { goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

test('Auto MPG trains with what is suggested', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Auto MPG/ }).click()
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('mpg')
  await expect(page.getByRole('combobox', { name: 'Task' })).toHaveValue('regression')
  await transport(page, 'Train').click()
  await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Train')
  await expect(page.getByRole('img', { name: 'MAE chart' })).toBeVisible()
  await goTo(page, 'Evaluate')
  const metrics = page.getByRole('list', { name: 'Metrics' })
  await expect(metrics).toContainText('RMSE')
  const text = await metrics.getByRole('listitem').filter({ hasText: 'R²' }).innerText()
  const r2 = Number(/\d\.\d+/.exec(text)?.[0])
  expect(r2).toBeGreaterThan(0.8)
})
