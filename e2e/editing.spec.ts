/** Edits that cannot be taken over: why is said where they are made, and what is in view is what is trained. */
import { goTo, transport } from './support/actions'
import { expect, test, trainerPid } from './support/launch'

test('adds layers up to the most there can be, and says why no further', async ({ studio: { page } }) => {
  test.setTimeout(120_000)
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Model')
  const add = page.getByRole('button', { name: 'Add layer' })
  const removes = page.getByRole('button', { name: /^Remove / })
  for (let layers = await removes.count(); layers < 64; layers++) await add.click()
  await expect(removes).toHaveCount(64)
  await expect(add).toBeDisabled()
  await expect(add).toHaveAccessibleDescription(/can have 64 hidden layers/)
  await expect(page.getByRole('button', { name: /^Duplicate / }).first()).toBeDisabled()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await removes.last().click()
  await expect(add).toBeEnabled()
})

test('a name that cannot be taken stays with what is wrong until it is mended or given up', async ({
  studio: { page }
}) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Model')
  await page.getByRole('button', { name: 'Add layer' }).click()
  const name = page.getByRole('textbox', { name: 'Name' })
  const old = await name.inputValue()
  await name.fill('output')
  await name.blur()
  await expect(name).toHaveValue('output')
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  await expect(name).toHaveAccessibleDescription(new RegExp(`own name.*stays “${old}”`))
  await name.press('Escape')
  await expect(name).toHaveValue(old)
  await expect(name).toHaveAttribute('aria-invalid', 'false')
  await name.fill('1st')
  await name.blur()
  await name.fill('first')
  await name.press('Enter')
  await expect(page.getByRole('button', { name: /^Select Dense first/ })).toBeVisible()
  await expect(name).toHaveAttribute('aria-invalid', 'false')
})

test('a setting that goes with a value of another is shown beside it alone, or while it is wrong', async ({
  studio: { page }
}) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await goTo(page, 'Model')
  await page.getByRole('button', { name: 'Add layer' }).click()
  const weights = page.getByRole('combobox', { name: 'First weights' })
  const value = page.getByRole('spinbutton', { name: 'Value of each weight' })
  await expect(weights).toBeVisible()
  await expect(value).toHaveCount(0)
  await weights.selectOption('Constant')
  await expect(value).toHaveValue('0.1')
  await value.fill('-0.5')
  await expect(page.getByRole('listitem', { name: /value of each weight −0\.5/ })).toBeVisible()
  await value.fill('')
  await weights.selectOption('Automatic')
  await expect(value).toHaveAttribute('aria-invalid', 'true')
  await value.fill('0.2')
  await expect(value).toHaveCount(0)
})

test('nothing is trained while another dataset is being opened', async ({ studio: { app, page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await expect(transport(page, 'Train')).toBeEnabled()
  // A dialog that stays open until it is told otherwise.
  await app.evaluate(({ dialog }) => {
    dialog.showOpenDialog = () =>
      new Promise((resolve) => {
        const asked = setInterval(() => {
          if (Reflect.get(globalThis, 'dialogIsClosed') !== true) return
          clearInterval(asked)
          resolve({ canceled: true, filePaths: [] })
        }, 20)
      })
  })
  await page.keyboard.press('Control+o')
  for (const button of ['Reset', 'Train', 'Step', 'Stop'] as const) {
    await expect(transport(page, button)).toBeDisabled()
    await expect(transport(page, button)).toHaveAccessibleDescription('A dataset is being opened.')
  }
  await page.keyboard.press('Control+Enter')
  await app.evaluate(() => Object.assign(globalThis, { dialogIsClosed: true }))
  await expect(transport(page, 'Train')).toBeEnabled()
  await expect(page.getByText('not trained yet').first()).toBeVisible()
})

test('a trainer that dies during a request is told once', async ({ studio: { app, page } }) => {
  await page.getByRole('button', { name: /^Iris/ }).click()
  await expect(transport(page, 'Step')).toBeEnabled()
  const pid = (await trainerPid(app)) ?? -1
  process.kill(pid, 'SIGSTOP')
  await transport(page, 'Step').click()
  await expect(transport(page, 'Step')).toBeDisabled()
  process.kill(pid, 'SIGKILL')
  await expect(page.getByRole('alert').filter({ hasText: 'trainer-restarted' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(1)
  await expect(transport(page, 'Step')).toBeEnabled()
})
