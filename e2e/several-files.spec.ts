/** Files that are opened together: one dataset, in which each file may be a part of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { transport } from './support/actions'
import { dropFiles, expect, test } from './support/launch'

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-files-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function file(name: string, rows: number, header = 'x,z,kind'): Promise<string> {
  const lines = Array.from({ length: rows }, (_, row) => `${(row * 37) % 101},${row % 7},${row % 2 === 0 ? 'a' : 'b'}`)
  const full = path.join(folder, name)
  await writeFile(full, [header, ...lines].join('\n'))
  return full
}

test('two tables that are dropped together are one dataset, split by file', async ({ studio: { page } }) => {
  await dropFiles(page, [await file('train.csv', 40), await file('val.csv', 12)])
  await expect(page.getByRole('heading', { name: 'train.csv + val.csv' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('kind')
  await expect(page.getByRole('table', { name: 'Columns of the dataset' })).toContainText(
    'says which rows are kept back'
  )

  const card = page.getByRole('region', { name: 'Target and task' })
  await expect(card.getByRole('combobox', { name: 'Way of splitting' })).toHaveValue('fixed')
  await expect(card).toContainText('40 training')
  await expect(card).toContainText('12 validation')
  await expect(card).toContainText('for validation “val.csv”, for the test none')
  await expect(transport(page, 'Train')).toBeEnabled()

  await card.getByRole('combobox', { name: 'Rows of val.csv' }).selectOption('Test')
  await expect(card).toContainText('12 test')
  await expect(card).toContainText('0 validation')
  await card.getByRole('combobox', { name: 'Way of splitting' }).selectOption('Random')
  await expect(card).toContainText('42 training')

  // The next time they are opened together again.
  await page.getByTitle('Start screen: samples and recent files').click()
  await page.getByRole('button', { name: /^train\.csv \+ val\.csv/ }).click()
  await expect(card).toContainText('12 validation')
})

test('tables with other columns are refused, and what was open stays open', async ({ studio: { page } }) => {
  await dropFiles(page, [await file('one.csv', 20)])
  await expect(page.getByRole('heading', { name: 'one.csv' })).toBeVisible()
  await dropFiles(page, [await file('one.csv', 20), await file('other.csv', 5, 'x,w,kind')])
  const refusal = page.getByRole('alert').filter({ hasText: 'columns-differ' })
  await expect(refusal).toContainText('"other.csv" lacks "z", and "one.csv" lacks "w"')
  await expect(page.getByRole('heading', { name: 'one.csv' })).toBeVisible()
})
