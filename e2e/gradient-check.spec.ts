/** Gradient check: asked for in Explain, made after each epoch, and kept with the run. */
import type { Locator, Page } from '@playwright/test'
import { fill, goTo, transport } from './support/actions'
import { violations } from './support/axe'
import { expect, resizeWindow, test } from './support/launch'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const card = (page: Page): Locator => page.getByRole('region', { name: 'Gradient check', exact: true })
const record = (page: Page): Locator => page.getByRole('region', { name: 'Gradient checks of the run' })

async function openCheck(page: Page): Promise<void> {
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Gradient check' }).click()
}

test('gradients are checked on request and after each epoch, and the run keeps what came of it', async ({
  studio: { app, page }
}) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await openCheck(page)
  await expect(page.getByText('No gradient to check yet')).toBeVisible()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '4')
  await transport(page, 'Step').click()

  await openCheck(page)
  await expect(record(page)).toContainText('have not been checked yet')
  await page.getByRole('combobox', { name: 'Numbers' }).selectOption({ index: 0 })
  await button(page, 'Check gradients').click()
  const verdict = page.getByRole('status', { name: 'Verdict' })
  await expect(verdict).toContainText(
    /agree for all 50 numbers compared: the largest relative error, \d\.\de−\d+, is within 1e−4/
  )
  await expect(card(page)).toContainText('50 of')
  await expect(record(page)).toContainText('1 gradient check, none failed')
  await expect(record(page).getByRole('row').nth(1)).toContainText('agree')
  await expect(
    card(page).getByRole('img', { name: /^Relative errors by power of ten: \d+ numbers within/ })
  ).toBeVisible()
  await card(page).getByRole('button', { name: 'Show as table' }).click()
  await expect(card(page).getByRole('table', { name: 'Relative errors by power of ten' })).toContainText('below 1e−12')
  const parameters = card(page).getByRole('table', { name: 'Relative errors by parameter' })
  await expect(parameters.getByRole('row', { name: /dense1\.weight/ })).toBeVisible()
  await page.getByText('What this proves, and what it does not').click()
  await expect(card(page)).toContainText('it proves nothing, either way')

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page)).toEqual([])
  }
  await resizeWindow(app, 900, 700)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await resizeWindow(app, 1500, 1000)

  // The number that is told is the one that the microscope opens.
  await parameters.getByRole('button', { name: /^Show output\.weight\[\d+\] in the microscope/ }).click()
  await expect(page.getByRole('tab', { name: 'Microscope' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('region', { name: 'Explanation' })).toContainText('finite differences')

  // After each epoch, from here on: the run goes on with the changed setting.
  await goTo(page, 'Train')
  await page.getByText('Advanced').click()
  await fill(page, 'Checked gradients', '30')
  await button(page, 'Apply to this run').click()
  await expect(page.getByText('Settings have changed')).toBeHidden()
  await transport(page, 'Resume').click()
  await expect(page.getByText(/^Finished\./)).toBeVisible()
  const chart = page.getByRole('img', { name: 'Gradient check chart' })
  await expect(chart).toBeVisible()

  await openCheck(page)
  await expect(record(page)).toContainText('5 gradient checks, none failed')
  await expect(record(page).getByRole('img', { name: 'Gradient check over the run' })).toBeVisible()

  await page.getByRole('button', { name: /^Runs( \d+)?$/ }).click()
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Gradient check', exact: true }).check()
  await page.keyboard.press('Escape')
  const runs = page.getByRole('table', { name: 'Runs', exact: true })
  await expect(runs.getByRole('columnheader', { name: 'Gradient check' })).toBeVisible()
  await expect(runs.getByRole('row').nth(1)).toContainText(/\d\.\de−\d+/)
})
