/** The table of kept runs: found, named, compared, brought back, and gone on with. */
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { epochNumber, goTo, stageLink, transport } from './support/actions'
import { expect, launchStudio, test } from './support/launch'

const table = (page: Page): Locator => page.getByRole('table', { name: 'Runs', exact: true })
const row = (page: Page, title: string): Locator =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: `Select ${title}`, exact: true }) })
const action = (page: Page, name: string): Locator =>
  page.getByRole('toolbar', { name: 'Actions on runs' }).getByRole('button', { name, exact: true })
const details = (page: Page, title: string): Locator => page.getByRole('region', { name: `Details of ${title}` })

async function showRuns(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /^Runs( \d+)?$/ })
  await button.click()
  await expect(button).toHaveAttribute('aria-expanded', 'true')
}

async function trainTo(page: Page, title: string): Promise<void> {
  await transport(page, 'Train').click()
  await expect(row(page, title)).toContainText('completed', { timeout: 30_000 })
  await expect(row(page, title)).toContainText('%')
}

/** Two runs of the penguins that differ in their learning rate, in the table. */
async function twoRuns(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Palmer Penguins/ }).click()
  await goTo(page, 'Train')
  await showRuns(page)
  await expect(page.getByText('No runs yet.')).toBeVisible()
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('6')
  await trainTo(page, 'penguins')
  await page.getByRole('spinbutton', { name: 'Learning rate' }).fill('0.0005')
  await trainTo(page, 'penguins 2')
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

test('runs are listed, named, tagged, filtered and compared', async ({ studio: { page } }) => {
  test.setTimeout(90_000)
  await twoRuns(page)
  await expect(page.getByRole('button', { name: 'Runs 2', exact: true })).toBeVisible()
  await expect(table(page).getByRole('columnheader', { name: 'Best loss' })).toBeVisible()

  // In place, by keyboard.
  await row(page, 'penguins').getByRole('button', { name: 'penguins', exact: true }).focus()
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Title of the run' }).fill('Fast one')
  await page.keyboard.press('Enter')
  const first = row(page, 'Fast one').getByRole('button', { name: 'Fast one', exact: true })
  await expect(first).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(row(page, 'penguins 2').getByRole('button', { name: 'penguins 2', exact: true })).toBeFocused()

  await first.click()
  await details(page, 'Fast one').getByRole('combobox', { name: 'New tag' }).fill('baseline')
  await page.keyboard.press('Enter')
  await details(page, 'Fast one').getByRole('textbox', { name: 'Notes' }).fill('As high as it may be')
  await details(page, 'Fast one').getByRole('textbox', { name: 'Notes' }).blur()
  await row(page, 'Fast one').getByRole('button', { name: 'Star Fast one' }).click()
  await expect(row(page, 'Fast one').getByRole('button', { name: 'Star Fast one' })).toHaveAttribute(
    'aria-pressed',
    'true'
  )
  const filter = page.getByRole('searchbox', { name: 'Filter runs' })
  for (const text of ['baseline', 'high as', 'fast']) {
    await filter.fill(text)
    await expect(row(page, 'penguins 2')).toHaveCount(0)
    await expect(row(page, 'Fast one')).toBeVisible()
  }
  await filter.fill('no such run')
  await page.getByRole('button', { name: 'Show all runs' }).click()
  await page.getByRole('button', { name: 'Starred', exact: true }).click()
  await expect(row(page, 'penguins 2')).toHaveCount(0)
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect(row(page, 'penguins 2')).toBeVisible()

  await page.getByRole('button', { name: 'Only what differs' }).click()
  await expect(table(page).getByRole('columnheader', { name: 'Learning rate' })).toBeVisible()
  await expect(table(page).getByRole('columnheader', { name: 'Batch size' })).toHaveCount(0)
  await expect(row(page, 'penguins 2')).toContainText('0.0005')
  await page.getByRole('combobox', { name: 'Group runs by' }).selectOption('tags')
  await expect(table(page).getByRole('button', { name: 'baseline 1 run' })).toHaveAttribute('aria-expanded', 'true')
  await table(page).getByRole('button', { name: 'baseline 1 run' }).click()
  await expect(row(page, 'Fast one')).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Group runs by' }).selectOption('')
  expect(await violations(page), 'the table with details').toEqual([])

  await table(page).getByRole('checkbox', { name: 'Select all 2 runs in sight' }).check()
  await action(page, 'Compare').click()
  const comparison = page.getByRole('dialog', { name: 'Compare runs' })
  await expect(comparison.getByRole('img', { name: 'Loss chart of both runs' })).toBeVisible()
  const differing = comparison.getByRole('table', { name: 'Settings that differ' })
  await expect(differing.getByRole('row', { name: /^Learning rate/ })).toContainText('0.0005')
  await expect(comparison.getByRole('table', { name: 'Confusion matrix' })).toHaveCount(2)
  const changed = comparison.getByRole('table', { name: 'Rows whose answer changed' })
  await expect(changed.getByText('worse').first()).toBeVisible()
  expect(await violations(page), 'the comparison').toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violations(page), 'the comparison, dark').toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await comparison.getByRole('region', { name: 'Loss' }).getByRole('button', { name: 'Show as table' }).click()
  await expect(comparison.getByRole('table', { name: 'Loss of both runs by epoch' }).getByRole('row')).toHaveCount(7)
  await page.keyboard.press('Escape')
  await expect(comparison).toHaveCount(0)

  await action(page, 'Show in charts').click()
  await expect(page.getByRole('button', { name: 'Take Fast one off the charts' })).toBeVisible()
})

test('deleted runs come back, archived ones wait out of sight', async ({ studio: { page } }) => {
  test.setTimeout(60_000)
  await twoRuns(page)
  await row(page, 'penguins').getByRole('checkbox').check()
  await action(page, 'Delete').click()
  await expect(row(page, 'penguins')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Runs 1', exact: true })).toBeVisible()
  await page.getByRole('status', { name: 'About runs' }).getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'penguins')).toBeVisible()
  await expect(page.getByText('Deleted “penguins”.')).toHaveCount(0)

  await row(page, 'penguins').getByRole('checkbox').check()
  await action(page, 'Archive').click()
  await expect(row(page, 'penguins')).toHaveCount(0)
  await page.getByRole('button', { name: 'Archived', exact: true }).click()
  await row(page, 'penguins').getByRole('checkbox').check()
  await action(page, 'Unarchive').click()
  await page.getByRole('button', { name: 'Archived', exact: true }).click()
  await expect(row(page, 'penguins')).toBeVisible()
})

test('a run goes on, is trained again to the same bits, and gives its design back', async ({ studio: { page } }) => {
  test.setTimeout(90_000)
  await twoRuns(page)
  await row(page, 'penguins').getByRole('checkbox').check()
  await action(page, 'Train again exactly').click()
  const sentence = page.getByRole('status', { name: 'About runs' }).getByText(/^“penguins, again” is bit-identical/)
  await expect(sentence).toHaveText(
    /^“penguins, again” is bit-identical to “penguins”: the SHA-256 of its weights is the same and begins with [0-9a-f]{12}\.$/,
    { timeout: 30_000 }
  )
  const hash = /[0-9a-f]{12}/.exec(await sentence.innerText())?.[0] ?? ''
  await row(page, 'penguins, again').getByRole('button', { name: 'penguins, again', exact: true }).click()
  await expect(details(page, 'penguins, again')).toContainText('Bit-identical weights to “penguins”')
  await expect(details(page, 'penguins, again')).toContainText(hash)
  await row(page, 'penguins 2').getByRole('button', { name: 'penguins 2', exact: true }).click()
  await expect(details(page, 'penguins 2')).not.toContainText(hash)

  await action(page, 'Continue').click()
  const dialog = page.getByRole('dialog', { name: 'Continue “penguins”' })
  await expect(dialog.getByRole('spinbutton', { name: 'Epochs in all' })).toHaveValue('12')
  await dialog.getByRole('spinbutton', { name: 'Epochs in all' }).fill('6')
  await expect(dialog.getByRole('button', { name: 'Continue training' })).toBeDisabled()
  await dialog.getByRole('spinbutton', { name: 'Epochs in all' }).fill('9')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status', { name: 'Epoch' })).toContainText('Epoch 9 of 9', { timeout: 30_000 })
  await expect(row(page, 'penguins').getByRole('cell', { name: '9', exact: true })).toBeVisible()

  await row(page, 'penguins').getByRole('checkbox').uncheck()
  await row(page, 'penguins 2').getByRole('checkbox').check()
  await action(page, 'Open its design').click()
  await expect(stageLink(page, 'Model')).toHaveAttribute('aria-current', /.+/)
  await goTo(page, 'Train')
  await expect(page.getByRole('spinbutton', { name: 'Learning rate' })).toHaveValue('0.0005')
})

test('an interrupted run is continued to its planned end, to the bits of one that nothing interrupted', async () => {
  test.setTimeout(90_000)
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-runs-'))
  try {
    const first = await launchStudio({ userData })
    await first.page.getByRole('button', { name: /^Iris/ }).click()
    await goTo(first.page, 'Train')
    await showRuns(first.page)
    await first.page.getByRole('spinbutton', { name: 'Epochs' }).fill('9')
    await trainTo(first.page, 'iris')
    await transport(first.page, 'Reset').click()
    await transport(first.page, 'Step').click()
    await expect(row(first.page, 'iris 2')).toContainText('paused')
    await first.close()

    const second = await launchStudio({ userData })
    await second.page.getByRole('button', { name: /^Palmer Penguins/ }).click()
    await showRuns(second.page)
    await expect(row(second.page, 'iris 2')).toContainText('interrupted')
    await row(second.page, 'iris 2').getByRole('button', { name: 'iris 2', exact: true }).click()
    await action(second.page, 'Continue').click()
    await expect(row(second.page, 'iris 2')).toContainText('completed', { timeout: 30_000 })
    await expect(row(second.page, 'iris 2').getByRole('cell', { name: '9', exact: true })).toBeVisible()
    await expect(details(second.page, 'iris 2')).toContainText('Bit-identical weights to “iris”')
    await second.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('a run that cannot be begun on disk says so, goes on, and is kept when it has ended', async () => {
  test.setTimeout(60_000)
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-runs-'))
  try {
    const studio = await launchStudio({ userData })
    const { page } = studio
    // In the way of the folder.
    await rm(path.join(userData, 'runs'), { recursive: true, force: true })
    await writeFile(path.join(userData, 'runs'), '')
    await page.getByRole('button', { name: /^Iris/ }).click()
    await goTo(page, 'Train')
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('100000')
    await transport(page, 'Train').click()
    await expect(page.getByText('· not saved')).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: 'Not saved.' })).toContainText(
      'Training goes on in memory alone'
    )
    const before = await epochNumber(page)
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(before)

    await rm(path.join(userData, 'runs'))
    await transport(page, 'Stop').click()
    await expect(page.getByText('Saved as')).toBeVisible()
    await expect(page.getByText('· not saved')).toHaveCount(0)
    await showRuns(page)
    await expect(row(page, 'iris')).toContainText('stopped')
    await studio.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('columns, order and filter come back after a restart', async () => {
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-runs-'))
  try {
    const first = await launchStudio({ userData })
    await twoRuns(first.page)
    await first.page.getByRole('button', { name: 'Columns', exact: true }).click()
    await first.page.getByRole('checkbox', { name: 'Optimizer', exact: true }).check()
    await first.page.getByRole('checkbox', { name: 'Data', exact: true }).uncheck()
    await first.page.keyboard.press('Escape')
    await table(first.page).getByRole('button', { name: 'Last loss' }).click()
    await expect(table(first.page).getByRole('columnheader', { name: 'Last loss' })).toHaveAttribute(
      'aria-sort',
      'ascending'
    )
    await first.page.getByRole('searchbox', { name: 'Filter runs' }).fill('2')
    await first.close()

    const second = await launchStudio({ userData })
    await second.page.getByRole('button', { name: /^Iris/ }).click()
    await showRuns(second.page)
    await expect(second.page.getByRole('searchbox', { name: 'Filter runs' })).toHaveValue('2')
    await expect(row(second.page, 'penguins 2')).toContainText('SGD')
    await expect(row(second.page, 'penguins')).toHaveCount(0)
    await expect(table(second.page).getByRole('columnheader', { name: 'Data' })).toHaveCount(0)
    await expect(table(second.page).getByRole('columnheader', { name: 'Last loss' })).toHaveAttribute(
      'aria-sort',
      'ascending'
    )
    await second.close()
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})
