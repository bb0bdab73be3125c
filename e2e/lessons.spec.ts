/** Lessons: from the first screen without any data, to the end of one, and back to where one was. */
import type { Locator, Page } from '@playwright/test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { goTo } from './support/actions'
import { violations } from './support/axe'
import { answerOpenDialog, expect, launchStudio, repository, resizeWindow, test } from './support/launch'

const entry = (page: Page) => page.getByRole('button', { name: /^Learn how networks learn/ })
const card = (page: Page, number: number) => page.getByRole('button', { name: new RegExp(`^Lesson ${number}: `) })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 2 })
const question = (page: Page, number: number) => page.getByRole('region', { name: 'Question' }).nth(number - 1)
const said = (within: Locator) => within.getByRole('status')
const press = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true }).click()

async function answer(within: Locator, text: string): Promise<void> {
  await within.getByLabel('Your answer').fill(text)
  await press(within, 'Check')
}

async function openLesson(page: Page, number: number): Promise<void> {
  await entry(page).click()
  await card(page, number).click()
}

/** From page to page until the one of that title. */
async function nextUntil(page: Page, title: string): Promise<void> {
  while ((await heading(page, title).count()) === 0) await press(page, 'Next page')
}

async function toPage(page: Page, number: number): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('button', { name: new RegExp(`^Page ${number}:`) })
    .click()
}

test('the chain rule by hand, from the first screen to its end', async ({ studio: { page, app } }) => {
  await resizeWindow(app, 1440, 900)
  await expect(entry(page)).toHaveAccessibleName(/8 short lessons/)
  await openLesson(page, 4)
  await expect(heading(page, 'Paper and pencil')).toBeFocused()

  // Wrong, then right; what is below does not move.
  const first = question(page, 1)
  const below = await question(page, 2).boundingBox()
  await answer(first, '1')
  await expect(said(first)).toContainText('Not 1.')
  await answer(first, '0')
  await expect(said(first)).toContainText('Right.')
  expect(await question(page, 2).boundingBox()).toEqual(below)
  await answer(question(page, 2), '1/2')
  await expect(said(question(page, 2))).toContainText('Right.')

  await press(page, 'Next page')
  await expect(heading(page, 'Forward: the answer and its error')).toBeFocused()
  await answer(question(page, 1), 'one')
  await expect(said(question(page, 1))).toContainText('That is no number.')
  await answer(question(page, 1), '1,0')
  await expect(said(question(page, 1))).toContainText('Right.')

  // The right size with the other sign is told; the answer is shown after a try.
  await nextUntil(page, 'Backward: the output')
  const delta = question(page, 1)
  const show = delta.getByRole('button', { name: 'Show the answer' })
  await expect(show).toHaveAttribute('aria-disabled', 'true')
  await answer(delta, '2')
  await expect(said(delta)).toContainText('the sign is not')
  await show.click()
  await expect(said(delta)).toContainText('It is −2.')
  await expect(delta.getByLabel('Your answer')).not.toBeEditable()

  await nextUntil(page, 'Was it worth it?')
  const worth = question(page, 1)
  await worth.getByRole('radio', { name: /^It is larger/ }).check()
  await press(worth, 'Check')
  await expect(said(worth)).toContainText('Not quite.')
  await worth.getByRole('radio', { name: /^Nearly gone/ }).check()
  await press(worth, 'Check')
  await expect(said(worth)).toContainText('Right.')

  // The microscope is set on the weight that the page speaks of, and has its own Next and Back.
  await nextUntil(page, 'Paper against microscope')
  const microscope = page.getByRole('region', { name: /^Microscope/ })
  await expect(microscope.getByText('dense1 (2 of 2)')).toBeVisible()
  await expect(microscope.getByRole('region', { name: 'Explanation' })).toContainText('−3')
  await press(microscope, 'Next')
  await expect(heading(page, 'Paper against microscope')).toBeVisible()

  const finish = page.getByRole('button', { name: 'Finish lesson' })
  while ((await finish.count()) === 0) await press(page, 'Next page')
  await finish.click()
  await expect(card(page, 4)).toHaveAccessibleName(/Done$/)
  await press(page, 'First screen')
  await expect(entry(page)).toHaveAccessibleName(/1 of 8 lessons done/)
})

/** A studio with that user folder, closed again when the work is done. */
async function withStudio(userData: string, work: (page: Page) => Promise<void>): Promise<void> {
  const studio = await launchStudio({ userData })
  try {
    await work(studio.page)
  } finally {
    await studio.close()
  }
}

test('a prediction is judged when it ran, and everything is there again after a restart', async () => {
  const userData = await mkdtemp(path.join(tmpdir(), 'studio-lessons-'))
  try {
    await withStudio(userData, async (page) => {
      await openLesson(page, 1)
      await answer(question(page, 1), '10')
      await expect(said(question(page, 1))).toContainText('Not 10.')
      await press(page, 'Next page')
      await toPage(page, 4)
      const trial = page.getByRole('region', { name: 'Trial' })
      const run = trial.getByRole('button', { name: 'Run', exact: true })
      await expect(run).toHaveAttribute('aria-disabled', 'true')
      await trial.getByRole('radio', { name: /^Nowhere/ }).check()
      await run.click()
      await expect(said(trial)).toContainText('It went another way.')
      await expect(said(trial)).toContainText('It does learn.')
      await expect(trial.getByRole('img', { name: 'Loss of the trial' })).toBeVisible()
      await expect(trial.getByRole('img', { name: 'Fitted curve, Without a bias' })).toBeVisible()
      const results = trial.getByRole('table', { name: 'What came of it' })
      await expect(results.getByRole('row', { name: /^Without a bias/ })).toContainText('3.000')
      await expect(trial.getByRole('table', { name: 'Weights before and after' })).toContainText('0 → 2.000')
      await press(page, 'All lessons')
      await expect(card(page, 1)).toHaveAccessibleName(/Page 4 of \d+$/)
    })
    await withStudio(userData, async (page) => {
      await entry(page).click()
      await page.getByRole('button', { name: 'Continue: A neuron and its bias' }).click()
      await expect(heading(page, 'Let both learn')).toBeVisible()
      const trial = page.getByRole('region', { name: 'Trial' })
      await expect(trial.getByRole('radio', { name: /^Nowhere/ })).toBeChecked()
      await expect(said(trial)).toContainText('It went another way.')
      await press(trial, 'Run again')
      await expect(trial.getByRole('table', { name: 'What came of it' })).toBeVisible()
      await toPage(page, 1)
      await expect(question(page, 1).getByLabel('Your answer')).toHaveValue('10')
      await expect(said(question(page, 1))).toContainText('Not 10.')
      // All of it is forgotten when one says so.
      await press(page, 'Start over')
      await press(page.getByRole('dialog'), 'Start over')
      await expect(question(page, 1).getByLabel('Your answer')).toHaveValue('')
      await press(page, 'All lessons')
      await expect(card(page, 1)).toHaveAccessibleName(/Not begun$/)
    })
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('by keyboard alone', async ({ studio: { page } }) => {
  await entry(page).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Lessons', level: 1 })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Start: A neuron and its bias' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(heading(page, 'One neuron, one sum')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.type('11')
  await page.keyboard.press('Enter')
  await expect(said(question(page, 1))).toContainText('Right.')
  await expect(question(page, 1).getByLabel('Your answer')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Alt+ArrowRight')
  await page.keyboard.press('Alt+ArrowRight')
  await expect(heading(page, 'Without a bias')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(question(page, 1).getByRole('radio', { name: 'None' })).toBeChecked()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(said(question(page, 1))).toContainText('Right.')
  await page.keyboard.press('Alt+ArrowLeft')
  await expect(heading(page, 'The same, under the microscope')).toBeFocused()
})

test('lessons of one’s own: added, read, with their mistakes by line, and removed', async ({
  studio: { page, app }
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-own-lessons-'))
  try {
    const good = await readFile(path.join(repository, 'resources/lessons/01-neuron-and-bias.md'), 'utf8')
    const lines = good.replace('# A neuron and its bias', '# My own neuron').split('\n')
    const wrong = lines.findIndex((line) => line.includes('"minutes": 4'))
    const broken = lines.with(wrong, '  "minutes": "four"')
    const files = { good: path.join(folder, 'mine.md'), broken: path.join(folder, 'broken.md') }
    await writeFile(files.good, lines.join('\n'))
    await writeFile(files.broken, broken.join('\n'))

    await entry(page).click()
    await answerOpenDialog(app, files.broken)
    await press(page, 'Add lesson…')
    const mistakes = page.getByRole('article', { name: 'broken.md' })
    await expect(mistakes).toContainText('cannot be opened')
    await expect(mistakes.getByRole('listitem').first()).toContainText(`Line ${wrong + 1}`)
    await expect(mistakes.getByRole('button')).toHaveCount(0)

    await answerOpenDialog(app, files.good)
    await press(page, 'Add lesson…')
    const own = page.getByRole('list', { name: 'Your own lessons' })
    await own.getByRole('button', { name: /^My own neuron/ }).click()
    await answer(question(page, 1), '11')
    await expect(said(question(page, 1))).toContainText('Right.')
    await press(page, 'All lessons')

    await press(own, 'Remove broken.md')
    await press(page.getByRole('dialog'), 'Remove')
    await expect(mistakes).toHaveCount(0)
    await press(own, 'Remove My own neuron')
    await press(page.getByRole('dialog'), 'Keep it')
    await expect(own.getByRole('button', { name: /^My own neuron/ })).toBeVisible()

    // The file that was added is untouched, and a dialog that is closed adds nothing.
    expect(await readFile(files.broken, 'utf8')).toBe(broken.join('\n'))
    await answerOpenDialog(app, null)
    await press(page, 'Add lesson…')
    await expect(own.getByRole('listitem')).toHaveCount(1)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('one microscope for a page with two', async ({ studio: { page, app } }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-own-lessons-'))
  try {
    const json = (kind: string, block: unknown) => ['```' + kind, JSON.stringify(block), '```', '']
    const bench = {
      name: 'line',
      data: {
        kind: 'rows',
        columns: ['x', 'y'],
        rows: [
          [2, 8],
          [0, 0]
        ]
      },
      setup: {
        ...{ target: 'y', task: 'regression', loss: 'squared', batchSize: 1 },
        optimizer: { type: 'sgd', config: { learningRate: 0.125, momentum: 0 } }
      },
      weights: [
        { name: 'output.weight', values: [3] },
        { name: 'output.bias', values: [0] }
      ]
    }
    const lines = ['# Twice', '', ...json('lesson', { summary: 'Before and after.', minutes: 1 })]
    lines.push(...json('bench', bench), '## Before and after', '', 'Look.', '')
    lines.push(...json('microscope', { bench: 'line', at: { phase: 'descent' } }), 'And again.', '')
    lines.push(...json('microscope', { bench: 'line', after: 1, at: { phase: 'descent' } }))
    const file = path.join(folder, 'twice.md')
    await writeFile(file, lines.join('\n'))
    await entry(page).click()
    await answerOpenDialog(app, file)
    await press(page, 'Add lesson…')
    await page.getByRole('button', { name: /^Twice/ }).click()
    const before = page.getByRole('region', { name: 'Microscope, before the first step' })
    const after = page.getByRole('region', { name: 'Microscope, after 1 step' })
    // E = (6 − 8)² = 4; one step with 0.125 makes w = 4 and b = 0.5, and E = (8.5 − 8)² = 0.25.
    const error = (within: Locator) => within.getByRole('listitem').filter({ hasText: 'Error' })
    await expect(error(before)).toHaveText(/ 4\s*$/)
    await press(after, 'Look here')
    await expect(error(after)).toHaveText(/ 0\.25\s*$/)
    await expect(before.getByRole('button', { name: 'Next', exact: true })).toHaveCount(0)
    await press(before, 'Look here')
    await expect(error(before)).toHaveText(/ 4\s*$/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a race of a lesson takes the place of the Race tab’s, which comes back', async ({ studio: { page, app } }) => {
  await resizeWindow(app, 1440, 900)
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Race' }).click()
  await page.getByLabel('Surface', { exact: true }).selectOption('Rosenbrock’s valley')
  await page.getByLabel('Add a lane').selectOption('Lion')
  await expect(page.getByRole('table', { name: 'Lanes' })).toContainText('Lion')

  await page.getByRole('tab', { name: 'Lessons' }).click()
  await card(page, 7).click()
  await toPage(page, 2)
  const race = page.getByRole('region', { name: 'Race', exact: true })
  await race.getByRole('radio', { name: /^In the shallow valley/ }).check()
  await press(race, 'Run')
  await expect(said(race)).toContainText('As you predicted.', { timeout: 30_000 })
  await expect(race.getByRole('table', { name: 'Lanes' })).toContainText('a local minimum')

  await page.getByRole('tab', { name: 'Race' }).click()
  await expect(page.getByLabel('Surface', { exact: true })).toHaveValue('rosenbrock')
  await expect(page.getByRole('table', { name: 'Lanes' })).toContainText('Lion')
})

test('depth, and what losses send back', async ({ studio: { page, app } }) => {
  await resizeWindow(app, 1440, 900)
  await openLesson(page, 3)
  await toPage(page, 5)
  const gradients = page.getByRole('region', { name: 'Output gradient, predicted' })
  await gradients.getByRole('radio', { name: 'Log loss' }).check()
  await press(gradients, 'Run')
  await expect(said(gradients)).toContainText('As you predicted.')
  await expect(gradients.getByRole('table', { name: 'Output gradient at z' })).toContainText('−0.9975')
  await press(page, 'All lessons')
  await card(page, 8).click()
  const depth = page.getByRole('region', { name: 'Depth', exact: true })
  for (let number = 1; (await depth.count()) === 0; number++) await toPage(page, number)
  await press(depth, 'Run without guessing')
  await expect(depth.getByRole('img', { name: /^Gradient per layer/ }).first()).toBeVisible({ timeout: 30_000 })
  await expect(depth.getByRole('button', { name: 'Run again' })).toHaveAttribute('aria-disabled', 'false', {
    timeout: 30_000
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing that axe finds in ${colorScheme}, and nothing wider than a small window`, async ({
    studio: { page, app }
  }) => {
    await page.emulateMedia({ colorScheme })
    await resizeWindow(app, 1020, 640)
    await entry(page).click()
    await expect(card(page, 8)).toBeVisible()
    expect(await violations(page), 'list').toEqual([])
    await card(page, 1).click()
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    for (let number = 1; number <= 6; number++) {
      await toPage(page, number)
      if (number === 1) await answer(question(page, 1), '3')
      expect(await wide(), `page ${number}`).toBeLessThanOrEqual(0)
      expect(await violations(page), `page ${number}`).toEqual([])
    }
    await toPage(page, 4)
    await press(page, 'Run without guessing')
    await expect(page.getByRole('table', { name: 'What came of it' })).toBeVisible()
    expect(await violations(page), 'after a trial').toEqual([])
    expect(await wide()).toBeLessThanOrEqual(0)
  })
}
