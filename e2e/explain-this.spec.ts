/** "Explain this": from charts, layers, weights, rows, metrics and findings to the matching place of the Explain stage. */
import type { Locator, Page } from '@playwright/test'
import { fill, goTo, selectLayer, stageLink, transport } from './support/actions'
import { violations } from './support/axe'
import { expect, test } from './support/launch'
import { showMadeRun } from './support/made-run'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const tab = (page: Page, name: string): Locator => page.getByRole('tab', { name, exact: true })
const explanation = (page: Page): Locator => page.getByRole('region', { name: 'Explanation' })
const current = (page: Page): Locator =>
  page.getByRole('list', { name: 'Phases of the step' }).locator('[aria-current="step"]')

async function trained(page: Page, sample: RegExp, epochs: string): Promise<void> {
  await page.getByRole('button', { name: sample }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', epochs)
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
}

async function expectMicroscope(page: Page): Promise<void> {
  await expect(stageLink(page, 'Explain')).toHaveAttribute('aria-current', /.+/)
  await expect(tab(page, 'Microscope')).toHaveAttribute('aria-selected', 'true')
}

test('a point of a chart, by mouse and by keyboard', async ({ studio: { page } }) => {
  await trained(page, /^Iris/, '6')
  const chart = page.getByRole('img', { name: 'Loss chart' })
  const point = page.getByRole('group', { name: 'Chosen point' })
  await test.step('a step under the pointer', async () => {
    const box = await chart.boundingBox()
    if (box === null) throw new Error('no chart')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await expect(point).toContainText(/Step \d+/)
    const step = Number(/Step (\d+)/.exec(await point.innerText())?.[1])
    const epoch = Number(/after epoch (\d+)/.exec(await point.innerText())?.[1])
    await point.getByRole('button', { name: 'Explain this step' }).click()
    await expectMicroscope(page)
    // The step that comes next at that moment: at or before the one that was pointed at.
    const chip = page.getByText(/^epoch \d+ · step \d+$/)
    await expect(chip).toContainText(`epoch ${epoch} `)
    expect(Number(/step (\d+)/.exec(await chip.innerText())?.[1])).toBeLessThanOrEqual(step)
  })
  await test.step('an epoch, by keys', async () => {
    await goTo(page, 'Train')
    await page.getByRole('slider', { name: 'Time travel' }).press('End')
    await chart.focus()
    await page.keyboard.press('Enter')
    await expect(point).toContainText('Epoch 6')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await expect(point).toContainText('Epoch 4')
    await page.keyboard.press('Escape')
    await expect(point).toHaveCount(0)
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Tab')
    await expect(button(page, 'Explain this step')).toBeFocused()
    await page.keyboard.press('Enter')
    await expectMicroscope(page)
    await expect(page.getByText(/^epoch 5 · step \d+$/)).toBeVisible()
  })
})

test('a spike is marked in the loss chart', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Train')
  await showMadeRun(page, { epochs: 1000, stepsPerEpoch: 10 })
  const flags = page.getByRole('button', { name: /^Explain this spike: step \d+/ })
  await expect(flags.first()).toBeVisible()
  expect(await flags.count()).toBeLessThanOrEqual(3)
  const names = await flags.evaluateAll((all) => all.map((each) => Number(/\d+$/.exec(each.ariaLabel ?? '')?.[0])))
  // The loss is far out during epoch 777 alone.
  for (const step of names) expect(Math.abs(step - 7775)).toBeLessThanOrEqual(6)
})

test('a layer, a neuron, a weight and a row', async ({ studio: { page } }) => {
  // After one epoch it still gets rows wrong.
  await trained(page, /^Iris/, '1')
  await test.step('the layer in the inspector', async () => {
    await goTo(page, 'Model')
    await selectLayer(page, 'Dense dense1')
    await button(page, 'Explain this layer').click()
    await expectMicroscope(page)
    await expect(current(page)).toContainText('Forward')
    await expect(current(page)).toContainText('dense1')
    await expect(explanation(page).getByRole('heading', { name: /^Forward · dense1/ })).toBeVisible()
  })
  await test.step('a neuron of the drawing, by keyboard', async () => {
    await goTo(page, 'Model')
    await page.getByRole('button', { name: /^dense1 neuron 2, / }).focus()
    await page.keyboard.press('Enter')
    await button(page, 'Explain this neuron').press('Enter')
    await expectMicroscope(page)
    await expect(explanation(page).getByRole('heading', { name: 'Neuron dense1[2]' })).toBeVisible()
  })
  await test.step('a weight of it', async () => {
    await goTo(page, 'Model')
    await page.getByRole('button', { name: /^dense1 neuron 2, / }).click()
    await button(page, 'Explain this weight: petal_length').click()
    await expectMicroscope(page)
    await expect(explanation(page).getByRole('heading', { name: /^Weight petal_length → dense1\[2\]/ })).toBeVisible()
    await expect(explanation(page).getByText('checked')).toBeVisible()
    await expect(current(page)).toHaveText('Descent')
  })
  await test.step('what was chosen stays while other stages are looked at', async () => {
    await goTo(page, 'Data')
    await goTo(page, 'Explain')
    await expect(explanation(page).getByRole('heading', { name: /^Weight petal_length/ })).toBeVisible()
    await tab(page, 'Race').click()
    await goTo(page, 'Data')
    await goTo(page, 'Explain')
    await expect(tab(page, 'Race')).toHaveAttribute('aria-selected', 'true')
  })
  await test.step('a layer of a histogram', async () => {
    await goTo(page, 'Train')
    await button(page, /^Explain this layer: /)
      .first()
      .click()
    await expectMicroscope(page)
    await expect(current(page)).toContainText('Forward')
  })
  await test.step('a row that it got wrong', async () => {
    await goTo(page, 'Evaluate')
    const row = page.getByRole('button', { name: /^Explain this row: / }).first()
    const number = /\d+$/.exec((await row.getAttribute('aria-label')) ?? '')?.[0] ?? ''
    await row.click()
    await expectMicroscope(page)
    await expect(page.getByRole('combobox', { name: 'Row' })).toHaveValue(new RegExp(`^Row ${number} · `))
  })
})

test('a row of a regression that is far off', async ({ studio: { page } }) => {
  await trained(page, /^Auto MPG/, '3')
  await goTo(page, 'Evaluate')
  const row = page.getByRole('button', { name: /^Explain this row: / }).first()
  const number = /\d+$/.exec((await row.getAttribute('aria-label')) ?? '')?.[0] ?? ''
  await row.click()
  await expectMicroscope(page)
  await expect(page.getByRole('combobox', { name: 'Row' })).toHaveValue(new RegExp(`^Row ${number} · `))
})

test('a metric, worked out with the numbers of the run', async ({ studio: { page } }) => {
  await trained(page, /^Iris/, '4')
  await goTo(page, 'Evaluate')
  const counts = await page.evaluate(async () => {
    const reply = await window.studio.evaluateRun('validation', null)
    if (!reply.ok) throw new Error(reply.error.message)
    if (reply.value === null) throw new Error('nothing was evaluated')
    return { rows: reply.value.rows, counts: reply.value.confusion?.counts ?? [] }
  })
  const right = counts.counts.reduce((sum, line, k) => sum + (line[k] ?? 0), 0)
  await button(page, 'Explain this metric: Accuracy').click()
  await expect(tab(page, 'Metrics')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('heading', { name: 'Accuracy', exact: true })).toBeVisible()
  const worked = page.getByRole('group', { name: 'Accuracy, worked out' })
  // As TeX, in the MathML that screen readers get.
  await expect(worked.locator('annotation').filter({ hasText: `\\frac{${right}}{${counts.rows}}` })).toHaveCount(1)
  await expect(page.getByRole('heading', { name: 'Why it may mislead' })).toBeVisible()

  await test.step('another one of the list, class by class', async () => {
    await page
      .getByRole('list', { name: 'Metrics' })
      .getByRole('button', { name: /^Recall/ })
      .click()
    const recall = page.getByRole('group', { name: 'Recall, worked out' })
    for (const [k, name] of ['setosa', 'versicolor', 'virginica'].entries()) {
      const line = counts.counts[k] ?? []
      const all = line.reduce((sum, count) => sum + count, 0)
      await expect(recall.getByText(`${name}: of ${all} rows of it, ${line[k]} were found`)).toBeVisible()
    }
  })
  await test.step('what was asked for is there again', async () => {
    await goTo(page, 'Train')
    await goTo(page, 'Explain')
    await expect(page.getByRole('heading', { name: 'Recall', exact: true })).toBeVisible()
  })
  await test.step('the loss leads to the error of a row', async () => {
    await page.getByRole('list', { name: 'Metrics' }).getByRole('button', { name: /^Loss/ }).click()
    await button(page, 'Explain this loss with one row').click()
    await expectMicroscope(page)
    await expect(current(page)).toContainText('Error')
  })
  await test.step('words of the tab', async () => {
    await button(page, 'Words').click()
    await expect(page.getByRole('group', { name: 'Words of Microscope' })).toContainText('Chain rule')
    await page.keyboard.press('Escape')
  })
  await test.step('nothing that axe finds', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await tab(page, 'Metrics').click()
      expect(await violations(page), `metrics in ${colorScheme}`).toEqual([])
      await goTo(page, 'Evaluate')
      expect(await violations(page), `evaluate in ${colorScheme}`).toEqual([])
      await goTo(page, 'Explain')
    }
  })
})
