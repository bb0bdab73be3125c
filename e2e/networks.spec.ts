/** Networks designed by hand: images, branches, and what happens to connections when layers change. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { InferenceSession } from 'onnxruntime-node'
import { addLayer, fill, goTo, layerItem, selectLayer, transport } from './support/actions'
import { answerSaveDialog, expect, test } from './support/launch'

let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-networks-'))
})

test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function openModel(page: Page, sample: RegExp): Promise<void> {
  await page.getByRole('button', { name: sample }).click()
  await goTo(page, 'Model')
  await expect(layerItem(page, 'Dense output')).toBeVisible()
}

async function trainFor(page: Page, epochs: number): Promise<void> {
  await goTo(page, 'Train')
  await fill(page, 'Epochs', String(epochs))
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
}

/** Exports the network in view, which is checked against the studio, and gives the file's inputs. */
async function exportedInputs(page: Page, app: Parameters<typeof answerSaveDialog>[0]): Promise<readonly string[]> {
  const file = path.join(folder, 'network.onnx')
  await answerSaveDialog(app, file)
  await goTo(page, 'Export')
  await page.getByRole('button', { name: /^ONNX/ }).click()
  await expect(page.getByText(/largest difference/i).first()).toBeVisible()
  return (await InferenceSession.create(await readFile(file))).inputNames
}

test('a convolutional network, put right by the fixes it offers, trains and is exported', async ({
  studio: { app, page }
}) => {
  await openModel(page, /^Iris/)
  for (const name of ['dense1', 'dense2']) await page.getByRole('button', { name: `Remove ${name}` }).click()

  await test.step('the table becomes an image', async () => {
    await addLayer(page, 'Conv 2D')
    await expect(layerItem(page, 'Conv 2D conv2d1')).toContainText('[N, ?]')
    await expect(transport(page, 'Train')).toBeDisabled()
    await page.getByRole('button', { name: 'Put Reshape to 1 × 2 × 2 before it' }).click()
    await expect(layerItem(page, 'Reshape')).toContainText('[N, 1, 2, 2]')
    await fill(page, 'Channels', '6')
    await expect(layerItem(page, 'Conv 2D conv2d1')).toContainText('[N, 6, 2, 2]')
    // 6 kernels of 3 × 3 weights, each with a bias.
    await expect(layerItem(page, 'Conv 2D conv2d1')).toContainText('60 parameters')
  })

  await test.step('and a list again before the output', async () => {
    await selectLayer(page, 'Dense output')
    await page.getByRole('button', { name: 'Put Flatten before it' }).click()
    await expect(layerItem(page, 'Flatten')).toContainText('[N, 24]')
    await expect(transport(page, 'Train')).toBeEnabled()
  })

  await trainFor(page, 40)
  await goTo(page, 'Evaluate')
  const report = page.getByRole('table', { name: 'Class by class' })
  for (const name of ['setosa', 'versicolor', 'virginica']) await expect(report).toContainText(name)
  const accuracy = await page.getByRole('list', { name: 'Metrics' }).innerText()
  expect(Number(/(\d+(?:\.\d+)?)\s*%/.exec(accuracy)?.[1])).toBeGreaterThan(85)
  expect(await exportedInputs(page, app)).toHaveLength(4)
})

test('a residual network is designed, trained and exported', async ({ studio: { app, page } }) => {
  await openModel(page, /^Auto MPG/)
  await selectLayer(page, 'Dense dense2')
  await fill(page, 'Units', '16')
  await addLayer(page, 'Add')
  // dense1 has as many units as dense2, so that is what is joined.
  await expect(layerItem(page, 'Add add1, takes dense1 and dense2')).toContainText('joins dense1 and dense2')
  await expect(page.getByRole('group', { name: /^Network drawing/ })).toContainText('Add')
  await expect(page.getByRole('button', { name: /^add1, Add, takes dense1 and dense2, passes on 16/ })).toBeVisible()

  const joined = page.getByRole('group', { name: 'Joins the outputs of' })
  await joined.getByRole('checkbox', { name: /^dense1/ }).uncheck()
  await expect(transport(page, 'Train')).toBeDisabled()
  await joined.getByRole('checkbox', { name: /^dense1/ }).check()
  await expect(transport(page, 'Train')).toBeEnabled()

  await trainFor(page, 20)
  await goTo(page, 'Evaluate')
  await expect(page.getByRole('list', { name: 'Metrics' })).toContainText('R²')
  expect((await exportedInputs(page, app)).length).toBeGreaterThan(3)
})

test('connections follow a renamed layer, and are never changed in silence by a removed or moved one', async ({
  studio: { page }
}) => {
  await openModel(page, /^Iris/)
  await selectLayer(page, 'Dense dense2')
  await fill(page, 'Units', '16')
  await addLayer(page, 'Add')
  await selectLayer(page, 'Dense dense1')
  await fill(page, 'Name', 'trunk')
  await expect(layerItem(page, 'Add add1, takes trunk and dense2')).toBeVisible()

  await page.getByRole('button', { name: 'Remove trunk' }).click()
  const add = layerItem(page, 'Add add1')
  await expect(add).toContainText('"trunk"')
  await expect(transport(page, 'Train')).toBeDisabled()
  // A layer that is added now is not taken for the one that is gone.
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(add).not.toContainText('"trunk"')

  await page.getByRole('button', { name: 'Move add1 up' }).click()
  await expect(add).toContainText('move the layer after "dense2"')
  await selectLayer(page, 'Add add1')
  await expect(page.getByRole('checkbox', { name: 'dense2 comes after it' })).toBeChecked()
  await page.getByRole('button', { name: 'Join input and trunk' }).click()
  await expect(layerItem(page, 'Add add1, takes input and trunk')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(transport(page, 'Train')).toBeEnabled()
})

test('a layer takes any layer before it', async ({ studio: { page } }) => {
  await openModel(page, /^Iris/)
  await selectLayer(page, 'Dense dense2')
  const from = page.getByRole('combobox', { name: 'Takes its input from' })
  await expect(from).toHaveValue('')
  await from.selectOption('input')
  await expect(layerItem(page, 'Dense dense2, 8 units, relu, takes input')).toContainText('takes input')
  // 4 features · 8 units and 8 biases.
  await expect(layerItem(page, 'Dense dense2')).toContainText('40 parameters')
  await from.selectOption('')
  await expect(layerItem(page, 'Dense dense2')).toContainText('136 parameters')
})
