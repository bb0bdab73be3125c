/** Datasets that are made in the studio: generated, painted, pasted; each becomes a file that is opened. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fill } from './support/actions'
import { expect, test } from './support/launch'

test('a rule is looked at, changed and made into a dataset', async ({ studio: { page, userData } }) => {
  await page.getByRole('button', { name: 'Generate…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a dataset' })
  await dialog.getByRole('radio', { name: 'Spirals' }).check({ force: true })
  await expect(dialog.getByRole('img', { name: 'Preview: 400 points, Spirals' })).toBeVisible()
  await fill(page, 'Arms', '3')
  await fill(page, 'Points', '5')
  await expect(dialog.getByRole('button', { name: 'Make dataset' })).toBeDisabled()
  await fill(page, 'Points', '90')
  await expect(dialog.getByRole('img', { name: 'Preview: 90 points, Spirals' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Make dataset' }).click()

  await expect(page.getByRole('heading', { name: 'Spirals.csv' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Target column' })).toHaveValue('class')
  await expect(page.getByRole('table', { name: 'Data preview' })).toContainText('class')
  const text = await readFile(join(userData, 'datasets', 'Spirals.csv'), 'utf8')
  expect(text.split('\n')).toHaveLength(92)
  expect(new Set(text.match(/[a-c]$/gm))).toEqual(new Set(['a', 'b', 'c']))
})

test('points are painted with the mouse and with the keys', async ({ studio: { page, userData } }) => {
  await page.getByRole('button', { name: 'Paint points…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a dataset' })
  const canvas = dialog.getByRole('button', { name: /^Canvas/ })
  const box = await canvas.boundingBox()
  if (box === null) throw new Error('no canvas')
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.2, { steps: 5 })
  await page.mouse.up()
  await expect(dialog.getByRole('radio', { name: 'Class a, 30 points' })).toBeChecked()
  await expect(dialog.getByRole('button', { name: 'Make dataset' })).toBeDisabled()

  await dialog.getByRole('radio', { name: /^Class b/ }).check({ force: true })
  await canvas.focus()
  for (const key of ['ArrowRight', 'ArrowDown', ' ', ' ']) await page.keyboard.press(key)
  await expect(dialog.getByRole('radio', { name: 'Class b, 10 points' })).toBeChecked()
  await dialog.getByRole('button', { name: 'Undo stroke' }).click()
  await expect(dialog.getByRole('radio', { name: 'Class b, 5 points' })).toBeChecked()
  await dialog.getByRole('button', { name: 'Make dataset' }).click()

  await expect(page.getByRole('heading', { name: 'Painted points.csv' })).toBeVisible()
  const rows = (await readFile(join(userData, 'datasets', 'Painted points.csv'), 'utf8')).trim().split('\n')
  expect(rows).toHaveLength(36)
  // The first class was painted at the upper left.
  const upperLeft = rows.filter((row) => /^-0\.\d+,0\.\d+,a$/.test(row))
  expect(upperLeft).toHaveLength(30)
})

test('a table from the clipboard is offered, and kept as it is', async ({ studio: { app, page, userData } }) => {
  const table = 'width;kind\n1,5;round\n2,5;flat\n1,7;round\n2,2;flat\n'
  await app.evaluate(({ clipboard }, text) => clipboard.writeText(text), table)
  await page.keyboard.press('ControlOrMeta+V')
  const dialog = page.getByRole('dialog', { name: 'Make a dataset' })
  await expect(dialog.getByRole('status')).toHaveText('5 lines')
  await dialog.getByRole('button', { name: 'Make dataset' }).click()
  await expect(page.getByRole('heading', { name: 'Pasted.csv' })).toBeVisible()
  expect(await readdir(join(userData, 'datasets'))).toEqual(['Pasted.csv'])
  expect(await readFile(join(userData, 'datasets', 'Pasted.csv'), 'utf8')).toBe(table)
})

test('what cannot be read is said, and what was pasted is still there', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: 'Paste a table…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a dataset' })
  await dialog.getByRole('textbox').fill('a,b\n1,2\n1,2,3\n')
  await dialog.getByRole('button', { name: 'Make dataset' }).click()
  await expect(page.getByRole('alert')).toContainText('line 3')
  await page.getByRole('button', { name: 'Paste a table…' }).click()
  await expect(dialog.getByRole('textbox')).toHaveValue('a,b\n1,2\n1,2,3\n')
})
