/** What columns are for: several targets, weights, windows over time, fixed parts; each trained, and undone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { fill, goTo, transport } from './support/actions'
import { dropFiles, expect, test } from './support/launch'

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-roles-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function file(name: string, header: string, rows: readonly (readonly (string | number)[])[]): Promise<string> {
  const full = path.join(folder, name)
  await writeFile(full, [header, ...rows.map((cells) => cells.join(','))].join('\n'))
  return full
}

/** Two numbers, and two classes, that follow from two others; `counts` says how much each row counts. */
function houses(): Promise<string> {
  const rows = Array.from({ length: 160 }, (_, row) => {
    const [area, age] = [40 + ((row * 37) % 101), (row * 29) % 83]
    const [garden, lift] = [area > 90 ? 'yes' : 'no', (row * 7) % 5 < 2 ? 'yes' : 'no']
    return [area, age, 2 * area - age + 0.5, area + 3 * age + 0.25, garden, lift, (row % 4) + 0.5]
  })
  return file('houses.csv', 'area,age,rent,cost,garden,lift,counts', rows)
}

/** A day's wave in each of two shops, an hour a row. */
function series(): Promise<string> {
  const rows = ['north', 'south'].flatMap((shop, phase) =>
    Array.from({ length: 240 }, (_, hour) => {
      const when = new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 16)
      return [when, shop, (20 + 5 * Math.sin(((hour + 6 * phase) * Math.PI) / 12)).toFixed(3)]
    })
  )
  return file('shops.csv', 'when,shop,sales', rows)
}

const card = (page: Page) => page.getByRole('region', { name: 'Target and task' })
const roleOf = (page: Page, column: string) => page.getByRole('combobox', { name: `Role of ${column}`, exact: true })
const undo = (page: Page) => page.getByRole('button', { name: 'Undo' }).click()

async function trainAndEvaluate(page: Page): Promise<void> {
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '3')
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Evaluate')
  await expect(page.getByRole('list', { name: 'Metrics' }).first()).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
}

test('a second target joins: one network predicts both numbers', async ({ studio: { page } }) => {
  await dropFiles(page, [await houses()])
  await page.getByRole('combobox', { name: 'Target column' }).selectOption('rent')
  await roleOf(page, 'cost').selectOption('target')
  const further = card(page).getByRole('list', { name: 'Further targets' })
  await expect(further.getByRole('listitem')).toHaveText(['cost'])
  await expect(card(page)).toContainText('one network predicts both at once')
  await expect(card(page)).toContainText('2numbers')
  await roleOf(page, 'counts').selectOption('weight')
  await expect(page.getByRole('table', { name: 'Columns of the dataset' })).toContainText('how much each row counts')
  await trainAndEvaluate(page)
  await expect(page.getByRole('main')).toContainText('cost')

  await goTo(page, 'Data')
  await undo(page)
  await undo(page)
  await expect(roleOf(page, 'counts')).toHaveValue('feature')
  await undo(page)
  await expect(further).toHaveCount(0)
  await expect(roleOf(page, 'cost')).toHaveValue('feature')

  await card(page).getByRole('button', { name: 'Add another target' }).click()
  await page
    .getByRole('list', { name: 'Columns that can be predicted too' })
    .getByRole('button', { name: /^cost/ })
    .click()
  await card(page).getByRole('button', { name: 'Do not predict cost' }).click()
  await expect(further).toHaveCount(0)
})

test('columns of two classes become labels of one network on request', async ({ studio: { page } }) => {
  await dropFiles(page, [await houses()])
  await roleOf(page, 'garden').selectOption('target')
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('garden')
  await roleOf(page, 'lift').selectOption('target')
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('lift')
  await expect(card(page)).toContainText('“lift” took the place of “garden”')
  await card(page).getByRole('button', { name: 'Predict both' }).click()
  await expect(page.getByRole('combobox', { name: 'Task' })).toHaveValue('multi-label')
  await expect(card(page)).toContainText('2labels')
  await trainAndEvaluate(page)

  // By role it stops being one, and the task is that of a single label again.
  await goTo(page, 'Data')
  await roleOf(page, 'lift').selectOption('ignored')
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('garden')
  await expect(page.getByRole('combobox', { name: 'Task' })).toHaveValue('binary')
  await expect(page.getByRole('checkbox', { name: 'Use as feature: lift' })).not.toBeChecked()
})

test('windows over the rows of a series predict what comes next', async ({ studio: { page } }) => {
  await dropFiles(page, [await series()])
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('sales')
  const rows = card(page).getByRole('radiogroup', { name: 'Rows' })
  await rows.getByText('Windows in time').click()
  await expect(card(page)).toContainText('From 24 rows, 1 hour apart, the network predicts “sales” of the next one')
  await expect(card(page)).toContainText('No window reaches from one “shop” into another.')
  await expect(roleOf(page, 'when')).toHaveValue('time')
  await expect(roleOf(page, 'shop')).toHaveValue('series')
  await fill(page, 'Rows ahead', '3')
  await expect(card(page)).toContainText('of the next 3;')
  await fill(page, 'Rows looked at', '0')
  await expect(page.getByRole('spinbutton', { name: 'Rows looked at' })).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('Window steps must be a whole number from 1', { exact: false }).first()).toBeVisible()
  await fill(page, 'Rows looked at', '12')
  await expect(card(page)).toContainText('3numbers')
  await trainAndEvaluate(page)

  await goTo(page, 'Data')
  await expect(rows.getByRole('radio', { name: 'Windows in time' })).toBeChecked()
  await rows.getByText('Each for itself').click()
  await expect(rows.getByRole('radio', { name: 'Each for itself' })).toBeChecked()
  await expect(transport(page, 'Train')).toBeEnabled()
  await undo(page)
  await expect(page.getByRole('spinbutton', { name: 'Rows looked at' })).toHaveValue('12')
})

test('a column of numbers says the parts, and a random part of the rows is read', async ({ studio: { page } }) => {
  await dropFiles(page, [await houses()])
  await card(page).getByRole('combobox', { name: 'Way of splitting' }).selectOption('By a column')
  await card(page).getByRole('combobox', { name: 'Parts by' }).selectOption('age')
  await card(page).getByRole('textbox', { name: 'Another value to keep back' }).fill('29')
  await page.keyboard.press('Enter')
  await expect(card(page).getByRole('combobox', { name: 'Rows of 29' })).toHaveValue('validation')
  await expect(card(page)).toContainText('for validation “29”')
  await expect(card(page).getByRole('spinbutton', { name: 'Validation share' })).toHaveCount(0)
  await expect(transport(page, 'Train')).toBeEnabled()

  await page.getByRole('button', { name: 'Change…' }).click()
  const form = page.getByRole('dialog', { name: 'How the file is read' })
  const most = form.getByRole('spinbutton', { name: 'Rows to keep at most, drawn at random' })
  await most.fill('1')
  await expect(form.getByRole('button', { name: 'Read again' })).toBeDisabled()
  await most.fill('50')
  await form.getByRole('button', { name: 'Read again' }).click()
  await expect(page.getByText('50 rows ×')).toBeVisible()
  await page.getByRole('button', { name: 'Change…' }).click()
  await expect(most).toHaveValue('50')
})
