/** What a person sees and does about the columns, the split and the findings of a dataset. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { fill, goTo, layerItem, selectLayer, transport } from './support/actions'
import { dropFiles, expect, test } from './support/launch'

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-data-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Four visits of each of 30 patients; `answer` says what the target is, and a date tells of the visit. */
async function visits(): Promise<string> {
  const rows = Array.from({ length: 120 }, (_, row) => {
    const dose = row % 9 === 4 ? '' : String((row * 37) % 101)
    const outcome = (row * 7) % 10 < 4 ? 'ill' : 'well'
    const day = new Date(Date.UTC(2024, 0, 1 + ((row * 29) % 120))).toISOString().slice(0, 10)
    return `p${String(Math.floor(row / 4)).padStart(2, '0')},${day},${dose},${outcome === 'ill' ? 'stay' : 'leave'},${outcome}`
  })
  const file = path.join(folder, 'visits.csv')
  await writeFile(file, `patient,day,dose,discharge,outcome\n${rows.join('\n')}\n`)
  return file
}

/** Opens the inspector of a column. */
async function inspect(page: Page, column: string): Promise<Locator> {
  await page.getByRole('button', { name: `Inspect ${column}`, exact: true }).click()
  const inspector = page.getByRole('region', { name: 'Column', exact: true })
  await expect(inspector.getByRole('heading', { name: column, exact: true })).toBeVisible()
  return inspector
}

function undo(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Undo' }).click()
}

test('a column’s scaling and type change what the network sees, and undo takes it back', async ({
  studio: { page }
}) => {
  await dropFiles(page, [await visits()])
  const inspector = await inspect(page, 'dose')
  const cells = inspector.getByRole('table', { name: 'Before and after' })
  await expect(cells.getByRole('row')).toHaveCount(6)
  await expect(inspector).toContainText('Fitted on 96 training rows alone.')
  await expect(cells.getByRole('row', { name: 'missing' })).toBeVisible()

  await inspector.getByRole('combobox', { name: 'Scaling' }).selectOption('Min–max')
  // The least training value is 0 and the largest 1.
  await expect(cells.getByRole('cell').nth(0)).toHaveText('0')
  await expect(cells.getByRole('cell').nth(3)).toHaveText('1')
  await inspector.getByRole('checkbox', { name: 'Missing indicator' }).check()
  await expect(inspector).toContainText('2 inputs')
  await inspector.getByRole('combobox', { name: 'Missing values' }).selectOption('Constant')
  await inspector.getByRole('spinbutton', { name: 'Constant' }).fill('7')
  await expect(inspector).toContainText('missing: 7')

  await inspector.getByRole('combobox', { name: 'Type' }).selectOption('Category')
  await expect(inspector.getByRole('combobox', { name: 'Encoding' })).toHaveValue('category')
  await expect(inspector.getByRole('combobox', { name: 'Scaling' })).toHaveCount(0)
  await undo(page)
  await expect(inspector.getByRole('combobox', { name: 'Scaling' })).toHaveValue('min-max')
  await expect(inspector).toContainText('missing: 7')

  // A date is read as one, and shown as one.
  const day = await inspect(page, 'day')
  await expect(day).toContainText('2024-01-01')
  await expect(day.getByRole('combobox', { name: 'Type' })).toHaveValue('date')
  await day.getByRole('button', { name: 'Close column' }).click()
  await expect(day).toHaveCount(0)
})

test('a column is embedded: the network shows its vectors and learns them', async ({ studio: { page } }) => {
  await dropFiles(page, [await visits()])
  await page.getByRole('checkbox', { name: 'Use as feature: discharge' }).uncheck()
  const inspector = await inspect(page, 'patient')
  await inspector.getByRole('combobox', { name: 'Encoding' }).selectOption('Embedding')
  await expect(inspector).toContainText('1 input: 11 learned numbers for each value')
  await inspector.getByRole('spinbutton', { name: 'Vector length' }).fill('4')
  await expect(inspector).toContainText('1 input: 4 learned numbers for each value')
  await expect(inspector).toContainText('the network learns 4 numbers for each')

  await goTo(page, 'Model')
  const embedding = layerItem(page, 'Embedding patient: 30 values → 4 numbers each')
  // 30 patients and the one that is not known.
  await expect(embedding).toContainText('124 parameters')
  await selectLayer(page, 'Embedding patient')
  const panel = page.getByRole('region', { name: 'Inspector' })
  await expect(panel.getByRole('heading', { name: 'Embedding' })).toBeVisible()
  await expect(page.getByLabel('patient[4], input')).toBeVisible()

  await goTo(page, 'Train')
  await fill(page, 'Epochs', '3')
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })

  await goTo(page, 'Model')
  await selectLayer(page, 'Embedding patient')
  await panel.getByRole('button', { name: 'Change the column' }).click()
  await expect(inspector.getByRole('combobox', { name: 'Encoding' })).toHaveValue('embedding')
})

test('the categories of a column are put in an order', async ({ studio: { page } }) => {
  await dropFiles(page, [await visits()])
  const inspector = await inspect(page, 'discharge')
  await inspector.getByRole('combobox', { name: 'Encoding' }).selectOption('Ordinal')
  const order = inspector.getByRole('list', { name: 'Order of discharge, the lowest first' }).getByRole('listitem')
  await expect(order).toHaveText([/leave/, /stay/])
  await inspector.getByRole('button', { name: 'Move stay up' }).click()
  await expect(order).toHaveText([/stay/, /leave/])
  await expect(inspector.getByRole('button', { name: 'Move stay down' })).toBeFocused()
  await undo(page)
  await expect(order).toHaveText([/leave/, /stay/])
})

test('a remedy is taken by one click and given back by undo', async ({ studio: { page } }) => {
  await dropFiles(page, [await visits()])
  const notices = page.getByRole('region', { name: 'Notices about the data' })
  const leak = notices.getByRole('listitem').filter({ hasText: 'leak' })
  await expect(leak).toContainText('100.0 %')
  await leak.getByRole('button', { name: 'Leave out discharge' }).click()
  await expect(leak).toHaveCount(0)
  await expect(page.getByRole('checkbox', { name: 'Use as feature: discharge' })).not.toBeChecked()
  await undo(page)
  await expect(leak).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'Use as feature: discharge' })).toBeChecked()
})

test('rows are parted by groups or in order, into three parts', async ({ studio: { page } }) => {
  await dropFiles(page, [await visits()])
  const card = page.getByRole('region', { name: 'Target and task' })
  await card.getByRole('combobox', { name: 'Way of splitting' }).selectOption('Grouped')
  await expect(card.getByRole('combobox', { name: 'Groups by' })).toHaveValue('0')
  await expect(card).toContainText('All rows with the same “patient” stay together')
  await card.getByRole('spinbutton', { name: 'Test share' }).fill('0.1')
  await expect(card).toContainText('12 test')
  await expect(card).toContainText('24 validation')
  await expect(page.getByRole('table', { name: 'Columns of the dataset' })).toContainText('keeps rows together')
  await expect(transport(page, 'Train')).toBeEnabled()
  await card.getByRole('combobox', { name: 'Way of splitting' }).selectOption('In order')
  await expect(card).toContainText('Sorted by “day”')
  await card.getByRole('combobox', { name: 'Order by' }).selectOption('Order of the file')
  await expect(card).toContainText('last rows of the file')
})

test('a file is read as the person says, and rows that cannot be read are listed', async ({ studio: { page } }) => {
  const lines = Array.from({ length: 40 }, (_, row) => `${row},${row % 3},${row % 2 === 0 ? 'a;x' : 'b;y'}`)
  const file = path.join(folder, 'broken.csv')
  await writeFile(file, ['n,m,class', ...lines.slice(0, 9), '1,2,a;x,5', ...lines.slice(9)].join('\n'))
  await dropFiles(page, [file])
  const refusal = page.getByRole('alert').filter({ hasText: 'bad-row' })
  await refusal.getByRole('button', { name: 'Leave out such rows' }).click()
  await expect(page.getByRole('heading', { name: 'broken.csv' })).toBeVisible()
  await page.getByRole('button', { name: '1 row could not be read…' }).click()
  await expect(page.getByRole('table', { name: 'Rows that could not be read' })).toContainText('11')
  await page.keyboard.press('Escape')

  await expect(page.getByText('Comma-separated text, UTF-8, columns named by the first line')).toBeVisible()
  await page.getByRole('button', { name: 'Change…' }).click()
  const change = page.getByRole('dialog', { name: 'How the file is read' })
  await change.getByRole('combobox', { name: 'First line' }).selectOption('Is a row')
  await change.getByRole('button', { name: 'Read again' }).click()
  await expect(page.getByText('no line names the columns')).toBeVisible()
})
