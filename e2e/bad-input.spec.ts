/** Files that cannot be used are refused with a code and a next thing to do, and nothing else changes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { fill, goTo, transport } from './support/actions'
import { dropFiles, expect, test } from './support/launch'

let folder: string

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-bad-'))
})

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const full = path.join(folder, name)
  await writeFile(full, content)
  return full
}

test('refuses unusable files by their code, and goes on with what was open', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('species')
  const cases: [string, string | Uint8Array, string][] = [
    ['empty.csv', '', 'empty-file'],
    ['header.csv', 'a,b,c\n', 'no-rows'],
    ['binary.csv', new Uint8Array([0, 1, 2, 3, 0, 255, 254, 0, 7]), 'not-a-table']
  ]
  for (const [name, content, code] of cases) {
    await dropFiles(page, [await file(name, content)])
    await expect(page.getByRole('alert').filter({ hasText: code })).toBeVisible()
  }
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('species')
  await expect(transport(page, 'Train')).toBeEnabled()
})

test('says why a readable file cannot be trained on', async ({ studio: { page } }) => {
  const cases: [string, string, string][] = [
    ['one-row.csv', 'a,target\n1,2\n', 'too-few-rows'],
    ['one-class.csv', 'a,target\n1,yes\n2,yes\n3,yes\n4,yes\n', 'one-class'],
    ['constant.csv', 'a,target\n1,2.5\n2,2.5\n3,2.5\n4,2.5\n', 'constant-target']
  ]
  for (const [name, content, code] of cases) {
    await dropFiles(page, [await file(name, content)])
    await expect(page).toHaveTitle(new RegExp(name.replace('.csv', '')))
    await goTo(page, 'Data')
    // The suggestion passes over a column with one value; a person may still choose it.
    await page.getByRole('combobox', { name: 'Target column' }).selectOption('target')
    await expect(page.getByText(code, { exact: false }).first()).toBeVisible()
    await expect(transport(page, 'Train')).toBeDisabled()
  }
})

test('says what it repaired or left out, by its code', async ({ studio: { page } }) => {
  const rows = (line: (row: number) => string) => Array.from({ length: 30 }, (_, row) => line(row)).join('\n')
  const cases: [string, string, string[]][] = [
    [
      'twice.csv',
      `a,a,class\n${rows((row) => `${row % 7},${row % 3}.5,${row % 2 ? 'x' : 'z'}`)}`,
      ['duplicate-header']
    ],
    ['blank.csv', `a,,class\n${rows((row) => `${row % 7},${row % 3}.5,${row % 2 ? 'x' : 'z'}`)}`, ['blank-header']],
    [
      'infinite.csv',
      `a,b,class\n${rows((row) => `${row % 5 ? row : 'Inf'},${row % 4 ? row / 3 : 'NaN'},${row % 2 ? 'x' : 'z'}`)}`,
      ['non-finite-values', 'missing-values']
    ],
    ['gaps.csv', `a,b,class\n${rows((row) => `${row / 7},,${row % 2 ? 'x' : 'z'}`)}`, ['all-missing-column']],
    [
      'wide.csv',
      `${Array.from({ length: 9999 }, (_, column) => `c${column}`).join(',')},class\n${rows(
        (row) => `${Array.from({ length: 9999 }, (_, column) => (row * column) % 11).join(',')},${row % 2 ? 'x' : 'z'}`
      )}`,
      []
    ]
  ]
  for (const [name, content, codes] of cases) {
    await dropFiles(page, [await file(name, `${content}\n`)])
    await expect(page).toHaveTitle(new RegExp(name.replace('.csv', '')), { timeout: 20_000 })
    for (const code of codes) await expect(page.getByText(code, { exact: true }).first()).toBeVisible()
    await expect(transport(page, 'Train')).toBeEnabled({ timeout: 20_000 })
  }
})

test('odd headers are data', async ({ studio: { page } }) => {
  const rows = Array.from({ length: 40 }, (_, row) => `${row},${row % 3},${row % 2},${row % 2 ? 'yes' : 'no'}`)
  await dropFiles(page, [await file('odd.csv', `__proto__,constructor,toString,class\n${rows.join('\n')}\n`)])
  await expect(page.getByRole('table', { name: 'Data preview' })).toContainText('__proto__')
  await fillEpochsAndTrain(page)
  await expect(transport(page, 'Train')).toBeVisible({ timeout: 30_000 })
  expect(await page.evaluate(() => Reflect.get({}, 'polluted') === undefined)).toBe(true)
})

async function fillEpochsAndTrain(page: Page): Promise<void> {
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '5')
  await transport(page, 'Train').click()
}

test('a diverging run stops with its layer and step, and the studio goes on', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Auto MPG/ }).click()
  await goTo(page, 'Train')
  await fill(page, 'Learning rate', '10000')
  await transport(page, 'Train').click()
  await expect(page.getByText('diverged', { exact: false }).first()).toBeVisible()
  await expect(page.getByText(/step \d+/i).first()).toBeVisible()
  await fill(page, 'Learning rate', '0.01')
  await fill(page, 'Epochs', '5')
  await transport(page, 'Reset').click()
  await transport(page, 'Train').click()
  await goTo(page, 'Evaluate')
  await expect(page.getByRole('list', { name: 'Metrics' })).toContainText('RMSE')
})
