/** The main journey: a dropped CSV becomes a trained, exported network that gives the same answers elsewhere. */
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { epochCounter, epochNumber, fill, goTo, transport } from './support/actions'
import { answerSaveDialog, dropFiles, expect, repository, test } from './support/launch'

let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-journey-'))
})

test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('from a dropped CSV to an exported network', async ({ studio: { app, page } }) => {
  await expect(page).toHaveTitle('Backprop Studio')
  await expect(page.getByRole('button', { name: 'Open dataset…' })).toBeVisible()
  await expect(page.getByText('Everything stays on this computer', { exact: false }).first()).toBeVisible()

  // A person's own file, not a known sample.
  const csv = path.join(folder, 'flowers.csv')
  await copyFile(path.join(repository, 'resources/samples/iris.csv'), csv)
  await dropFiles(page, [csv])
  await expect(page).toHaveTitle(/^Backprop Studio .+ flowers/)

  await test.step('look at the data and choose the target', async () => {
    const preview = page.getByRole('table', { name: 'Data preview' })
    await expect(preview).toBeVisible()
    await expect(preview).toContainText('setosa')
    const target = page.getByRole('combobox', { name: 'Target column' })
    await expect(target).toHaveValue('species')
    await target.selectOption('petal_width')
    await expect(page.getByRole('combobox', { name: 'Task' })).toHaveValue('regression')
    await target.selectOption('species')
    await expect(page.getByRole('combobox', { name: 'Task' })).toHaveValue('multi-class')
  })

  await test.step('design the layers', async () => {
    await goTo(page, 'Model')
    const layers = page.getByRole('list', { name: 'Layers' })
    const dense = layers.getByRole('listitem', { name: /^Dense/ })
    const before = await dense.count()
    await page.getByRole('button', { name: 'Add layer' }).click()
    await expect(dense).toHaveCount(before + 1)
    await fill(page, 'Units', '0')
    await expect(transport(page, 'Train')).toBeDisabled()
    await fill(page, 'Units', '12')
    const added = layers.getByRole('listitem', { name: /^Dense dense3, 12 units/ })
    await expect(added).toBeVisible()
    await expect(added).toContainText('[N, 12]')
    // dense2 has 8 units: 8 · 12 weights and 12 biases.
    await expect(added).toContainText('108 parameters')
    await expect(transport(page, 'Train')).toBeEnabled()
    await added.getByRole('button', { name: 'Move dense3 up' }).click()
    // Now behind dense1 with 16 units: 16 · 12 + 12.
    await expect(added).toContainText('204 parameters')
    const names = async () => (await dense.allInnerTexts()).map((text) => /\w+/.exec(text)?.[0])
    expect(await names()).toEqual(['dense1', 'dense3', 'dense2', 'output'])
    await added.getByRole('button', { name: 'Remove dense3' }).click()
    await expect(dense).toHaveCount(before)
    await page.keyboard.press('Control+z')
    await expect(dense).toHaveCount(before + 1)
  })

  await test.step('train, pause and resume', async () => {
    await goTo(page, 'Train')
    await fill(page, 'Learning rate', '0.05')
    await fill(page, 'Epochs', '100000')
    await expect(epochCounter(page)).toHaveText(/Epoch 0 of 100,?000/)
    await transport(page, 'Train').click()
    for (const stage of ['Data', 'Model', 'Evaluate', 'Explain', 'Export', 'Train'] as const) {
      const before = await epochNumber(page)
      await goTo(page, stage)
      await expect.poll(() => epochNumber(page)).toBeGreaterThan(before)
    }
    await transport(page, 'Pause').click()
    await expect(transport(page, 'Resume')).toBeVisible()
    const paused = await epochNumber(page)
    await goTo(page, 'Data')
    expect(await epochNumber(page)).toBe(paused)
    await goTo(page, 'Train')
    await transport(page, 'Step').click()
    await expect(transport(page, 'Resume')).toBeVisible()
    await transport(page, 'Resume').click()
    await expect.poll(() => epochNumber(page)).toBeGreaterThan(paused + 60)
    await expect(page.getByRole('img', { name: 'Loss chart' })).toBeVisible()
    await expect(page.getByRole('img', { name: 'Accuracy chart' })).toBeVisible()
    await transport(page, 'Stop').click()
    await expect(transport(page, 'Train')).toBeVisible()
  })

  await test.step('see how it does on the validation rows', async () => {
    await goTo(page, 'Evaluate')
    const metrics = page.getByRole('list', { name: 'Metrics' })
    await expect(metrics).toContainText('Accuracy')
    const text = await metrics.innerText()
    const percent = Number(/(\d+(?:\.\d+)?)\s*%/.exec(text)?.[1])
    expect(percent).toBeGreaterThanOrEqual(93)
    const matrix = page.getByRole('table', { name: 'Confusion matrix' })
    await expect(matrix).toContainText('actual')
    await expect(matrix).toContainText('predicted')
  })

  await test.step('export ONNX, checked, and run it elsewhere', async () => {
    const file = path.join(folder, 'flowers.onnx')
    await answerSaveDialog(app, file)
    await goTo(page, 'Export')
    await page.getByRole('button', { name: /^ONNX/ }).click()
    await expect(page.getByText(/largest difference/i).first()).toBeVisible()
    expect((await stat(file)).size).toBeGreaterThan(500)
    const session = await InferenceSession.create(await readFile(file))
    expect([...session.inputNames].sort()).toEqual(['petal_length', 'petal_width', 'sepal_length', 'sepal_width'])
    const cell = (value: number) => new Tensor('float32', [value], [1, 1])
    const answer = await session.run({
      sepal_length: cell(5.1),
      sepal_width: cell(3.5),
      petal_length: cell(1.4),
      petal_width: cell(0.2)
    })
    expect(answer['prediction']?.data[0]).toContain('setosa')
    const probabilities = [...(answer['probabilities']?.data ?? [])].map(Number)
    expect(probabilities).toHaveLength(3)
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
  })
})
