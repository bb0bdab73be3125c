/** Rows kept aside for the test are looked at when a person asks for it, and every look is counted. */
import { fill, goTo, transport } from './support/actions'
import { expect, test } from './support/launch'

test('test rows are judged on demand beside the validation rows', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await page.getByRole('spinbutton', { name: 'Test share' }).fill('0.2')
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '30')
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  const section = page.getByRole('region', { name: 'Test rows (30) were kept aside' })
  await expect(section).toContainText('Judge once, at the very end')
  await expect(section.getByRole('table')).toHaveCount(0)
  const judge = section.getByRole('button', { name: 'Judge on test rows' })
  await expect(judge).toBeEnabled()
  await judge.click()
  const figures = section.getByRole('table', { name: 'Test rows beside validation rows' })
  await expect(figures.getByRole('row', { name: /^Accuracy/ }).getByRole('cell')).toHaveText([/%$/, /%$/])
  await expect(section).toContainText('Looked at once with this run.')
  await expect(judge).toHaveCount(0)

  // What was seen stays seen.
  await goTo(page, 'Data')
  await goTo(page, 'Evaluate')
  await expect(figures).toBeVisible()
  await page.reload()
  await expect(figures).toBeVisible()
  await transport(page, 'Reset').click()
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  await expect(section).toContainText('Looked at once with other runs.')
  await judge.click()
  await expect(section).toContainText('Looked at once with this run, once with other runs.')
})

test('without test rows nothing is said of them', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '5')
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  await expect(page.getByRole('list', { name: 'Metrics' })).toBeVisible()
  await expect(page.getByText('were kept aside')).toHaveCount(0)
})
