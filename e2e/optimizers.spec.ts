/** Another optimizer from the form: its own settings, the rarer ones folded, all of it undoable. */
import { goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

test('Adam brings its own settings, and undo brings back those before', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /penguins/i }).click()
  await goTo(page, 'Train')
  const optimizer = page.getByRole('combobox', { name: 'Optimizer' })
  const momentum = page.getByRole('spinbutton', { name: 'Momentum' })
  const beta = page.getByRole('spinbutton', { name: 'Beta 1' })
  await expect(optimizer).toHaveValue('sgd')
  await momentum.fill('0.8')

  await optimizer.selectOption('adam')
  await expect(momentum).toBeHidden()
  await expect(page.getByRole('spinbutton', { name: 'Learning rate' })).toHaveValue('0.01')
  await expect(beta).toBeHidden()
  await page.getByText('Advanced').click()
  await expect(beta).toHaveValue('0.9')
  await beta.fill('1')
  await expect(transport(page, 'Train')).toBeDisabled()
  await beta.fill('0.5')
  await expect(page.getByText('1 changed')).toBeVisible()

  await page.getByRole('button', { name: /^Undo/ }).click()
  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect(optimizer).toHaveValue('sgd')
  await expect(momentum).toHaveValue('0.8')
  await page.getByRole('button', { name: /^Redo/ }).click()
  await expect(optimizer).toHaveValue('adam')

  await transport(page, 'Train').click()
  await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Evaluate')
  const metrics = page.getByRole('list', { name: 'Metrics' })
  for (const name of ['Accuracy', 'F1', 'Precision', 'Recall']) await expect(metrics).toContainText(name)
})
