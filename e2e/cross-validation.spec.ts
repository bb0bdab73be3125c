/** Cross-validation: begun before and after a training, cancelled, and read fold by fold. */
import { fill, goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

test('folds are trained, cancelled and told', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '100000')
  await goTo(page, 'Evaluate')
  const card = page.getByRole('region', { name: 'Cross-validation' })
  await expect(card).toContainText('Trains 5 networks')
  await fill(page, 'Folds', '3')
  await expect(card).toContainText('as long as 3 trainings')
  const begin = card.getByRole('button', { name: 'Cross-validate', exact: true })
  await begin.click()
  await expect(card).toContainText(/Fold 1 of 3, epoch \d/)
  await expect(card.getByRole('progressbar')).toBeVisible()

  // The run goes first.
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  await expect(card).toContainText('It waits while the run in view trains')
  await transport(page, 'Stop').click()
  await expect(card).not.toContainText('It waits')

  const asked = Date.now()
  await card.getByRole('button', { name: 'Cancel' }).click()
  await expect(begin).toBeVisible()
  expect(Date.now() - asked).toBeLessThan(1000)
  await expect(card).toContainText('Cancelled after 0 of 3 folds.')

  await goTo(page, 'Train')
  await fill(page, 'Epochs', '20')
  await goTo(page, 'Evaluate')
  await expect(card).toContainText('The settings have changed since the last cross-validation')
  await begin.click()
  const folds = card.getByRole('table', { name: 'Folds' })
  await expect(folds.getByRole('rowheader')).toHaveText(['1', '2', '3', 'mean ± standard deviation'])
  await expect(folds.getByRole('row', { name: /^2 / })).toContainText('50 rows')
  await expect(card).toContainText(/Accuracy [\d.]+ % ± [\d.]+ %: one split alone may be off by that much\./)

  // What was found stays, also through a reload, until the settings change; undone, it is back.
  await goTo(page, 'Data')
  await goTo(page, 'Evaluate')
  await expect(folds).toBeVisible()
  await page.reload()
  await expect(folds).toBeVisible()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '21')
  await goTo(page, 'Evaluate')
  await expect(folds).toHaveCount(0)
  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect(folds).toBeVisible()
})
