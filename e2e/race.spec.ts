/** The Race tab: optimizers down a surface and on the network at hand, changed while they go. */
import type { Page } from '@playwright/test'
import { goTo, transport } from './support/actions'
import { violations } from './support/axe'
import { expect, resizeWindow, test } from './support/launch'

/** Where screenshots go when somebody wants to look at them. */
const shots = process.env['RACE_SHOTS']

async function openRace(page: Page, dataset = /^Iris/): Promise<void> {
  await page.getByRole('button', { name: dataset }).click()
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Race' }).click()
}

async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return
  await page.mouse.move(0, 0)
  await page.screenshot({ path: `${shots}/${name}.png` })
}

const lane = (page: Page, label: string) =>
  page
    .getByRole('table', { name: 'Lanes' })
    .getByRole('rowgroup')
    .filter({
      has: page.getByRole('rowheader', { name: new RegExp(`^\\d+ ?${label}$`) })
    })

/** Of the map, at a share of its width and height; the mean of a few pixels, so that a line does not count for much. */
function brightness(page: Page, across: number, down: number): Promise<number> {
  return page
    .getByRole('img', { name: 'Map of the surface' })
    .locator('canvas')
    .evaluate(
      (canvas, place) => {
        if (!(canvas instanceof HTMLCanvasElement)) return NaN
        const [x, y] = [place.across * canvas.width, place.down * canvas.height].map(Math.round)
        const pixels = canvas.getContext('2d')?.getImageData(x ?? 0, y ?? 0, 9, 9).data
        if (pixels === undefined) return NaN
        let sum = 0
        for (let green = 1; green < pixels.length; green += 4) sum += pixels[green] ?? NaN
        return sum / 81
      },
      { across, down }
    )
}

test('momentum leaves the local minimum that plain descent stays in', async ({ studio: { page, app } }) => {
  await resizeWindow(app, 1440, 900)
  await openRace(page)
  await expect(page.getByRole('img', { name: 'Map of the surface' })).toBeVisible()
  const names = ['SGD', 'Momentum', 'Nesterov', 'RMSprop', 'Adam']
  for (const name of names) await expect(lane(page, name)).toContainText('on its way')

  // Step by step, then played.
  await page.getByRole('button', { name: 'One step' }).click()
  await expect(page.getByRole('cell', { name: '1', exact: true })).toHaveCount(5)
  await page.getByLabel('Speed').selectOption('250 steps a second')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(lane(page, 'SGD')).toContainText('rests in a local minimum')
  await expect(lane(page, 'Momentum')).toContainText('rests in the deepest minimum')
  await expect(lane(page, 'Nesterov')).toContainText('rests in the deepest minimum')
  await shoot(page, 'two-valleys')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()

  // As a table too.
  await page.getByRole('region', { name: 'Curves' }).getByRole('button', { name: 'Show as table' }).click()
  await expect(page.getByRole('table', { name: 'Race chart' })).toContainText('SGD')
  await page.getByRole('region', { name: 'Curves' }).getByRole('button', { name: 'Show as table' }).click()

  // Another start: to the left of the rise all come to the deep valley.
  const map = page.getByRole('button', { name: /^Start of the race/ })
  const box = await map.boundingBox()
  if (box === null) throw new Error('no map')
  await page.mouse.click(box.x + 0.2 * box.width, box.y + 0.5 * box.height)
  await expect(map).toHaveAccessibleName(/x −?-?1\.\d/)
  await map.press('ArrowRight')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(lane(page, 'SGD')).toContainText('rests in the deepest minimum')
})

test('a lane is changed while it goes; one that diverges says so and stops, the others go on', async ({
  studio: { page, app }
}) => {
  await resizeWindow(app, 1440, 900)
  await openRace(page)
  await page.getByLabel('Surface', { exact: true }).selectOption('Rosenbrock’s valley')
  await page.getByLabel('Speed').selectOption('60 steps a second')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(page.getByRole('cell', { name: /^[1-9]\d$/ }).first()).toBeVisible()
  await page.getByLabel('Learning rate of SGD').fill('0.1')
  await expect(lane(page, 'SGD')).toContainText(/Diverged at step \d+/)
  const stepOf = async (name: string) => Number(await lane(page, name).getByRole('cell').nth(2).innerText())
  const [sgd, adam] = [await stepOf('SGD'), await stepOf('Adam')]
  await expect.poll(() => stepOf('Adam')).toBeGreaterThan(adam + 5)
  expect(await stepOf('SGD')).toBe(sgd)
  await page.getByLabel('Momentum of Momentum').fill('0.5')
  await page.getByLabel('Momentum of Momentum').fill('1.5')
  await expect(page.getByLabel('Momentum of Momentum')).toHaveAttribute('aria-invalid', 'true')
  await shoot(page, 'rosenbrock')
  await page.getByLabel('Momentum of Momentum').fill('0.9')

  // Any other optimizer can be added; all begin again then.
  await page.getByLabel('Add a lane').selectOption('Lion')
  await expect(lane(page, 'Lion')).toContainText('on its way')
  await page.getByRole('button', { name: 'Remove Lion' }).click()
  await expect(lane(page, 'Lion')).toHaveCount(0)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(() => stepOf('Momentum')).toBeGreaterThan(5)

  // What is on the way elsewhere goes on when somebody looks again.
  await goTo(page, 'Data')
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Race' }).click()
  await expect(page.getByLabel('Surface', { exact: true })).toHaveValue('rosenbrock')

  // A window that was loaded anew finds it as it was.
  const reached = await stepOf('Momentum')
  expect(reached).toBeGreaterThan(5)
  await page.reload()
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Race' }).click()
  await expect(page.getByLabel('Surface', { exact: true })).toHaveValue('rosenbrock')
  await expect.poll(() => stepOf('Momentum')).toBeGreaterThanOrEqual(reached)
})

test('on the network all lanes begin alike, and the run in view goes first', async ({ studio: { page, app } }) => {
  await resizeWindow(app, 1440, 900)
  await openRace(page)
  await page.getByRole('radio', { name: 'On your network' }).check()
  await page.getByLabel('Learning rate of SGD').fill('0.02')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(lane(page, 'Adam')).toContainText(/validation [\d.]+/)
  await expect(page.getByRole('status').filter({ hasText: 'The race is over' })).toContainText('Adam: to the end')
  await shoot(page, 'network')
  await page.getByRole('radio', { name: 'by time' }).check()
  await expect(page.getByRole('region', { name: 'Curves' })).toContainText('Milliseconds of computing')

  await transport(page, 'Train').click()
  await goTo(page, 'Explain')
  await page.getByRole('tab', { name: 'Race' }).click()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(lane(page, 'Adam')).toContainText(/validation [\d.]+/)
})

for (const scheme of ['dark', 'light'] as const) {
  test(`reads well in ${scheme}, wide and narrow, and moves little where that is asked for`, async ({
    studio: { page, app }
  }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await resizeWindow(app, 1020, 700)
    await openRace(page)
    await expect(page.getByLabel('Speed')).toHaveValue('null')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'The race is over' })).toContainText('Momentum: rests in')
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThan(1)
    await shoot(page, `narrow-${scheme}`)
    await resizeWindow(app, 1440, 900)
    await page.getByLabel('Surface', { exact: true }).selectOption('Himmelblau')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'The race is over' })).toContainText('in the minimum at (')
    // The map is of this surface: a minimum to the upper left is darker than the hill in the middle.
    expect(await brightness(page, 0.22, 0.24)).toBeLessThan((await brightness(page, 0.47, 0.55)) - 5)
    await shoot(page, `himmelblau-${scheme}`)
    await page.getByRole('radio', { name: 'On your network' }).check()
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'The race is over' })).toContainText('Adam')
    expect(await violations(page)).toEqual([])
    await shoot(page, `network-${scheme}`)
  })
}
