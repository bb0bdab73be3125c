/** The microscope: a whole step of backpropagation, walked, checked and worked out in the window. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import type { MicroscopeChoice } from '../src/shared/explain-views'
import { fill, goTo, transport } from './support/actions'
import { violations } from './support/axe'
import { answerSaveDialog, expect, resizeWindow, test } from './support/launch'

/** The run in view, as it stands. */
const inView = { kind: 'view', epoch: null } as const

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const current = (page: Page): Locator =>
  page.getByRole('list', { name: 'Phases of the step' }).locator('[aria-current="step"]')
const explanation = (page: Page): Locator => page.getByRole('region', { name: 'Explanation' })

async function train(page: Page, sample: RegExp, epochs: string): Promise<void> {
  await page.getByRole('button', { name: sample }).click()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', epochs)
  await transport(page, 'Train').click()
}

async function trained(page: Page, sample: RegExp, epochs: string): Promise<void> {
  await train(page, sample, epochs)
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Explain')
  await expect(current(page)).toContainText('(1 of')
}

/** The trainer's own numbers of that step. */
async function stepOf(page: Page, choice: MicroscopeChoice) {
  return page.evaluate(async (on) => {
    const reply = await window.studio.openMicroscope(on)
    if (!reply.ok) throw new Error(reply.error.message)
    const { layers, loss, rows, epoch, step, actual } = reply.value
    const list = (values: Float64Array | null) => (values === null ? [] : Array.from(values))
    return {
      ...{ rows, epoch, step, actual },
      loss: loss.value,
      layers: layers.map(({ layer, z, a, delta }) => ({ layer, z: list(z), a: list(a), delta: list(delta) }))
    }
  }, choice)
}

function numberOf(text: string): number {
  return Number(text.trim().replaceAll('−', '-').replace('+', ''))
}

/** The numbers under a heading of the table of a layer. */
async function numbersUnder(page: Page, layer: string, heading: RegExp): Promise<number[]> {
  const table = page.getByRole('table', { name: `Numbers of ${layer}` })
  const headings = await table.getByRole('columnheader').allInnerTexts()
  const place = headings.findIndex((text) => heading.test(text))
  expect(place, `${heading} among ${headings.join(', ')}`).toBeGreaterThan(0)
  return (await table.locator(`tbody tr > :nth-child(${place + 1})`).allInnerTexts()).map(numberOf)
}

/** As they stand there with four digits. */
function expectNumbers(shown: readonly number[], wanted: readonly number[]): void {
  expect(shown.length).toBe(wanted.length)
  shown.forEach((value, i) => {
    const own = wanted[i] ?? NaN
    expect(Math.abs(value - own), `${value} is ${own}`).toBeLessThanOrEqual(6e-3 * Math.abs(own))
  })
}

test('a whole step, forward and back, with the numbers of the engine', async ({ studio: { page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Explain')
  await expect(page.getByRole('heading', { name: 'How this network learns' })).toBeVisible()
  await expect(button(page, 'Start learning')).toBeVisible()
  await goTo(page, 'Train')
  await fill(page, 'Epochs', '3')
  await transport(page, 'Train').click()
  await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
  await goTo(page, 'Explain')
  await expect(page.getByRole('combobox', { name: 'Row' })).toHaveValue('Row 1 · setosa')
  const step = await stepOf(page, { of: inView, on: { kind: 'row', row: 0 } })
  await expect(page.getByText(`epoch 3 · step ${step.step}`)).toBeVisible()
  await expect(button(page, 'Back')).toBeDisabled()

  const names = step.layers.map(({ layer }) => layer)
  const output = names.at(-1) ?? ''
  await test.step('forward', async () => {
    for (const [place, { layer, z, a }] of step.layers.entries()) {
      await expect(current(page)).toHaveText(`Forward ${layer} (${place + 1} of ${names.length})`)
      await expect(page.getByRole('status', { name: 'Phase' })).toContainText(`${layer}: each unit adds up`)
      expectNumbers(await numbersUnder(page, layer, /^z =/i), z)
      expectNumbers(await numbersUnder(page, layer, /^a =/i), a)
      await button(page, 'Next').click()
    }
  })
  await test.step('the error', async () => {
    await expect(current(page)).toContainText('Error')
    expectNumbers([numberOf((await current(page).innerText()).replace('Error', ''))], [step.loss])
    expect(await numbersUnder(page, output, /^wanted/i)).toEqual([1, 0, 0])
    await expect(explanation(page).getByRole('group', { name: 'Why δ has this form' })).toBeVisible()
    await button(page, 'Next').click()
  })
  await test.step('backward', async () => {
    for (const { layer, delta } of step.layers.toReversed()) {
      await expect(current(page)).toContainText(`Backward ${layer}`)
      expectNumbers(await numbersUnder(page, layer, /^δ =/i), delta)
      await button(page, 'Next').click()
    }
  })
  await test.step('the descent, and all the way back', async () => {
    await expect(current(page)).toHaveText('Descent')
    await expect(button(page, 'Next')).toBeDisabled()
    await expect(explanation(page).getByRole('list', { name: 'What moves most' })).toBeVisible()
    for (let i = 0; i < 2 * names.length + 1; i += 1) await button(page, 'Back').click()
    await expect(button(page, 'Back')).toBeDisabled()
    await expect(current(page)).toContainText(`Forward ${names[0] ?? ''}`)
    // What is not computed yet is not shown.
    expect(await numbersUnder(page, names[0] ?? '', /^δ =/i)).not.toContain(step.layers[0]?.delta[0])
  })

  await test.step('a neuron, and one of its weights', async () => {
    // It was set on the same step by another hand meanwhile: it is set on it again.
    await button(page, `Explain ${names[0] ?? ''}[1]`).click()
    const side = explanation(page)
    await expect(side.getByRole('heading', { name: `Neuron ${names[0] ?? ''}[1]` })).toBeVisible()
    await expect(
      side
        .getByRole('group', { name: /^Forward, / })
        .locator('math')
        .first()
    ).toBeAttached()
    await side.getByRole('button', { name: /^Explain the weight of petal_length/ }).click()
    await expect(side.getByText('checked')).toBeVisible()
    const [from, to] = (await side.getByText('becomes').locator('..').innerText()).split('becomes')
    const weight = await page.evaluate(async () => {
      const opened = await window.studio.openMicroscope({
        of: { kind: 'view', epoch: null },
        on: { kind: 'row', row: 0 }
      })
      if (!opened.ok) throw new Error(opened.error.message)
      const place = opened.value.inputs.findIndex(({ name }) => name === 'petal_length')
      const reply = await window.studio.explainWeight(
        opened.value.id,
        `${opened.value.layers[0]?.layer ?? ''}.weight`,
        place
      )
      if (!reply.ok) throw new Error(reply.error.message)
      return reply.value
    })
    expect(numberOf((from ?? '').replace('→', ''))).toBeCloseTo(weight.before, 5)
    expect(numberOf((to ?? '').trim().split(/\s/)[0] ?? '')).toBeCloseTo(weight.after, 5)
    expect(weight.check.relativeError).toBeLessThan(1e-4)
  })

  await test.step('a way of the error lights up', async () => {
    const ways = explanation(page).getByRole('list', { name: 'By which ways' }).getByRole('button')
    await ways.first().focus()
    await page.keyboard.press('Enter')
    await expect(ways.first()).toHaveAttribute('aria-pressed', 'true')
    await button(page, 'To the phase').click()
    await expect(explanation(page).getByRole('heading', { name: /^Forward · / })).toBeVisible()
  })

  await test.step('a line of the drawing is a weight', async () => {
    const place = await page
      .locator('.edges path')
      .nth(3)
      .evaluate((path) => {
        if (!(path instanceof SVGPathElement)) throw new Error('no line')
        const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.4)
        const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM() ?? undefined)
        return { x: at.x, y: at.y }
      })
    await page.mouse.click(place.x, place.y)
    await expect(explanation(page).getByRole('heading', { name: /^(Weight .+ →|Bias of) / })).toBeVisible()
  })
})

test('Play, other rows, a batch, and an earlier moment', async ({ studio: { page } }) => {
  await trained(page, /^Iris/, '4')
  await test.step('it plays to the end, and can be stopped', async () => {
    await button(page, 'Play').click()
    await expect(current(page)).toContainText('(2 of')
    await button(page, 'Pause').click()
    await expect(button(page, 'Play')).toBeVisible()
    await button(page, 'Play').click()
    await expect(current(page)).toHaveText('Descent', { timeout: 20_000 })
    await expect(button(page, 'Play')).toBeVisible()
  })

  const row = page.getByRole('combobox', { name: 'Row' })
  await test.step('a row by its number, or by the list', async () => {
    await row.fill('101')
    await row.press('Enter')
    await expect(row).toHaveValue('Row 101 · virginica')
    await row.fill('151')
    await expect(page.getByRole('alert')).toHaveText('Type the number of a row, from 1 to 150.')
    await expect(row).toHaveAttribute('aria-invalid', 'true')
    await row.press('Escape')
    await expect(row).toHaveValue('Row 101 · virginica')
    await row.click()
    await page.getByRole('option', { name: 'Row 99 · versicolor' }).click()
    await expect(row).toHaveValue('Row 99 · versicolor')
    const step = await stepOf(page, { of: inView, on: { kind: 'row', row: 98 } })
    const { layer = '', delta = [] } = step.layers.at(-1) ?? {}
    expectNumbers(await numbersUnder(page, layer, /^δ =/i), delta)
  })

  await test.step('the batch that comes next', async () => {
    await page.getByRole('radio', { name: 'Batch' }).check({ force: true })
    await expect(page.getByText(/The error is the mean over the \d+ rows of the batch/)).toBeVisible()
    const step = await stepOf(page, { of: inView, on: { kind: 'batch', shown: 0 } })
    await expect(row).toHaveValue(new RegExp(`^Row ${(step.rows[0] ?? 0) + 1} · `))
    await row.click()
    await page.getByRole('listbox', { name: 'Rows' }).getByRole('option').nth(2).click()
    await expect(row).toHaveValue(new RegExp(`^Row ${(step.rows[2] ?? 0) + 1} · `))
    await page.getByRole('radio', { name: 'One row' }).check({ force: true })
    await expect(row).toHaveValue(new RegExp(`^Row ${(step.rows[2] ?? 0) + 1} · `))
  })

  await test.step('as it was before the first step', async () => {
    await page.getByRole('slider', { name: 'Time travel' }).press('Home')
    await expect(page.getByText('epoch 0 · step 1', { exact: true })).toBeVisible()
    await page.getByRole('region', { name: 'Past moments of the run' }).getByRole('button', { name: 'Now' }).click()
    await expect(page.getByText(/^epoch 4 · step /)).toBeVisible()
  })
})

test('a run that goes on does not move the step that is looked at', async ({ studio: { page } }) => {
  await train(page, /^Iris/, '100000')
  await goTo(page, 'Explain')
  const shown = page.getByText(/^epoch .+ · step .+$/)
  const first = await shown.innerText()
  await expect(page.getByText(/steps? taken since/)).toBeVisible()
  expect(await shown.innerText()).toBe(first)
  await button(page, 'Look at the step of now').click()
  await expect(shown).not.toHaveText(first)
})

test('by keyboard alone, and nothing that axe finds', async ({ studio: { app, page } }) => {
  test.setTimeout(120_000)
  await trained(page, /^Palmer Penguins/, '3')
  const drawing = page.getByRole('group', { name: /^The network, input, then / })
  await drawing.focus()
  await page.keyboard.press('ArrowRight')
  await expect(current(page)).toContainText('(2 of')
  await page.keyboard.press('ArrowLeft')
  await expect(current(page)).toContainText('(1 of')
  await page.keyboard.press('Space')
  await expect(button(page, 'Pause')).toBeVisible()
  await page.keyboard.press('Space')
  await expect(button(page, 'Play')).toBeVisible()
  // Into the drawing, to a neuron of the first layer, and out again.
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(explanation(page).getByRole('heading', { name: /^Neuron dense1\[/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(drawing).toBeFocused()
  // A weight by the heat map.
  await button(page, 'Heat map').focus()
  await page.keyboard.press('Enter')
  const map = page.getByRole('button', { name: /^Heat map of / })
  await map.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(explanation(page).getByText('checked')).toBeVisible()

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const look of ['Numbers', 'Heat map', 'Formulas']) {
      await button(page, look).click()
      expect(await violations(page), `${look} in ${colorScheme}`).toEqual([])
    }
    await button(page, 'To the phase').click()
    expect(await violations(page), `phase in ${colorScheme}`).toEqual([])
    await button(page, 'Numbers').click()
    await page
      .getByRole('button', { name: /^Explain dense/ })
      .first()
      .click()
    await expect(explanation(page).getByRole('list', { name: 'Its weights' })).toBeVisible()
    expect(await violations(page), `neuron in ${colorScheme}`).toEqual([])
  }

  await resizeWindow(app, 1020, 700)
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)
})

test('a network for images: boxes with small pictures, and the rule of each layer', async ({ studio: { page } }) => {
  test.setTimeout(120_000)
  await train(page, /^Handwritten Digits/, '1')
  await goTo(page, 'Explain')
  await expect(current(page)).toContainText('Forward', { timeout: 30_000 })
  const box = page.getByRole('button', { name: /^conv1, Conv 2D, / })
  await box.click()
  await expect(explanation(page).getByRole('group', { name: /^Rule of conv1$/ })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Numbers of conv1' })).toBeVisible()
  await button(page, 'Maps').click()
  await expect(page.getByRole('img', { name: 'Output of conv1' })).toHaveAccessibleDescription(/^12544 numbers up to /)
  await expect(page.getByText('not computed yet')).toBeVisible()
})

test('the step is saved as a worked derivation', async ({ studio: { page, app } }, testInfo) => {
  await trained(page, /^Iris/, '5')
  for (const [kind, ending, begins] of [
    ['HTML', 'html', '<!doctype html>'],
    ['LaTeX', 'tex', '\\documentclass'],
    ['PDF', 'pdf', '%PDF-']
  ] as const) {
    const file = testInfo.outputPath(`step.${ending}`)
    await answerSaveDialog(app, file)
    await button(page, 'Save worked derivation').click()
    await page.getByRole('group', { name: 'Save worked derivation as' }).getByRole('button', { name: kind }).click()
    const text = async () => (await readFile(file, 'utf8').catch(() => '')).slice(0, 40_000)
    await expect.poll(text, { timeout: 20_000 }).toMatch(new RegExp(`^${begins.replace('\\', '\\\\')}`))
    if (kind !== 'PDF') expect(await text()).toContain('One step of learning: row 1 of iris.csv')
  }
  // The window that the PDF was set in is gone.
  expect(app.windows()).toHaveLength(1)
})

test('a kept run that is not in view, at its end and at an earlier moment', async ({ studio: { page } }) => {
  test.setTimeout(120_000)
  await trained(page, /^Iris/, '4')
  const row = page.getByRole('combobox', { name: 'Row' })
  await row.fill('101')
  await row.press('Enter')
  await expect(row).toHaveValue('Row 101 · virginica')
  const at101 = { kind: 'row', row: 100 } as const
  const [name] = await page.evaluate(async () => {
    const reply = await window.studio.listRuns()
    return reply.ok ? reply.value.map((run) => run.name) : []
  })
  const [end, early] = [
    await stepOf(page, { of: inView, on: at101 }),
    await stepOf(page, { of: { kind: 'view', epoch: 2 }, on: at101 })
  ]
  const run = page.getByRole('combobox', { name: 'Run', exact: true })
  await expect(run).toHaveValue('')
  await expect(run.getByRole('option')).toHaveText(['Run in view'])

  await test.step('with other data open and nothing trained on it', async () => {
    await page.getByRole('button', { name: 'Start screen' }).click()
    await page.getByRole('button', { name: /^Palmer Penguins/ }).click()
    await goTo(page, 'Explain')
    await expect(page.getByRole('heading', { name: 'How this network learns' })).toBeVisible()
    await run.selectOption({ label: `iris · ${name ?? ''}` })
    await expect(current(page)).toContainText('(1 of')
    await expect(page.getByText(`epoch 4 · step ${end.step}`, { exact: true })).toBeVisible()
    await row.fill('101')
    await row.press('Enter')
    await expect(row).toHaveValue('Row 101 · virginica')
    const { layer = '', a = [] } = end.layers[0] ?? {}
    expectNumbers(await numbersUnder(page, layer, /^a =/i), a)
    await row.click()
    await expect(page.getByRole('option', { name: 'Row 99 · versicolor' })).toBeVisible()
    await row.press('Escape')
  })

  await test.step('at an earlier moment', async () => {
    const moment = page.getByRole('slider', { name: 'Moment' })
    await expect(moment).toHaveAttribute('aria-valuetext', 'at its end')
    for (let i = 0; i < 3; i += 1) await moment.press('ArrowLeft')
    await expect(moment).toHaveAttribute('aria-valuetext', 'after epoch 2')
    await expect(page.getByText(`epoch 2 · step ${early.step}`, { exact: true })).toBeVisible()
    const { layer = '', a = [] } = early.layers[0] ?? {}
    expectNumbers(await numbersUnder(page, layer, /^a =/i), a)
    expect(await violations(page)).toEqual([])
  })

  await test.step('a run that comes into view leaves it as it is, and can be looked at instead', async () => {
    await goTo(page, 'Train')
    await fill(page, 'Epochs', '2')
    await transport(page, 'Train').click()
    await expect(page.getByText('Finished.')).toBeVisible({ timeout: 30_000 })
    await goTo(page, 'Explain')
    await expect(page.getByText(`epoch 2 · step ${early.step}`, { exact: true })).toBeVisible()
    await page
      .getByRole('button', { name: /^Explain dense1/ })
      .first()
      .click()
    await expect(explanation(page).getByRole('heading', { name: /^Neuron dense1/ })).toBeVisible()
    await run.selectOption('Run in view')
    await expect(page.getByRole('slider', { name: 'Time travel' })).toBeVisible()
    await expect(row).toHaveValue(/ · (Adelie|Chinstrap|Gentoo)$/)
  })
})
